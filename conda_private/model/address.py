"""Addresses: parsed once, compared by exact origin (RFC 6454) and whole path segments.

The grammar is deliberately narrower than RFC 3986. It accepts only text that every URL parser reads
in the same way, so userinfo, backslashes, dot segments and encoded slashes are refused. The one
encoded character in a channel's address is the blank, ``%20``, which has no other spelling.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

from conda_private.model.exceptions import AddressError, InsecureUrlError

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL = 8_192  # characters; servers need to support 8000 (RFC 9110, section 4.1)
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1"})
Path: TypeAlias = tuple[str, ...]
_WORD = "[A-Za-z0-9._~+=,:@-]+"
_SEGMENT = "(?:[A-Za-z0-9._~+=,:@-]|%20)+"
# A file name may have more characters, some of them percent-encoded, but none that a server might
# decode into a separator, a dot, a control character or a letter, and none outside ASCII.
_FILE_NAME = "(?:[A-Za-z0-9._~+=,:@!&'()*$-]|%(?:2[0-46-9A-C]|3[AC-F]|40|5[BDE]|60|7[BCD]))+"


def _grammar(segment: str) -> re.Pattern[str]:
    origin = "(https?)://([a-z0-9_][a-z0-9._-]*)(?::([0-9]{1,5}))?"
    return re.compile(rf"{origin}((?:/(?!\.\.?(?:/|\Z)){segment})*)/?", re.I | re.ASCII)


_PLAIN, _REQUEST = _grammar(_SEGMENT), _grammar(_FILE_NAME)


class Address(NamedTuple):
    """The absolute URL of a server, a channel, an API, a package index, or a file below one.

    Attributes:
        scheme: ``http`` or ``https``.
        host: in lower case, as it is sent (IDNA-encoded).
        port: always a number; the scheme's default if the text has none.
        path: the segments of the path, none of them empty, ``.`` or ``..``.
    """

    scheme: str
    host: str
    port: int
    path: Path = ()

    @classmethod
    def parse(cls, text: str, option: str = "", example: str = "") -> Address:
        """Parse an absolute URL.

        Args:
            text: the URL.
            option: the option that has the URL, for the error, such as ``--api-url``; "" for a
                channel.
            example: an example of such a URL, for the error.

        Raises:
            AddressError: the text is not a scheme, a host, possibly a port, and plain segments.
        """
        address = _parse(with_ascii_host(text), _PLAIN)
        if address is None or address.has_token:
            raise AddressError.not_plain(option, example)
        return address

    @classmethod
    def of_request(cls, text: str) -> Address | None:
        """Parse the URL of a request; None if the request must not get a credential.

        A URL of more than 8192 characters is not looked at. A path with ``/t/TOKEN/`` already has a
        credential. A URL with a fragment is refused, because URL parsers disagree about the part in
        front: requests removes an empty query.
        """
        if len(text) > MAX_URL:
            return None
        url = None if "#" in text else _parse(text.partition("?")[0], _REQUEST)
        return None if url is None or url.has_token else url

    @classmethod
    def of_conda(cls, text: str) -> Address | None:
        """Parse a URL as conda records and lists it; None if its request gets no credential."""
        return cls.of_request(as_requested(text))

    @property
    def spellings(self) -> tuple[str, ...]:
        """The texts that conda has for this address: from 26.x on, it decodes a blank."""
        text = str(self)
        return tuple(dict.fromkeys((text, text.replace("%20", " "))))

    @property
    def origin(self) -> str:
        """Scheme, host and any port that is not the default: ``https://conda.anaconda.org``."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        """Host and any port that is not the scheme's default."""
        default = DEFAULT_PORTS[self.scheme] == self.port
        return self.host if default else f"{self.host}:{self.port}"

    @property
    def has_token(self) -> bool:
        """Whether conda would treat a part of the path as a token: ``/t/TOKEN/``."""
        return "t" in self.path[:-1]

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine by its literal name."""
        return self.host in LOOPBACK_HOSTS

    def __str__(self) -> str:
        return "/".join((self.origin, *self.path))

    def child(self, *segments: str) -> Address:
        """Return the address with these segments added to its path."""
        return Address(self.scheme, self.host, self.port, self.path + segments)

    def covers(self, other: Address) -> bool:
        """Whether ``other`` is this address or below it: same origin, whole segments."""
        return (self.scheme, self.host, self.port) == (
            other.scheme,
            other.host,
            other.port,
        ) and self.path == other.path[: len(self.path)]


def is_segment(text: str) -> bool:
    """Whether a text is a valid segment of an address's path, without a blank."""
    return bool(re.fullmatch(_WORD, text, re.ASCII)) and text not in (".", "..")


def as_requested(url: str) -> str:
    """Return one of conda's URLs as requests sends it, with each blank encoded."""
    return url.replace(" ", "%20")


def _parse(text: str, grammar: re.Pattern[str]) -> Address | None:
    match = grammar.fullmatch(text)
    if match is None:
        return None
    scheme, host, port, path = match.groups()
    number = int(port or DEFAULT_PORTS[scheme.lower()])
    if not 0 < number < 65536:
        return None
    return Address(scheme.lower(), host.lower(), number, tuple(path.split("/")[1:]))


def with_ascii_host(text: str) -> str:
    """Return a URL with its host IDNA-encoded, as requests does; unchanged if that fails."""
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
    address: Address, *, allow_http: bool, login: str = "conda private login"
) -> None:
    """Refuse an address without TLS; call this before asking for a credential.

    Args:
        address: where a credential would be sent.
        allow_http: whether the user accepts a connection without TLS.
        login: the command or the option to repeat with another address.

    Raises:
        InsecureUrlError: the address is on another machine, and ``allow_http`` is not set.
    """
    if address.scheme == "http" and not address.is_loopback and not allow_http:
        raise InsecureUrlError(
            f"{address} has no TLS: anyone on the network path could read the credential.",
            cause="The URL begins with http:// and its host is not this machine.",
            next_step=f"{login} https{str(address)[4:]}\n"
            "or, if you trust the network, add --allow-http",
        )
