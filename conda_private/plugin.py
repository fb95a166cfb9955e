"""The hooks that conda calls. All of them are lazy: other commands load nothing of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conda.plugins import hookimpl
from conda.plugins.types import CondaSubcommand

# pluggy inspects each name in this module at startup, so there are few.
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable, Sequence
    from typing import Any

    from conda import CondaError
    from conda.plugins.types import (
        CondaAuthHandler,
        CondaHealthCheck,
        CondaPostSolve,
        CondaPreCommand,
        CondaPreSolve,
    )

# The commands that take URLs, or files with URLs.
_TAKING_URLS = {"create", "install", "update", "env_create", "env_update"}


@hookimpl
def conda_subcommands() -> Iterable[CondaSubcommand]:
    """Add ``conda private``."""
    yield CondaSubcommand(
        name="private",
        summary="Log in to private channels; tokens stay out of files, URLs and logs.",
        action=_execute,
        configure_parser=_configure_parser,
    )


@hookimpl
def conda_auth_handlers() -> Iterable[CondaAuthHandler]:
    """Add the handler that conda-private's channel settings name."""
    from conda.plugins.types import CondaAuthHandler

    from conda_private.handler.auth import PrivateAuth

    yield CondaAuthHandler(name="conda-private", handler=PrivateAuth)


@hookimpl
def conda_pre_commands() -> Iterable[CondaPreCommand]:
    """Look at cached indexes before a search, which does not solve, and at URLs before the rest."""
    from conda.plugins.types import CondaPreCommand

    yield CondaPreCommand("conda-private", _before_reading, {"search"})
    yield CondaPreCommand("conda-private-urls", _before_asking, _TAKING_URLS)


@hookimpl
def conda_pre_solves() -> Iterable[CondaPreSolve]:
    """Look at conda's cached indexes before a solve."""
    from conda.plugins.types import CondaPreSolve

    yield CondaPreSolve("conda-private", _before_reading)


@hookimpl
def conda_post_solves() -> Iterable[CondaPostSolve]:
    """Look at where the packages come from that conda is about to link."""
    from conda.plugins.types import CondaPostSolve

    from conda_private.handler.solves import after_solving

    yield CondaPostSolve("conda-private", after_solving)


@hookimpl
def conda_error_hints(error: CondaError) -> Iterable[Any]:
    """Add the command that fixes an error of conda's own; conda 26.7 and later ask for it."""
    from conda_private.handler.hints import conda_hints

    return conda_hints(error)


@hookimpl
def conda_health_checks() -> Iterable[CondaHealthCheck]:
    """Add what ``conda private doctor`` finds to ``conda doctor``."""
    from conda_private.cli.health import health_check

    yield health_check()


def _before_asking(command: str) -> None:
    from conda_private.handler.placeholders import warn_of_placeholders

    warn_of_placeholders(command)


def _before_reading(*which: object) -> None:
    from conda_private.handler.solves import before_reading

    before_reading(*which)


def _configure_parser(parser: ArgumentParser) -> None:
    # conda calls this for every command, so the verbs are built only when one of them is parsed.
    def parse_known_args(
        args: Sequence[str] | None = None, namespace: Namespace | None = None
    ) -> tuple[Namespace, list[str]]:
        from conda_private.cli.verbs import parse

        return parse(parser, args, namespace)

    parser.parse_known_args = parse_known_args  # type: ignore[method-assign, assignment]


def _execute(arguments: Any) -> int:
    from conda_private.cli.verbs import execute

    return execute(arguments)
