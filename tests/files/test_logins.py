"""The index of logins: one JSON file, whole under many writers, without a secret in it."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from conda_private.files.locks import locked
from conda_private.files.logins import JsonIndex
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import FileFormatError, FileWriteError, UnsafeFileError
from conda_private.model.login import Login
from conda_private.model.schemes import (
    BEARER,
    PATH,
    TOKEN,
    BasicScheme,
    HeaderScheme,
    PathScheme,
    Scheme,
)

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
SCOPE = ChannelUrl.parse("https://conda.example.org/private")
LABEL = SCOPE.with_label("dev")
FULL = Login(
    scope=ChannelUrl.parse("http://localhost:8080/get/private/label/2026.1_rc~1"),
    scheme=BasicScheme("b\u00fccher \U0001f40d"),
    source="secret-file:/run/secrets/my org",
    account="alice",
    note='"laptop" \\ of \u00e9lise\n',
    token_id="5f1e8a",
    expires="2027-03-01T00:00:00+00:00",
    verified="2026-11-22T12:00:00+00:00",
    allow_http=True,
    api="http://localhost:8081/api",
    pypi="http://localhost:8082/private",
    channel="private/label/2026.1_rc~1",
    condarc="/home/alice/Application Support/.condarc",
)


class _Wiring:
    """Remembers what it was called with."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []

    def __call__(self, scopes: tuple[ChannelUrl, ...]) -> None:
        self.calls.append(tuple(map(str, scopes)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file, in a folder that is not there yet."""
    return tmp_path / "Application Support" / "conda-private" / "credentials.json"


@pytest.fixture
def wiring() -> _Wiring:
    """What the index calls after each change."""
    return _Wiring()


@pytest.fixture
def index(path: Path, wiring: _Wiring) -> JsonIndex:
    """An index without logins."""
    return JsonIndex(path, rewire=wiring)


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A umask that leaves every file open."""
    before = os.umask(0)
    yield
    os.umask(before)


def _login(scope: ChannelUrl = SCOPE, scheme: Scheme = TOKEN, source: str = "keyring") -> Login:
    return Login(scope, scheme, source)


def _again(index: JsonIndex) -> JsonIndex:
    return JsonIndex(index.path, rewire=lambda scopes: None)


def test_index_that_is_not_there_is_empty_and_is_not_made_by_reading(index: JsonIndex) -> None:
    assert index.logins() == ()
    assert index.channel_list("/home/alice/.condarc") == {}
    assert not index.path.parent.parent.exists()


def test_every_field_of_a_login_comes_back(index: JsonIndex) -> None:
    defaults = Login._field_defaults
    unset = [name for name, value in FULL._asdict().items() if value == defaults.get(name)]
    assert unset == []
    index.add(FULL)
    assert _again(index).logins() == (FULL,)


@pytest.mark.parametrize("name", Login._fields[3:])
def test_every_field_may_be_the_only_one(index: JsonIndex, name: str) -> None:
    login = _login()._replace(**{name: getattr(FULL, name)})
    index.add(login)
    assert _again(index).logins() == (login,)


@pytest.mark.parametrize(
    "scheme",
    [
        TOKEN,
        BEARER,
        PATH,
        PathScheme("/api/repo"),
        BasicScheme("alice"),
        HeaderScheme("X-API-Key"),
    ],
    ids=lambda scheme: scheme.text,
)
def test_every_scheme_comes_back(index: JsonIndex, scheme: Scheme) -> None:
    index.add(_login(scheme=scheme))
    assert _again(index).logins() == (_login(scheme=scheme),)


def test_file_has_a_version_and_only_what_is_known(index: JsonIndex) -> None:
    index.add(_login())
    assert json.loads(index.path.read_text()) == {
        "version": 1,
        "credentials": [{"scope": str(SCOPE), "scheme": "token", "source": "keyring"}],
        "channel_lists": {},
    }


def test_logins_are_ordered_by_scope(index: JsonIndex) -> None:
    scopes = [LABEL, ChannelUrl.parse("https://a.example/z"), SCOPE, FULL.scope]
    for scope in scopes:
        index.add(_login(scope))
    assert [login.scope for login in index.logins()] == sorted(scopes)
    kept = [record["scope"] for record in json.loads(index.path.read_text())["credentials"]]
    assert kept == [str(scope) for scope in sorted(scopes)]


def test_second_login_of_a_scope_takes_the_place_of_the_first(index: JsonIndex) -> None:
    index.add(_login(LABEL))
    index.add(_login(SCOPE, TOKEN, "keyring"))
    index.add(_login(SCOPE, BEARER, "file"))
    assert index.logins() == (_login(SCOPE, BEARER, "file"), _login(LABEL))


def test_login_that_is_removed_is_given_back_and_others_stay(index: JsonIndex) -> None:
    index.add(_login(SCOPE))
    index.add(_login(LABEL))
    assert index.remove(SCOPE) == _login(SCOPE)
    assert index.remove(SCOPE) is None
    assert index.logins() == (_login(LABEL),)


def test_login_is_removed_by_exactly_its_scope(index: JsonIndex) -> None:
    index.add(_login(LABEL))
    assert index.remove(SCOPE) is None
    assert index.remove(LABEL.child("noarch")) is None
    assert index.logins() == (_login(LABEL),)


def test_file_goes_with_the_last_login(index: JsonIndex) -> None:
    index.add(_login())
    index.remove(SCOPE)
    assert not index.path.exists()
    assert index.logins() == ()


def test_removing_from_an_index_that_is_not_there_changes_nothing(index: JsonIndex) -> None:
    assert index.remove(SCOPE) is None
    assert not index.path.exists()


def test_conda_is_rewired_with_all_scopes_after_each_change(
    index: JsonIndex, wiring: _Wiring
) -> None:
    index.add(_login(LABEL))
    index.add(_login(SCOPE))
    index.remove(LABEL)
    index.remove(SCOPE)
    assert [sorted(call) for call in wiring.calls] == [
        [str(LABEL)],
        [str(SCOPE), str(LABEL)],
        [str(SCOPE)],
        [],
    ]


def test_conda_is_rewired_while_the_lock_is_held_and_the_index_is_written(path: Path) -> None:
    seen: list[tuple[bool, int]] = []

    def rewire(scopes: tuple[ChannelUrl, ...]) -> None:
        with ThreadPoolExecutor(1) as pool:
            seen.append((pool.submit(_is_locked, path).result(), len(_again(index).logins())))

    index = JsonIndex(path, rewire=rewire)
    index.add(_login(SCOPE))
    index.add(_login(LABEL))
    index.remove(SCOPE)
    assert seen == [(True, 1), (True, 2), (True, 1)]


def _is_locked(path: Path) -> bool:
    try:
        with locked(path, timeout=0.05):
            return False
    except FileWriteError:
        return True


def test_lock_is_free_after_wiring_that_fails_and_the_login_is_kept(path: Path) -> None:
    def rewire(scopes: tuple[ChannelUrl, ...]) -> None:
        raise FileWriteError("no space")

    with pytest.raises(FileWriteError, match="no space"):
        JsonIndex(path, rewire=rewire).add(_login())
    index = JsonIndex(path, rewire=lambda scopes: None)
    assert index.logins() == (_login(),)
    assert not _is_locked(path)


def test_what_was_written_into_a_condarc_is_remembered_beside_the_logins(
    index: JsonIndex, wiring: _Wiring
) -> None:
    added = {"key": "channels:\n", "null": None, "items": [{"channel": "private"}]}
    index.add(_login())
    with index.changing():
        index.keep_channel_list("/a/.condarc", added)
        index.keep_channel_list("/b/.condarc", {"items": []})
    assert _again(index).channel_list("/a/.condarc") == added
    assert _again(index).logins() == (_login(),)
    index.remove(SCOPE)
    assert _again(index).channel_list("/a/.condarc") == added
    with index.changing():
        index.keep_channel_list("/a/.condarc", {})
        index.keep_channel_list("/b/.condarc", {})
    assert not index.path.exists()


def _content(**changes: Any) -> str:
    record = {"scope": str(SCOPE), "scheme": "token", "source": "keyring"}
    content = {"version": 1, "credentials": [record], "channel_lists": {}}
    return json.dumps({**content, **changes})


def _record(**changes: Any) -> str:
    record = {"scope": str(SCOPE), "scheme": "token", "source": "keyring", **changes}
    return _content(credentials=[{name: value for name, value in record.items() if value != ""}])


MALFORMED = {
    "empty": "",
    "no JSON": "version: 1",
    "cut off": _content()[:-20],
    "null": "null",
    "a list": "[]",
    "a text": '"index"',
    "a number": "1",
    "no version": '{"credentials": [], "channel_lists": {}}',
    "version 0": _content(version=0),
    "newer version": _content(version=2),
    "version as text": _content(version="1"),
    "no credentials": '{"version": 1, "channel_lists": {}}',
    "no channel lists": '{"version": 1, "credentials": []}',
    "credentials null": _content(credentials=None),
    "credentials of texts": _content(credentials=["x"]),
    "channel lists null": _content(channel_lists=None),
    "channel lists in a list": _content(channel_lists=[]),
    "channel lists as text": _content(channel_lists="x"),
    "a channel list as text": _content(channel_lists={"/home/alice/.condarc": "x"}),
    "no scope": _record(scope=""),
    "scope without a scheme": _record(scope="conda.example.org/private"),
    "scope with dots": _record(scope="https://conda.example.org/private/.."),
    "scope with a user": _record(scope="https://user@conda.example.org/private"),
    "scope as a glob": _record(scope="https://*/private"),
    "scope as a number": _record(scope=1),
    "scope null": _record(scope=None),
    "no scheme": _record(scheme=""),
    "unknown scheme": _record(scheme="digest"),
    "scheme as a list": _record(scheme=["token"]),
    "basic without a user name": _record(scheme="basic"),
    "user name as a number": _record(scheme="basic", username=1),
    "header of the connection": _record(scheme="header:Host"),
    "no source": _record(source=""),
}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_text(text)
    path.chmod(0o600)


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_malformed_file_is_an_error_with_the_next_command(
    index: JsonIndex, path: Path, text: str
) -> None:
    _write(path, text)
    uses: list[Callable[[], object]] = [
        index.logins,
        lambda: index.add(_login()),
        lambda: index.remove(SCOPE),
        lambda: index.channel_list("/home/alice/.condarc"),
    ]
    for use in uses:
        with pytest.raises(FileFormatError) as caught:
            use()
        command = "mv " + caught.value.next_step.rpartition("mv ")[2]
        assert shlex.split(command) == ["mv", str(path), f"{path}.broken"]
        assert caught.value.cause
    assert path.read_text() == text


def test_newer_version_is_named(index: JsonIndex, path: Path) -> None:
    _write(path, _content(version=2))
    with pytest.raises(FileFormatError, match="version 2, this plugin reads 1"):
        index.logins()


@pytest.mark.parametrize(
    "text",
    [_record(scheme="digest"), _record(scope="https://*/private"), _record(scope="x" * 5000)],
)
def test_malformed_file_is_described_in_one_short_line(
    index: JsonIndex, path: Path, text: str
) -> None:
    _write(path, text)
    with pytest.raises(FileFormatError) as caught:
        index.logins()
    assert "\n" not in caught.value.cause
    assert len(caught.value.cause) < 200


def test_file_that_is_moved_away_as_advised_lets_logins_begin_anew(
    index: JsonIndex, path: Path
) -> None:
    _write(path, "broken")
    with pytest.raises(FileFormatError) as caught:
        index.logins()
    subprocess.run("mv " + caught.value.next_step.rpartition("mv ")[2], shell=True, check=True)
    index.add(_login())
    assert index.logins() == (_login(),)


@pytest.mark.parametrize("value", [1, "true", None, "yes"])
def test_http_is_allowed_by_true_alone(index: JsonIndex, path: Path, value: object) -> None:
    _write(path, _record(allow_http=value))
    assert [login.allow_http for login in index.logins()] == [False]


@posix
def test_file_is_0600_in_a_folder_0700_under_umask_000(
    index: JsonIndex, path: Path, open_umask: None
) -> None:
    index.add(_login(SCOPE))
    index.add(_login(LABEL))
    modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in path.parent.iterdir()}
    assert modes == {"credentials.json": 0o600, ".credentials.json.lock": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@posix
def test_index_that_others_may_write_is_neither_believed_nor_written(
    index: JsonIndex, path: Path
) -> None:
    index.add(_login())
    before = path.read_text()
    path.chmod(0o666)
    uses: list[Callable[[], object]] = [
        index.logins,
        lambda: index.add(_login(LABEL)),
        lambda: index.remove(SCOPE),
    ]
    for use in uses:
        with pytest.raises(UnsafeFileError):
            use()
    assert path.read_text() == before


@posix
def test_index_is_not_begun_in_a_folder_where_others_may_write(
    index: JsonIndex, path: Path, wiring: _Wiring
) -> None:
    path.parent.mkdir(parents=True)
    path.parent.chmod(0o777)
    with pytest.raises(UnsafeFileError):
        index.add(_login())
    assert not path.exists()
    assert wiring.calls == []


def test_logins_that_eight_threads_add_are_all_kept(path: Path) -> None:
    wired: list[int] = []
    scopes = [SCOPE.with_label(f"label-{number:02}") for number in range(32)]

    def add(scope: ChannelUrl) -> None:
        JsonIndex(path, rewire=lambda scopes: wired.append(len(scopes))).add(_login(scope))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, scopes))
    index = JsonIndex(path, rewire=lambda scopes: None)
    assert [login.scope for login in index.logins()] == scopes
    assert wired == list(range(1, 33))


def test_logins_that_processes_add_and_remove_are_all_kept(path: Path) -> None:
    code = """
import sys
from pathlib import Path
from conda_private.model.address import ChannelUrl
from conda_private.model.login import Login
from conda_private.files.logins import JsonIndex
from conda_private.model.schemes import TOKEN
wiring = Path(sys.argv[1] + ".wiring")
index = JsonIndex(Path(sys.argv[1]), rewire=lambda scopes: wiring.write_text(str(len(scopes))))
channel = ChannelUrl.parse("https://conda.example.org/channel-" + sys.argv[2])
for number in range(6):
    index.add(Login(channel.with_label(str(number)), TOKEN, "keyring"))
for number in range(0, 6, 2):
    index.remove(channel.with_label(str(number)))
"""
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(number)])
        for number in range(4)
    ]
    assert [process.wait(30) for process in processes] == [0] * 4
    index = JsonIndex(path, rewire=lambda scopes: None)
    assert [str(login.scope) for login in index.logins()] == [
        f"https://conda.example.org/channel-{channel}/label/{label}"
        for channel in range(4)
        for label in (1, 3, 5)
    ]
    assert Path(f"{path}.wiring").read_text() == "12"
