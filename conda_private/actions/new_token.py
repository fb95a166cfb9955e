"""Create a token, with scopes that the server knows and a name that is not in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from conda_private.model import shell
from conda_private.model.exceptions import (
    AlreadyExistsError,
    CondaPrivateError,
    TokenRefusedError,
    UsageError,
)
from conda_private.model.facts import NewToken
from conda_private.model.ports import TokenApi
from conda_private.model.secret import Secret
from conda_private.output import listed


def check_scopes(tokens: TokenApi, wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes without duplicates, if the server knows them all.

    Raises:
        UsageError: the server does not know a scope; the message names those that it knows.
    """
    known = tokens.scopes()
    scopes = tuple(dict.fromkeys(wanted))
    if unknown := [scope for scope in scopes if scope not in known]:
        raise UsageError(
            f"The server has no scope {unknown[0]}.",
            cause=f"Its scopes are {listed(sorted(known))}.",
            next_step="use some of them:  --scopes conda:download,pypi:download",
        )
    return scopes


def create_token(
    tokens: TokenApi, wanted: NewToken, *, now: datetime, exact_name: bool
) -> tuple[Secret, str]:
    """Create a token.

    Args:
        tokens: the API, called as a user who can create tokens.
        wanted: the token to create.
        now: the time to append to a name that is already in use.
        exact_name: whether a name that is already in use is an error.

    Returns:
        The token, and its name.

    Raises:
        AlreadyExistsError: the name is in use, and ``exact_name`` is set.
    """
    try:
        return tokens.create(wanted), wanted.name
    except AlreadyExistsError:
        if exact_name:
            raise
    name = f"{wanted.name}-{now:%Y%m%dT%H%M%S}"
    return tokens.create(replace(wanted, name=name)), name


@contextmanager
def revoked_on_failure(tokens: TokenApi, name: str) -> Iterator[None]:
    """Revoke a new token if the work that needs it fails or is interrupted.

    Args:
        tokens: the API, called with the token itself.
        name: the token's name.

    Raises:
        CondaPrivateError: the failure; its cause says whether the token was revoked.
    """
    try:
        yield
    except CondaPrivateError as error:
        raise error.adding(discard(tokens, name)) from error
    except BaseException:
        discard(tokens, name)
        raise


def discard(tokens: TokenApi, name: str) -> str:
    """Revoke a new token that is not needed.

    Args:
        tokens: the API, called with the token itself.
        name: the token's name.

    Returns:
        A sentence that says whether the token was revoked.
    """
    try:
        tokens.revoke_itself()
    except TokenRefusedError:
        pass  # the server refuses the token, so it is no longer valid
    except CondaPrivateError:
        return (
            f'The new token "{name}" could not be revoked; revoke it with'
            f" conda private token revoke {shell.word(name)}"
        )
    return "The new token was revoked."
