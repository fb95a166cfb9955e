"""Report conda's settings that affect a login: what hides it, what it replaces, what it lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conda_private.actions.login import LoginResult
from conda_private.cli.warnings import warn_of_taken_over
from conda_private.composition import settings as asked
from conda_private.conda_config.hiding import Hiding
from conda_private.conda_config.precedence import Entry, Taken
from conda_private.output import notice, short


@dataclass(frozen=True)
class Settings:
    """What conda's settings mean for a new login.

    Attributes:
        hidden: the settings because of which conda does not use it.
        other: the other handler's entry that it takes precedence over.
        taken: the channels without a login for which it replaces another handler.
        defaults_added: whether ``defaults`` was listed with the channel.
        lost: the channels that conda used before, and does not use now.
        is_elsewhere: whether conda uses the channel at another place than its file says.
        is_unused: whether the channel was listed, and conda does not use it.
        variable: whether ``CONDA_CHANNELS`` is why ``defaults`` was not listed.
    """

    hidden: Sequence[Hiding]
    other: Entry | None
    taken: Sequence[Taken]
    defaults_added: bool
    lost: Sequence[str]
    is_elsewhere: bool
    is_unused: bool
    variable: bool


def settings_about(result: LoginResult) -> Settings:
    """Ask conda what its settings mean for a login."""
    address, name = result.login.address, result.request.name
    before, after = result.before, result.after.names
    (hidden,), (other,) = asked.hiding(address), asked.displaced(address)
    if result.request.dry_run:  # ours are not written
        hidden = [each for each in hidden if each.setting != "channel_settings"]
    place = 0 if result.request.position == "prepend" else len(after) - 1
    return Settings(
        hidden=hidden,
        other=other,
        taken=asked.taken_over(),
        defaults_added=result.after.lists_defaults and not before.lists_defaults,
        lost=[each for each in before.names if each not in after],
        is_elsewhere=result.listed and name in after and after.index(name) != place,
        is_unused=result.listed and name not in after,
        variable=result.listed and before.depends_on_variable,
    )


def instead_of(other: Entry) -> str:
    """Say which handler a login replaces."""
    return f"replaces the auth handler {other.handler} ({short(other.source)})"


def shown_settings(hidden: Sequence[Hiding], other: Entry | None) -> dict[str, object]:
    """Return what hides a login, and what it replaces, for programs."""
    return {
        "hidden_by": [{"setting": each.setting, "source": each.source} for each in hidden],
        "instead_of": {"handler": other.handler, "source": other.source} if other else None,
    }


def warn_of_hiding(hidden: Sequence[Hiding]) -> None:
    """Name the settings because of which conda does not use a login, and the fix."""
    for each in hidden:
        notice(f"\nWarning: {each.error.what}\nCause: {each.error.cause}\nNext:  {_fix(each)}")


def _fix(each: Hiding) -> str:
    return each.error.next_step.replace("\n", "\n       ")


def warn_of_settings(result: LoginResult, settings: Settings) -> None:
    """Say what needs attention after a login."""
    name, file = result.request.name, result.request.condarc
    warn_of_hiding(settings.hidden)
    if settings.is_unused:
        notice(
            f"\nWarning: conda does not use the channel {name} yet.\n"
            f"Cause: conda does not read {file} now, or another file has the final list.\n"
            "Next:  conda config --show-sources"
        )
    if settings.lost:
        notice(
            f"\nWarning: conda no longer uses {', '.join(settings.lost)}.\n"
            f"Cause: {file} now has a list of channels.\n"
            f"Next:  conda config --file {file} --append channels {settings.lost[0]}"
        )
    if settings.variable:
        notice(
            "\nWarning: In a shell without CONDA_CHANNELS, conda no longer uses defaults.\n"
            f"Cause: {file} now has a list of channels, and defaults is not in use here.\n"
            f"Next:  conda config --file {file} --append channels defaults"
        )
    warn_of_taken_over(settings.taken)
