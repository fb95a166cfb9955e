"""A crash report with all variables of our functions contains no secret, whatever crashed."""

from __future__ import annotations

import json
import os
import socket
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

import conda_private
from conda_private.actions.login import Edges, log_in
from conda_private.actions.resolver import Resolver
from conda_private.http.client import read
from conda_private.http.probe import RepodataProbe
from conda_private.model.address import Address
from conda_private.model.login import Login
from conda_private.model.login_request import LoginRequest
from conda_private.model.schemes import BEARER, TOKEN, BasicScheme
from conda_private.model.secret import Secret
from conda_private.model.source import FILE, Source
from conda_private.stores.file import FileStore
from tests.integration.runner import spellings_of

CANARY = "ca-nary-dump-77e0"
NEIGHBOUR = "ca-nary-dump-8b12"
PACKAGE = str(Path(conda_private.__file__).parent)
ADDRESS = Address.parse("https://conda.example.org/my-org")
OTHER = Address.parse("https://conda.example.org/other")


Fail = Callable[[Path, pytest.MonkeyPatch], None]


class _Broken(Exception):
    """An unexpected error."""


class _Nobody:
    """A server, a store, a logins file or a channel list with methods that fail."""

    source, description, path = Source("memory"), "nowhere", "/nowhere"

    def __init__(self, *broken: str) -> None:
        self.broken = broken

    def __getattr__(self, name: str) -> Any:
        return _break if name in self.broken else lambda *args, **options: None

    def logins(self) -> tuple[()]:
        return ()


def _break(*args: object, **options: object) -> NoReturn:
    raise _Broken("by design")


def _login_with(*broken: str, address: Address = ADDRESS, probe: Any = None) -> None:
    nobody: Any = _Nobody(*broken)
    schemes = (TOKEN, BEARER, BasicScheme("alice"))
    request = LoginRequest(
        address=address,
        name="my-org",
        schemes=schemes,
        api=Address.parse("https://api.example.org"),
    )
    edges = Edges(
        probe=probe or nobody,
        server=nobody,
        store=nobody,
        open_store=lambda source: nobody,
        records=nobody,
        open_list=lambda path: nobody,
        drop_index=lambda address: None,
        remember=lambda login, secret, found: None,
    )
    log_in(request, Secret(CANARY), edges)


def _server_breaks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _login_with("facts")


def _channel_breaks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _login_with("compare")


def _nobody_listens(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = Address.parse(f"http://127.0.0.1:{port}/my-org")
    _login_with(address=address, probe=RepodataProbe(subdirs=("noarch",), read=read))


def _full_store(folder: Path) -> FileStore:
    store = FileStore(folder / "data" / "secrets.json")
    store.put(OTHER, Secret(NEIGHBOUR))
    return store


def _disk_breaks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = _full_store(folder)
    monkeypatch.setattr(os, os.fsync.__name__, _break)
    store.put(ADDRESS, Secret(CANARY))


def _disk_is_full(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> NoReturn:
        raise OSError(28, "No space left on device")

    store = _full_store(folder)
    monkeypatch.setattr(os, os.fsync.__name__, fail)
    store.put(ADDRESS, Secret(CANARY))


def _disk_breaks_at_logout(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = _full_store(folder)
    store.put(ADDRESS, Secret(CANARY))
    monkeypatch.setattr(os, os.replace.__name__, _break)
    store.delete(OTHER)


def _file_is_edited(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = _full_store(folder)
    store.path.write_text(store.path.read_text().replace("}", ""))
    store.get(ADDRESS)


def _file_is_of_another_version(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = _full_store(folder)
    store.path.write_text(json.dumps({"version": 2, "secrets": {str(ADDRESS): CANARY}}))
    store.get(ADDRESS)


def _second_read_breaks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = _full_store(folder)
    logins = [Login(OTHER, TOKEN, FILE), Login(ADDRESS, TOKEN, FILE)]
    resolver = Resolver(logins=lambda: logins, open_store=lambda source: store)
    resolver.secret(logins[0])
    resolver.secret(logins[1])


FAILURES: dict[str, Fail] = {
    "the API breaks": _server_breaks,
    "the channel breaks": _channel_breaks,
    "nobody listens": _nobody_listens,
    "the disk breaks": _disk_breaks,
    "the disk is full": _disk_is_full,
    "the disk breaks at logout": _disk_breaks_at_logout,
    "the file was edited": _file_is_edited,
    "the file is of another version": _file_is_of_another_version,
    "a second secret is missing": _second_read_breaks,
}


def variables_of(error: BaseException | None) -> str:
    """Every variable of every function of ours, in this error and in the chained errors."""
    lines: list[str] = []
    while error is not None:
        frames = traceback.walk_tb(error.__traceback__)
        stack = traceback.StackSummary.extract(frames, capture_locals=True)
        for frame in stack:
            if frame.filename.startswith(PACKAGE):
                lines += [f"{name} = {value}" for name, value in (frame.locals or {}).items()]
        lines += [repr(error), str(error), repr(vars(error))]
        error = error.__cause__ or error.__context__
    return "\n".join(lines)


@pytest.mark.parametrize("fail", FAILURES.values(), ids=FAILURES)
def test_dump_of_all_variables_shows_no_secret_when(
    fail: Fail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        fail(tmp_path, monkeypatch)
    dump = variables_of(caught.value)
    assert "self = " in dump or "request = " in dump
    for secret in (CANARY, NEIGHBOUR):
        assert [form for form in spellings_of(secret) if form in dump] == []
