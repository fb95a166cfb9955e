"""Verify: what a credential opens, by comparison, and what the server's API says of it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import AccessDeniedError, TokenRefusedError
from conda_private.model.ports import ChannelProbe, Comparison, TokenServer
from conda_private.model.records import TokenFacts
from conda_private.model.schemes import BasicScheme, Scheme
from conda_private.model.secret import Secret


@dataclass(frozen=True)
class Question:
    """What is to be verified.

    Attributes:
        scope: the channel or label.
        schemes: the forms to try, likeliest first.
        api: the server's API, or "".
        name: the channel as people write it.
        user: whose rights the credential certainly has, or "". Then it has to open something.
    """

    scope: ChannelUrl
    schemes: tuple[Scheme, ...]
    api: str
    name: str
    user: str = ""


@dataclass(frozen=True)
class Finding:
    """What was found; None where nobody was asked, or nobody answered."""

    comparison: Comparison | None
    facts: TokenFacts | None


def verify(
    question: Question, secret: Secret, *, probe: ChannelProbe, server: TokenServer
) -> Finding:
    """Read the channel with and without the credential, and ask the API at the same time.

    Raises:
        TokenRefusedError: the credential makes no difference, and no API vouches for it.
        CondaPrivateError: the channel could not be read.
    """
    # A password is not a token: no API is shown one.
    is_token = not isinstance(question.schemes[0], BasicScheme)
    with ThreadPoolExecutor(1) as pool:
        asks = question.api and is_token
        answer = pool.submit(server.facts, question.api, secret) if asks else None
        comparison = probe.compare(question.scope, _forms(question, answer), secret)
        facts = answer.result() if answer else None
    vouched = _vouches(facts)
    if vouched and question.user and not comparison.opens:
        raise _no_rights(question)
    if not (comparison.opens or vouched):
        raise _opens_nothing(question, comparison, facts)
    return Finding(comparison, facts)


def _forms(question: Question, answer: Future[TokenFacts | None] | None) -> Iterator[Scheme]:
    """The first form at once; the others only when the API has not vouched for the token.

    A token that it vouches for works in the first form; no need to show it in others.
    """
    first, *others = question.schemes
    yield first
    if others and not (answer and _vouches(answer.result())):
        yield from others


def _vouches(facts: TokenFacts | None) -> bool:
    return bool(facts and facts.may_download)


def _no_rights(question: Question) -> AccessDeniedError:
    owner = question.scope.path[0] if question.scope.path else "OWNER"
    return AccessDeniedError(
        f"{question.user} may sign in, but sees nothing in {question.name} that is not public.",
        cause=f"The account is in no group of {owner} that reads a private package; or there is"
        " none in this channel, or none under this label.",
        next_step=f"ask an owner of {owner} to run\n"
        f"conda private share {owner}/PACKAGE --with {question.user}\n"
        "and repeat the command",
    )


def _opens_nothing(
    question: Question, comparison: Comparison, facts: TokenFacts | None
) -> TokenRefusedError:
    cause = "It is mistyped, expired, or lacks the right to download (scope conda:download)"
    if facts:
        cause = f"The token is alive, but its scopes ({', '.join(facts.scopes)}) do not include"
        cause += " conda:download"
    elif comparison.public:
        cause += "; or everything in the channel is public, and no token is needed; or what is"
        cause += " private is under a label (--label)"
    else:
        cause += "; or the channel is empty, or what is private in it is under a label (--label)"
    return TokenRefusedError(
        f"{question.scope.netloc} answered, but the token opens nothing in {question.name} that is"
        " not public.",
        cause=f"{cause}.",
        next_step=f"{_make_token(question)},\nthen run  conda private login {question.name}",
    )


def _make_token(question: Question) -> str:
    if question.api:
        return 'make a token with the scope "conda:download" (on anaconda.org: Settings > Access)'
    return "get a token that may download from this channel"
