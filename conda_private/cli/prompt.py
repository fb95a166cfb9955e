"""Read credentials and confirmations. Nothing else reads a credential from a person."""

from __future__ import annotations

import getpass
import sys
import warnings
from argparse import Namespace
from collections.abc import Sequence

from conda.base.context import context

from conda_private.model.address import Address
from conda_private.model.characters import decoded, showable
from conda_private.model.exceptions import (
    CancelledError,
    NoTerminalError,
    SecretFormatError,
    UsageError,
)
from conda_private.model.secret import BOM, MAX_SECRET_LENGTH, Secret
from conda_private.output import confirm

_BYTES = 4  # of a character, at most


def read_secret(
    address: Address, *, word: str, from_stdin: bool, command: str = "", user: str = ""
) -> Secret:
    """Read a token or password from a hidden prompt, or from stdin.

    A URL that contains the token, ``https://HOST/t/TOKEN/CHANNEL``, is accepted as well if its host
    is the host of the address.

    Args:
        address: the address to log in to.
        word: ``Token`` or ``Password``.
        from_stdin: whether the credential is piped.
        command: the command to repeat on an error; by default the login to the address.
        user: the user's name for the prompt, or "".

    Raises:
        NoTerminalError: there is no terminal to ask at.
        CancelledError: the user pressed Ctrl-D.
        SecretFormatError: the input is not a valid credential, or is a URL of another host.
    """
    command = command or f"conda private login {address}"
    if from_stdin:
        text = _piped()
    else:
        whose = f"{word} of {user}" if user else word
        text = _ask(f"{whose} for {address} (input hidden): ", word.lower(), command)
    if word != "Token":
        return Secret.parse(text.removeprefix(BOM), word.lower())  # it can contain "://"
    secret = Secret.pasted(text)
    return _from_url(secret.reveal(), address) if "://" in secret.reveal() else secret


def is_asked(*, from_stdin: bool) -> bool:
    """Whether a person is asked for the credential, at a terminal."""
    return not from_stdin and sys.stdin.isatty()


def _piped() -> str:
    length = MAX_SECRET_LENGTH + 3
    if buffer := getattr(sys.stdin, "buffer", None):
        return decoded(buffer.read(length * _BYTES), sys.stdin.encoding)
    return sys.stdin.read(length)  # a program that calls conda can replace it


def _ask(question: str, word: str, command: str) -> str:
    if not sys.stdin.isatty():
        raise NoTerminalError(
            f"There is no terminal to ask for the {word}.",
            cause="Standard input is not a terminal, and is read only if an option says so.",
            next_step=f"pipe it:  ... | {command} --{word}-stdin\n"
            f"or refer to it:  {command} --from-env NAME",
        )
    with warnings.catch_warnings():
        # By default, getpass only warns, and then shows the input.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(question, stream=sys.stderr)
        except EOFError:
            raise CancelledError(
                "Cancelled.", next_step="conda private list      # shows the logins that exist now"
            ) from None
        except getpass.GetPassWarning as error:
            raise NoTerminalError(
                "This terminal cannot hide your input.",
                next_step=f"... | {command} --{word}-stdin",
            ) from error


def _from_url(text: str, address: Address) -> Secret:
    rest = text.partition("://")[2]
    authority, _, path = rest.partition("/")
    words = path.split("/")
    if authority.lower() == address.netloc and words[0] == "t" and len(words) > 1:
        return Secret.parse(words[1], "token")
    raise SecretFormatError(
        "This URL has no token for this channel's server.",
        cause=f"A URL is accepted only as https://{address.netloc}/t/TOKEN/... Nothing was stored.",
        next_step=f"paste only the token:  conda private login {address}",
    )


def require_agreement(
    args: Namespace,
    about: str,
    question: str,
    *,
    otherwise: str,
    so_far: str = "Nothing was changed.",
) -> None:
    """Return if the user agrees, or said ``--yes``.

    Args:
        args: the arguments of the command.
        about: what the user agrees to.
        question: the question.
        otherwise: the command to run next for a user who does not agree.
        so_far: what the command has changed before.

    Raises:
        NoTerminalError: there is no terminal to ask at.
        UsageError: the user does not agree.
    """
    answer = confirm(about, question, assume_yes=bool(args.yes))
    if answer is None:
        raise NoTerminalError(
            "There is no terminal to confirm this.",
            cause=f"{about} {so_far}".replace("\n", " "),
            next_step="if you agree, repeat the command with --yes",
        )
    if not answer:
        raise UsageError(so_far, next_step=otherwise)


def ask_channel(offered: Sequence[str]) -> str:
    """Ask for a channel; "" if there is no terminal to ask at, or no answer.

    Args:
        offered: channels that can be chosen by their number.
    """
    if context.json or not sys.stdin.isatty():
        return ""
    lines = [f"  {number}  {text}" for number, text in enumerate(offered, 1)]
    question = "Channel (a number, my-org, or https://HOST/CHANNEL): "
    question = question if lines else question.replace("a number, ", "")
    text = showable("\n".join([*lines, question]), sys.stderr.encoding)
    sys.stderr.write(text)
    sys.stderr.flush()
    answer = sys.stdin.readline().strip()
    by_number = {str(number): each for number, each in enumerate(offered, 1)}
    return by_number.get(answer, answer)


def choose(about: str, choices: Sequence[str]) -> int | None:
    """Ask which one of several things the user means.

    Args:
        about: what can mean several things.
        choices: what it can mean.

    Returns:
        The number of the choice, from 0; None if there is no terminal to ask at, or no such choice.
    """
    if context.json or not sys.stdin.isatty():
        return None
    lines = [about, *(f"  {number}  {text}" for number, text in enumerate(choices, 1))]
    sys.stderr.write("\n".join([*lines, f"Which one? [1-{len(choices)}] "]))
    sys.stderr.flush()
    numbers = list(map(str, range(1, len(choices) + 1)))
    answer = sys.stdin.readline().strip()
    return numbers.index(answer) if answer in numbers else None
