"""Host names beyond ASCII, in the form in which they are asked for."""

from __future__ import annotations


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
