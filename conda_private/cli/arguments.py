"""Options that several commands share."""

from __future__ import annotations

import re
from argparse import SUPPRESS, Action, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from conda_private.cli.which_server import add_on, settled
from conda_private.conda_config.names import address_of, meaning_of
from conda_private.conda_config.settings import condarc_path
from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import NoTerminalError, UsageError
from conda_private.model.source import AUTO, Source, storages
from conda_private.output import confirm, notice_once

_SPAN = re.compile(r"([0-9]{1,5})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def add_channel(parser: ArgumentParser, *, optional: bool = False) -> None:
    """Add CHANNEL and ``--label``."""
    parser.add_argument(
        "private_channel",
        metavar="CHANNEL",
        nargs="?" if optional else None,
        help="my-org, my-org/label/dev, or an address such as https://HOST/CHANNEL",
    )
    parser.add_argument(
        "--label", dest="private_label", metavar="LABEL", help="a label of the channel"
    )
    add_on(parser)


def add_condarc_file(parser: ArgumentParser) -> None:
    """Add the options that choose a ``.condarc``."""
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


def add_all_users(parser: ArgumentParser, more: str = "") -> None:
    """Add ``--all-users``; ``more`` is what else its help says."""
    parser.add_argument(
        "--all-users",
        dest="private_all_users",
        action="store_true",
        help=f"for all users of this machine (as root){more}",
    )


def add_output(parser: ArgumentParser) -> None:
    """Add conda's own ``--json``, ``--quiet``, ``--verbose``, ``--dry-run`` and ``--yes``."""
    from conda.cli.helpers import add_output_and_prompt_options

    add_output_and_prompt_options(parser)


def refuse_secret_options(parser: ArgumentParser, *names: str) -> None:
    """Add options that users may try, but that would expose a credential in the process list."""
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
            f"{self.option_strings[0]} is not supported: other users can see the arguments of a"
            " command. Omit it and type the credential at the prompt, or pipe it to --token-stdin"
            " or --password-stdin"
        )


def address_from(arguments: Namespace) -> Address:
    """Return the address that CHANNEL and ``--label`` name, where something is stored for it.

    Raises:
        AddressError: they name no single channel or label, or another one in this shell.
        UsageError: the name can be on two servers.
    """
    command = _command(arguments)
    text = settled(arguments.private_channel, command, arguments, by_login=False)
    return address_of(text, command, arguments.private_label)


def own_address_from(arguments: Namespace) -> Address:
    """Return the address that CHANNEL and ``--label`` name, where a login is looked up.

    Raises:
        AddressError: they name no single channel or label.
        UsageError: the name can be on two servers, and there is not exactly one login for it.
    """
    text, command = arguments.private_channel, _command(arguments)
    return own_address(text, command, arguments.private_label, arguments)


def own_address(
    text: str, command: str, label: str | None = None, args: Namespace | None = None
) -> Address:
    """Return the address that a text names in the user's settings; say if it differs here.

    Args:
        text: what was typed.
        command: the verb to repeat with a corrected text.
        label: a label of the channel, or None.
        args: the arguments of a command with ``--on``, or None.

    Raises:
        AddressError: the text names no single channel or label.
        UsageError: the name can be on two servers, and there is not exactly one login for it.
    """
    text = settled(text, command, args, by_login=True)
    address, here, changed_by = meaning_of(text, command, label)
    if here != address:
        notice_once(
            f"Note: {text} is {address} in your settings. In this shell, conda uses"
            f" {here or 'no single address'} instead, because of {changed_by}."
        )
    return address


def _command(arguments: Namespace) -> str:
    words = (arguments.private_verb, getattr(arguments, "private_action", ""))
    return " ".join(filter(None, words))


def condarc_named(args: Namespace, default: str = "user") -> str:
    """Return the ``.condarc`` that the options name."""
    return condarc_path(args.private_condarc or default, args.private_condarc_file)


def condarc_from(args: Namespace, default: str = "user") -> str:
    """Return the ``.condarc`` that the options name, to change it.

    The base environment's file is also read in all other environments, and by all users of this
    conda, so ``--env`` there is confirmed first.

    Raises:
        NoTerminalError: there is no terminal to ask at.
        UsageError: the user declined, or no environment is active.
    """
    path = condarc_named(args, default)
    if args.private_condarc != "env" or path != condarc_path("system", None) or args.dry_run:
        return path
    about = f"The active environment is base: {path} is for all environments and all users."
    answer = confirm(about, "Change it?", assume_yes=bool(args.yes))
    if answer is None:
        raise NoTerminalError(
            "There is no terminal to confirm a change for all environments and users.",
            cause=about,
            next_step="repeat the command without --env, for yourself, or with --yes",
        )
    if not answer:
        raise UsageError("Nothing was changed.", next_step="repeat the command without --env")
    return path


def command(words: str, name: str, args: Namespace) -> str:
    """Return a command about a channel for the ``.condarc`` that the options name."""
    file = args.private_condarc_file
    options = ["--condarc", shell.word(file)] if file else []
    if args.private_condarc:
        options = [f"--{args.private_condarc}"]
    return " ".join([words, shell.word(name), *options])


def add_storage(parser: ArgumentParser) -> None:
    """Add ``--storage``."""
    parser.add_argument(
        "--storage",
        dest="private_storage",
        default=AUTO,
        metavar="STORAGE",
        type=_storage,
        help=f"where to store the credential: auto (default), {', '.join(storages())}",
    )


def add_listing(parser: ArgumentParser) -> None:
    """Add ``--add-channel``."""
    parser.add_argument(
        "--add-channel",
        dest="private_position",
        default=None,
        choices=("prepend", "append", "none"),
        help="where to add the channel in the channel list (default: prepend; append if it has no"
        " private packages yet)",
    )


def listing_from(arguments: Namespace, address: Address) -> dict[str, Any]:
    """Return the attributes of a request that say where the channel is listed."""
    position = arguments.private_position
    # A whole server is not a channel, so it is not listed as one.
    return {
        "position": (position or "prepend") if address.path else "none",
        "position_is_certain": position is not None,
    }


def _storage(text: str) -> Source:
    try:
        return Source.storage(text)
    except UsageError as error:
        raise ArgumentTypeError(error.cause) from None


def add_expiry(parser: ArgumentParser) -> None:
    """Add ``--expires``, a time span or a date."""
    parser.add_argument(
        "--expires",
        dest="private_max_age",
        metavar="WHEN",
        type=seconds_until,
        help="when the token expires: 90d, 12h, 8w, or a date such as 2027-03-01 (default: the"
        " server's)",
    )


def add_organization(parser: ArgumentParser) -> None:
    """Add ``--org``."""
    parser.add_argument(
        "--org",
        dest="private_org",
        metavar="ORG",
        default="",
        help="the organization that owns the token (default: your own account)",
    )


def add_password(parser: ArgumentParser) -> None:
    """Add ``--password-stdin``: a server may require a password to create a token."""
    parser.add_argument(
        "--password-stdin",
        dest="private_stdin",
        action="store_true",
        help="read your password from standard input, if the server requires it",
    )


def span(text: str) -> timedelta:
    """Read a time span: ``12h``, ``30d`` or ``8w``."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ArgumentTypeError("use a time span such as 12h, 30d or 8w")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def seconds_until(text: str) -> int:
    """Return the seconds from now until the end of a time span, or until a date."""
    if _SPAN.fullmatch(text):
        seconds = int(span(text).total_seconds())
    else:
        try:
            until = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
        except ValueError:
            raise ArgumentTypeError("use 90d, 12h, 8w, or a date such as 2027-03-01") from None
        seconds = int((until - datetime.now(timezone.utc)).total_seconds())
    if seconds <= 0:
        raise ArgumentTypeError("this time is not in the future")
    return seconds
