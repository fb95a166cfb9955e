"""Rotate: a new token of the same scopes in the place of the old one, which is then ended."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from conda_private.actions.new_token import ended_on_failure, make
from conda_private.actions.verify import Question, verify
from conda_private.model.exceptions import CondaPrivateError, TokenRefusedError
from conda_private.model.expiry import normal
from conda_private.model.login import Login
from conda_private.model.ports import ChannelProbe, LoginIndex, StoreOpener, TokenApi, TokenServer
from conda_private.model.records import DOWNLOAD_SCOPES, TokenFacts, TokenWish
from conda_private.model.secret import Secret

_DATE = re.compile(r"-\d{4}-\d\d-\d\d(-\d{8}T\d{6})?$")


@dataclass(frozen=True, kw_only=True)
class RotationEdges:
    """What a rotation works with.

    Attributes:
        maker: the API, asked by somebody who may make tokens.
        user: who that is.
        asked_with: the same API, asked with a token.
        server: tells what a token is.
        probe: reads channels.
        open_store: finds where a secret lives.
        index: the logins; now: the time.
    """

    maker: TokenApi
    user: str
    asked_with: Callable[[Secret], TokenApi]
    server: TokenServer
    probe: ChannelProbe
    open_store: StoreOpener
    index: LoginIndex
    now: datetime


@dataclass(frozen=True)
class Rotation:
    """What was done.

    Attributes:
        logins: the entries that have the new token now.
        old: the old token's name, or "".
        new: the new token.
        left: why the old token is still alive, or "".
    """

    logins: tuple[Login, ...]
    old: str
    new: TokenFacts
    left: str = ""


def rotate(
    logins: Sequence[Login],
    secret: Secret,
    edges: RotationEdges,
    *,
    organization: str = "",
    max_age: int | None = None,
    keep_old: bool = False,
) -> Rotation:
    """Make, verify, swap, end the old: whatever fails, a token that works is in place.

    Args:
        logins: all entries of this machine that have the same token.
        secret: that token.
        edges: what it works with.
        organization: whose rights it shall have; "" for those of the old one.
        max_age: in how many seconds it ends; None for the server's default.
        keep_old: whether the old one stays alive.

    Raises:
        CondaPrivateError: it says which tokens work.
    """
    old = edges.asked_with(secret).current()
    of = organization or (old.account if old.account != edges.user else "")
    wish = TokenWish(_dated(old.note, edges.now), _scopes(old), of, max_age)
    fresh, name = make(edges.maker, wish, now=edges.now, exact_name=False)
    facts = _verified(logins, fresh, name, edges)
    done = _swap(logins, fresh, facts, edges)
    left = "" if keep_old else _end(edges.asked_with(secret))
    return Rotation(done, old.note, facts, left)


def _dated(name: str, now: datetime) -> str:
    return f"{_DATE.sub('', name) or 'conda-private'}-{now:%Y-%m-%d}"


def _scopes(old: TokenFacts) -> tuple[str, ...]:
    # A token that may do everything is for downloads here; its successor may download only.
    return old.scopes or tuple(sorted(DOWNLOAD_SCOPES))


def _verified(
    logins: Sequence[Login], fresh: Secret, name: str, edges: RotationEdges
) -> TokenFacts:
    facts = None
    try:
        with ended_on_failure(edges.asked_with(fresh), name):
            for login in logins:
                question = Question(login.scope, (login.scheme,), login.api, str(login.scope))
                finding = verify(question, fresh, probe=edges.probe, server=edges.server)
                facts = finding.facts or facts
    except CondaPrivateError as error:
        raise error.adding("The old token is still in use.") from error
    return facts or TokenFacts(note=name)


def _swap(
    logins: Sequence[Login], fresh: Secret, facts: TokenFacts, edges: RotationEdges
) -> tuple[Login, ...]:
    swapped: list[Login] = []
    try:
        for login in logins:
            entry = login._replace(
                note=facts.note,
                token_id=facts.token_id,
                expires=normal(facts.expires),
                verified=edges.now.isoformat(timespec="seconds"),
            )
            edges.open_store(login.source).put(login.scope, fresh)
            edges.index.add(entry)
            swapped.append(entry)
    except CondaPrivateError as error:
        words = f'The new token "{facts.note}" and the old one both work; none was ended.'
        raise error.adding(words) from error
    return tuple(swapped)


def _end(tokens: TokenApi) -> str:
    try:
        tokens.revoke_itself()
    except TokenRefusedError:
        return ""  # the server does not take it any more: it has ended already
    except CondaPrivateError as error:
        return str(error)
    return ""
