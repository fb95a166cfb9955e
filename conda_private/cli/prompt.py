"""The only reader of secrets: the hidden prompt and standard input."""

from __future__ import annotations

import getpass
import sys
import warnings

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import NoTerminalError, SecretFormatError
from conda_private.model.secret import MAX_SECRET_LENGTH, Secret


def read_secret(
    scope: ChannelUrl, *, word: str, from_stdin: bool, command: str = "", user: str = ""
) -> Secret:
    """Read a token or password, from stdin only when told so, else from a hidden prompt.

    A whole URL of an old how-to, ``https://HOST/t/TOKEN/CHANNEL``, is taken too, when its host is
    the scope's.

    Args:
        scope: what it is for.
        word: ``Token`` or ``Password``.
        from_stdin: whether it is piped.
        command: what to repeat when it cannot be had; by default the login to the scope.
        user: whose it is, where that is to be said.

    Raises:
        NoTerminalError: there is nobody to ask.
        SecretFormatError: what was given is no secret, or a URL of another host.
    """
    command = command or f"conda private login {scope}"
    if from_stdin:
        text = sys.stdin.read(MAX_SECRET_LENGTH + 3)
    else:
        whose = f"{word} of {user}" if user else word
        text = _ask(f"{whose} for {scope} (input hidden): ", word.lower(), command)
    secret = Secret.parse(text)
    # A password may look like anything.
    is_url = word == "Token" and "://" in text
    return _from_url(secret.reveal(), scope) if is_url else secret


def _ask(question: str, word: str, command: str) -> str:
    if not sys.stdin.isatty():
        raise NoTerminalError(
            f"There is no terminal to ask for the {word}.",
            cause="Standard input is not a terminal, and it is read only when told to.",
            next_step=f"pipe it:  ... | {command} --{word}-stdin\n"
            f"or name where it is:  {command} --from-env NAME",
        )
    with warnings.catch_warnings():
        # Without it getpass would go on and show what is typed.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(question, stream=sys.stderr)
        except (getpass.GetPassWarning, EOFError) as error:
            raise NoTerminalError(
                "This terminal cannot hide what is typed.",
                next_step=f"... | {command} --{word}-stdin",
            ) from error


def _from_url(text: str, scope: ChannelUrl) -> Secret:
    rest = text.partition("://")[2]
    authority, _, path = rest.partition("/")
    words = path.split("/")
    if authority.lower() == scope.netloc and words[0] == "t" and len(words) > 1:
        return Secret.parse(words[1])
    raise SecretFormatError(
        "This is a URL, and not one with a token for this channel's host.",
        cause=f"A URL is taken when it reads https://{scope.netloc}/t/TOKEN/...; nothing was"
        " stored.",
        next_step=f"paste the token alone:  conda private login {scope}",
    )
