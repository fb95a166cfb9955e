"""``conda private login --all [FILE]``: the logins of a team, or missing credentials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from conda_private.actions.login import LoginResult
from conda_private.cli.login.one import log_in_one
from conda_private.cli.report import entry, headline, tell
from conda_private.cli.settings import settings_about, shown_settings, warn_of_settings
from conda_private.cli.warnings import shown_taken_over, warn_of_taken_over
from conda_private.composition import machine
from conda_private.composition import settings as asked
from conda_private.files.team_file import read
from conda_private.model.exceptions import (
    CondaPrivateError,
    CredentialError,
    NoTerminalError,
    UsageError,
)
from conda_private.model.login import Login
from conda_private.model.login_request import LoginRequest
from conda_private.model.source import Source
from conda_private.output import confirm, mark, notice, table

Failed: TypeAlias = tuple[LoginRequest, CondaPrivateError]
_STORES = {
    "auto": "the keyring, or in a file of the plugin, not encrypted, if there is no keyring",
    "keyring": "the keyring",
    "file": "a file of the plugin, not encrypted",
}


def log_in_all(file: str, common: Mapping[str, Any], *, assume_yes: bool) -> int:
    """Show the proposed logins, ask the user to confirm, and log in to each.

    Args:
        file: the team's file, or "" for existing logins without a credential.
        common: the attributes that all requests get.
        assume_yes: whether the user has confirmed already.

    Returns:
        The highest exit code of all logins.
    """
    wanted = _from_file(file) if file else _incomplete()
    if not wanted:
        nothing: dict[str, list[object]] = {"logged_in": [], "failed": [], "takes_over": []}
        tell(["Nothing to do: every login has its credential."], nothing)
        return 0
    _confirm(wanted, assume_yes=assume_yes)
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


def _from_file(name: str) -> tuple[LoginRequest, ...]:
    proposed = read(Path(name))
    wanted = {each.address for each in proposed}
    own = (login for login in machine.logins() if login.address in wanted)
    complete = {login.address for login in own if _has_secret(login)}
    return tuple(each for each in proposed if each.address not in complete)


def _incomplete() -> tuple[LoginRequest, ...]:
    logins = machine.records().logins()
    return tuple(LoginRequest.again(login) for login in logins if not _has_secret(login))


def _has_secret(login: Login) -> bool:
    return machine.open_store(login.source).get(login.address) is not None


def _confirm(wanted: Sequence[LoginRequest], *, assume_yes: bool) -> None:
    about = "\n".join(line for each in wanted for line in _shown(each))
    answer = confirm(about, "Send these credentials to these servers?", assume_yes=assume_yes)
    if answer is None:
        raise NoTerminalError(
            "There is no terminal to confirm these logins.",
            cause="A file of logins only proposes: it says where your credentials would be sent.",
            next_step="read it, then  conda private login --all FILE --yes",
        )
    if not answer:
        raise UsageError("Nothing was changed.", next_step="conda private list")


def _shown(proposed: LoginRequest) -> list[str]:
    rows = [
        ("credential", _where_from(proposed.source)),
        ("sent as", ", else ".join(scheme.text for scheme in proposed.schemes)),
        ("sent to", proposed.address.netloc + (" WITHOUT TLS" if proposed.allow_http else "")),
        ("also sent to", str(proposed.api or "")),
    ]
    return [str(proposed.address), *table(rows)]


def _where_from(source: Source) -> str:
    if source.is_reference:
        return f"from {source}"
    return f"you are asked for it; stored in {_STORES.get(source.kind, source)}"


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
