"""Verify a credential: compare the channel with and without it, and ask the server's API."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from conda_private.model.channel import label_of
from conda_private.model.exceptions import (
    AccessDeniedError,
    NotAChannelError,
    TokenRefusedError,
)
from conda_private.model.facts import TokenFacts
from conda_private.model.login_request import LoginRequest
from conda_private.model.ports import ChannelProbe, Comparison, TokenServer
from conda_private.model.schemes import PATH_NOT_TRIED, PathScheme, Scheme, can_send
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

    An empty channel is accepted if the API reports that the account owns it or is in a group of its
    owner. Everything else has to give access to packages that are not public.

    Raises:
        TokenRefusedError: the credential gives access to nothing private, and no API confirms that
            it can download.
        AccessDeniedError: the credential is valid, and gives access to nothing private.
        CondaPrivateError: the channel could not be read.
    """
    # A password is not a token, so it is not sent to an API that reports on tokens.
    api = None if request.takes_password else request.api
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(server.facts, api, secret) if api else None
        comparison = _compare(request, secret, probe, answer)
        facts = answer.result() if answer else None
    if comparison.gives_access:
        return Finding(comparison, facts)
    if not (api and facts and facts.may_download):
        raise _token_has_no_access(request, secret, comparison, facts)
    owner = _owner(request)
    is_reader = server.reads(api, secret, facts.account or request.user, owner)
    if comparison.packages == 0 and is_reader:
        return Finding(comparison, facts)
    raise _no_access(request, comparison, facts, is_reader=is_reader)


def _owner(request: LoginRequest) -> str:
    return request.address.path[0] if request.address.path else "OWNER"


def _compare(
    request: LoginRequest,
    secret: Secret,
    probe: ChannelProbe,
    answer: Future[TokenFacts | None] | None,
) -> Comparison:
    """Try the schemes; a web page judges no credential, so the next one is tried after it."""
    for at in range(1, len(request.schemes)):
        try:
            schemes = _schemes(request.schemes[at - 1 :], answer)
            return probe.compare(request.address, schemes, secret)
        except NotAChannelError:
            if not (answer and _can_download(answer.result())):
                raise  # all of them were tried
    return probe.compare(request.address, request.schemes[-1:], secret)


def _schemes(
    schemes: tuple[Scheme, ...], answer: Future[TokenFacts | None] | None
) -> Iterator[Scheme]:
    """The first scheme at once; the others only if the API has not confirmed the token.

    A token that the API confirms works with the first scheme, so it is not sent in other forms.
    """
    first, *others = schemes
    yield first
    if others and not (answer and _can_download(answer.result())):
        yield from others


def _can_download(facts: TokenFacts | None) -> bool:
    return bool(facts and facts.may_download)


def _no_access(
    request: LoginRequest, comparison: Comparison, facts: TokenFacts, *, is_reader: bool
) -> AccessDeniedError:
    """The error for a valid credential."""
    if comparison.packages == 0:
        return _not_shared(request, facts)
    return _only_public(request, facts, is_reader=is_reader)


def _not_shared(request: LoginRequest, facts: TokenFacts) -> AccessDeniedError:
    name, owner, user = request.name, _owner(request), request.user or facts.account
    return AccessDeniedError(
        f"{user} can sign in, but has no access to private packages in {name}."
        if request.user
        else f"{_whose(facts)} is valid, but it gives no access to private packages in {name}.",
        cause=f"{user or 'Its account'} may not be in a group of {owner} with read access, or the"
        f" private packages may be under {_another_label(request)}.",
        next_step=f"ask an owner of {owner} to run\n{_share(owner, user)}\nthen repeat the command",
    )


def _only_public(request: LoginRequest, facts: TokenFacts, *, is_reader: bool) -> AccessDeniedError:
    name, owner, user = request.name, _owner(request), request.user or facts.account
    whose, label = _whose(facts), _another_label(request)
    install = f"conda install -c {name} NAME"
    if is_reader:
        return AccessDeniedError(
            f"Everything in {name} is public; no login is needed.",
            cause=f"{whose} is valid, but it shows the same packages as no token. Private packages"
            f" may be under {label}.",
            next_step=install,
        )
    return AccessDeniedError(
        f"{whose} is valid, but everything that it shows in {name} is public; no login is needed.",
        cause=f"If {name} has private packages, {user or 'its account'} is not in a group of"
        f" {owner} that can read them, or they are under {label}.",
        next_step=f"{install}\nor, for a private package, ask an owner of {owner} to run\n"
        f"{_share(owner, user)}",
    )


def _whose(facts: TokenFacts) -> str:
    whose = f"{facts.account}'s token" if facts.account else "The token"
    return f'{whose} "{facts.token_name}"' if facts.token_name else whose


def _share(owner: str, user: str) -> str:
    return f"conda private share {owner}/PACKAGE --with {user or 'USER'}"


def _another_label(request: LoginRequest) -> str:
    return "another label" if label_of(request.address) else "a label (use --label)"


def _token_has_no_access(
    request: LoginRequest, secret: Secret, comparison: Comparison, facts: TokenFacts | None
) -> TokenRefusedError:
    """The error for a credential that no API confirms: it can be invalid."""
    name, label, invalid = request.name, _another_label(request), "mistyped, expired or revoked"
    untried = "" if facts else _untried(request, secret)
    next_step = "ask the person who sent it for a new one"
    if request.api:
        next_step += f". If {name} is yours:\nconda private token create --for {name}"
    else:
        next_step += f", then run\nconda private login {name}"
    what = f"The token gives access to no private packages in {name}."
    if facts:
        scopes = ", ".join(facts.scopes)
        cause = f"The token is valid, but its scopes ({scopes}) do not include conda:download."
    elif comparison.packages == 0:
        cause = f"It is {invalid}, or it lacks the scope conda:download. Or the channel is empty,"
        cause += f" or the private packages are under {label}."
    else:
        what = f"Everything that the token shows in {name} is public; no login is needed for that."
        cause = f"If {name} has private packages, the token is {invalid}, it lacks the scope"
        cause += f" conda:download, or they are under {label}."
        next_step = f"conda install -c {name} NAME\nor, for private packages, {next_step}"
    return TokenRefusedError(what, cause=f"{cause}{untried}", next_step=next_step)


def _untried(request: LoginRequest, secret: Secret) -> str:
    in_path = (each for each in request.schemes if isinstance(each, PathScheme))
    return "" if all(can_send(each, secret) for each in in_path) else f" {PATH_NOT_TRIED}"
