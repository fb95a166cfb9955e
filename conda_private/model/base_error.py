"""The base of all errors: what happened, why, and the next command."""

from __future__ import annotations

from conda import CondaError


class CondaPrivateError(CondaError):
    """The base of all errors of this package.

    The text has up to three parts, shown in this order: what happened, ``Cause:`` and ``Next:``.
    """

    return_code = 1

    def __init__(self, what: str, *, cause: str = "", next_step: str = "") -> None:
        self.what, self.cause, self.next_step = what, cause, next_step
        details = [
            f"{word:<6} {_indented(text)}"
            for word, text in (("Cause:", cause), ("Next:", next_step))
            if text
        ]
        text = "\n".join([what, "", *details] if details else [what])
        super().__init__("%(text)s", text=text)  # type: ignore[no-untyped-call]

    def adding(self, words: str) -> CondaPrivateError:
        """The same error with one more sentence to its cause."""
        return type(self)(self.what, cause=f"{self.cause} {words}", next_step=self.next_step)


def _indented(text: str) -> str:
    return text.replace("\n", "\n       ")
