"""The errors of an edit that was not made, each with the command that makes it by hand."""

from __future__ import annotations

from shlex import quote

from conda_private.model.exceptions import CondarcError

_CAUSE = "The channels are written in a way that cannot be edited without a risk for the rest."


def cannot_add(channel: str) -> CondarcError:
    """The error for a channel that cannot be put in."""
    return CondarcError(
        "The channel was not added to .condarc; the file was left alone.",
        cause=_CAUSE,
        next_step=f"add the channel by hand: conda config --prepend channels {quote(channel)}",
    )


def cannot_remove(channel: str) -> CondarcError:
    """The error for a channel that cannot be taken out."""
    return CondarcError(
        "The channel was not removed from .condarc; the file was left alone.",
        cause=_CAUSE,
        next_step=f"remove the channel by hand: conda config --remove channels {quote(channel)}",
    )


def cannot_name() -> CondarcError:
    """The error for a name that conda would not read as it is."""
    return CondarcError(
        "The channel was not added to .condarc; the file was left alone.",
        cause="Its name has characters that conda replaces, or that cannot be seen.",
        next_step="conda private login CHANNEL",
    )
