"""Explain which login authenticates a request, and why the other logins do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conda_private.model.address import Address
from conda_private.model.login import Login, differs_in_case
from conda_private.model.placeholders import Placeholder, placeholders


@dataclass(frozen=True)
class Candidate:
    """One login, and how its address relates to the URL.

    Attributes:
        login: what is recorded.
        from_system: whether an administrator set it up for all users.
        authenticates: whether this login authenticates the request.
        why: the reason, one line.
    """

    login: Login
    from_system: bool
    authenticates: bool
    why: str


def explain(url: str, own: Sequence[Login], system: Sequence[Login] = ()) -> tuple[Candidate, ...]:
    """Return all logins, the one that authenticates the request first.

    Args:
        url: the URL of a request.
        own: the user's logins.
        system: the system's logins; for the same address, the user's login takes precedence.
    """
    target = Address.of_request(url)
    ranked = [*((login, False) for login in own), *((login, True) for login in system)]
    ranked.sort(key=lambda each: (-len(each[0].address.path), each[1]))
    winner = next((login for login, _ in ranked if target and login.address.covers(target)), None)
    unfilled = next(placeholders(url), None)
    candidates = [
        Candidate(login, from_system, login is winner, _why(login, target, winner, unfilled))
        for login, from_system in ranked
    ]
    return tuple(sorted(candidates, key=lambda each: (not each.authenticates, each.login.address)))


def _why(
    login: Login, target: Address | None, winner: Login | None, unfilled: Placeholder | None
) -> str:
    address = login.address
    if target is None and unfilled:
        return f"the URL has {unfilled.text} in the place of a token; use  {unfilled.url}"
    if target is None:
        return "the URL is not plain or already has a credential, so no login applies"
    if login is winner:
        return "the most specific address that covers the URL"
    if address.covers(target) and winner:
        if address == winner.address:
            return "your own login for this address takes precedence"
        return f"covers the URL, but {winner.address} is more specific"
    return _difference(address, target)


def _difference(address: Address, target: Address) -> str:
    if address.host != target.host:
        return f"another host: {address.host}, not {target.host}"
    if address.origin != target.origin:
        return f"another origin: {address.origin}, not {target.origin}"
    if differs_in_case(address, target):
        return "differs in upper and lower case; to conda, these are two channels"
    return "another channel or label on the same host"
