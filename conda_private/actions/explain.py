"""Explain: which credential would sign a request, and why the others would not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conda_private.channels import ChannelUrl
from conda_private.credentials import Login


@dataclass(frozen=True)
class Candidate:
    """One login, and what it has to do with the URL.

    Attributes:
        login: the entry of the index.
        signs: whether it is the one.
        why: the reason, one line.
    """

    login: Login
    signs: bool
    why: str


def explain(url: str, logins: Sequence[Login]) -> tuple[Candidate, ...]:
    """All logins, the one that would sign first. The reasons hold for exactly this URL."""
    target = ChannelUrl.of_request(url)
    covering = sorted(
        (login for login in logins if target and login.scope.covers(target)),
        key=lambda login: -len(login.scope.path),
    )
    winner = covering[0] if covering else None
    candidates = [
        Candidate(login, login is winner, _why(login, target, winner)) for login in logins
    ]
    return tuple(sorted(candidates, key=lambda each: (not each.signs, each.login.scope)))


def _why(login: Login, target: ChannelUrl | None, winner: Login | None) -> str:
    scope = login.scope
    if target is None:
        return "the URL is odd or has a credential in it; such a request gets none of ours"
    if login is winner:
        return "the most specific scope that covers the URL"
    if scope.covers(target) and winner:
        return f"covers the URL, but {winner.scope} is more specific"
    if scope.host != target.host:
        return f"another host: {scope.host}, not {target.host}"
    if (scope.scheme, scope.port) != (target.scheme, target.port):
        return f"another origin: {scope.origin}, not {target.origin}"
    return "another channel or label of the same host"
