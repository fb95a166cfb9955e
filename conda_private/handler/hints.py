"""Adds hints to conda's own errors (26.7 and later): the command that fixes a refused channel."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NamedTuple, TypeAlias

from conda import CondaError
from conda.base.context import context

from conda_private.composition import machine, settings
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
# conda's own words for an answer without a reason phrase, as in HTTP/2.
_PHRASES_OF_CONDA = ("unavailable or invalid", "connection failed")
_OF_FILES = re.compile(r"\.(?:bz2|conda|gz|json|lock|txt|whl|xz|ya?ml|zip|zst)$", re.IGNORECASE)
_ABOUT_LOGINS = re.compile(r"authenticat|log.?in|credential|token", re.IGNORECASE)


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

    find = machine.resolver().find
    for each in advice(error, lambda url: find(as_requested(url)), machine.logins):
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
        if not _has_own_reason(facts, status):
            yield from _about_refusal(url, status, find, logins)
    elif facts.get("channel_urls"):
        yield from _about_missing_packages(map(find, map(str, facts["channel_urls"])))


def _has_own_reason(facts: Mapping[str, Any], status: str) -> bool:
    """Whether the server says why it refuses the request, and the reason is not about logins.

    It says so in its reason phrase, or in the body (RFC 9457, ``detail``; conda reads others, too).
    """
    body = facts.get("json")
    said = [body.get(key) for key in ("detail", "message")] if isinstance(body, dict) else []
    usual = {HTTPStatus(int(status)).phrase.casefold(), *_PHRASES_OF_CONDA}
    given = [text for text in (facts.get("reason"), *said) if text and isinstance(text, str)]
    return any(
        text.casefold().strip(" .") not in usual and not _ABOUT_LOGINS.search(text)
        for text in given
    )


def _about_refusal(
    url: str, status: str, find: Finder, logins: Callable[[], Iterable[Login]]
) -> Iterable[Advice]:
    login = find(url)
    if login:
        found = about_stored_credential(login, status, url)
        text = f"{found.what} {found.lead}:\n    {found.command}"
        yield Advice(text, found.code)
    elif (address := address_of_url(url)) and (other := in_other_case(address, logins())):
        yield Advice(
            f"Your login for {other.address} is not for {address}, which differs in upper and lower"
            f" case. Write the channel as in the login, or log in:\n"
            f"    conda private login {address}",
            "log_in_to_channel",
        )
    elif address:
        said = _NEEDS_LOGIN[status].format(host=address.netloc, address=address)
        remove = settings.command_to_unlist(address) if status == "404" else ""
        end = f"\nIf there is no such channel, remove it:\n    {remove}" if remove else ""
        text = f"{said} Log in:\n    conda private login {address}{end}"
        yield Advice(text, "log_in_to_channel")


class Refusal(NamedTuple):
    """A request that was refused with a stored credential, and what to do about it.

    Attributes:
        what: what happened.
        lead: what the command is for.
        command: the command.
        code: a stable name for the advice, for programs.
    """

    what: str
    lead: str
    command: str
    code: str


def about_stored_credential(login: Login, status: str, url: str) -> Refusal:
    """Return what to do about a request that was refused with the credential of a login."""
    channel = address_of_url(url)
    remove = ""
    if status == "404" and channel and channel != login.address:
        remove = settings.command_to_unlist(channel)
    if channel and remove:
        what = f"{channel.netloc} has no channel {channel}, or hides it."
        return Refusal(what, "Remove it", remove, "remove_channel")
    address = login.address
    return Refusal(
        f"{address.netloc} answered {status} to the stored credential for {address}.",
        "Check what it gives access to",
        f"conda private check {address}",
        "check_login",
    )


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
    subdir is it one. Names that end as archives and documents do are those of files.
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
    elif path and path[-2:-1] != ("label",) and _OF_FILES.search(path[-1]):
        return None
    # Users of other tools write it into lists of channels. To conda, it is a name like any other.
    return None if path[-1:] == ("nodefaults",) else address._replace(path=path)
