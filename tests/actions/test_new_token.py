"""Creating a token, and revoking it if it is not needed."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from conda_private.actions.new_token import check_scopes, create_token, discard, revoked_on_failure
from conda_private.model.exceptions import (
    AlreadyExistsError,
    ConnectionFailedError,
    StoreError,
    TokenRefusedError,
    UsageError,
)
from conda_private.model.facts import NewToken, TokenFacts
from conda_private.model.secret import Secret
from tests.actions.fake_api import FakeServer, FakeTokens

NOW = datetime(2026, 11, 22, 12, 30, 15, tzinfo=timezone.utc)
WANTED = NewToken("ci", ("conda:download",))
NEW = "ne-w-1"


@pytest.fixture
def server() -> FakeServer:
    """A server with one token."""
    return FakeServer({"x": TokenFacts(token_name="laptop")})


def test_scopes_are_those_of_the_server_each_once(server: FakeServer) -> None:
    wanted = ["pypi:download", "all", "all"]
    assert check_scopes(FakeTokens(server), wanted) == ("pypi:download", "all")
    assert check_scopes(FakeTokens(server), ()) == ()


def test_unknown_scope_is_refused_with_the_known_ones(server: FakeServer) -> None:
    with pytest.raises(UsageError) as caught:
        check_scopes(FakeTokens(server), ["conda:download", "conda:donwload"])
    assert "conda:donwload" in caught.value.what
    assert "all, conda:download, pypi:download" in caught.value.cause


def test_name_that_is_not_in_use_stays(server: FakeServer) -> None:
    assert create_token(FakeTokens(server), WANTED, now=NOW, exact_name=True) == (Secret(NEW), "ci")


def test_name_that_is_in_use_gets_the_time_appended(server: FakeServer) -> None:
    wanted = NewToken("laptop", ("all",), "acme", 60)
    secret, name = create_token(FakeTokens(server), wanted, now=NOW, exact_name=False)
    assert (secret, name) == (Secret(NEW), "laptop-20261122T123015")
    assert server.created == [NewToken(name, ("all",), "acme", 60)]
    assert server.names == {"laptop", name}


def test_exact_name_that_is_in_use_is_an_error(server: FakeServer) -> None:
    with pytest.raises(AlreadyExistsError):
        create_token(FakeTokens(server), NewToken("laptop", ()), now=NOW, exact_name=True)
    assert server.created == []


@pytest.fixture
def new(server: FakeServer) -> FakeTokens:
    """The API, called with a new token."""
    secret, _ = create_token(FakeTokens(server), WANTED, now=NOW, exact_name=True)
    return FakeTokens(server, secret.reveal())


def test_token_stays_valid_if_the_work_succeeds(server: FakeServer, new: FakeTokens) -> None:
    with revoked_on_failure(new, "ci"):
        pass
    assert NEW in server.valid


def test_token_is_revoked_if_the_work_fails(server: FakeServer, new: FakeTokens) -> None:
    with pytest.raises(StoreError) as caught, revoked_on_failure(new, "ci"):
        raise StoreError("full", cause="No space.", next_step="rm x")
    assert NEW not in server.valid
    assert caught.value.cause == "No space. The new token was revoked."
    assert caught.value.next_step == "rm x"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_token_is_revoked_whatever_happens(
    server: FakeServer, new: FakeTokens, error: type[BaseException]
) -> None:
    with pytest.raises(error), revoked_on_failure(new, "ci"):
        raise error
    assert NEW not in server.valid


def test_token_that_cannot_be_revoked_is_named_as_a_shell_reads_it(
    server: FakeServer, new: FakeTokens
) -> None:
    server.errors["revoke"] = ConnectionFailedError("no network")
    said = discard(new, "my laptop; rm x")
    assert "could not be revoked" in said
    assert "conda private token revoke 'my laptop; rm x'" in said


def test_token_that_is_refused_when_it_is_revoked_is_invalid(
    server: FakeServer, new: FakeTokens
) -> None:
    server.errors["revoke"] = TokenRefusedError("unknown")
    assert "The new token was revoked." in discard(new, "ci")
