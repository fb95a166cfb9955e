"""Addresses of channels: parsed once, compared by exact origin and whole path segments.

The grammar is narrower than RFC 3986 on purpose. It admits only text on which every URL parser
agrees: what is odd (userinfo, backslashes, dot segments, encoded slashes) is no ``ChannelUrl``.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

from conda_private.model.exceptions import ChannelUrlError, InsecureUrlError

DEFAULT_PORTS = {"http": 80, "https": 443}
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1"})
Path: TypeAlias = tuple[str, ...]
_WORD = "[A-Za-z0-9._~+=,:@-]+"
# In a file's name more is allowed, percent-encoded too, but nothing that a server might decode
# into a separator, a dot, a control character or a letter, and nothing beyond ASCII.
_FILE_NAME = "(?:[A-Za-z0-9._~+=,:@!&'()*$-]|%(?:2[0-46-9A-C]|3[AC-F]|40|5[BDE]|60|7[BCD]))+"


def _grammar(segment: str) -> re.Pattern[str]:
    origin = "(https?)://([a-z0-9_][a-z0-9._-]*)(?::([0-9]{1,5}))?"
    return re.compile(rf"{origin}((?:/(?!\.\.?(?:/|\Z)){segment})*)/?", re.I | re.ASCII)


_CHANNEL, _REQUEST = _grammar(_WORD), _grammar(_FILE_NAME)


class ChannelUrl(NamedTuple):
    """The absolute address of a host, a channel, a label, or something inside one.

    Attributes:
        scheme: ``http`` or ``https``.
        host: in lower case, as it is sent (IDNA-encoded).
        port: always a number; the scheme's default when the text has none.
        path: the path's segments, none of them empty, ``.`` or ``..``.
    """

    scheme: str
    host: str
    port: int
    path: Path = ()

    @classmethod
    def parse(cls, text: str) -> ChannelUrl:
        """Read an absolute channel URL.

        Raises:
            ChannelUrlError: it is anything else than scheme, host, port and plain segments.
        """
        url = _parse(with_ascii_host(text), _CHANNEL)
        if url is None or url.has_token:
            raise ChannelUrlError(
                "This is not an address that a conda channel can have.",
                cause="A channel's URL has a scheme (https), a host, perhaps a port, and a plain"
                " path; no user name, token, query, fragment, '..', '*', '%' or blanks.",
                next_step="conda private login https://HOST/CHANNEL",
            )
        return url

    @classmethod
    def of_request(cls, text: str) -> ChannelUrl | None:
        """Read the URL of a request; None for one that must not get a credential.

        A path with a ``/t/TOKEN/`` in it has its credential already. A fragment is never sent, and
        what stands before it is not the same for all: requests takes an empty query away.
        """
        url = None if "#" in text else _parse(text.partition("?")[0], _REQUEST)
        return None if url is None or url.has_token else url

    @property
    def origin(self) -> str:
        """Scheme, host and, unless it is the default, port: ``https://conda.anaconda.org``."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        """Host and, unless it is the scheme's default, port."""
        default = DEFAULT_PORTS[self.scheme] == self.port
        return self.host if default else f"{self.host}:{self.port}"

    @property
    def has_token(self) -> bool:
        """Whether conda would take a part of the path for a token: ``/t/TOKEN/``."""
        return "t" in self.path[:-1]

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine by its literal name."""
        return self.host in LOOPBACK_HOSTS

    def __str__(self) -> str:
        return "/".join((self.origin, *self.path))

    def child(self, *segments: str) -> ChannelUrl:
        """The address below this one."""
        return ChannelUrl(self.scheme, self.host, self.port, self.path + segments)

    def with_label(self, label: str) -> ChannelUrl:
        """The address of a label of this channel.

        Raises:
            ChannelUrlError: the label's name is not one, or the URL names a label already.
        """
        labelled = self.child("label", label)
        if (
            "label" in self.path[:-1]
            or not self.path
            or labelled.has_token
            or not is_segment(label)
        ):
            raise ChannelUrlError(
                "This label cannot be added to this channel.",
                cause="A label is one word of letters, digits and . _ ~ + = -, and belongs to a"
                " channel that has no label yet.",
                next_step="conda private login CHANNEL --label LABEL",
            )
        return labelled

    def covers(self, other: ChannelUrl) -> bool:
        """Whether ``other`` is this address or lies below it: same origin, whole segments."""
        return (self.scheme, self.host, self.port) == (
            other.scheme,
            other.host,
            other.port,
        ) and self.path == other.path[: len(self.path)]


def is_segment(text: str) -> bool:
    """Whether a text can be one segment of a channel's path."""
    return bool(re.fullmatch(_WORD, text, re.ASCII)) and text not in (".", "..")


def _parse(text: str, grammar: re.Pattern[str]) -> ChannelUrl | None:
    match = grammar.fullmatch(text)
    if match is None:
        return None
    scheme, host, port, path = match.groups()
    number = int(port or DEFAULT_PORTS[scheme.lower()])
    if not 0 < number < 65536:
        return None
    return ChannelUrl(scheme.lower(), host.lower(), number, tuple(path.split("/")[1:]))


def with_ascii_host(text: str) -> str:
    """A URL with its host IDNA-encoded, as requests does it; as it is when that cannot be."""
    if text.isascii():
        return text
    import idna

    scheme, separator, rest = text.partition("://")
    netloc, slash, path = rest.partition("/")
    host, colon, port = netloc.partition(":")
    try:
        plain = idna.encode(host, uts46=True).decode()
        return scheme + separator + plain + colon + port + slash + path
    except idna.IDNAError:
        return text


def refuse_plain_http(
    scope: ChannelUrl, *, allow_http: bool, login: str = "conda private login"
) -> None:
    """Refuse a scope without TLS; call it before a secret is asked for.

    Args:
        scope: where a credential would go.
        allow_http: whether that is wanted.
        login: the command to repeat with another address.

    Raises:
        InsecureUrlError: it is on another machine, and ``allow_http`` is not set.
    """
    if scope.scheme == "http" and not scope.is_loopback and not allow_http:
        raise InsecureUrlError(
            f"{scope} has no TLS: everybody on the way could read the token.",
            cause="The address begins with http, and the server is not this machine.",
            next_step=f"{login} https{str(scope)[4:]}\n"
            "or, when the network is trusted, add --allow-http",
        )


def channel_of(scope: ChannelUrl) -> ChannelUrl:
    """The channel that a label's address belongs to; the address itself for all others."""
    if "label" not in scope.path[1:-1]:
        return scope
    end = scope.path.index("label", 1)
    return ChannelUrl(scope.scheme, scope.host, scope.port, scope.path[:end])
