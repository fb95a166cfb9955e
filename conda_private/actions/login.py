"""Log in: verify a secret, keep it, wire conda, list the channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from conda_private.channels import ChannelUrl
from conda_private.credentials import Login
from conda_private.exceptions import InsecureUrlError, TokenRefusedError
from conda_private.ports import (
    ChannelList,
    ChannelProbe,
    Comparison,
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

    def check_transport(self) -> None:
        """Refuse a scope without TLS, before a secret is asked for.

        Raises:
            InsecureUrlError: it is on another machine, and ``allow_http`` is not set.
        """
        scope = self.scope
        if scope.scheme == "http" and not scope.is_loopback and not self.allow_http:
            raise InsecureUrlError(
                f"{scope} has no TLS: everybody on the way could read the token.",
                cause="The address begins with http, and the server is not this machine.",
                next_step=f"conda private login https{str(scope)[4:]}\n"
                "or, when the network is trusted, add --allow-http",
            )


@dataclass(frozen=True)
class LoginResult:
    """What was found and done.

    Attributes:
        login: the entry of the index.
        stored_in: the place of the secret, for people.
        comparison: what the credential opens; None without verification.
        facts: what the API said of the token, or None.
        listed: whether the channel was added to the list now.
    """

    login: Login
    stored_in: str
    comparison: Comparison | None
    facts: TokenFacts | None
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
    request.check_transport()
    # Read before anything is sent: an index that is broken shall not cost a token's trip.
    before = _existing(index, request.scope)
    comparison, facts = None, None
    if request.verify and request.secret:
        comparison, facts = _verify(request, request.secret, probe, server)
    login = _entry(request, comparison, facts, store.source, now())
    listed = False
    if not request.dry_run:
        # The list is written last; the entry says beforehand what will be in it.
        login = _with_list(login, before, request, channels)
        if request.secret:
            store.put(request.scope, request.secret)
        index.add(login)
        if request.position != "none":
            listed = channels.add(request.channel, request.position)
        if before and before.source != login.source:
            open_store(before.source).delete(request.scope)
    return LoginResult(login, store.description, comparison, facts, listed)


def _verify(
    request: LoginRequest, secret: Secret, probe: ChannelProbe, server: TokenServer
) -> tuple[Comparison, TokenFacts | None]:
    facts = server.facts(request.api, secret) if request.api else None
    vouched = bool(facts and facts.may_download)
    # A token that the API vouches for works in the first form; no need to show it in others.
    schemes = request.schemes[:1] if vouched else request.schemes
    comparison = probe.compare(request.scope, schemes, secret)
    if not (comparison.opens or vouched):
        raise _opens_nothing(request, comparison, facts)
    return comparison, facts


def _opens_nothing(
    request: LoginRequest, comparison: Comparison, facts: TokenFacts | None
) -> TokenRefusedError:
    cause = "It is mistyped, expired, or lacks the scope conda:download"
    if facts:
        cause = f"The token is alive, but its scopes ({', '.join(facts.scopes)}) do not include"
        cause += " conda:download"
    elif comparison.public:
        cause += "; or everything in the channel is public, and no token is needed; or what is"
        cause += " private is under a label (--label)"
    else:
        cause += "; or the channel is empty, or what is private in it is under a label (--label)"
    return TokenRefusedError(
        f"{request.scope.netloc} answered, but the token opens nothing in {request.channel} that"
        " is not public.",
        cause=f"{cause}. Nothing was stored.",
        next_step='make a token with the scope "conda:download" (on anaconda.org: Settings >'
        f" Access),\nthen run  conda private login {request.channel}",
    )


def _entry(
    request: LoginRequest,
    comparison: Comparison | None,
    facts: TokenFacts | None,
    source: str,
    now: datetime,
) -> Login:
    known = facts or TokenFacts()
    return Login(
        scope=request.scope,
        scheme=comparison.scheme if comparison else request.schemes[0],
        source=source,
        account=known.account,
        note=known.note,
        expires=request.expires or known.expires,
        verified=now.isoformat(timespec="seconds") if comparison else "",
        allow_http=request.allow_http and request.scope.scheme == "http",
        api=request.api,
    )


def _existing(index: LoginIndex, scope: ChannelUrl) -> Login | None:
    return next((login for login in index.logins() if login.scope == scope), None)


def _with_list(
    login: Login, before: Login | None, request: LoginRequest, channels: ChannelList
) -> Login:
    if request.position != "none" and not channels.lists(request.channel):
        return replace(login, channel=request.channel, condarc=channels.path)
    # Listed by the login before this one: still ours to take out. By somebody else: not ours.
    return replace(login, channel=before.channel, condarc=before.condarc) if before else login
