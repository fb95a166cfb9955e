"""Verify a credential: compare the channel with and without it, and ask the server's API."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from conda_private.model.exceptions import AccessDeniedError, TokenRefusedError
from conda_private.model.facts import TokenFacts
from conda_private.model.login_request import LoginRequest
from conda_private.model.ports import ChannelProbe, Comparison, TokenServer
from conda_private.model.schemes import Scheme
from conda_private.model.secret import Secret


@dataclass(frozen=True)
class Finding:
    """What the channel and the API showed; None if one was not asked or did not answer."""

    comparison: Comparison | None
    facts: TokenFacts | None


def verify(
    request: LoginRequest, secret: Secret, *, probe: ChannelProbe, server: TokenServer
) -> Finding:
    """Read the channel with and without the credential, and ask the API at the same time.

    Raises:
        TokenRefusedError: the credential gives access to nothing private, and no API confirms that
            it can download.
        AccessDeniedError: it is a user's password, and gives access to nothing private.
        CondaPrivateError: the channel could not be read.
    """
    # A password is not a token, so it is not sent to an API that reports on tokens.
    api = None if request.takes_password else request.api
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(server.facts, api, secret) if api else None
        comparison = probe.compare(request.address, _schemes(request, answer), secret)
        facts = answer.result() if answer else None
    can_download = _can_download(facts)
    if can_download and request.user and not comparison.opens:
        raise _user_has_no_access(request)
    if not (comparison.opens or can_download):
        raise _token_has_no_access(request, comparison, facts)
    return Finding(comparison, facts)


def _schemes(request: LoginRequest, answer: Future[TokenFacts | None] | None) -> Iterator[Scheme]:
    """The first scheme at once; the others only if the API has not confirmed the token.

    A token that the API confirms works with the first scheme, so it is not sent in other forms.
    """
    first, *others = request.schemes
    yield first
    if others and not (answer and _can_download(answer.result())):
        yield from others


def _can_download(facts: TokenFacts | None) -> bool:
    return bool(facts and facts.may_download)


def _user_has_no_access(request: LoginRequest) -> AccessDeniedError:
    owner = request.address.path[0] if request.address.path else "OWNER"
    return AccessDeniedError(
        f"{request.user} can sign in, but has no access to private packages in {request.name}.",
        cause=f"The private packages may be under a label (use --label), or {request.user} may not"
        f" be in a group of {owner} with read access.",
        next_step=f"ask an owner of {owner} to run\n"
        f"conda private share {owner}/PACKAGE --with {request.user}\n"
        "then repeat the command",
    )


def _token_has_no_access(
    request: LoginRequest, comparison: Comparison, facts: TokenFacts | None
) -> TokenRefusedError:
    name, netloc = request.name, request.address.netloc
    cause = "It is mistyped, expired or revoked, or it lacks the scope conda:download."
    if facts:
        scopes = ", ".join(facts.scopes)
        cause = f"The token is valid, but its scopes ({scopes}) do not include conda:download."
    elif comparison.public:
        cause += f" Or all packages that {netloc} has in it are public, and no token is needed;"
        cause += " or the private packages are under a label (use --label)."
    else:
        cause += " Or the channel is empty, or the private packages are under a label (use"
        cause += " --label)."
    ask = "ask the person who sent it for a new one"
    return TokenRefusedError(
        f"The token gives access to no private packages in {name}.",
        cause=cause,
        next_step=f"{ask}. If {name} is yours:\nconda private token create --for {name}"
        if request.api
        else f"{ask}, then run\nconda private login {name}",
    )
