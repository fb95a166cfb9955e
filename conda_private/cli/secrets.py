"""The only reader of secrets: the hidden prompt and standard input."""

from __future__ import annotations

import getpass
import sys
import warnings

from conda_private.channels import ChannelUrl
from conda_private.exceptions import NoTerminalError, SecretFormatError
from conda_private.secret import MAX_SECRET_LENGTH, Secret


def read_secret(scope: ChannelUrl, *, word: str, from_stdin: bool) -> Secret:
    """Read a token or password, from stdin only when told so, else from a hidden prompt.

    A whole URL of an old how-to, ``https://HOST/t/TOKEN/CHANNEL``, is taken too, when its host is
    the scope's.

    Raises:
        NoTerminalError: there is nobody to ask.
        SecretFormatError: what was given is no secret, or a URL of another host.
    """
    text = sys.stdin.read(MAX_SECRET_LENGTH + 3) if from_stdin else _ask(scope, word)
    secret = Secret.parse(text)
    return _from_url(secret.reveal(), scope) if "://" in text else secret


def _ask(scope: ChannelUrl, word: str) -> str:
    if not sys.stdin.isatty():
        raise NoTerminalError(
            f"There is no terminal to ask for the {word.lower()}.",
            cause="Standard input is not a terminal, and it is read only when told to.",
            next_step=f"pipe it:  ... | conda private login {scope} --{word.lower()}-stdin\n"
            f"or name where it is:  conda private login {scope} --from-env NAME",
        )
    with warnings.catch_warnings():
        # Without it getpass would go on and show what is typed.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(f"{word} for {scope} (input hidden): ", stream=sys.stderr)
        except (getpass.GetPassWarning, EOFError) as error:
            raise NoTerminalError(
                "This terminal cannot hide what is typed.",
                next_step=f"... | conda private login {scope} --{word.lower()}-stdin",
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
