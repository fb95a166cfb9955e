"""Who a token stands for: all that it may ask, and nothing made up."""

from __future__ import annotations

import pytest

from conda_private.actions.identity import Identity, identity
from conda_private.model.exceptions import (
    AccessDeniedError,
    ConnectionFailedError,
    CredentialError,
    TokenRefusedError,
)
from conda_private.model.records import Group, Profile, TokenFacts
from tests.actions.fake_api import FakePeople, FakeServer, FakeTokens

FACTS = TokenFacts(note="laptop", scopes=("conda:download",))
GROUP = Group("my-org", "readers", "read")


def ask(people: FakePeople) -> Identity:
    """Ask with a token that the server knows."""
    return identity(FakeTokens(FakeServer({"x": FACTS}), "x"), people)


@pytest.fixture
def people() -> FakePeople:
    """Alice, who is in a group."""
    return FakePeople({"": Profile("alice")}, {"": [GROUP]})


def test_token_of_an_account_tells_all(people: FakePeople) -> None:
    assert ask(people) == Identity(FACTS, Profile("alice"), ("my-org",), (GROUP,))


@pytest.mark.parametrize("kind", [AccessDeniedError, TokenRefusedError])
def test_download_token_tells_about_itself_alone(
    people: FakePeople, kind: type[CredentialError]
) -> None:
    people.errors["profile"] = kind("no", cause="It lacks the scope api:read.")
    assert ask(people) == Identity(FACTS, None, None, None, "It lacks the scope api:read.")


@pytest.mark.parametrize("part", ["organizations", "groups"])
def test_part_that_is_not_told_is_no_empty_one(people: FakePeople, part: str) -> None:
    people.errors[part] = AccessDeniedError("no", cause="Not that.")
    found = ask(people)
    assert getattr(found, part) is None
    assert (found.profile, found.untold) == (Profile("alice"), "Not that.")


def test_server_that_is_down_is_no_refusal(people: FakePeople) -> None:
    people.errors["groups"] = ConnectionFailedError("down")
    with pytest.raises(ConnectionFailedError):
        ask(people)


def test_token_that_is_unknown_is_an_error(people: FakePeople) -> None:
    with pytest.raises(TokenRefusedError):
        identity(FakeTokens(FakeServer(), "x"), people)
