"""Log in: verify a secret, keep it, wire conda, list the channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from conda_private.actions.verify import Finding, Question, refuse_plain_http, verify
from conda_private.channels import ChannelUrl
from conda_private.credentials import Login
from conda_private.exceptions import CondaPrivateError
from conda_private.expiry import from_token, normal
from conda_private.ports import (
    ChannelList,
    ChannelProbe,
    LoginIndex,
    Position,
    SecretStore,
    StoreOpener,
    TokenFacts,
    TokenServer,
)
from conda_private.schemes import Scheme
from conda_private.secret import Secret


@dataclass(frozen=True)
class LoginRequest:
    """What the user asked for.

    Attributes:
        scope: the channel or label.
        secret: its token or password; None for a reference that is not read now.
        schemes: the forms to try, likeliest first.
        channel: the channel as it goes into a ``channels:`` list.
        position: where in the list, or ``none``.
        api: the server's API, or "".
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
    api: str = ""
    expires: str = ""
    allow_http: bool = False
    verify: bool = True
    dry_run: bool = False

    @property
    def question(self) -> Question:
        """What is to be verified."""
        return Question(self.scope, self.schemes, self.api, self.channel)


@dataclass(frozen=True)
class LoginResult:
    """What was found and done.

    Attributes:
        login: the entry of the index.
        stored_in: the place of the secret, for people.
        finding: what the credential opens, and what the API said of it.
        listed: whether the channel was added to the list now.
    """

    login: Login
    stored_in: str
    finding: Finding
    listed: bool


def log_in(
    request: LoginRequest,
    *,
    probe: ChannelProbe,
    server: TokenServer,
    store: SecretStore,
    open_store: StoreOpener,
    index: LoginIndex,
    channels: ChannelList,
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
) -> LoginResult:
    """Verify, then keep the secret, then the entry, then the list, so that stopping is harmless.

    Raises:
        InsecureUrlError: the scope has no TLS and that was not allowed.
        TokenRefusedError: the credential makes no difference, and no API vouches for it.
        CondaPrivateError: whatever else the server, the store or a file refused.
    """
    refuse_plain_http(request.scope, allow_http=request.allow_http)
    # Read before anything is sent: an index that is broken shall not cost a token's trip.
    before = _existing(index, request.scope)
    finding = _find_out(request, probe, server)
    login = _entry(request, finding, store.source, now())
    listed = False
    if not request.dry_run:
        # The list is written last; the entry says beforehand what will be in it.
        login = _with_list(login, before, request, channels)
        if request.secret:
            store.put(request.scope, request.secret)
        index.add(login)
        listed = channels.add(request.channel, request.position)
        if before and before.source != login.source:
            open_store(before.source).delete(request.scope)
    return LoginResult(login, store.description, finding, listed)


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
        account=known.account,
        note=known.note,
        expires=normal(request.expires or known.expires or _own_expiry(request.secret)),
        verified=now.isoformat(timespec="seconds") if comparison else "",
        allow_http=request.allow_http and request.scope.scheme == "http",
        api=request.api,
    )


def _own_expiry(secret: Secret | None) -> str:
    return from_token(secret) if secret else ""


def _existing(index: LoginIndex, scope: ChannelUrl) -> Login | None:
    return next((login for login in index.logins() if login.scope == scope), None)


def _with_list(
    login: Login, before: Login | None, request: LoginRequest, channels: ChannelList
) -> Login:
    if request.position != "none" and not channels.lists(request.channel):
        return replace(login, channel=request.channel, condarc=channels.path)
    # Listed by the login before this one: still ours to take out. By somebody else: not ours.
    return replace(login, channel=before.channel, condarc=before.condarc) if before else login
