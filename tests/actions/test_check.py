"""Checking a login: what counts, what is missing, what ends soon; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

import pytest

from conda_private.actions.check import CheckResult, check
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import (
    AccessDeniedError,
    CondaPrivateError,
    ConnectionFailedError,
    CredentialMissingError,
    KeyringLockedError,
    TokenRefusedError,
)
from conda_private.model.login import Login
from conda_private.model.ports import Comparison
from conda_private.model.records import TokenFacts
from conda_private.model.schemes import BEARER, Scheme
from conda_private.model.secret import Secret

SECRET = Secret("ca-nary-k1")
SCOPE = ChannelUrl.parse("https://conda.example.org/my-org")
API = "https://api.example.org"
NOW = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
LOGIN = Login(SCOPE, BEARER, "keyring", account="alice", api=API)
OPENS = Comparison(BEARER, frozenset({"noarch/a.conda"}), frozenset(), closed=False)
NOTHING = Comparison(BEARER, frozenset(), frozenset(), closed=False)


class _World:
    """What a check asks; the answers are set by the tests."""

    def __init__(self) -> None:
        self.comparison = OPENS
        self.facts_now: TokenFacts | None = None
        self.secret_error: CondaPrivateError | None = None
        self.probe_error: CondaPrivateError | None = None
        self.shown: list[tuple[ChannelUrl, tuple[Scheme, ...], Secret]] = []
        self.asked: list[tuple[str, Secret]] = []

    def secret_of(self, login: Login) -> Secret:
        if self.secret_error:
            raise self.secret_error
        return SECRET

    def compare(self, scope: ChannelUrl, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        self.shown.append((scope, tuple(schemes), secret))
        if self.probe_error:
            raise self.probe_error
        return self.comparison

    def facts(self, api: str, secret: Secret) -> TokenFacts | None:
        self.asked.append((api, secret))
        return self.facts_now

    def check(self, login: Login = LOGIN, within: timedelta = timedelta(0)) -> CheckResult:
        return check(
            login, secret_of=self.secret_of, probe=self, server=self, within=within, now=NOW
        )


@pytest.fixture
def world() -> _World:
    """A server that takes the secret."""
    return _World()


def ending(days: float) -> str:
    """A date, so many days from now."""
    return (NOW + timedelta(days=days)).isoformat()


def test_credential_that_opens_something_is_good(world: _World) -> None:
    result = world.check()
    assert (result.exit_code, result.error, result.expiring) == (0, None, False)
    assert result.finding.comparison == OPENS


def test_credential_is_shown_as_it_is_sent_and_in_no_other_form(world: _World) -> None:
    world.check()
    assert world.shown == [(SCOPE, (BEARER,), SECRET)]
    assert world.asked == [(API, SECRET)]


def test_no_server_is_asked_without_a_secret(world: _World) -> None:
    world.secret_error = CredentialMissingError("gone")
    assert world.check().exit_code == 4
    assert (world.shown, world.asked) == ([], [])


def test_login_without_an_api_asks_none(world: _World) -> None:
    world.check(LOGIN._replace(api=""))
    assert world.asked == []


def test_credential_that_opens_nothing_is_refused(world: _World) -> None:
    world.comparison = NOTHING
    result = world.check()
    assert isinstance(result.error, TokenRefusedError)
    assert (result.exit_code, result.finding.comparison) == (4, None)


@pytest.mark.parametrize(
    ("error", "code"),
    [(TokenRefusedError("no"), 4), (AccessDeniedError("no"), 4), (ConnectionFailedError("no"), 1)],
)
def test_error_of_the_server_is_a_part_of_the_result(
    world: _World, error: CondaPrivateError, code: int
) -> None:
    world.probe_error = error
    assert (world.check().error, world.check().exit_code) == (error, code)


def test_store_that_does_not_open_is_no_missing_credential(world: _World) -> None:
    world.secret_error = KeyringLockedError("locked")
    assert world.check().exit_code == 1


def test_error_of_the_program_is_not_swallowed(world: _World) -> None:
    world.facts_now = 3  # type: ignore[assignment]
    with pytest.raises(AttributeError):
        world.check()


@pytest.mark.parametrize(
    ("days", "within", "code"),
    [(29, 30, 4), (30, 30, 4), (31, 30, 0), (1, 0, 0), (0, 0, 4), (-1, 0, 4)],
)
def test_credential_that_ends_within_the_span_fails(
    world: _World, days: int, within: int, code: int
) -> None:
    login = LOGIN._replace(expires=ending(days))
    assert world.check(login, timedelta(days=within)).exit_code == code


def test_server_knows_better_than_the_index_when_it_ends(world: _World) -> None:
    world.facts_now = TokenFacts(expires=ending(2))
    result = world.check(LOGIN._replace(expires=ending(90)), timedelta(days=7))
    assert (result.expires, result.expiring) == (ending(2), True)
    world.facts_now = TokenFacts()
    assert world.check(LOGIN._replace(expires=ending(90))).expires == ending(90)


def test_server_that_is_down_makes_it_no_credential_problem(world: _World) -> None:
    world.probe_error = ConnectionFailedError("down")
    result = world.check(LOGIN._replace(expires=ending(1)), timedelta(days=7))
    assert (result.exit_code, result.expiring) == (1, True)


def test_result_shows_no_secret(world: _World) -> None:
    assert SECRET.reveal() not in repr(world.check())
