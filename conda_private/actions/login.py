"""Log in: verify a credential, store it, configure conda, list the channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from conda_private.actions.leftovers import delete_older
from conda_private.actions.replacing import Confirm, confirm_replacement
from conda_private.actions.verify import Finding, verify
from conda_private.model.address import Address, refuse_plain_http
from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.expiry import from_token, normal
from conda_private.model.facts import NOT_ASKED, ChannelsInUse, TokenFacts
from conda_private.model.login import Leftover, Login
from conda_private.model.login_request import LoginRequest
from conda_private.model.policy import ANYTHING, Policy
from conda_private.model.ports import (
    ChannelList,
    ChannelProbe,
    Comparison,
    SecretStore,
    StoreOpener,
    TokenServer,
)
from conda_private.model.records import LoginRecords
from conda_private.model.secret import Secret
from conda_private.model.source import Source


@dataclass(frozen=True)
class LoginResult:
    """What was found and done.

    Attributes:
        request: what was asked for.
        login: what is recorded.
        stored_in: the store, for people.
        finding: what the credential gives access to, and what the API says about it.
        listed: whether the channel was added to the list now.
        left: why an older credential for this address is still in another store, or "".
        before: the channels that conda used before, if one was to be listed.
        after: those that it uses now.
    """

    request: LoginRequest
    login: Login
    stored_in: str
    finding: Finding
    listed: bool
    left: str = ""
    before: ChannelsInUse = NOT_ASKED
    after: ChannelsInUse = NOT_ASKED


@dataclass(frozen=True, kw_only=True)
class Edges:
    """What a login works with."""

    probe: ChannelProbe
    server: TokenServer
    store: SecretStore
    open_store: StoreOpener
    records: LoginRecords
    open_list: Callable[[str], ChannelList]
    drop_index: Callable[[Address], None]
    remember: Callable[[Login, Secret | None, Comparison | None], None]
    policy: Policy = ANYTHING
    in_use: Callable[[str], ChannelsInUse] = lambda condarc: NOT_ASKED
    confirm: Confirm = lambda about, question: None
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc)


def log_in(request: LoginRequest, secret: Secret | None, edges: Edges) -> LoginResult:
    """Verify, then write the credential, the login and the channel list, in this order.

    Stopping half-way is harmless. ``secret`` is None for a reference that is not read now.

    Raises:
        CondaPrivateError: the address has no TLS or is not allowed, the credential was refused, the
            user keeps the login that there is, or a store or file could not be written.
    """
    edges.policy.refuse(request, edges.store.source)
    refuse_plain_http(request.address, allow_http=request.allow_http)
    before = _existing(edges.records, request.address)
    channels = edges.open_list(request.condarc)
    finding = _verified(request, secret, edges)
    request = _placed(request, finding)
    login = _new_login(request, secret, finding, edges.store.source, edges.now())
    confirm_replacement(
        *(before, login, request, secret), confirm=edges.confirm, open_store=edges.open_store
    )
    login = _with_list(login, before, request, channels)
    if request.dry_run:
        return LoginResult(request, login, edges.store.description, finding, listed=False)
    used = edges.in_use(request.condarc) if request.position != "none" else NOT_ASKED
    login = _with_secret(login, secret, edges)
    listed = _write(request, login, before, edges)
    edges.remember(login, secret, finding.comparison)
    edges.drop_index(login.address)
    left = _delete_old_secret(before, login, edges)
    after = edges.in_use(request.condarc) if listed else used
    return LoginResult(request, login, edges.store.description, finding, listed, left, used, after)


def _with_secret(login: Login, secret: Secret | None, edges: Edges) -> Login:
    """Write the credential; return the login with the store that took it."""
    if secret and login.source.is_written_to:
        edges.store.put(login.address, secret)
    return login._replace(source=edges.store.source)


def _write(request: LoginRequest, login: Login, before: Login | None, edges: Edges) -> bool:
    """Write the login and the list; returns whether the channel was added."""
    with edges.records.changing():
        edges.records.add(login)
        listed = edges.open_list(request.condarc).add(request.name, request.position)
        if before and before.listed_as and before.listed_in != login.listed_in:
            edges.open_list(before.listed_in).remove(before.listed_as)
    return listed


def _placed(request: LoginRequest, finding: Finding) -> LoginRequest:
    """List a channel without private packages behind the others, unless the user said where."""
    is_empty = finding.comparison is not None and not finding.comparison.gives_access
    if is_empty and request.position == "prepend" and not request.position_is_certain:
        return replace(request, position="append")
    return request


def _delete_old_secret(before: Login | None, login: Login, edges: Edges) -> str:
    """Return why the previous login's credential is still in another store, or ""."""
    if before is None or before.source == login.source:
        return ""
    older = Leftover.of(before)
    return delete_older(older, login.source, edges.records, edges.open_store).left


def _verified(request: LoginRequest, secret: Secret | None, edges: Edges) -> Finding:
    if not (request.verify and secret):
        return Finding(None, None)
    try:
        return verify(request, secret, probe=edges.probe, server=edges.server)
    except CondaPrivateError as error:
        host = request.address.netloc
        server = "" if host in f"{error.what} {error.cause}" else f"The server is {host}. "
        raise error.adding(f"{server}Nothing was stored.") from error


def _new_login(
    request: LoginRequest, secret: Secret | None, finding: Finding, source: Source, now: datetime
) -> Login:
    comparison = finding.comparison
    known = finding.facts or TokenFacts()
    own_expiry = from_token(secret) if secret else ""
    expires = "" if source.renews else known.expires or own_expiry
    return Login(
        address=request.address,
        scheme=comparison.scheme if comparison else request.schemes[0],
        source=source,
        account=known.account or request.user,
        token_name=known.token_name,
        token_id=known.token_id,
        expires=normal(request.expires or expires),
        verified=now.isoformat(timespec="seconds") if comparison else "",
        allow_http=request.allow_http and request.address.scheme == "http",
        api=request.api,
        pypi=request.pypi if _has_pypi(request, finding) else None,
    )


def _has_pypi(request: LoginRequest, finding: Finding) -> bool:
    """Whether the credential gives access to the package index of the channel.

    A channel of anaconda.com has conda packages or wheels, and its API does not report which.
    """
    if request.pypi_is_certain or request.api:
        return request.pypi_is_certain or bool(finding.facts and finding.facts.may_download_pypi)
    return finding.comparison is not None and finding.comparison.packages == 0


def _existing(records: LoginRecords, address: Address) -> Login | None:
    """Return the login that there is; with a broken file, this fails before anything is sent."""
    return next((login for login in records.logins() if login.address == address), None)


def _with_list(
    login: Login, before: Login | None, request: LoginRequest, channels: ChannelList
) -> Login:
    # The list is written last; the login records beforehand what will be added to it.
    if request.position != "none" and not channels.lists(request.name):
        return login._replace(listed_as=request.name, listed_in=channels.path)
    # Listed by the previous login: still ours to remove. Listed by anyone else: not ours.
    listed = (before.listed_as, before.listed_in) if before else ("", "")
    return login._replace(listed_as=listed[0], listed_in=listed[1])
