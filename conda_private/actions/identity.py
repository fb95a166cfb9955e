"""Identify the account of a token, and its organizations and groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from conda_private.model.channel_api import ChannelApi
from conda_private.model.exceptions import AccessDeniedError, TokenRefusedError
from conda_private.model.facts import Group, Profile, TokenFacts
from conda_private.model.ports import PeopleApi, TokenApi

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Identity:
    """What the API reports; None for what the token's scopes do not allow it to read.

    Attributes:
        facts: the token itself, which every token can read.
        profile: the account.
        organizations: the organizations of the account.
        groups: the groups of the account.
        not_reported: why the server does not report the rest, or "".
    """

    facts: TokenFacts
    profile: Profile | None
    organizations: tuple[str, ...] | None
    groups: tuple[Group, ...] | None
    not_reported: str = ""


def identity(tokens: TokenApi, people: PeopleApi) -> Identity:
    """Ask the API about a token; one that can only download is asked about itself alone.

    Raises:
        CondaPrivateError: the server refuses the token, or could not be reached.
    """
    facts = tokens.current()
    refusals: list[str] = []

    def unless_refused(ask: Callable[[], Answer]) -> Answer | None:
        try:
            return ask()
        except (AccessDeniedError, TokenRefusedError) as error:
            refusals.append(error.cause)
            return None

    profile = unless_refused(people.profile)
    organizations = unless_refused(people.organizations) if profile else None
    groups = unless_refused(people.groups) if profile else None
    return Identity(facts, profile, organizations, groups, refusals[0] if refusals else "")


def identity_of_user(channels: ChannelApi) -> Identity:
    """Ask an API like that of anaconda.com, which reports the user and nothing about the key.

    Raises:
        CondaPrivateError: the server refuses the credential, or could not be reached.
    """
    profile = channels.profile()
    facts = TokenFacts(account=profile.login)
    return Identity(facts, profile, channels.organizations(), None)
