"""Known servers, recognized by their host or by the form of their addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from conda_private.model.address import Address, is_segment
from conda_private.model.anaconda import COM, COM_API, COM_CHANNELS
from conda_private.model.exceptions import AddressError, UsageError
from conda_private.model.identity import Identity
from conda_private.model.login import Login
from conda_private.model.schemes import (
    BEARER,
    PATH,
    TOKEN,
    BasicScheme,
    HeaderScheme,
    PathScheme,
    Scheme,
    parse_scheme,
)

API_KEY = HeaderScheme("X-API-Key")
ANACONDA_API = Address.parse("https://api.anaconda.org")
_ANACONDA_PYPI = Address.parse("https://pypi.anaconda.org")
_ANACONDA_CHANNELS = Address.parse("https://conda.anaconda.org")
_PREFIX_CHANNELS = Address.parse("https://repo.prefix.dev")
_PREFIX_IDENTITY = Identity("prefix.dev", Address.parse("https://prefix.dev/api/oidc/mint_token"))
_ANACONDA_PAGES = frozenset({"anaconda.org", "www.anaconda.org"})
# Words of a page's address that are not packages.
_ANACONDA_TABS = frozenset({"repo", "labels", "packages", "environments", "notebooks", "dashboard"})
_ANACONDA_HOSTS = frozenset({"", "anaconda.org", "conda.anaconda.org", "api.anaconda.org"})


@dataclass(frozen=True)
class Server:
    """One kind of server.

    Attributes:
        name: its usual name.
        address: matches the beginning of its channels' addresses. What its group ``base`` matches
            is the path below which the server is installed.
        schemes: the schemes in which it accepts a token, best first.
        api: its API, if that is like the API of anaconda.org.
        channel_api: its API, if that is like the API of anaconda.com.
    """

    name: str
    address: re.Pattern[str]
    schemes: tuple[Scheme, ...]
    api: Address | None = None
    channel_api: Address | None = None


def _server(
    name: str,
    address: str,
    *schemes: Scheme,
    api: Address | None = None,
    channel_api: Address | None = None,
) -> Server:
    return Server(name, re.compile(address), schemes, api, channel_api)


_BELOW = r"https?://[^/]+(?P<base>(?:/[^/]+)*?)"

# A known host is certain. The form of a path is only a first guess, so other schemes are tried too.
BY_HOST = (
    _server(
        "anaconda.org",
        r"https://conda\.anaconda\.org/",
        TOKEN,
        PATH,
        api=ANACONDA_API,
    ),
    _server(
        "anaconda.cloud",
        r"https://repo\.anaconda\.cloud/repo/",
        *(BEARER, TOKEN, PathScheme("/repo")),
        channel_api=COM_API,
    ),
    _server("prefix.dev", r"https://repo\.prefix\.dev/", BEARER),
    _server("Cloudsmith", r"https://conda\.cloudsmith\.io/", BasicScheme("token")),
    _server("Google", r"https://[a-z0-9-]+-conda\.pkg\.dev/", BasicScheme("oauth2accesstoken")),
    # Any username will do; the password is a personal access token.
    _server(
        "Azure Artifacts",
        r"https://(?:pkgs\.dev\.azure\.com|[a-z0-9-]+\.pkgs\.visualstudio\.com)/",
        BasicScheme("token"),
    ),
)
BY_PATH = (
    _server(
        *("Anaconda Server", rf"{_BELOW}/api/repo/"),
        *(HeaderScheme("X-Auth"), BEARER, PathScheme("/api/repo")),
    ),
    _server("Quetz", rf"{_BELOW}/get/", API_KEY, PATH),
    _server(
        "Artifactory",
        rf"{_BELOW}/artifactory/api/conda/",
        BEARER,
        HeaderScheme("X-JFrog-Art-Api"),
    ),
    _server("Gitea or Forgejo", rf"{_BELOW}/api/packages/[^/]+/conda\b", BEARER, TOKEN),
)
_ANY = _server("a conda server", "", TOKEN, BEARER, API_KEY, PATH)


def server_of(address: Address) -> Server:
    """Return the server of an address; if it is not certain, with every scheme worth trying."""
    text = f"{address}/"
    for server in BY_HOST:
        if server.address.match(text):
            return server
    found = ((server, server.address.match(text)) for server in BY_PATH)
    likely, match = next(((server, match) for server, match in found if match), (_ANY, None))
    schemes = dict.fromkeys((*likely.schemes, *_ANY.schemes))
    in_header = [scheme for scheme in schemes if not isinstance(scheme, PathScheme)]
    # The last resort puts the token into URLs, and only where this kind of server has it.
    in_path = [scheme for scheme in likely.schemes if isinstance(scheme, PathScheme)]
    base = match["base"] if match else ""
    below = [replace(scheme, base=f"{base}{scheme.base}") for scheme in in_path]
    return Server(likely.name, likely.address, (*in_header, *below))


def api_at(host: str) -> Address:
    """Return the API of a server.

    Args:
        host: a host, or the address of the API; "" for anaconda.org.

    Raises:
        AddressError: it is neither.
    """
    text = host if "://" in host else f"https://{host}"
    name = text.partition("://")[2].partition("/")[0].lower()
    if name in _ANACONDA_HOSTS and not text.startswith("http:"):
        return ANACONDA_API
    if name == COM and not text.startswith("http:"):
        return COM_API
    # On other servers the API is below /api; an address is used unchanged.
    return Address.parse(text if "/" in host else f"{text}/api", "--account", "https://HOST/api")


def server_word(api: Address) -> str:
    """Return the word that ``login --account`` has for an API; "" for anaconda.org."""
    return {ANACONDA_API: "", COM_API: COM}.get(api, str(api))


class Page(NamedTuple):
    """The channel, and possibly the package, that a web page is about."""

    channel: Address
    package: str = ""


def is_known_host(host: str) -> bool:
    """Whether a host is certain even where a text has no ``https://`` before it."""
    known = {_ANACONDA_CHANNELS.host, _PREFIX_CHANNELS.host, "prefix.dev", *_ANACONDA_PAGES}
    return host.lower() in known


def page_at(url: str) -> Page | None:
    """Return what the web page at a URL is about; None if the URL is not such a page.

    Raises:
        AddressError: it is a page of anaconda.org that is not about a channel.
    """
    host, *words = re.split("[?#]", url.partition("://")[2])[0].rstrip("/").split("/")
    host = host.lower()
    if host == "prefix.dev" and words[:1] == ["channels"]:
        return _page(_PREFIX_CHANNELS, words[1:])
    if host not in _ANACONDA_PAGES:
        return None
    return _page(_ANACONDA_CHANNELS, words[1:] if words[:1] == ["channels"] else words)


def _page(server: Address, words: list[str]) -> Page:
    channel, others = words[:1], words[1:]
    if not channel or not all(map(is_segment, words)):
        raise AddressError(
            f"This is a web page, not the address of a channel on {server.netloc}.",
            cause="The page of a channel has its name behind the host.",
            next_step=f"conda private login {server}/CHANNEL",
        )
    if others[:1] == ["label"]:
        return Page(server.child(*channel, *others[:2]))
    if others[:1] == ["packages"]:
        others = others[1:]
    package = others[0] if others and others[0] not in _ANACONDA_TABS else ""
    return Page(server.child(*channel), package)


def web_page_at(api: Address) -> str:
    """Return the address of the web pages of the server with this API."""
    return "https://anaconda.org" if api == ANACONDA_API else api.origin


def web_page_of(address: Address) -> str:
    """Return the web page of a channel's owner, or "" if it is not known."""
    is_there = server_of(address).api == ANACONDA_API and address.path
    return f"https://anaconda.org/{address.path[0]}" if is_there else ""


def identity_of(address: Address) -> Identity | None:
    """Return how a CI job gets a credential for an address, or None if it is not known."""
    return _PREFIX_IDENTITY if address.origin == _PREFIX_CHANNELS.origin else None


def pypi_of(address: Address) -> Address | None:
    """Return the package index of a channel or label, or None if it is not known."""
    if COM_CHANNELS.covers(address) and len(address.path) == len(COM_CHANNELS.path) + 2:
        return address  # a channel of anaconda.com has its wheels below itself
    if server_of(address).api != ANACONDA_API or not address.path:
        return None
    return _ANACONDA_PYPI.child(*address.path)


def pypi_scheme(login: Login) -> Scheme:
    """Return the scheme in which a login's credential is sent to its package index.

    Servers with the API of anaconda.org accept a token there in the path only.
    """
    return PATH if login.api and not isinstance(login.scheme, BasicScheme) else login.scheme


def schemes_to_try(choice: str, username: str, address: Address) -> tuple[Scheme, ...]:
    """Return the schemes to try, most likely first.

    Args:
        choice: a scheme, or ``auto``.
        username: the username for Basic, or "".
        address: the channel, the label, or a whole server.

    Raises:
        UsageError: the choice is not a scheme, or contradicts the username.
    """
    if username:
        if choice not in ("auto", "basic"):
            raise UsageError(
                "A username cannot be combined with this scheme.",
                cause="Only the scheme basic has a username.",
                next_step="use one of the two: --scheme or --username",
            )
        return (parse_scheme("basic", username),)
    known = server_of(address).schemes
    if choice == "path":
        return tuple(each for each in known if isinstance(each, PathScheme)) or (PATH,)
    return known if choice == "auto" else (parse_scheme(choice),)
