"""Who a token stands for, and what it may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from conda_private.model.exceptions import AccessDeniedError, TokenRefusedError
from conda_private.model.ports import PeopleApi, TokenApi
from conda_private.model.records import Group, Profile, TokenFacts

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Identity:
    """What the API tells; None where the token may not ask.

    Attributes:
        facts: the token itself, which every token may ask for.
        profile: the account.
        organizations: those that it is in.
        groups: those that it is in.
        untold: why the server does not tell the rest, or "".
    """

    facts: TokenFacts
    profile: Profile | None
    organizations: tuple[str, ...] | None
    groups: tuple[Group, ...] | None
    untold: str = ""


def identity(tokens: TokenApi, people: PeopleApi) -> Identity:
    """Ask who the token stands for. One that may only download is asked about itself alone.

    Raises:
        CondaPrivateError: the server does not take the token, or was not reached.
    """
    facts = tokens.current()
    refusals: list[str] = []

    def told(ask: Callable[[], Answer]) -> Answer | None:
        try:
            return ask()
        except (AccessDeniedError, TokenRefusedError) as error:
            refusals.append(error.cause)
            return None

    profile = told(people.profile)
    organizations = told(people.organizations) if profile else None
    groups = told(people.groups) if profile else None
    return Identity(facts, profile, organizations, groups, refusals[0] if refusals else "")
