"""Import the credentials of other tools and files for channels."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TypeAlias

from conda_private.actions.login import LoginResult, log_in
from conda_private.cli.import_sources import URLS, InTool
from conda_private.cli.report import describe_packages, entry, tell
from conda_private.cli.settings import (
    Settings,
    instead_of,
    settings_about,
    shown_settings,
    warn_of_hiding,
)
from conda_private.composition import machine, servers
from conda_private.composition.other_tools import ForChannel
from conda_private.conda_config.channels import refuse_if_not_allowed
from conda_private.conda_config.settings import condarc_path
from conda_private.model.exceptions import CondaPrivateError, CredentialError
from conda_private.model.login_request import LoginRequest
from conda_private.model.source import Source
from conda_private.output import mark, notice, short, table
from conda_private.stores.others import Found

# The tool, the login, and the credential that it was made of.
Done: TypeAlias = tuple[str, LoginResult, Found]


def import_logins(found: Sequence[InTool], args: Namespace) -> int:
    """Import each credential; return the highest exit code."""
    done: list[Done] = []
    failed: list[tuple[ForChannel, CondaPrivateError]] = []
    for tool, each in found:
        try:
            done.append((tool, *_import(each, args)))
        except CondaPrivateError as error:
            failed.append((each, error))
            notice(f"{mark('✗', 'failed')} {each.address}\n{type(error).__name__}: {error}\n")
    hidden = _report(done, failed, args)
    codes = [error.return_code for _, error in failed]
    return max([*codes, CredentialError.return_code if hidden else 0])


def _import(each: ForChannel, args: Namespace) -> tuple[LoginResult, Found]:
    """Log in with the first credential that gives access, as the tool falls back to the next.

    Raises:
        CondaPrivateError: none of them gives access, or the login could not be stored.
    """
    refuse_if_not_allowed(each.address)
    *others, last = each.credentials
    for found in others:
        try:
            return _log_in(each, found, args), found
        except CredentialError:
            continue
    return _log_in(each, last, args), last


def _log_in(each: ForChannel, found: Found, args: Namespace) -> LoginResult:
    source: Source = args.private_storage
    request = LoginRequest.to(
        each.address,
        scheme=found.scheme,
        username=found.username,
        name=machine.name_for(each.address),
        source=source,
        position="none",  # the channel is where the other tool or the user has it
        condarc=condarc_path("user", None),
        assume_yes=bool(args.yes),
        dry_run=args.dry_run,
    )
    request.refuse_plain_http()
    store = machine.store_for_login(source, dry_run=args.dry_run)
    return log_in(request, found.secret, servers.login_edges(store, machine.records()))


def _report(
    done: Sequence[Done],
    failed: Sequence[tuple[ForChannel, CondaPrivateError]],
    args: Namespace,
) -> bool:
    """Report the imports; return whether conda does not use one of the logins."""
    about = [settings_about(result) for _, result, _ in done]
    lines = [
        line
        for (tool, result, found), each in zip(done, about, strict=True)
        for line in _lines(tool, result, found, each)
    ]
    tell(
        [*lines, "", "See all:  conda private list"] if done else [],
        {
            "imported": [
                {**entry(result.login), **shown_settings(each.hidden, each.other)}
                for (_, result, _), each in zip(done, about, strict=True)
            ],
            "failed": [*map(_failed, failed)],
            "dry_run": args.dry_run,
        },
    )
    if not args.dry_run:
        for each in about:
            warn_of_hiding(each.hidden)
    return any(each.hidden for each in about) and not args.dry_run


def _failed(each: tuple[ForChannel, CondaPrivateError]) -> dict[str, str]:
    channel, error = each
    return {
        "address": str(channel.address),
        "error": type(error).__name__,
        "message": error.what,
    }


def _lines(tool: str, result: LoginResult, found: Found, settings: Settings) -> list[str]:
    verb = "Would import" if result.request.dry_run else "Imported"
    unchanged = f"{tool}'s credential in {found.where}"
    if tool in URLS:
        unchanged = f"the URL in {found.where}; to clean it:  conda private doctor --fix"
    comparison = result.finding.comparison
    about = f" ({describe_packages(comparison, result.login)})" if comparison else ""
    rows = [
        ("sent as", result.login.scheme.description),
        ("stored in", short(result.stored_in)),
        ("unchanged", unchanged),
        ("note", instead_of(settings.other) if settings.other else ""),
    ]
    return [f"{mark('✓', 'ok')} {verb} {result.login.address}{about}", *table(rows)]
