"""Adds hints to conda's own errors (26.7 and later): the command that fixes a refused channel."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from conda import CondaError
from conda.base.context import context

from conda_private.composition.machine import logins, resolver
from conda_private.handler.answers import NOTICES
from conda_private.model.address import Address, as_requested
from conda_private.model.exceptions import AddressError, CondaPrivateError
from conda_private.model.login import Login, in_other_case

Finder: TypeAlias = Callable[[str], "Login | None"]

_NEEDS_LOGIN = {
    "401": "{host} requires a credential for {address}.",
    "403": "{host} denied access to {address}. You may need to log in.",
    "404": "If {address} is private, {host} may hide it from users who are not logged in.",
}


@dataclass(frozen=True)
class Advice:
    """A hint.

    Attributes:
        text: what to do, with the command.
        code: a stable name for it. conda prints it in parentheses in front of the text.
    """

    text: str
    code: str


def conda_hints(error: CondaError) -> Iterable[Any]:
    """Return the advice in conda's own type. Versions without that type never call this."""
    from conda.plugins.types import CondaErrorHint  # type: ignore[attr-defined]

    for each in advice(error, lambda url: resolver().find(as_requested(url)), logins):
        yield CondaErrorHint(text=each.text, hint_code=each.code)


def advice(
    error: CondaError, find: Finder, logins: Callable[[], Iterable[Login]] = tuple
) -> Iterable[Advice]:
    """Return advice for an error; none if a login cannot have caused it or cannot fix it.

    Args:
        error: an error of conda.
        find: returns the login that covers a URL, or None.
        logins: returns all logins.
    """
    if isinstance(error, CondaPrivateError):
        return
    facts = error.dump_map()
    status = str(facts.get("status_code", ""))
    if status in _NEEDS_LOGIN:
        url = str(facts.get("channel_url") or facts.get("url"))
        yield from _about_refusal(url, status, find, logins)
    elif facts.get("channel_urls"):
        yield from _about_missing_packages(map(find, map(str, facts["channel_urls"])))


def _about_refusal(
    url: str, status: str, find: Finder, logins: Callable[[], Iterable[Login]]
) -> Iterable[Advice]:
    login = find(url)
    if login:
        yield Advice(
            f"{login.address.netloc} answered {status} to the stored credential for"
            f" {login.address}. Check what it gives access to:\n"
            f"    conda private check {login.address}",
            "check_login",
        )
    elif (address := address_of_url(url)) and (other := in_other_case(address, logins())):
        yield Advice(
            f"Your login for {other.address} is not for {address}, which differs in upper and lower"
            f" case. Write the channel as in the login, or log in:\n"
            f"    conda private login {address}",
            "log_in_to_channel",
        )
    elif address:
        said = _NEEDS_LOGIN[status].format(host=address.netloc, address=address)
        yield Advice(f"{said} Log in:\n    conda private login {address}", "log_in_to_channel")


def _about_missing_packages(logins: Iterable[Login | None]) -> Iterable[Advice]:
    addresses = " ".join(dict.fromkeys(str(login.address) for login in logins if login))
    if addresses:
        yield Advice(
            "Servers may hide private packages instead of refusing an invalid credential. Check"
            f" your credentials:\n    conda private check {addresses}",
            "check_login",
        )


def address_of_url(url: str) -> Address | None:
    """Return the channel that a URL belongs to; None if it is not plain or has a credential.

    The name of a channel or a label can look like that of a file, such as ``my.org``: only below a
    subdir is it one.
    """
    try:
        address = Address.parse(as_requested(url))
    except AddressError:
        return None
    path = address.path
    subdirs = [at for at, segment in enumerate(path) if segment in context.known_subdirs]
    if subdirs:
        path = path[: subdirs[-1]]
    elif path[-1:] == (NOTICES,):
        path = path[:-1]
    # Users of other tools write it into lists of channels. To conda, it is a name like any other.
    return None if path[-1:] == ("nodefaults",) else address._replace(path=path)
