"""For errors of conda itself (26.7 and newer): the command that mends a refused channel."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from conda import CondaError

from conda_private.composition.machine import resolver
from conda_private.conda_config.settings import without_subdir
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import ChannelUrlError, CondaPrivateError
from conda_private.model.login import Login

Finder: TypeAlias = Callable[[str], "Login | None"]

_NEEDS_LOGIN = {
    "401": "{host} wants a credential for {scope}.",
    "403": "{host} does not let you into {scope}; perhaps it needs a login.",
    "404": "If {scope} is private, {host} may hide it from who is not logged in.",
}


@dataclass(frozen=True)
class Advice:
    """What to do, and a word for it that programs may rely on."""

    text: str
    code: str


def conda_hints(error: CondaError) -> Iterable[Any]:
    """The advice as conda's own type, which older versions do not have and do not ask for."""
    from conda.plugins.types import CondaErrorHint  # type: ignore[attr-defined]

    for each in advice(error, resolver().find):
        yield CondaErrorHint(text=each.text, hint_code=each.code)


def advice(error: CondaError, find: Finder) -> Iterable[Advice]:
    """What to do about an error: nothing for those that have nothing to do with a login.

    Args:
        find: the login that signs the requests to a URL.
    """
    if isinstance(error, CondaPrivateError):
        return
    facts = error.dump_map()
    status = str(facts.get("status_code", ""))
    if status in _NEEDS_LOGIN:
        yield from _about_refusal(str(facts.get("channel_url") or facts.get("url")), status, find)
    elif facts.get("channel_urls"):
        yield from _about_missing_packages(map(find, map(str, facts["channel_urls"])))


def _about_refusal(url: str, status: str, find: Finder) -> Iterable[Advice]:
    login = find(url)
    if login:
        yield Advice(
            f"{login.scope.netloc} answers {status} to the stored credential for {login.scope}."
            f" See what it still opens:\n    conda private check {login.scope}",
            "conda_private_check",
        )
    elif scope := _channel_of(url):
        said = _NEEDS_LOGIN[status].format(host=scope.netloc, scope=scope)
        yield Advice(f"{said} Log in:\n    conda private login {scope}", "conda_private_login")


def _about_missing_packages(logins: Iterable[Login | None]) -> Iterable[Advice]:
    scopes = " ".join(dict.fromkeys(str(login.scope) for login in logins if login))
    if scopes:
        yield Advice(
            "Servers may leave private packages out when a credential is dead, instead of refusing"
            f" it. Ask:\n    conda private check {scopes}",
            "conda_private_check",
        )


def _channel_of(url: str) -> ChannelUrl | None:
    """The channel that a URL is about; None where it is odd, or has a credential of its own."""
    place, _, name = url.rpartition("/")
    try:
        return without_subdir(ChannelUrl.parse(place if "." in name else url))
    except ChannelUrlError:
        return None
