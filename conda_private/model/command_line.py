"""A command as text: the words that a program gets, without a shell."""

from __future__ import annotations

import os
import re
import shlex

from conda_private.model.exceptions import UsageError

# Words that only a shell understands.
_OF_SHELLS = re.compile(r"\|\|?|&&?|;|[0-9]?>>?(?:&[0-9]|/dev/null)?|<")
_FOR_BATCH = frozenset('&|<>^%!"\r\n')  # cmd.exe gives these a meaning, also inside of quotes
_END, _QUOTE = "\0", "\1"  # no command has them
_PIECE = re.compile(r'(\\*)"|([ \t]+)|([^ \t"\\]+|\\+)')


def split(text: str, *, windows: bool = os.name == "nt") -> list[str]:
    """Split a command into the program and its arguments.

    Args:
        text: the command, quoted as in a POSIX shell, or on Windows as
            ``subprocess.list2cmdline`` quotes.
        windows: whether the rules of Windows apply.

    Raises:
        UsageError: it has no program, it needs a shell, or the program depends on the current
            folder.
    """
    if not text.isprintable():
        raise _invalid("It contains control characters.")
    try:
        words = _words(text) if windows else shlex.split(text)
    except ValueError:
        raise _invalid("It has a quotation mark without its pair.") from None
    if not (words and words[0]):
        raise _invalid("It is empty.")
    if of_shell := next((word for word in words if _OF_SHELLS.fullmatch(word)), ""):
        raise UsageError(
            "The command needs a shell.",
            cause=f"{of_shell} is for a shell, and the command runs without one.",
            next_step="put it into a script, or run a shell:\n"
            """conda private login my-org --from-command "sh -c 'PROGRAM | OTHER'\"""",
        )
    if _is_relative(words[0]):
        raise _invalid(f"{words[0]} would be another program in each folder.")
    return words


def refuse_for_batch(program: str, arguments: list[str]) -> None:
    """Refuse arguments that a batch file of Windows would not get as they are.

    Windows runs a batch file with ``cmd.exe``, which is a shell.

    Raises:
        UsageError: the program is a batch file, and an argument has a character with a meaning.
    """
    is_batch = program.lower().endswith((".bat", ".cmd"))
    if is_batch and any(_FOR_BATCH.intersection(word) for word in arguments):
        raise UsageError(
            f"{os.path.basename(program)} cannot be run with these arguments.",
            cause='It is a batch file, and one of & | < > ^ % ! " in an argument would be a'
            " command to cmd.exe.",
            next_step="put the command into a script of another kind, and name that",
        )


def _is_relative(program: str) -> bool:
    has_folder = "/" in program or os.sep in program
    return has_folder and not os.path.isabs(program)


def _words(text: str) -> list[str]:
    """Split as the C runtime of Microsoft does, whose rules ``list2cmdline`` follows."""
    parts, quoted = [], False
    for match in _PIECE.finditer(text):
        slashes, blank, plain = match.groups()
        if blank and not quoted:
            parts.append(_END)
        elif blank or plain:
            parts.append(match[0])
        else:
            half, is_literal = divmod(len(slashes), 2)
            parts.append("\\" * half + ('"' if is_literal else _QUOTE))
            quoted ^= not is_literal
    if quoted:
        raise ValueError("No closing quotation")
    # An empty word has quotation marks.
    return [word.replace(_QUOTE, "") for word in "".join(parts).split(_END) if word]


def _invalid(cause: str) -> UsageError:
    return UsageError(
        "This is not a command that prints a credential.",
        cause=f"{cause} The program must be on PATH, or an absolute path.",
        next_step="conda private login my-org --from-command 'op read op://team/conda/token'",
    )
