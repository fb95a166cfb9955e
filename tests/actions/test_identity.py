"""The identity of a token: everything that it can read, and nothing else."""

from __future__ import annotations

import pytest

from conda_private.actions.identity import Identity, identity
from conda_private.model.exceptions import (
    AccessDeniedError,
    ConnectionFailedError,
    CredentialError,
    TokenRefusedError,
)
from conda_private.model.facts import Group, Profile, TokenFacts
from tests.actions.fake_api import FakePeople, FakeServer, FakeTokens

FACTS = TokenFacts(token_name="laptop", scopes=("conda:download",))
GROUP = Group("my-org", "readers", "read")


def ask(people: FakePeople) -> Identity:
    """Ask with a token that the server accepts."""
    return identity(FakeTokens(FakeServer({"x": FACTS}), "x"), people)


@pytest.fixture
def people() -> FakePeople:
    """Alice, a member of a group."""
    return FakePeople({"": Profile("alice")}, {"": [GROUP]})


def test_token_of_an_account_reports_all(people: FakePeople) -> None:
    assert ask(people) == Identity(FACTS, Profile("alice"), ("my-org",), (GROUP,))


@pytest.mark.parametrize("kind", [AccessDeniedError, TokenRefusedError])
def test_download_token_reports_only_itself(
    people: FakePeople, kind: type[CredentialError]
) -> None:
    people.errors["profile"] = kind("no", cause="It lacks the scope api:read.")
    assert ask(people) == Identity(FACTS, None, None, None, "It lacks the scope api:read.")


@pytest.mark.parametrize("part", ["organizations", "groups"])
def test_part_that_is_not_reported_is_not_an_empty_one(people: FakePeople, part: str) -> None:
    people.errors[part] = AccessDeniedError("no", cause="Not that.")
    found = ask(people)
    assert getattr(found, part) is None
    assert (found.profile, found.not_reported) == (Profile("alice"), "Not that.")


def test_server_that_is_down_is_not_a_refusal(people: FakePeople) -> None:
    people.errors["groups"] = ConnectionFailedError("down")
    with pytest.raises(ConnectionFailedError):
        ask(people)


def test_unknown_token_is_an_error(people: FakePeople) -> None:
    with pytest.raises(TokenRefusedError):
        identity(FakeTokens(FakeServer(), "x"), people)
