"""Options that several commands share."""

from __future__ import annotations

import re
from argparse import SUPPRESS, Action, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from conda_private.conda_config.settings import scope_of
from conda_private.model.address import ChannelUrl

_SPAN = re.compile(r"([0-9]{1,5})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def add_channel(parser: ArgumentParser, *, optional: bool = False) -> None:
    """CHANNEL and ``--label``."""
    parser.add_argument(
        "private_channel",
        metavar="CHANNEL",
        nargs="?" if optional else None,
        help="my-org, my-org/label/dev, or an address such as https://HOST/CHANNEL",
    )
    parser.add_argument(
        "--label", dest="private_label", metavar="LABEL", help="a label of the channel"
    )


def add_condarc_file(parser: ArgumentParser) -> None:
    """Which ``.condarc`` is meant."""
    files = parser.add_mutually_exclusive_group()
    files.add_argument(
        "--env",
        dest="private_condarc",
        action="store_const",
        const="env",
        help="the .condarc of the active environment",
    )
    files.add_argument(
        "--system",
        dest="private_condarc",
        action="store_const",
        const="system",
        help="the .condarc of the conda installation",
    )
    files.add_argument(
        "--condarc",
        dest="private_condarc_file",
        metavar="FILE",
        help="another file (default: the user's ~/.condarc)",
    )


def add_all_users(parser: ArgumentParser) -> None:
    """Whether the system's index is meant."""
    parser.add_argument(
        "--all-users",
        dest="private_all_users",
        action="store_true",
        help="for everybody on this machine (as root); only with --from-env, --from-file or"
        " --from-helper",
    )


def add_output(parser: ArgumentParser) -> None:
    """conda's own ``--json``, ``--quiet``, ``--verbose``, ``--dry-run`` and ``--yes``."""
    from conda.cli.helpers import add_output_and_prompt_options

    add_output_and_prompt_options(parser)


def refuse_secret_options(parser: ArgumentParser, *names: str) -> None:
    """Options that people try, and that would put a secret into the list of processes."""
    for name in names:
        parser.add_argument(
            name, action=_SecretOption, nargs="?", dest="private_refused", help=SUPPRESS
        )


class _SecretOption(Action):
    def __call__(
        self,
        parser: ArgumentParser,
        namespace: Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Refuse without repeating the value."""
        parser.error(
            f"{self.option_strings[0]} takes no value: other users see the arguments of a command."
            " Leave it out and type the secret when asked, or pipe it:"
            " --token-stdin, --password-stdin"
        )


def scope_from(arguments: Namespace) -> ChannelUrl:
    """The scope that CHANNEL and ``--label`` name.

    Raises:
        ChannelUrlError: they name none.
    """
    scope = scope_of(arguments.private_channel, arguments.private_verb)
    label = arguments.private_label
    return scope if label is None else scope.with_label(label)


def add_storage(parser: ArgumentParser) -> None:
    """Where the secret is kept."""
    parser.add_argument(
        "--storage",
        dest="private_storage",
        default="auto",
        metavar="PLACE",
        type=_storage,
        help="where the secret is kept: auto (default), keyring, file, or helper:NAME",
    )


def add_listing(parser: ArgumentParser) -> None:
    """Whether and where the channel is listed."""
    parser.add_argument(
        "--add-channel",
        dest="private_position",
        default="prepend",
        choices=("prepend", "append", "none"),
        help="where the channel goes in the channel list (default: prepend)",
    )


def _storage(text: str) -> str:
    word, _, name = text.partition(":")
    if word == "helper" and name:
        return f"helper-store:{name}"
    if text not in ("auto", "keyring", "file"):
        raise ArgumentTypeError("a place is auto, keyring, file or helper:NAME")
    return text


def add_expiry(parser: ArgumentParser) -> None:
    """``--expires``, as a span or a date."""
    parser.add_argument(
        "--expires",
        dest="private_max_age",
        metavar="WHEN",
        type=seconds_until,
        help="90d, 12h, 8w, or a date as 2027-03-01 (default: what the server gives)",
    )


def add_organization(parser: ArgumentParser) -> None:
    """``--org``."""
    parser.add_argument(
        "--org",
        dest="private_org",
        metavar="ORG",
        default="",
        help="a token of this organization, not of your own account",
    )


def add_password(parser: ArgumentParser) -> None:
    """``--password-stdin``: servers may want it before they make a token."""
    parser.add_argument(
        "--password-stdin",
        dest="private_stdin",
        action="store_true",
        help="read your password from standard input, if the server wants it",
    )


def span(text: str) -> timedelta:
    """A span of time: ``12h``, ``30d`` or ``8w``."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ArgumentTypeError("a span is written 12h, 30d or 8w")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def seconds_until(text: str) -> int:
    """Seconds from now until the end of a span, or until a date."""
    if _SPAN.fullmatch(text):
        seconds = int(span(text).total_seconds())
    else:
        try:
            until = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
        except ValueError:
            raise ArgumentTypeError("it is written 90d, 12h, 8w or 2027-03-01") from None
        seconds = int((until - datetime.now(timezone.utc)).total_seconds())
    if seconds <= 0:
        raise ArgumentTypeError("a token that has ended already is of no use")
    return seconds
