"""A secret as a type: it prints as ``****`` wherever it is formatted."""

from __future__ import annotations

import hmac
from typing import NoReturn

from conda_private.model.exceptions import SecretFormatError

MASK = "****"
MAX_SECRET_LENGTH = 16_384


class Secret:
    """A token or password that shows itself only to ``reveal()``."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    @classmethod
    def parse(cls, text: str) -> Secret:
        """Take a secret as typed or piped; one line end after it is dropped.

        Raises:
            SecretFormatError: it is empty, too long, or holds blanks, line breaks, control
                characters or anything that a header cannot carry. The text is not repeated.
        """
        value = text.removesuffix("\n").removesuffix("\r")
        if reason := _why_not_a_secret(value):
            raise SecretFormatError(
                "This is not a token.",
                cause=f"It {reason}. Nothing was sent or stored.",
                next_step="copy the token again, with nothing around it, and repeat the command",
            )
        return cls(value)

    def reveal(self) -> str:
        """The secret itself. Only for signing a request and for writing to a store."""
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
        raise TypeError("a secret is not pickled or copied")


def _why_not_a_secret(value: str) -> str:
    if not value:
        return "is empty"
    if len(value) > MAX_SECRET_LENGTH:
        return f"is longer than {MAX_SECRET_LENGTH} characters"
    if "\n" in value or "\r" in value:
        return "holds a line break"
    if not value.isascii() or not value.isprintable() or value != value.strip():
        return "holds blanks around it, control characters, or characters outside ASCII"
    return ""


class SecretText(str):
    """Text with a secret in it that logs as ``****``; encoded or written, it is the true one."""

    __slots__ = ()

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK


class HeaderValue(SecretText):
    """A header's value; a connection encodes it, and that gives the true one."""

    __slots__ = ()
