"""``conda private login --all [FILE]``: the logins of a team, and missing credentials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from conda_private.actions.login import LoginResult
from conda_private.cli.login.one import log_in_one
from conda_private.cli.proposals import require_confirmation
from conda_private.cli.report import entry, headline, tell
from conda_private.cli.settings import settings_about, shown_settings, warn_of_settings
from conda_private.cli.warnings import shown_taken_over, warn_of_taken_over
from conda_private.composition import machine
from conda_private.composition import settings as asked
from conda_private.files import team_package
from conda_private.files.team_file import read
from conda_private.model.exceptions import (
    CondaPrivateError,
    CredentialError,
)
from conda_private.model.login import Login
from conda_private.model.login_request import LoginRequest
from conda_private.output import mark, notice, short, table

Failed: TypeAlias = tuple[LoginRequest, CondaPrivateError]
_CAUSE = "A file of logins only proposes: it says where your credentials would be sent."


def log_in_all(file: str, common: Mapping[str, Any], *, assume_yes: bool) -> int:
    """Show the proposed logins, ask the user to confirm, and log in to each.

    Args:
        file: the team's file, or "" for those that packages have installed, and for existing logins
            without a credential.
        common: the attributes that all requests get.
        assume_yes: whether the user has confirmed already.

    Returns:
        The highest exit code of all logins.
    """
    wanted = _without_complete(read(Path(file))) if file else _of_this_machine()
    if not wanted:
        nothing: dict[str, list[object]] = {"logged_in": [], "failed": [], "takes_over": []}
        tell(["Nothing to do: every login has its credential."], nothing)
        return 0
    command = f"conda private login --all {'FILE ' if file else ''}--yes"
    require_confirmation(wanted, cause=_CAUSE, command=command, assume_yes=assume_yes)
    return log_in_each(wanted, common)


def log_in_each(wanted: Sequence[LoginRequest], common: Mapping[str, Any]) -> int:
    """Log in to each channel, also if another one fails; return the highest exit code."""
    done: list[LoginResult] = []
    failed: list[Failed] = []
    for request in wanted:
        try:
            name = machine.name_for(request.address)
            done.append(log_in_one(replace(request, name=name, **common)))
        except CondaPrivateError as error:
            failed.append((request, error))
            notice(f"{mark('✗', 'failed')} {request.address}\n{type(error).__name__}: {error}\n")
    hidden = _report(done, failed)
    codes = [error.return_code for _, error in failed]
    return max([*codes, CredentialError.return_code if hidden else 0])


def _of_this_machine() -> tuple[LoginRequest, ...]:
    """Return what packages propose, and the existing logins without a credential."""
    own = machine.records().logins()
    wanted = [LoginRequest.again(login) for login in own if not _has_secret(login)]
    known = {each.address for each in own}
    for path in team_package.installed():
        proposed = [each for each in _without_complete(read(path)) if each.address not in known]
        if proposed:
            notice(f"Proposed by {short(str(path))}:")
        wanted += proposed
        known |= {each.address for each in proposed}
    return tuple(wanted)


def _without_complete(proposed: Sequence[LoginRequest]) -> tuple[LoginRequest, ...]:
    wanted = {each.address for each in proposed}
    own = (login for login in machine.logins() if login.address in wanted)
    complete = {login.address for login in own if _has_secret(login)}
    return tuple(each for each in proposed if each.address not in complete)


def _has_secret(login: Login) -> bool:
    # Not asked: a command can take long, and gives a new credential each time.
    return login.source.renews or machine.open_store(login.source).get(login.address) is not None


def _done(result: LoginResult) -> list[str]:
    return [headline(result), *table([("server", result.login.address.netloc)])]


def _report(done: Sequence[LoginResult], failed: Sequence[Failed]) -> bool:
    """Report the logins; returns whether conda does not use one of them."""
    about = [settings_about(result) for result in done]
    taken = asked.taken_over()
    summary = f"{len(done)} logged in, {len(failed)} failed.  See all:  conda private list"
    tell(
        [*(line for result in done for line in _done(result)), summary],
        {
            "logged_in": [
                {**entry(result.login), **shown_settings(each.hidden, each.other)}
                for result, each in zip(done, about, strict=True)
            ],
            "failed": [
                {
                    "address": str(request.address),
                    "error": type(error).__name__,
                    "message": error.what,
                }
                for request, error in failed
            ],
            "takes_over": shown_taken_over(taken),
        },
    )
    for result, each in zip(done, about, strict=True):
        warn_of_settings(result, replace(each, taken=()))
    warn_of_taken_over(taken)
    return any(each.hidden for each in about)
