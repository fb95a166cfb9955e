"""Rotate: replace a token with a new one that has the same scopes, and revoke the old one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from conda_private.actions.new_token import create_token, revoked_on_failure
from conda_private.actions.verify import verify
from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError, TokenRefusedError
from conda_private.model.expiry import normal
from conda_private.model.facts import DOWNLOAD_SCOPES, NewToken, TokenFacts
from conda_private.model.login import Login
from conda_private.model.login_request import LoginRequest
from conda_private.model.ports import ChannelProbe, Comparison, StoreOpener, TokenApi, TokenServer
from conda_private.model.records import LoginRecords
from conda_private.model.secret import Secret

_DATE = re.compile(r"-\d{4}-\d\d-\d\d(-\d{8}T\d{6})?$")


@dataclass(frozen=True, kw_only=True)
class RotationEdges:
    """What a rotation works with.

    Attributes:
        creator: the API, called as a user who can create tokens.
        user: the name of that user.
        called_with: returns the API, called with a token.
        server: reports facts about a token.
        probe: reads channels.
        open_store: opens the store that has a credential.
        records: the logins.
        drop_index: removes what conda has cached of an address.
        remember: stores what the channel shows with a credential.
        now: the time.
    """

    creator: TokenApi
    user: str
    called_with: Callable[[Secret], TokenApi]
    server: TokenServer
    probe: ChannelProbe
    open_store: StoreOpener
    records: LoginRecords
    drop_index: Callable[[Address], None]
    remember: Callable[[Login, Secret | None, Comparison | None], None]
    now: datetime


@dataclass(frozen=True)
class Rotation:
    """What was done.

    Attributes:
        logins: the logins that have the new token.
        old: the old token's name, or "".
        new: the new token.
        not_revoked: why the old token is still valid; "" if it was revoked, or if it is kept.
    """

    logins: tuple[Login, ...]
    old: str
    new: TokenFacts
    not_revoked: str = ""


def rotate(
    logins: Sequence[Login],
    secret: Secret,
    edges: RotationEdges,
    *,
    organization: str = "",
    max_age: int | None = None,
    keep_old: bool = False,
) -> Rotation:
    """Create a token, verify it, store it, revoke the old one; a working token stays in place.

    Args:
        logins: all logins of this machine that have the token.
        secret: the token.
        edges: what a rotation works with.
        organization: the organization that owns the new token; "" for the old token's owner.
        max_age: the new token's lifetime in seconds; None for the server's default.
        keep_old: whether the old token stays valid.

    Raises:
        CondaPrivateError: a step failed; the message says which tokens are valid.
    """
    old = edges.called_with(secret).current()
    owner = organization or (old.account if old.account != edges.user else "")
    wanted = NewToken(_dated(old.token_name, edges.now), _scopes(old), owner, max_age)
    fresh, name = create_token(edges.creator, wanted, now=edges.now, exact_name=False)
    facts, shown = _verified(logins, fresh, name, edges)
    done = _store(logins, fresh, facts, shown, edges)
    not_revoked = "" if keep_old else _revoke(edges.called_with(secret))
    return Rotation(done, old.token_name, facts, not_revoked)


def _dated(name: str, now: datetime) -> str:
    return f"{_DATE.sub('', name) or 'conda-private'}-{now:%Y-%m-%d}"


def _scopes(old: TokenFacts) -> tuple[str, ...]:
    # A login only downloads, so a token with full access is replaced by one that can only download.
    return old.scopes or tuple(sorted(DOWNLOAD_SCOPES))


def _verified(
    logins: Sequence[Login], fresh: Secret, name: str, edges: RotationEdges
) -> tuple[TokenFacts, Mapping[Address, Comparison | None]]:
    facts, shown = None, {}
    try:
        with revoked_on_failure(edges.called_with(fresh), name):
            for login in logins:
                finding = verify(
                    LoginRequest.again(login), fresh, probe=edges.probe, server=edges.server
                )
                facts = finding.facts or facts
                shown[login.address] = finding.comparison
    except CondaPrivateError as error:
        raise error.adding("The old token is still in use.") from error
    return facts or TokenFacts(token_name=name), shown


def _store(
    logins: Sequence[Login],
    fresh: Secret,
    facts: TokenFacts,
    shown: Mapping[Address, Comparison | None],
    edges: RotationEdges,
) -> tuple[Login, ...]:
    done: list[Login] = []
    try:
        for login in logins:
            rotated = login._replace(
                token_name=facts.token_name,
                token_id=facts.token_id,
                expires=normal(facts.expires),
                verified=edges.now.isoformat(timespec="seconds"),
            )
            edges.open_store(login.source).put(login.address, fresh)
            edges.records.add(rotated)
            edges.remember(rotated, fresh, shown.get(login.address))
            edges.drop_index(login.address)
            done.append(rotated)
    except CondaPrivateError as error:
        words = f'The new token "{facts.token_name}" and the old one are both valid.'
        raise error.adding(words) from error
    return tuple(done)


def _revoke(tokens: TokenApi) -> str:
    try:
        tokens.revoke_itself()
    except TokenRefusedError:
        return ""  # the server refuses the token, so it is no longer valid
    except CondaPrivateError as error:
        return str(error)
    return ""
