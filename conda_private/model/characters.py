"""Characters outside ASCII: which of them an output can show, and which bytes of an input they are.

On Windows, and with ``PYTHONIOENCODING`` or ``LC_ALL`` on any system, standard input and output can
have an encoding with few characters, such as cp1252, cp437, cp932 or ASCII.
"""

from __future__ import annotations

import codecs

# What editors and PowerShell write in front of a text; no credential begins with it.
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def showable(text: str, encoding: str | None) -> str:
    """Replace each character that an output cannot show with a question mark.

    Args:
        text: text for people.
        encoding: the encoding of the output; ASCII if it has none, or one that Python lacks.
    """
    name = _known(encoding)
    return text.encode(name, "replace").decode(name)


def decoded(data: bytes, encoding: str | None) -> str:
    """Decode a piped text: by its byte order mark, as UTF-16 or UTF-8, or else by the encoding.

    Args:
        data: what a program wrote; PowerShell can write UTF-16.
        encoding: the encoding of standard input, for what is neither.

    Returns:
        The text without its byte order mark. Bytes that are not text become lone surrogates.
    """
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            return data.decode(name, "replace")
    for name in _utf16_of_ascii(data) or ("utf-8", _known(encoding)):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return data.decode("ascii", "surrogateescape")


def _utf16_of_ascii(data: bytes) -> tuple[str, ...]:
    """Return the encoding of ASCII characters in UTF-16 without a byte order mark, if it is one."""
    pairs = len(data) // 2 if len(data) % 2 == 0 else 0
    if pairs and data[1::2] == bytes(pairs):
        return ("utf-16-le",)
    return ("utf-16-be",) if pairs and data[::2] == bytes(pairs) else ()


def _known(encoding: str | None) -> str:
    try:
        return codecs.lookup(encoding or "ascii").name
    except LookupError:
        return "ascii"
