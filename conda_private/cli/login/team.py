"""``conda private login --all [FILE]``: a team's proposals, or what is missing."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from conda_private.actions.login import LoginRequest, LoginResult
from conda_private.cli.report import entry, headline, shown_taken_over, warn_of_taken_over
from conda_private.composition import machine
from conda_private.files.team_file import Proposed, read
from conda_private.model.exceptions import CondaPrivateError, NoTerminalError, UsageError
from conda_private.model.login import Login
from conda_private.model.schemes import BasicScheme
from conda_private.output import confirm, mark, notice, report, table

Done: TypeAlias = tuple[LoginRequest, LoginResult]
Failed: TypeAlias = tuple[Proposed, CondaPrivateError]
LogInOne: TypeAlias = Callable[[Proposed], Done]


def log_in_all(args: Namespace, log_in_one: LogInOne) -> int:
    """Show what is proposed, ask, and log in to each; the exit code is the worst of all."""
    if args.private_channel:
        raise UsageError(
            "Which logins shall be made?",
            cause="Give a channel, or --all, not both.",
            next_step="conda private login --help",
        )
    wanted = _from_file(args.private_all) if args.private_all else _incomplete()
    if not wanted:
        nothing: dict[str, list[object]] = {"logged_in": [], "failed": [], "takes_over": []}
        report(["Nothing to do: every login has its secret."], nothing)
        return 0
    _confirm(wanted, args)
    done: list[Done] = []
    failed: list[Failed] = []
    for proposed in wanted:
        try:
            done.append(log_in_one(proposed))
        except CondaPrivateError as error:
            failed.append((proposed, error))
            notice(f"{mark('✗', 'failed')} {proposed.scope}\n{type(error).__name__}: {error}\n")
    _report(done, failed)
    return max((error.return_code for _, error in failed), default=0)


def _from_file(name: str) -> tuple[Proposed, ...]:
    proposed = read(Path(name))
    wanted = {each.scope for each in proposed}
    own = (login for login in machine.logins() if login.scope in wanted)
    complete = {login.scope for login in own if _has_secret(login)}
    return tuple(each for each in proposed if each.scope not in complete)


def _incomplete() -> tuple[Proposed, ...]:
    return tuple(
        Proposed(
            login.scope,
            source=login.source,
            scheme=login.scheme.text,
            username=login.scheme.username if isinstance(login.scheme, BasicScheme) else "",
            api=login.api,
            add_channel="none",
            allow_http=login.allow_http,
        )
        for login in machine.index().logins()
        if not _has_secret(login)
    )


def _has_secret(login: Login) -> bool:
    return machine.open_store(login.source).get(login.scope) is not None


def _confirm(wanted: Sequence[Proposed], args: Namespace) -> None:
    about = "\n".join(line for each in wanted for line in _shown(each))
    answer = confirm(about, "Send these secrets to these hosts?", assume_yes=bool(args.yes))
    if answer is None:
        raise NoTerminalError(
            "There is nobody to ask whether these logins are wanted.",
            cause="A file of logins only proposes: it says where your secrets would be sent.",
            next_step="read it, then  conda private login --all FILE --yes",
        )
    if not answer:
        raise UsageError("Nothing was changed.", next_step="conda private list")


def _shown(proposed: Proposed) -> list[str]:
    rows = [
        ("secret from", _where_from(proposed.source)),
        ("sent to", proposed.scope.netloc + (" WITHOUT TLS" if proposed.allow_http else "")),
        ("and to", proposed.api),
    ]
    return [str(proposed.scope), *table(rows)]


def _where_from(source: str) -> str:
    is_reference = ":" in source and not source.startswith("helper-store:")
    place = "the keyring, or a file where there is none" if source == "auto" else source
    return source if is_reference else f"you, when asked; kept in {place}"


def _report(done: Sequence[Done], failed: Sequence[Failed]) -> None:
    taken = machine.taken_over()
    report(
        [*(headline(*each) for each in done), _summary(done, failed)],
        {
            "logged_in": [entry(result.login) for _, result in done],
            "failed": [
                {"scope": str(proposed.scope), "error": type(error).__name__, "message": error.what}
                for proposed, error in failed
            ],
            "takes_over": shown_taken_over(taken),
        },
    )
    warn_of_taken_over(taken)


def _summary(done: Sequence[object], failed: Sequence[object]) -> str:
    return f"{len(done)} logged in, {len(failed)} failed.  See all:  conda private list"
