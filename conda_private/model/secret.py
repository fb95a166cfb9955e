"""A secret as a type: it prints as ``****`` wherever it is formatted."""

from __future__ import annotations

import hmac
from typing import NoReturn

from conda_private.model.exceptions import SecretFormatError

MASK = "****"
MAX_SECRET_LENGTH = 16_384


class Secret:
    """A token or password; only ``reveal()`` returns its value."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    @classmethod
    def parse(cls, text: str) -> Secret:
        """Parse a credential as typed or piped; one line break at its end is removed.

        Raises:
            SecretFormatError: it is empty or too long, has leading or trailing spaces, or contains
                characters that a header cannot carry. The error does not repeat the text.
        """
        value = text.removesuffix("\n").removesuffix("\r")
        if reason := _why_not_a_secret(value):
            raise SecretFormatError(
                "This is not a valid token or password.",
                cause=f"It {reason}. Nothing was sent or stored.",
                next_step="copy only the token itself, and repeat the command",
            )
        return cls(value)

    def reveal(self) -> str:
        """Return the value; only to sign a request, to write to a store, or to hand it out."""
        return self._value

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


def _why_not_a_secret(value: str) -> str:
    if not value:
        return "is empty"
    if len(value) > MAX_SECRET_LENGTH:
        return f"is longer than {MAX_SECRET_LENGTH} characters"
    if "\n" in value or "\r" in value:
        return "contains a line break"
    if value != value.strip(" \t"):
        return "has leading or trailing spaces"
    if not value.isascii() or not value.isprintable():
        return "contains control characters or characters outside ASCII"
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
