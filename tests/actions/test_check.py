"""Checking a login: refused, missing and expiring credentials; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from conda_private.actions.check import CheckResult, check
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    AccessDeniedError,
    CondaPrivateError,
    ConnectionFailedError,
    CredentialMissingError,
    KeyringLockedError,
    SecretFormatError,
    TokenRefusedError,
    UsageError,
)
from conda_private.model.facts import TokenFacts
from conda_private.model.login import Account, Login
from conda_private.model.ports import Comparison
from conda_private.model.schemes import BEARER, Scheme
from conda_private.model.secret import Secret
from conda_private.model.source import KEYRING
from tests.wording import assert_reads_well

SECRET = Secret("ca-nary-k1")
ADDRESS = Address.parse("https://conda.example.org/my-org")
API = Address.parse("https://api.example.org")
NOW = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
LOGIN = Login(ADDRESS, BEARER, KEYRING, account="alice", api=API)
OPENS = Comparison(BEARER, gives_access=True, packages=1, private=1)
NOTHING = Comparison(BEARER, gives_access=False, packages=0, private=0)


class _World:
    """The channel, the API and the store; each test sets their answers."""

    def __init__(self) -> None:
        self.comparison = OPENS
        self.is_reader = True
        self.facts_now: TokenFacts | None = None
        self.secret_error: CondaPrivateError | None = None
        self.probe_error: CondaPrivateError | None = None
        self.shown: list[tuple[Address, tuple[Scheme, ...], Secret]] = []
        self.asked: list[tuple[Address, Secret]] = []
        self.remembered: list[tuple[object, ...]] = []
        self.accounts: tuple[Account, ...] = ()

    def secret_of(self, login: Login) -> Secret:
        if self.secret_error:
            raise self.secret_error
        return SECRET

    def look(self, address: Address) -> bool:
        raise NotImplementedError

    def reads(self, api: Address, secret: Secret, account: str, owner: str) -> bool:
        return self.is_reader

    def compare(self, address: Address, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        self.shown.append((address, tuple(schemes), secret))
        if self.probe_error:
            raise self.probe_error
        return self.comparison

    def facts(self, api: Address, secret: Secret) -> TokenFacts | None:
        self.asked.append((api, secret))
        return self.facts_now

    def check(self, login: Login = LOGIN, within: timedelta = timedelta(0)) -> CheckResult:
        return check(
            login,
            secret_of=self.secret_of,
            probe=self,
            server=self,
            remember=lambda *what: self.remembered.append(what),
            within=within,
            now=NOW,
            accounts=self.accounts,
        )


@pytest.fixture
def world() -> _World:
    """A server that accepts the credential."""
    return _World()


def in_days(days: float) -> str:
    """The date in a number of days."""
    return (NOW + timedelta(days=days)).isoformat()


def test_credential_with_access_is_good(world: _World) -> None:
    result = world.check()
    assert (result.exit_code, result.error, result.expiring) == (0, None, False)
    assert result.finding.comparison == OPENS


def test_what_the_channel_shows_is_remembered_unless_it_is_refused(world: _World) -> None:
    world.check()
    assert world.remembered == [(LOGIN, SECRET, OPENS)]
    world.comparison = NOTHING
    world.check()
    assert len(world.remembered) == 1


def test_credential_is_sent_with_its_scheme_and_no_other(world: _World) -> None:
    world.check()
    assert world.shown == [(ADDRESS, (BEARER,), SECRET)]
    assert world.asked == [(API, SECRET)]


def test_no_server_is_asked_without_a_credential(world: _World) -> None:
    world.secret_error = CredentialMissingError("gone")
    assert world.check().exit_code == 4
    assert (world.shown, world.asked) == ([], [])


def test_login_without_an_api_asks_none(world: _World) -> None:
    world.check(LOGIN._replace(api=None))
    assert world.asked == []


def test_credential_without_access_is_refused(world: _World) -> None:
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


def test_store_that_cannot_be_read_is_not_a_missing_credential(world: _World) -> None:
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
def test_credential_that_expires_within_the_span_fails(
    world: _World, days: int, within: int, code: int
) -> None:
    login = LOGIN._replace(expires=in_days(days))
    assert world.check(login, timedelta(days=within)).exit_code == code


def test_expiry_that_the_server_reports_takes_precedence(world: _World) -> None:
    world.facts_now = TokenFacts(expires=in_days(2))
    result = world.check(LOGIN._replace(expires=in_days(90)), timedelta(days=7))
    assert (result.expires, result.expiring) == (in_days(2), True)
    world.facts_now = TokenFacts()
    assert world.check(LOGIN._replace(expires=in_days(90))).expires == in_days(90)


def test_server_that_is_down_is_not_a_credential_problem(world: _World) -> None:
    world.probe_error = ConnectionFailedError("down")
    result = world.check(LOGIN._replace(expires=in_days(1)), timedelta(days=7))
    assert (result.exit_code, result.expiring) == (1, True)


def test_result_does_not_show_the_credential(world: _World) -> None:
    assert SECRET.reveal() not in repr(world.check())


VERIFIED = LOGIN._replace(verified="2026-11-01T00:00:00+00:00")


@pytest.mark.parametrize("packages", [0, 3])
def test_refused_credential_that_worked_before_is_not_called_mistyped(
    world: _World, packages: int
) -> None:
    world.comparison = replace(NOTHING, packages=packages)
    error = world.check(VERIFIED).error
    assert isinstance(error, TokenRefusedError)
    assert error.what == (
        f"The credential for {ADDRESS} no longer gives access to private packages."
    )
    assert "It gave access on 2026-11-01. Since then, it expired or was revoked" in error.cause
    assert "mistyped" not in str(error)
    assert error.next_step.endswith(f"then run\nconda private login {ADDRESS}")
    assert_reads_well(error)


def test_credential_that_never_worked_can_be_mistyped(world: _World) -> None:
    world.comparison = NOTHING
    assert "mistyped" in str(world.check().error)


def test_other_errors_are_those_of_the_server(world: _World) -> None:
    world.probe_error = ConnectionFailedError("down")
    assert world.check(VERIFIED).error is world.probe_error


def test_user_with_an_account_at_the_server_can_create_a_token(world: _World) -> None:
    world.comparison = NOTHING
    world.accounts = (Account(API, KEYRING, user="alice"),)
    error = world.check(VERIFIED).error
    assert error
    assert error.next_step == f"conda private token create --for {ADDRESS}"


@pytest.mark.parametrize("error", [UsageError("no"), SecretFormatError("no")])
def test_malformed_credential_is_no_usage_error_of_the_check(
    world: _World, error: CondaPrivateError
) -> None:
    world.secret_error = error
    assert world.check().exit_code == 1
