"""Making a token, and ending it again when it turns out to be of no use."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from conda_private.actions.new_token import check_scopes, ended_on_failure, make, unmake
from conda_private.model.exceptions import (
    AlreadyExistsError,
    ConnectionFailedError,
    StoreError,
    TokenRefusedError,
    UsageError,
)
from conda_private.model.records import TokenFacts, TokenWish
from conda_private.model.secret import Secret
from tests.actions.fake_api import FakeServer, FakeTokens

NOW = datetime(2026, 11, 22, 12, 30, 15, tzinfo=timezone.utc)
WISH = TokenWish("ci", ("conda:download",))
NEW = "ne-w-1"


@pytest.fixture
def server() -> FakeServer:
    """A server with one token."""
    return FakeServer({"x": TokenFacts(note="laptop")})


def test_scopes_are_those_of_the_server_each_once(server: FakeServer) -> None:
    wanted = ["pypi:download", "all", "all"]
    assert check_scopes(FakeTokens(server), wanted) == ("pypi:download", "all")
    assert check_scopes(FakeTokens(server), ()) == ()


def test_unknown_scope_is_refused_with_the_known_ones(server: FakeServer) -> None:
    with pytest.raises(UsageError) as caught:
        check_scopes(FakeTokens(server), ["conda:download", "conda:donwload"])
    assert "conda:donwload" in caught.value.what
    assert "all, conda:download, pypi:download" in caught.value.cause


def test_name_that_is_free_is_taken(server: FakeServer) -> None:
    assert make(FakeTokens(server), WISH, now=NOW, exact_name=True) == (Secret(NEW), "ci")


def test_name_that_is_taken_gets_the_time_behind_it(server: FakeServer) -> None:
    wish = TokenWish("laptop", ("all",), "acme", 60)
    made, name = make(FakeTokens(server), wish, now=NOW, exact_name=False)
    assert (made, name) == (Secret(NEW), "laptop-20261122T123015")
    assert server.wishes == [TokenWish(name, ("all",), "acme", 60)]
    assert server.names == {"laptop", name}


def test_name_that_has_to_be_this_one_is_an_error_when_it_is_taken(server: FakeServer) -> None:
    with pytest.raises(AlreadyExistsError):
        make(FakeTokens(server), TokenWish("laptop", ()), now=NOW, exact_name=True)
    assert server.wishes == []


@pytest.fixture
def new(server: FakeServer) -> FakeTokens:
    """The API, asked with a token that was just made."""
    made, _ = make(FakeTokens(server), WISH, now=NOW, exact_name=True)
    return FakeTokens(server, made.reveal())


def test_token_that_is_of_use_stays(server: FakeServer, new: FakeTokens) -> None:
    with ended_on_failure(new, "ci"):
        pass
    assert NEW in server.alive


def test_token_of_no_use_is_ended(server: FakeServer, new: FakeTokens) -> None:
    with pytest.raises(StoreError) as caught, ended_on_failure(new, "ci"):
        raise StoreError("full", cause="No space.", next_step="rm x")
    assert NEW not in server.alive
    assert caught.value.cause == "No space. The token that was made for it was ended again."
    assert caught.value.next_step == "rm x"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
def test_token_is_ended_whatever_happens(
    server: FakeServer, new: FakeTokens, error: type[BaseException]
) -> None:
    with pytest.raises(error), ended_on_failure(new, "ci"):
        raise error
    assert NEW not in server.alive


def test_token_that_cannot_be_ended_is_named_as_a_shell_reads_it(
    server: FakeServer, new: FakeTokens
) -> None:
    server.errors["revoke"] = ConnectionFailedError("no network")
    said = unmake(new, "my laptop; rm x")
    assert "still alive" in said
    assert "conda private token revoke 'my laptop; rm x'" in said


def test_token_that_is_refused_when_it_shall_end_has_ended(
    server: FakeServer, new: FakeTokens
) -> None:
    server.errors["revoke"] = TokenRefusedError("unknown")
    assert "ended again" in unmake(new, "ci")
