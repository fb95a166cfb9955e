"""A logout takes back what a login wrote, in the reverse order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from conda_private.actions.logout import LogoutResult, log_out
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import (
    CondaPrivateError,
    CondarcError,
    ConnectionFailedError,
    FileWriteError,
    KeyringLockedError,
    NotLoggedInError,
    StoreError,
    TokenRefusedError,
)
from conda_private.model.login import Login, find_login
from conda_private.model.ports import Position
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret
from conda_private.stores.memory import MemoryStore

SCOPE = ChannelUrl.parse("https://conda.example.org/private")
LABEL = SCOPE.with_label("dev")
LOGIN = Login(SCOPE, TOKEN, "keyring", channel="private", condarc="/home/alice/.condarc")
OTHER = Login(LABEL, TOKEN, "keyring")


class _Place:
    """Everything that a logout changes; says in which order that happened."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.logins = {login.scope: login for login in (LOGIN, OTHER)}
        self.listed = ["private", "defaults"]
        self.store = MemoryStore()
        for scope in self.logins:
            self.store.put(scope, Secret("secret"))
        self.errors: dict[str, Exception] = {}

    def do(self, what: str) -> None:
        if error := self.errors.get(what):
            raise error
        self.done.append(what)

    def log_out(
        self,
        login: Login = LOGIN,
        *,
        dry_run: bool = False,
        revoke: Callable[[Login], None] | None = None,
    ) -> LogoutResult:
        return log_out(
            login,
            index=_Index(self),
            open_store=partial(_Store, self),
            open_list=partial(_List, self),
            revoke=revoke,
            dry_run=dry_run,
        )


class _Index:
    def __init__(self, place: _Place) -> None:
        self.place = place

    def logins(self) -> tuple[Login, ...]:
        return tuple(self.place.logins.values())

    def add(self, login: Login) -> None:
        raise NotImplementedError

    def remove(self, scope: ChannelUrl) -> Login | None:
        self.place.do("index")
        return self.place.logins.pop(scope, None)


class _Store:
    description = "here"

    def __init__(self, place: _Place, source: str) -> None:
        place.do(f"open {source}")
        self.place, self.source = place, source

    def get(self, scope: ChannelUrl) -> Secret | None:
        raise AssertionError("a logout reads no secret")

    def put(self, scope: ChannelUrl, secret: Secret) -> None:
        raise NotImplementedError

    def delete(self, scope: ChannelUrl) -> None:
        self.place.do("store")
        self.place.store.delete(scope)

    def stamp(self) -> object:
        return None


class _List:
    def __init__(self, place: _Place, path: str) -> None:
        self.place, self.path = place, path

    def lists(self, channel: str) -> bool:
        return channel in self.place.listed

    def add(self, channel: str, position: Position) -> bool:
        raise NotImplementedError

    def remove(self, channel: str) -> bool:
        self.place.do(f"list {self.path}")
        if not self.lists(channel):
            return False
        self.place.listed.remove(channel)
        return True


@pytest.fixture
def place() -> _Place:
    """Two logins, one of them with its channel in a list."""
    return _Place()


def test_list_goes_first_then_the_secret_then_the_entry(place: _Place) -> None:
    assert place.log_out() == LogoutResult(LOGIN, unlisted=True)
    assert place.done == ["list /home/alice/.condarc", "open keyring", "store", "index"]


def test_only_what_belongs_to_the_login_goes(place: _Place) -> None:
    place.log_out()
    assert place.logins == {LABEL: OTHER}
    assert place.listed == ["defaults"]
    assert place.store.get(SCOPE) is None
    assert place.store.get(LABEL) == Secret("secret")


def test_list_that_the_login_did_not_write_is_not_opened(place: _Place) -> None:
    assert place.log_out(OTHER) == LogoutResult(OTHER, unlisted=False)
    assert place.done == ["open keyring", "store", "index"]
    assert place.listed == ["private", "defaults"]


def test_channel_that_somebody_took_out_of_the_list_is_no_error(place: _Place) -> None:
    place.listed.remove("private")
    assert place.log_out() == LogoutResult(LOGIN, unlisted=False)
    assert place.store.get(SCOPE) is None


@pytest.mark.parametrize("dry", [LOGIN, OTHER])
def test_dry_run_says_what_would_go_and_changes_nothing(place: _Place, dry: Login) -> None:
    assert place.log_out(dry, dry_run=True) == LogoutResult(dry, unlisted=dry is LOGIN)
    assert place.done == []


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("list /home/alice/.condarc", CondarcError("odd")),
        ("list /home/alice/.condarc", FileWriteError("read-only")),
        ("store", FileWriteError("no space left")),
    ],
)
def test_error_before_the_secret_is_reached_leaves_a_login_that_works(
    place: _Place, what: str, error: Exception
) -> None:
    place.errors[what] = error
    with pytest.raises(type(error)):
        place.log_out()
    assert place.logins[SCOPE] == LOGIN
    assert place.store.get(SCOPE) == Secret("secret")
    place.errors.clear()
    place.log_out()
    assert SCOPE not in place.logins
    assert place.store.get(SCOPE) is None


def test_entry_that_cannot_be_taken_out_lets_the_logout_be_repeated(place: _Place) -> None:
    place.errors["index"] = FileWriteError("locked")
    with pytest.raises(FileWriteError):
        place.log_out()
    assert place.logins[SCOPE] == LOGIN
    place.errors.clear()
    assert place.log_out().left == ""
    assert SCOPE not in place.logins
    assert place.store.get(SCOPE) is None


@pytest.mark.parametrize("what", ["open keyring", "store"])
@pytest.mark.parametrize("error", [KeyringLockedError("locked"), StoreError("unknown place")])
def test_secret_that_cannot_be_deleted_is_told_after_the_entry_is_gone(
    place: _Place, what: str, error: StoreError
) -> None:
    place.errors[what] = error
    result = place.log_out()
    assert result == LogoutResult(LOGIN, unlisted=True, left=str(error))
    assert result.left
    assert place.logins == {LABEL: OTHER}


def test_place_of_the_secret_is_opened_by_its_source(place: _Place) -> None:
    place.log_out(OTHER._replace(source="env:MY_ORG_TOKEN"))
    assert "open env:MY_ORG_TOKEN" in place.done


def test_login_is_found_by_exactly_its_scope() -> None:
    assert find_login(LABEL, [LOGIN, OTHER]) == OTHER


@pytest.mark.parametrize(
    ("scope", "cause"),
    [
        (SCOPE.with_label("rc"), f"Logins on this host: {SCOPE}, {LABEL}"),
        (SCOPE.child("noarch"), f"Logins on this host: {SCOPE}, {LABEL}"),
        (ChannelUrl.parse("https://conda.example.net/private"), "No login on this host."),
    ],
)
def test_scope_without_a_login_names_those_that_are_near(scope: ChannelUrl, cause: str) -> None:
    with pytest.raises(NotLoggedInError) as caught:
        find_login(scope, [LOGIN, OTHER])
    assert str(scope) in caught.value.what
    assert caught.value.cause == cause
    assert caught.value.next_step == "conda private list"
    assert caught.value.return_code == 4


def test_token_is_ended_at_the_server_before_it_is_forgotten(place: _Place) -> None:
    result = place.log_out(revoke=lambda login: place.do(f"revoke {login.scope}"))
    assert place.done[0] == f"revoke {SCOPE}"
    assert place.done[-1] == "index"
    assert result.alive == ""


@pytest.mark.parametrize(
    ("error", "alive"),
    [(TokenRefusedError("unknown"), ""), (ConnectionFailedError("no network"), "no network")],
)
def test_logout_goes_on_when_the_token_cannot_be_ended(
    place: _Place, error: CondaPrivateError, alive: str
) -> None:
    def revoke(login: Login) -> None:
        raise error

    assert place.log_out(revoke=revoke).alive == alive
    assert SCOPE not in place.logins


def test_dry_run_ends_no_token(place: _Place) -> None:
    place.log_out(dry_run=True, revoke=lambda login: place.do("revoke"))
    assert place.done == []
