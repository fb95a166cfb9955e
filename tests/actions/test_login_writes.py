"""What one login and one logout write: each file once, under each lock once."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filelock
import pytest

from conda_private.actions.login import Edges, log_in
from conda_private.actions.logout import log_out
from conda_private.conda_config.channel_settings import ChannelSettingsFile
from conda_private.conda_config.condarc.file import CondarcFile
from conda_private.files.logins import LoginsFile
from conda_private.model.address import Address
from conda_private.model.login_request import LoginRequest
from conda_private.model.ports import Comparison
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret
from conda_private.stores.file import FileStore

ADDRESS = Address.parse("https://conda.example.org/my-org")
FILES = ("secrets.json", "credentials.json", "conda-private.yml", ".condarc")


class _Everything:
    """A channel that is closed without a credential, and an API that nobody asks."""

    def look(self, address: Address) -> bool:
        raise NotImplementedError

    def reads(self, api: Address, secret: Secret, account: str, owner: str) -> bool:
        return False

    def compare(self, address: Address, schemes: object, secret: Secret) -> Comparison:
        return Comparison(TOKEN, gives_access=True, closed=True)

    def facts(self, api: Address, secret: Secret) -> None:
        return None


class User:
    """A user with real files."""

    def __init__(self, home: Path) -> None:
        settings = ChannelSettingsFile(home / "condarc.d" / "conda-private.yml")
        self.records = LoginsFile(home / "data" / "credentials.json", configure=settings.write)
        self.store = FileStore(home / "data" / "secrets.json")
        self.condarc = home / ".condarc"

    def list_in(self, path: str) -> CondarcFile:
        return CondarcFile(Path(path), memory=self.records, keep_defaults=lambda: False)

    def log_in(self) -> None:
        request = LoginRequest.to(ADDRESS, name="my-org", condarc=str(self.condarc))
        edges = Edges(
            probe=_Everything(),
            server=_Everything(),
            store=self.store,
            open_store=lambda source: self.store,
            records=self.records,
            open_list=self.list_in,
            drop_index=lambda address: None,
            remember=lambda login, secret, found: None,
        )
        log_in(request, Secret("ca-nary-writes"), edges)

    def log_out(self) -> None:
        (login,) = self.records.logins()
        log_out(
            login,
            records=self.records,
            open_store=lambda source: self.store,
            open_list=self.list_in,
            forget=lambda address: None,
        )


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], Counter[str]]:
    """Counts the files that a call replaces, and the locks that it takes."""

    def counted(call: Callable[[], None]) -> Counter[str]:
        done: Counter[str] = Counter()
        rename, acquire = os.replace, filelock.FileLock.acquire

        def replace(source: str, target: str) -> None:
            done[Path(target).name] += 1
            rename(source, target)

        def lock(self: Any, *args: Any, **options: Any) -> Any:
            done[f"lock {Path(self.lock_file).name}"] += 1
            return acquire(self, *args, **options)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", replace)
            patch.setattr(filelock.FileLock, "acquire", lock)
            call()
        return done

    return counted


def test_login_writes_each_file_once_and_takes_each_lock_once(
    tmp_path: Path, count: Callable[[Callable[[], None]], Counter[str]]
) -> None:
    user = User(tmp_path)
    locks = ("lock .secrets.json.lock", "lock .credentials.json.lock")
    assert count(user.log_in) == Counter([*FILES, *locks])


def test_second_login_writes_only_what_changed(
    tmp_path: Path, count: Callable[[Callable[[], None]], Counter[str]]
) -> None:
    user = User(tmp_path)
    user.log_in()
    done = count(user.log_in)
    assert {name for name in done if not name.startswith("lock")} <= {*FILES[:2]}


def test_logout_leaves_no_file_and_holds_no_lock_while_the_store_answers(
    tmp_path: Path, count: Callable[[Callable[[], None]], Counter[str]]
) -> None:
    user = User(tmp_path)
    user.log_in()
    done = count(user.log_out)
    # A keyring may ask a person, and others must not wait for that: one lock before, one after.
    assert (done["lock .credentials.json.lock"], done["lock .secrets.json.lock"]) == (2, 1)
    assert not any(path.exists() for path in tmp_path.rglob("*") if path.name in FILES)
