"""The logins file: one JSON file without a credential, written atomically by many processes."""

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
from types import ModuleType
from typing import Any

import pytest

from conda_private.files import atomic, locks
from conda_private.files.locks import locked
from conda_private.files.logins import LoginsFile
from conda_private.model.address import Address
from conda_private.model.channel import with_label
from conda_private.model.exceptions import FileFormatError, FileWriteError, UnsafeFileError
from conda_private.model.login import Account, Login
from conda_private.model.schemes import (
    BEARER,
    PATH,
    TOKEN,
    BasicScheme,
    HeaderScheme,
    PathScheme,
    Scheme,
)
from conda_private.model.source import FILE, KEYRING, Source

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
ADDRESS = Address.parse("https://conda.example.org/private")
LABEL = with_label(ADDRESS, "dev")
FULL = Login(
    address=Address.parse("http://localhost:8080/get/private/label/2026.1_rc~1"),
    scheme=BasicScheme("b\u00fccher \U0001f40d"),
    source=Source("secret-file", "/run/secrets/my org"),
    account="alice",
    token_name='"laptop" \\ of \u00e9lise\n',
    token_id="5f1e8a",
    expires="2027-03-01T00:00:00+00:00",
    verified="2026-11-22T12:00:00+00:00",
    allow_http=True,
    api=Address.parse("http://localhost:8081/api"),
    pypi=Address.parse("http://localhost:8082/private"),
    listed_as="private/label/2026.1_rc~1",
    listed_in="/home/alice/Application Support/.condarc",
)


class _Settings:
    """Records the addresses in the channel settings after each change."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []

    def __call__(self, addresses: tuple[Address, ...]) -> None:
        self.calls.append(tuple(map(str, addresses)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file, in a folder that is not there yet."""
    return tmp_path / "Application Support" / "conda-private" / "credentials.json"


@pytest.fixture
def settings() -> _Settings:
    """What the logins file calls after each change."""
    return _Settings()


@pytest.fixture
def records(path: Path, settings: _Settings) -> LoginsFile:
    """A logins file without logins."""
    return LoginsFile(path, configure=settings)


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A umask that leaves every file open."""
    before = os.umask(0)
    yield
    os.umask(before)


def _login(address: Address = ADDRESS, scheme: Scheme = TOKEN, source: Source = KEYRING) -> Login:
    return Login(address, scheme, source)


def _again(records: LoginsFile) -> LoginsFile:
    return LoginsFile(records.path, configure=lambda addresses: None)


def test_missing_file_is_empty_and_is_not_created_by_reading(records: LoginsFile) -> None:
    assert records.logins() == ()
    assert records.channel_list("/home/alice/.condarc") == {}
    assert not records.path.parent.parent.exists()


def test_every_field_of_a_login_is_read_back(records: LoginsFile) -> None:
    defaults = Login._field_defaults
    unset = [name for name, value in FULL._asdict().items() if value == defaults.get(name)]
    assert unset == []
    records.add(FULL)
    assert _again(records).logins() == (FULL,)


@pytest.mark.parametrize("name", Login._fields[3:])
def test_every_field_can_be_the_only_one(records: LoginsFile, name: str) -> None:
    login = _login()._replace(**{name: getattr(FULL, name)})
    records.add(login)
    assert _again(records).logins() == (login,)


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
def test_every_scheme_is_read_back(records: LoginsFile, scheme: Scheme) -> None:
    records.add(_login(scheme=scheme))
    assert _again(records).logins() == (_login(scheme=scheme),)


def test_file_has_a_version_and_only_known_values(records: LoginsFile) -> None:
    records.add(_login())
    assert json.loads(records.path.read_text()) == {
        "version": 2,
        "logins": [{"address": str(ADDRESS), "scheme": "token", "source": "keyring"}],
        "channel_lists": {},
    }


def test_logins_are_ordered_by_address(records: LoginsFile) -> None:
    addresses = [LABEL, Address.parse("https://a.example/z"), ADDRESS, FULL.address]
    for address in addresses:
        records.add(_login(address))
    assert [login.address for login in records.logins()] == sorted(addresses)
    written = [record["address"] for record in json.loads(records.path.read_text())["logins"]]
    assert written == [str(address) for address in sorted(addresses)]


def test_second_login_for_an_address_replaces_the_first(records: LoginsFile) -> None:
    records.add(_login(LABEL))
    records.add(_login(ADDRESS, TOKEN, KEYRING))
    records.add(_login(ADDRESS, BEARER, FILE))
    assert records.logins() == (_login(ADDRESS, BEARER, FILE), _login(LABEL))


def test_removed_login_is_returned_and_others_stay(records: LoginsFile) -> None:
    records.add(_login(ADDRESS))
    records.add(_login(LABEL))
    assert records.remove(ADDRESS) == _login(ADDRESS)
    assert records.remove(ADDRESS) is None
    assert records.logins() == (_login(LABEL),)


def test_login_is_removed_by_exactly_its_address(records: LoginsFile) -> None:
    records.add(_login(LABEL))
    assert records.remove(ADDRESS) is None
    assert records.remove(LABEL.child("noarch")) is None
    assert records.logins() == (_login(LABEL),)


def test_file_is_removed_with_the_last_login(records: LoginsFile) -> None:
    records.add(_login())
    records.remove(ADDRESS)
    assert not records.path.exists()
    assert records.logins() == ()


def test_removing_from_a_missing_file_changes_nothing(records: LoginsFile) -> None:
    assert records.remove(ADDRESS) is None
    assert not records.path.exists()


def test_channel_settings_are_configured_after_each_change(
    records: LoginsFile, settings: _Settings
) -> None:
    records.add(_login(LABEL))
    records.add(_login(ADDRESS))
    records.remove(LABEL)
    records.remove(ADDRESS)
    assert [sorted(call) for call in settings.calls] == [
        [str(LABEL)],
        [str(ADDRESS), str(LABEL)],
        [str(ADDRESS)],
        [],
    ]


def test_channel_settings_are_configured_after_writing_while_the_lock_is_held(path: Path) -> None:
    seen: list[tuple[bool, int]] = []

    def configure(addresses: tuple[Address, ...]) -> None:
        with ThreadPoolExecutor(1) as pool:
            seen.append((pool.submit(_is_locked, path).result(), len(_again(records).logins())))

    records = LoginsFile(path, configure=configure)
    records.add(_login(ADDRESS))
    records.add(_login(LABEL))
    records.remove(ADDRESS)
    assert seen == [(True, 1), (True, 2), (True, 1)]


def _is_locked(path: Path) -> bool:
    try:
        with locked(path, timeout=0.05):
            return False
    except FileWriteError:
        return True


def test_lock_is_free_after_channel_settings_fail_and_the_login_is_written(path: Path) -> None:
    def configure(addresses: tuple[Address, ...]) -> None:
        raise FileWriteError("no space")

    with pytest.raises(FileWriteError, match="no space"):
        LoginsFile(path, configure=configure).add(_login())
    records = LoginsFile(path, configure=lambda addresses: None)
    assert records.logins() == (_login(),)
    assert not _is_locked(path)


def test_what_was_added_to_a_condarc_is_recorded_with_the_logins(records: LoginsFile) -> None:
    added = {"key": "channels:\n", "null": None, "items": [{"channel": "private"}]}
    records.add(_login())
    with records.changing():
        records.keep_channel_list("/a/.condarc", added)
        records.keep_channel_list("/b/.condarc", {"items": []})
    assert _again(records).channel_list("/a/.condarc") == added
    assert _again(records).logins() == (_login(),)
    records.remove(ADDRESS)
    assert _again(records).channel_list("/a/.condarc") == added
    with records.changing():
        records.keep_channel_list("/a/.condarc", {})
        records.keep_channel_list("/b/.condarc", {})
    assert not records.path.exists()


def _content(**changes: Any) -> str:
    record = {"address": str(ADDRESS), "scheme": "token", "source": "keyring"}
    content = {"version": 2, "logins": [record], "channel_lists": {}}
    return json.dumps({**content, **changes})


def _record(**changes: Any) -> str:
    record = {"address": str(ADDRESS), "scheme": "token", "source": "keyring", **changes}
    return _content(logins=[{name: value for name, value in record.items() if value != ""}])


MALFORMED = {
    "empty": "",
    "no JSON": "version: 1",
    "cut off": _content()[:-20],
    "nested": "[" * 100_000,
    "nested inside": _content(logins=[]).replace("[]", "[" * 100_000),
    "null": "null",
    "a list": "[]",
    "a text": '"index"',
    "a number": "1",
    "no version": '{"logins": [], "channel_lists": {}}',
    "names of version 1": '{"version": 2, "credentials": [], "channel_lists": {}}',
    "names of version 2": '{"version": 1, "logins": [], "channel_lists": {}}',
    "version 0": _content(version=0),
    "newer version": _content(version=3),
    "version as text": _content(version="2"),
    "no logins": '{"version": 2, "channel_lists": {}}',
    "no channel lists": '{"version": 2, "logins": []}',
    "logins null": _content(logins=None),
    "logins of texts": _content(logins=["x"]),
    "channel lists null": _content(channel_lists=None),
    "channel lists in a list": _content(channel_lists=[]),
    "channel lists as text": _content(channel_lists="x"),
    "a channel list as text": _content(channel_lists={"/home/alice/.condarc": "x"}),
    "no address": _record(address=""),
    "address without a scheme": _record(address="conda.example.org/private"),
    "address with dots": _record(address="https://conda.example.org/private/.."),
    "address with a user": _record(address="https://user@conda.example.org/private"),
    "address as a glob": _record(address="https://*/private"),
    "address as a number": _record(address=1),
    "address null": _record(address=None),
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
    records: LoginsFile, path: Path, text: str
) -> None:
    _write(path, text)
    uses: list[Callable[[], object]] = [
        records.logins,
        lambda: records.add(_login()),
        lambda: records.remove(ADDRESS),
        lambda: records.channel_list("/home/alice/.condarc"),
    ]
    for use in uses:
        with pytest.raises(FileFormatError) as caught:
            use()
        command = "mv " + caught.value.next_step.rpartition("mv ")[2]
        assert shlex.split(command) == ["mv", str(path), f"{path}.broken"]
        assert caught.value.cause
    assert path.read_text() == text


def test_newer_version_is_named(records: LoginsFile, path: Path) -> None:
    _write(path, _content(version=3))
    with pytest.raises(FileFormatError, match="version is 3; this plugin reads versions 1 and 2"):
        records.logins()


@pytest.mark.parametrize(
    "text",
    [_record(scheme="digest"), _record(address="https://*/private"), _record(address="x" * 5000)],
)
def test_malformed_file_is_described_in_one_short_line(
    records: LoginsFile, path: Path, text: str
) -> None:
    _write(path, text)
    with pytest.raises(FileFormatError) as caught:
        records.logins()
    assert "\n" not in caught.value.cause
    assert len(caught.value.cause) < 200


def test_command_of_the_error_makes_room_for_new_logins(records: LoginsFile, path: Path) -> None:
    _write(path, "broken")
    with pytest.raises(FileFormatError) as caught:
        records.logins()
    subprocess.run("mv " + caught.value.next_step.rpartition("mv ")[2], shell=True, check=True)
    records.add(_login())
    assert records.logins() == (_login(),)


@pytest.mark.parametrize("value", [1, "true", None, "yes"])
def test_http_is_allowed_by_true_alone(records: LoginsFile, path: Path, value: object) -> None:
    _write(path, _record(allow_http=value))
    assert [login.allow_http for login in records.logins()] == [False]


@posix
def test_file_is_0600_in_a_folder_0700_under_umask_000(
    records: LoginsFile, path: Path, open_umask: None
) -> None:
    records.add(_login(ADDRESS))
    records.add(_login(LABEL))
    modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in path.parent.iterdir()}
    assert modes == {"credentials.json": 0o600, ".credentials.json.lock": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@posix
def test_file_that_others_can_write_to_is_neither_read_nor_written(
    records: LoginsFile, path: Path
) -> None:
    records.add(_login())
    before = path.read_text()
    path.chmod(0o666)
    uses: list[Callable[[], object]] = [
        records.logins,
        lambda: records.add(_login(LABEL)),
        lambda: records.remove(ADDRESS),
    ]
    for use in uses:
        with pytest.raises(UnsafeFileError):
            use()
    assert path.read_text() == before


@posix
def test_file_is_not_created_in_a_folder_that_others_can_write_to(
    records: LoginsFile, path: Path, settings: _Settings
) -> None:
    path.parent.mkdir(parents=True)
    path.parent.chmod(0o777)
    with pytest.raises(UnsafeFileError):
        records.add(_login())
    assert not path.exists()
    assert settings.calls == []


def test_no_login_of_eight_threads_is_lost(path: Path) -> None:
    configured: list[int] = []
    addresses = [with_label(ADDRESS, f"label-{number:02}") for number in range(32)]

    def add(address: Address) -> None:
        LoginsFile(path, configure=lambda addresses: configured.append(len(addresses))).add(
            _login(address)
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, addresses))
    records = LoginsFile(path, configure=lambda addresses: None)
    assert [login.address for login in records.logins()] == addresses
    assert configured == list(range(1, 33))


def test_no_login_of_concurrent_processes_is_lost(path: Path) -> None:
    code = """
import sys
from pathlib import Path
from conda_private.files.logins import LoginsFile
from conda_private.model.address import Address
from conda_private.model.channel import with_label
from conda_private.model.login import Account, Login
from conda_private.model.schemes import TOKEN
from conda_private.model.source import KEYRING
settings = Path(sys.argv[1] + ".settings")
records = LoginsFile(
    Path(sys.argv[1]), configure=lambda found: settings.write_text(str(len(found)))
)
channel = Address.parse("https://conda.example.org/channel-" + sys.argv[2])
for number in range(6):
    records.add(Login(with_label(channel, str(number)), TOKEN, KEYRING))
for number in range(0, 6, 2):
    records.remove(with_label(channel, str(number)))
"""
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(number)])
        for number in range(4)
    ]
    assert [process.wait(30) for process in processes] == [0] * 4
    records = LoginsFile(path, configure=lambda addresses: None)
    assert [str(login.address) for login in records.logins()] == [
        f"https://conda.example.org/channel-{channel}/label/{label}"
        for channel in range(4)
        for label in (1, 3, 5)
    ]
    assert Path(f"{path}.settings").read_text() == "12"


class _Calls:
    """Counts the calls of a function of a module, which still does its work."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> None:
        self.number = 0
        self._function = getattr(module, name)
        monkeypatch.setattr(module, name, self)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.number += 1
        return self._function(*arguments, **options)


def test_several_changes_take_the_lock_once_and_write_and_configure_once(
    records: LoginsFile, settings: _Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.add(_login(LABEL))
    locks_taken = _Calls(monkeypatch, locks, "locked")
    writes = _Calls(monkeypatch, atomic, "replace")
    with records.changing():
        records.add(_login(ADDRESS))
        records.add_account(Account(ADDRESS, KEYRING))
        records.remove(LABEL)
        assert _again(records).logins() == (_login(LABEL),)
    assert (locks_taken.number, writes.number) == (1, 1)
    assert settings.calls == [(str(LABEL),), (str(ADDRESS),)]
    assert _again(records).logins() == (_login(ADDRESS),)
    assert _again(records).accounts() == (Account(ADDRESS, KEYRING),)


def test_changes_are_visible_inside_the_block_before_they_are_written(
    records: LoginsFile, path: Path
) -> None:
    with records.changing():
        records.add(_login(ADDRESS))
        assert records.logins() == (_login(ADDRESS),)
        assert not path.exists()
        assert records.remove(ADDRESS) == _login(ADDRESS)
    assert not path.exists()


def test_nested_block_joins_the_outer_one(records: LoginsFile, settings: _Settings) -> None:
    with records.changing():
        with records.changing():
            records.add(_login(ADDRESS))
        assert settings.calls == []
        assert _is_locked(records.path)
        records.add(_login(LABEL))
    assert settings.calls == [(str(ADDRESS), str(LABEL))]
    assert not _is_locked(records.path)


def test_changes_before_an_error_in_the_block_are_written(
    records: LoginsFile, settings: _Settings
) -> None:
    with pytest.raises(KeyError), records.changing():  # noqa: PT012
        records.add(_login(ADDRESS))
        raise KeyError("inside")
    assert _again(records).logins() == (_login(ADDRESS),)
    assert settings.calls == [(str(ADDRESS),)]
    assert not _is_locked(records.path)
    records.add(_login(LABEL))
    assert _again(records).logins() == (_login(ADDRESS), _login(LABEL))


def test_channel_list_is_written_at_once_with_the_changes_before_it(
    records: LoginsFile, settings: _Settings
) -> None:
    with records.changing():
        records.add(_login(ADDRESS))
        records.keep_channel_list("/a/.condarc", {"items": ["private"]})
        assert _again(records).logins() == (_login(ADDRESS),)
        assert _again(records).channel_list("/a/.condarc") == {"items": ["private"]}
    assert settings.calls == [(str(ADDRESS),)]


def test_block_without_a_change_writes_and_configures_nothing(
    records: LoginsFile, path: Path, settings: _Settings
) -> None:
    with records.changing():
        pass
    assert not path.exists()
    assert settings.calls == []


def test_login_that_is_recorded_again_is_configured_but_not_written(
    records: LoginsFile, path: Path, settings: _Settings
) -> None:
    for address in (ADDRESS, LABEL):
        records.add(_login(address))
    number = path.stat().st_ino
    records.add(_login(ADDRESS))
    assert path.stat().st_ino == number
    assert len(settings.calls) == 3
