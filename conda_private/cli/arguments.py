"""Arguments that several verbs have."""

from __future__ import annotations

from argparse import SUPPRESS, Action, ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any

from conda_private.conda_config.settings import scope_of
from conda_private.model.address import ChannelUrl


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
