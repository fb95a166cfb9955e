"""Make a token: with scopes that the server knows, and a name that is free."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from conda_private.model.exceptions import (
    AlreadyExistsError,
    CondaPrivateError,
    TokenRefusedError,
    UsageError,
)
from conda_private.model.ports import TokenApi
from conda_private.model.records import TokenWish
from conda_private.model.secret import Secret


def check_scopes(tokens: TokenApi, wanted: Iterable[str]) -> tuple[str, ...]:
    """The wanted scopes, each once, when the server knows them all.

    Raises:
        UsageError: it does not; the message has those that it knows.
    """
    known = tokens.scopes()
    scopes = tuple(dict.fromkeys(wanted))
    if unknown := [scope for scope in scopes if scope not in known]:
        raise UsageError(
            f"The server knows no scope {unknown[0]}.",
            cause="It knows: " + ", ".join(sorted(known)) + ".",
            next_step="name some of them:  --scopes conda:download,pypi:download",
        )
    return scopes


def make(
    tokens: TokenApi, wish: TokenWish, *, now: datetime, exact_name: bool
) -> tuple[Secret, str]:
    """Make the token; gives it and the name that it got.

    Args:
        tokens: the API, asked by somebody who may make tokens.
        wish: what to make.
        now: put behind a name that is taken.
        exact_name: whether a name that is taken is an error.

    Raises:
        AlreadyExistsError: the name is taken, and has to be this one.
    """
    try:
        return tokens.create(wish), wish.name
    except AlreadyExistsError:
        if exact_name:
            raise
    name = f"{wish.name}-{now:%Y%m%dT%H%M%S}"
    return tokens.create(replace(wish, name=name)), name


@contextmanager
def ended_on_failure(tokens: TokenApi, name: str) -> Iterator[None]:
    """End a new token again when what it was made for fails, or is interrupted.

    Args:
        tokens: the API, asked with the token itself.
        name: its name.

    Raises:
        CondaPrivateError: the failure, with what became of the token.
    """
    try:
        yield
    except CondaPrivateError as error:
        raise error.adding(unmake(tokens, name)) from error
    except BaseException:
        unmake(tokens, name)
        raise


def unmake(tokens: TokenApi, name: str) -> str:
    """End a token that turned out to be of no use; gives what became of it, in words.

    Args:
        tokens: the API, asked with the token itself.
        name: its name.
    """
    try:
        tokens.revoke_itself()
    except TokenRefusedError:
        pass  # the server does not take it any more: it has ended already
    except CondaPrivateError:
        return (
            f'The token "{name}" that was made for it is still alive; end it:'
            f" conda private token revoke {shlex.quote(name)}"
        )
    return "The token that was made for it was ended again."
