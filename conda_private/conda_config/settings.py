"""conda's own answers about channels and configuration files: asked, never guessed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from conda.base.context import context, sys_rc_path, user_rc_path
from conda.common.configuration import YamlRawParameter
from conda.models.channel import Channel

from conda_private.model.address import Address
from conda_private.model.exceptions import UsageError


def without_subdir(url: Address) -> Address:
    """Return an address without a subdir at its end."""
    if url.path and url.path[-1] in context.known_subdirs:
        return url._replace(path=url.path[:-1])
    return url


def name_for(address: Address) -> str:
    """Return the shortest text that conda currently resolves to exactly this address."""
    for name in (Channel(str(address)).canonical_name, "/".join(address.path)):
        if name and Channel(name).base_url == str(address):
            return str(name)
    return str(address)


def condarc_path(which: str, file: str | None) -> str:
    """Return the absolute path of a ``.condarc``.

    Args:
        which: ``user``, ``system`` or ``env``, if no file is given.
        file: a file, or None.

    Raises:
        UsageError: ``env`` was given, and no environment is active.
    """
    prefix = os.environ.get("CONDA_PREFIX")
    paths = {"user": user_rc_path, "system": sys_rc_path}
    if prefix:
        paths["env"] = os.path.join(prefix, ".condarc")
    if file is None and which not in paths:
        raise UsageError(
            "There is no active environment, so --env has no .condarc.",
            cause="The variable CONDA_PREFIX is not set.",
            next_step="conda activate ENVIRONMENT      or repeat the command without --env",
        )
    return os.path.abspath(os.path.expanduser(file or paths[which]))


def read_again() -> None:
    """Make conda read its configuration files again, because this process may have changed them.

    The command-line arguments of this process stay in effect.
    """
    # Not reset_context(): in older versions of conda it drops the settings of other plugins.
    # Since conda 26.5 both names below are private, so they are used in this function only.
    # From 26.x on conda caches the files that it has read.
    getattr(YamlRawParameter, "cache_clear", lambda: None)()
    context.__init__(argparse_args=context._argparse_args)  # type: ignore[misc]


def files() -> list[tuple[str, dict[str, Any]]]:
    """Return conda's configuration files, as last read, each with its raw settings."""
    return [
        (str(source), settings)
        for source, settings in context.raw_data.items()
        if str(source) not in ("envvars", "cmd_line")
    ]


def plain(raw: Any) -> Any:
    """Return the value of a raw setting without what conda wraps around it."""
    value = raw.value(None) if hasattr(raw, "value") else raw
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value
