"""A secret as a type: it prints as ``****`` wherever it is formatted."""

from __future__ import annotations

import base64
import hmac
import re
from typing import NoReturn
from urllib.parse import quote

from conda_private.model.exceptions import SecretFormatError

MASK = "****"
MAX_SECRET_LENGTH = 16_384
BOM = "\ufeff"
_QUOTES = ('"', "'", "`")
# No password has them (RFC 8265, section 4.2). U+FFFD and surrogates are bytes that are not UTF-8.
_CONTROL = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd{BOM}]")
# What stands in front of a token in a header or in a web page: "Authorization: Bearer TOKEN".
_WORDS = re.compile(
    r"(?:authorization\s*:\s*)?(?:(?:token|bearer)\s*[:=]\s*|(?:token|bearer)\s+)", re.I | re.ASCII
)


class Secret:
    """A token or password; only ``reveal()`` returns its value."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    @classmethod
    def parse(cls, text: str, word: str = "token or password") -> Secret:
        """Parse a credential as typed or piped; one line break at its end is removed.

        A password can have characters outside ASCII, a token cannot.

        Args:
            text: the credential.
            word: what it is: "token", "password", or the default for either.

        Raises:
            SecretFormatError: it is empty or too long, has leading or trailing spaces, or contains
                control characters, or a token has characters outside ASCII. The error does not
                repeat the text.
        """
        value = text.removesuffix("\n").removesuffix("\r")
        if reason := _why_not_a_secret(value):
            raise SecretFormatError.because(reason, word)
        if word == "token" and not value.isascii():
            raise SecretFormatError.outside_ascii()
        return cls(value)

    @classmethod
    def pasted(cls, text: str) -> Secret:
        """Parse a token as people paste it.

        Blanks and a byte order mark around it are removed, and so are quotation marks and the words
        of a header, such as ``Bearer``: no token has them (RFC 6750, section 2.1).

        Raises:
            SecretFormatError: the rest is not a token. The error does not repeat it.
        """
        value = text.strip(f" \t\r\n{BOM}")
        value = _unquoted(value)
        value = _unquoted(_WORDS.sub("", value, count=1) if _WORDS.match(value) else value)
        if value and (reason := _why_not_a_token(value)):
            raise SecretFormatError.because(reason, "token")
        return cls.parse(value, "token")

    def reveal(self) -> str:
        """Return the value; only to sign a request, to write to a store, or to hand it out."""
        return self._value

    def key_for(self, purpose: str) -> bytes:
        """Derive a key from which the value cannot be computed (the extract step of RFC 5869)."""
        return hmac.digest(purpose.encode(), self._value.encode(), "sha256")

    def spellings(self) -> frozenset[bytes]:
        """Return what to search for and mask: plain, percent-encoded, and in Basic's base64."""
        raw = self._value.encode()
        # The username before it shifts the base64 to one of three alignments.
        inner = (base64.b64encode(b"x" * pad + raw)[pad and 4 : -4] for pad in range(3))
        long_enough = (form for form in inner if len(form) >= 8)
        return frozenset((raw, quote(self._value, safe="").encode(), *long_enough))

    def __repr__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(
            self._value.encode(), other._value.encode()
        )

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled or copied")


def _unquoted(value: str) -> str:
    for mark in _QUOTES:
        if len(value) > 1 and value.startswith(mark) and value.endswith(mark):
            return value[1:-1].strip(" \t")
    return value


def _why_not_a_token(value: str) -> str:
    if value.startswith(_QUOTES) or value.endswith(_QUOTES):
        return "begins or ends with a quotation mark"
    if " " in value or "\t" in value:
        return "contains a space, so it is more than a token"
    return ""


def _why_not_a_secret(value: str) -> str:
    if not value:
        return "is empty"
    if len(value) > MAX_SECRET_LENGTH:
        return f"is longer than {MAX_SECRET_LENGTH} characters"
    if "\n" in value or "\r" in value:
        return "contains a line break"
    if value != value.strip():
        return "has leading or trailing spaces"
    if _CONTROL.search(value):
        return "contains control characters or bytes that are not text"
    return ""


class SecretText(str):
    """Text that contains a secret: formatted it is ``****``, encoded or written it is unchanged."""

    __slots__ = ()

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK


class HeaderValue(SecretText):
    """The value of a header; a connection encodes it, which gives the unmasked text."""

    __slots__ = ()
