"""What is known of servers by their host's name, or by how their addresses look."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import UsageError
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
ANACONDA_API = "https://api.anaconda.org"
_ANACONDA_HOSTS = frozenset({"", "anaconda.org", "conda.anaconda.org", "api.anaconda.org"})


@dataclass(frozen=True)
class Server:
    """One kind of server.

    Attributes:
        name: what people call it.
        address: matches the beginning of its channels' addresses.
        schemes: the forms in which it takes a token, best first; with a user name it is Basic.
        api: where its API is, if that is like anaconda.org's; "" otherwise.
    """

    name: str
    address: re.Pattern[str]
    schemes: tuple[Scheme, ...]
    api: str = ""


def _server(name: str, address: str, *schemes: Scheme, api: str = "") -> Server:
    return Server(name, re.compile(address), schemes, api)


# A host of its own is certain; the look of a path is a good first guess, and the rest is tried.
_BY_HOST = (
    _server(
        "anaconda.org",
        r"https://conda\.anaconda\.org/",
        TOKEN,
        PATH,
        api=ANACONDA_API,
    ),
    _server(
        "anaconda.cloud", r"https://repo\.anaconda\.cloud/repo/", BEARER, TOKEN, PathScheme("/repo")
    ),
    _server("prefix.dev", r"https://repo\.prefix\.dev/", BEARER),
    _server("Cloudsmith", r"https://conda\.cloudsmith\.io/", BasicScheme("token")),
    _server("Google", r"https://[a-z0-9-]+-conda\.pkg\.dev/", BasicScheme("oauth2accesstoken")),
)
_BY_PATH = (
    _server(
        *("Anaconda Server", r"https?://[^/]+/api/repo/"),
        *(HeaderScheme("X-Auth"), BEARER, PathScheme("/api/repo")),
    ),
    _server("Quetz", r"https?://[^/]+/get/", API_KEY, PATH),
    _server(
        "Artifactory",
        r"https?://[^/]+/artifactory/api/conda/",
        BEARER,
        HeaderScheme("X-JFrog-Art-Api"),
    ),
    _server("Gitea or Forgejo", r"https?://[^/]+/api/packages/[^/]+/conda\b", BEARER, TOKEN),
)
_ANY = _server("a conda server", "", TOKEN, BEARER, API_KEY, PATH)


def server_of(scope: ChannelUrl) -> Server:
    """What is known of the server of a scope; the forms to try one after the other else."""
    address = f"{scope}/"
    for server in _BY_HOST:
        if server.address.match(address):
            return server
    likely = next((server for server in _BY_PATH if server.address.match(address)), _ANY)
    schemes = dict.fromkeys((*likely.schemes, *_ANY.schemes))
    # The form that shows the token in URLs is the last resort.
    ordered = tuple(sorted(schemes, key=lambda scheme: isinstance(scheme, PathScheme)))
    return Server(likely.name, likely.address, ordered)


def api_at(host: str) -> str:
    """The address of the API of a server that people name by its host, or by an address."""
    address = host if "://" in host else f"https://{host}"
    name = address.partition("://")[2].partition("/")[0].lower()
    if name in _ANACONDA_HOSTS and not address.startswith("http:"):
        return ANACONDA_API
    # On servers of one's own it is below /api; whoever writes an address writes all of it.
    return address if "/" in host else f"{address}/api"


def web_page_at(api: ChannelUrl) -> str:
    """Where the web pages of the server with this API are."""
    return "https://anaconda.org" if str(api) == ANACONDA_API else api.origin


def web_page_of(scope: ChannelUrl) -> str:
    """The web page of a channel's owner, where it is known; "" elsewhere."""
    is_there = server_of(scope).api == ANACONDA_API and scope.path
    return f"https://anaconda.org/{scope.path[0]}" if is_there else ""


def pypi_of(scope: ChannelUrl) -> str:
    """The package index that belongs to a channel or label, where it is known; "" elsewhere."""
    if server_of(scope).api != ANACONDA_API or not scope.path:
        return ""
    return "/".join(("https://pypi.anaconda.org", *scope.path))


def pypi_scheme(login: Login) -> Scheme:
    """How a login's secret is shown to its package index.

    Servers with the API of anaconda.org take it there in the path alone.
    """
    return PATH if login.api and not isinstance(login.scheme, BasicScheme) else login.scheme


def schemes_to_try(choice: str, username: str, scope: ChannelUrl) -> tuple[Scheme, ...]:
    """The schemes that ``--scheme`` and ``--username`` leave to try, likeliest first.

    Raises:
        UsageError: the choice is no scheme, or contradicts the user name.
    """
    if username:
        if choice not in ("auto", "basic"):
            raise UsageError(
                f"The scheme {choice} has no user name.",
                cause="Only Basic has one.",
                next_step="leave one of the two out: --scheme or --username",
            )
        return (parse_scheme("basic", username),)
    known = server_of(scope).schemes
    if choice == "path":
        return tuple(each for each in known if isinstance(each, PathScheme)) or (PATH,)
    return known if choice == "auto" else (parse_scheme(choice),)
