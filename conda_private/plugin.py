"""The hooks that conda calls. All of them are lazy: a command that is not ours loads nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conda.plugins import hookimpl
from conda.plugins.types import CondaSubcommand

# At start pluggy looks at each name in this module, so it has few.
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Sequence
    from typing import Any

    from conda import CondaError
    from conda.plugins.types import CondaAuthHandler


@hookimpl
def conda_subcommands() -> Iterable[CondaSubcommand]:
    """``conda private``."""
    yield CondaSubcommand(
        name="private",
        summary="Log in to private channels: tokens in the keyring, none in files, URLs or logs.",
        action=_execute,
        configure_parser=_configure_parser,
    )


@hookimpl
def conda_auth_handlers() -> Iterable[CondaAuthHandler]:
    """The handler that our entries in ``channel_settings`` name."""
    from conda.plugins.types import CondaAuthHandler

    from conda_private.handler.auth import PrivateAuth

    yield CondaAuthHandler(name="conda-private", handler=PrivateAuth)


@hookimpl
def conda_error_hints(error: CondaError) -> Iterable[Any]:
    """What mends an error of conda's own; conda asks from 26.7 on."""
    from conda_private.handler.hints import conda_hints

    return conda_hints(error)


def _configure_parser(parser: ArgumentParser) -> None:
    # conda calls this for every command; the verbs are built only when one of them is parsed.
    def parse_known_args(
        args: Sequence[str] | None = None, namespace: Namespace | None = None
    ) -> tuple[Namespace, list[str]]:
        from conda_private.cli.verbs import parse

        return parse(parser, args, namespace)

    parser.parse_known_args = parse_known_args  # type: ignore[method-assign, assignment]


def _execute(arguments: Any) -> int:
    from conda_private.cli.verbs import execute

    return execute(arguments)
