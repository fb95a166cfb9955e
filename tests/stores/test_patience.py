"""Waiting for a keyring: how long, with which message, and until which event."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conda_private.stores import patience as patience_module
from conda_private.stores.patience import NoAnswerError, Patience, patience, patience_at


def test_answer_and_error_of_the_question_are_passed_on() -> None:
    assert Patience(10).ask(lambda: 42, "") == 42
    with pytest.raises(ZeroDivisionError):
        Patience(10).ask(lambda: 1 // 0, "")


def test_fast_answer_costs_no_waiting_time() -> None:
    start = time.monotonic()
    for _ in range(100):
        Patience(10).ask(lambda: None, "")
    assert time.monotonic() - start < 5  # a step of the waiting is a tenth of a second


@pytest.mark.parametrize(
    ("environment", "platform", "limit"),
    [
        ({}, "linux", 10),
        ({"DISPLAY": ""}, "linux", 10),
        ({"DISPLAY": ":0"}, "linux", 120),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", 120),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "10.0.0.1 22"}, "linux", 10),
        ({"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, "linux", 10),
        ({"DISPLAY": ":99", "CI": "true"}, "linux", 10),
        ({}, "darwin", 120),
        ({"SSH_CONNECTION": "10.0.0.1 22"}, "darwin", 10),
        ({}, "win32", 120),
        ({"CI": "true"}, "win32", 10),
    ],
)
def test_user_in_front_of_a_display_has_the_time_to_type_a_password(
    environment: dict[str, str], platform: str, limit: int
) -> None:
    assert patience_at(environment, platform, print, has_terminal=True).limit == limit
    assert patience_at(environment, platform, print, has_terminal=False).limit == 10


def test_terminal_is_enough_if_the_credential_is_piped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    for name in ("SSH_CONNECTION", "SSH_TTY", "CI"):
        monkeypatch.delenv(name, raising=False)
    master, terminal = os.openpty()
    with os.fdopen(terminal, "w") as screen, os.fdopen(master), Path(os.devnull).open() as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        monkeypatch.setattr(sys, "stderr", screen)
        assert patience(lambda text: None).limit == 120
        monkeypatch.setattr(sys, "stderr", None)
        assert patience(lambda text: None).limit == 10


def test_user_is_told_what_is_waited_for_wherever_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    monkeypatch.setattr(patience_module, "SECONDS_IN_SILENCE", 0.1)
    waits = patience_at({}, "linux", said.append, has_terminal=False)
    assert waits.ask(lambda: time.sleep(0.3) or 42, "waiting") == 42
    assert said == ["waiting"]


def test_worker_stops_waiting_when_the_main_thread_leaves_its_pool() -> None:
    hangs, waiting = threading.Event(), threading.Event()
    patience = Patience(20, say_after=0, tell=lambda text: waiting.set())
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt), ThreadPoolExecutor(1) as pool:  # noqa: PT012
        future = pool.submit(patience.ask, lambda: hangs.wait(20), "")
        waiting.wait(10)
        raise KeyboardInterrupt
    assert time.monotonic() - start < 5
    assert isinstance(future.exception(), KeyboardInterrupt)
    hangs.set()
    # The keyring was not too slow, so it is asked again.
    assert patience.ask(lambda: 42, "") == 42


def test_worker_stops_waiting_when_the_program_has_ended() -> None:
    script = """
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from conda_private.stores.patience import Patience

ThreadPoolExecutor(1).submit(Patience(50).ask, lambda: time.sleep(60), "")
time.sleep(0.5)
"""
    subprocess.run([sys.executable, "-c", script], timeout=20, check=True)


def test_worker_is_waited_for_while_the_main_thread_only_waits_for_the_pool() -> None:
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(Patience(10).ask, lambda: time.sleep(0.5) or 42, "")
    assert future.result() == 42


def test_slow_keyring_is_not_asked_again() -> None:
    hangs = threading.Event()
    patience = Patience(0.2)
    with pytest.raises(NoAnswerError):
        patience.ask(lambda: hangs.wait(20), "")
    hangs.set()
    with pytest.raises(NoAnswerError):
        patience.ask(lambda: 42, "")
