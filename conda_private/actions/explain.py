"""Explain: which credential would sign a request, and why the others would not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conda_private.model.address import ChannelUrl
from conda_private.model.login import Login


@dataclass(frozen=True)
class Candidate:
    """One login, and what it has to do with the URL.

    Attributes:
        login: the entry of the index.
        from_system: whether it is the administrator's, for everybody.
        signs: whether it is the one.
        why: the reason, one line.
    """

    login: Login
    from_system: bool
    signs: bool
    why: str


def explain(url: str, own: Sequence[Login], system: Sequence[Login] = ()) -> tuple[Candidate, ...]:
    """All logins, the one that would sign first. The reasons hold for exactly this URL.

    Args:
        url: of a request.
        own: the user's logins.
        system: the administrator's; one counts where the user has none of the same scope.
    """
    target = ChannelUrl.of_request(url)
    ranked = [*((login, False) for login in own), *((login, True) for login in system)]
    ranked.sort(key=lambda each: (-len(each[0].scope.path), each[1]))
    winner = next((login for login, _ in ranked if target and login.scope.covers(target)), None)
    candidates = [
        Candidate(login, from_system, login is winner, _why(login, target, winner))
        for login, from_system in ranked
    ]
    return tuple(sorted(candidates, key=lambda each: (not each.signs, each.login.scope)))


def _why(login: Login, target: ChannelUrl | None, winner: Login | None) -> str:
    scope = login.scope
    if target is None:
        return "the URL is odd or has a credential in it; such a request gets none of ours"
    if login is winner:
        return "the most specific scope that covers the URL"
    if scope.covers(target) and winner:
        specific = f"covers the URL, but {winner.scope} is more specific"
        return "the user's own login of this scope counts" if scope == winner.scope else specific
    return _elsewhere(scope, target)


def _elsewhere(scope: ChannelUrl, target: ChannelUrl) -> str:
    if scope.host != target.host:
        return f"another host: {scope.host}, not {target.host}"
    if scope.origin != target.origin:
        return f"another origin: {scope.origin}, not {target.origin}"
    return "another channel or label of the same host"
