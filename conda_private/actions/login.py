"""Log in: verify a secret, keep it, wire conda, list the channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone

from conda_private.actions.verify import Finding, Question, verify
from conda_private.model.address import ChannelUrl, refuse_plain_http
from conda_private.model.exceptions import CondaPrivateError, StoreError
from conda_private.model.expiry import from_token, normal
from conda_private.model.login import Login
from conda_private.model.ports import (
    ChannelList,
    ChannelProbe,
    LoginIndex,
    Position,
    SecretStore,
    StoreOpener,
    TokenServer,
)
from conda_private.model.records import TokenFacts
from conda_private.model.schemes import Scheme
from conda_private.model.secret import Secret


@dataclass(frozen=True)
class LoginRequest:
    """What the user asked for.

    Attributes:
        scope: the channel or label.
        secret: its token or password; None for a reference that is not read now.
        schemes: the forms to try, likeliest first.
        channel: the channel as it goes into a ``channels:`` list.
        position: where in the list, or ``none``.
        condarc: the file with the list.
        api: the server's API, or "".
        pypi: the package index that belongs to the channel, or "".
        pypi_for_certain: whether the user says that it does; else the token's scopes tell.
        user: who signed in for it with a password, or "".
        expires: what the user says of it, ISO 8601, or "".
        allow_http: whether a connection without TLS is wanted.
        verify: whether the server is asked.
        dry_run: whether everything but the changes is done.
    """

    scope: ChannelUrl
    secret: Secret | None
    schemes: tuple[Scheme, ...]
    channel: str
    position: Position = "prepend"
    condarc: str = ""
    api: str = ""
    pypi: str = ""
    pypi_for_certain: bool = False
    user: str = ""
    expires: str = ""
    allow_http: bool = False
    verify: bool = True
    dry_run: bool = False

    @property
    def question(self) -> Question:
        """What is to be verified."""
        return Question(self.scope, self.schemes, self.api, self.channel, self.user)


@dataclass(frozen=True)
class LoginResult:
    """What was found and done.

    Attributes:
        login: the entry of the index.
        stored_in: the place of the secret, for people.
        finding: what the credential opens, and what the API said of it.
        listed: whether the channel was added to the list now.
        left: why an older secret of this scope is still in another place, or "".
    """

    login: Login
    stored_in: str
    finding: Finding
    listed: bool
    left: str = ""


@dataclass(frozen=True, kw_only=True)
class Edges:
    """What a login works with."""

    probe: ChannelProbe
    server: TokenServer
    store: SecretStore
    open_store: StoreOpener
    index: LoginIndex
    open_list: Callable[[str], ChannelList]
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc)


def log_in(request: LoginRequest, edges: Edges) -> LoginResult:
    """Verify, then keep the secret, then the entry, then the list, so that stopping is harmless.

    Raises:
        CondaPrivateError: what the server, the store or a file refused; nothing is half-written.
    """
    refuse_plain_http(request.scope, allow_http=request.allow_http)
    # Read before anything is sent: an index that is broken shall not cost a token's trip.
    before = _existing(edges.index, request.scope)
    channels = edges.open_list(request.condarc)
    finding = _find_out(request, edges.probe, edges.server)
    login = _entry(request, finding, edges.store.source, edges.now())
    # The list is written last; the entry says beforehand what will be in it.
    login = _with_list(login, before, request, channels)
    if request.dry_run:
        return LoginResult(login, edges.store.description, finding, listed=False)
    if request.secret:
        edges.store.put(request.scope, request.secret)
    edges.index.add(login)
    listed = channels.add(request.channel, request.position)
    _unlist_elsewhere(before, login, edges.open_list)
    left = _forget_old_secret(before, login, edges.open_store)
    return LoginResult(login, edges.store.description, finding, listed, left)


def _unlist_elsewhere(
    before: Login | None, login: Login, open_list: Callable[[str], ChannelList]
) -> None:
    """Take the channel out of the file that the login before this one put it into."""
    if before and before.channel and before.condarc != login.condarc:
        open_list(before.condarc).remove(before.channel)


def _forget_old_secret(before: Login | None, login: Login, open_store: StoreOpener) -> str:
    """Why the secret of the login before this one is still in its old place; "" if it is not."""
    if before is None or before.source == login.source:
        return ""
    try:
        open_store(before.source).delete(login.scope)
    except StoreError as error:
        return str(error)
    return ""


def _find_out(request: LoginRequest, probe: ChannelProbe, server: TokenServer) -> Finding:
    if not (request.verify and request.secret):
        return Finding(None, None)
    try:
        return verify(request.question, request.secret, probe=probe, server=server)
    except CondaPrivateError as error:
        raise error.adding("Nothing was stored.") from error


def _entry(
    request: LoginRequest,
    finding: Finding,
    source: str,
    now: datetime,
) -> Login:
    comparison = finding.comparison
    known = finding.facts or TokenFacts()
    return Login(
        scope=request.scope,
        scheme=comparison.scheme if comparison else request.schemes[0],
        source=source,
        account=known.account or request.user,
        note=known.note,
        token_id=known.token_id,
        expires=normal(request.expires or known.expires or _own_expiry(request.secret)),
        verified=now.isoformat(timespec="seconds") if comparison else "",
        allow_http=request.allow_http and request.scope.scheme == "http",
        api=request.api,
        pypi=request.pypi if request.pypi_for_certain or _opens_pypi(finding) else "",
    )


def _opens_pypi(finding: Finding) -> bool:
    return bool(finding.facts and finding.facts.may_download_pypi)


def _own_expiry(secret: Secret | None) -> str:
    return from_token(secret) if secret else ""


def _existing(index: LoginIndex, scope: ChannelUrl) -> Login | None:
    return next((login for login in index.logins() if login.scope == scope), None)


def _with_list(
    login: Login, before: Login | None, request: LoginRequest, channels: ChannelList
) -> Login:
    if request.position != "none" and not channels.lists(request.channel):
        return login._replace(channel=request.channel, condarc=channels.path)
    # Listed by the login before this one: still ours to take out. By somebody else: not ours.
    return login._replace(channel=before.channel, condarc=before.condarc) if before else login
