"""Tells a person what to do, and shows that the plugin waits for it."""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from conda.base.context import context

from conda_private.model.characters import showable

PATIENCE = 300.0  # seconds that a person has in the browser
_AFTER = 0.3  # seconds until it appears
_PACE = 0.1


def instruct(text: str) -> None:
    """Tell a person what to do now: on stderr, also with ``--json`` and ``--quiet``."""
    sys.stderr.write(f"{showable(text, sys.stderr.encoding)}\n")
    sys.stderr.flush()


@contextmanager
def waiting(about: str) -> Iterator[None]:
    """Turn a spinner on stderr while the body runs; it leaves nothing behind."""
    if context.json or context.quiet or not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    spinner = threading.Thread(target=_turn, args=(about, done), daemon=True)
    spinner.start()
    try:
        yield
    finally:
        done.set()
        spinner.join()


def _turn(about: str, done: threading.Event) -> None:
    if done.wait(_AFTER):
        return
    for sign in itertools.cycle("|/-\\"):
        sys.stderr.write(f"\r{sign} {about} (Ctrl-C ends it) ")
        sys.stderr.flush()
        if done.wait(_PACE):
            break
    sys.stderr.write("\r\x1b[K")
    sys.stderr.flush()
