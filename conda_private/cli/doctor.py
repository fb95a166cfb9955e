"""``conda private doctor``: find credentials in clear text and faults, and fix the safe ones."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from conda_private.cli import arguments
from conda_private.cli.report import tell
from conda_private.doctor.finding import Finding, Subject
from conda_private.doctor.rewriting import backup_folder
from conda_private.doctor.table import examine
from conda_private.model.exceptions import CondaPrivateError, CredentialError
from conda_private.output import mark, short, table

HELP = """\
Look for credentials in clear text in conda's settings, environments and caches and in the files of
the current project, for files that other users can read, and for logins that do not work. --fix
moves a credential from a URL into a store, after it was verified, removes it from records, and
restricts modes. It first writes a backup in which each credential is masked. No output contains a
credential. The exit code is 4 if a problem remains; notes do not count.

examples:
  conda private doctor
  conda private doctor --fix environment.yml    # and this file
  conda private doctor --deep                   # also the histories of shells"""

_ROTATE = (
    "Replace credentials that were in clear text with new ones: ask the person who sent them, or,"
    " for your own,  conda private token rotate"
)


class Result(NamedTuple):
    """A finding, and what became of it.

    Attributes:
        check: the name of the check.
        finding: what it found.
        done: what was done about it, or "".
        failed: why it was not fixed, or None.
    """

    check: str
    finding: Finding
    done: str = ""
    failed: CondaPrivateError | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is a problem that remains."""
        return self.finding.is_problem and not self.done


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "private_paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        help="the files and project folders to look at (default: the current folder)",
    )
    parser.add_argument(
        "--fix",
        dest="private_fix",
        action="store_true",
        help="fix what can be fixed safely, after a backup",
    )
    parser.add_argument(
        "--deep",
        dest="private_deep",
        action="store_true",
        help="also search the histories of shells",
    )
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Run the checks; 4 if a problem remains."""
    subject = Subject(tuple(args.private_paths) or (Path.cwd(),), is_deep=args.private_deep)
    results = examined(subject, is_fixing=args.private_fix and not args.dry_run)
    _report(results, dry_run=args.dry_run)
    return CredentialError.return_code if any(each.is_open for each in results) else 0


def examined(subject: Subject, *, is_fixing: bool) -> list[Result]:
    """Run the checks; fix what can be fixed, if that is wanted."""
    found = [Result(*each) for each in examine(subject)]
    return _fixed(found, subject) if is_fixing else found


def _fixed(found: Sequence[Result], subject: Subject) -> list[Result]:
    """Fix what can be fixed, and look again: one fix can settle other findings."""
    treated = [_treated(each) for each in found if each.finding.fix]
    known = {_identity(each) for each in treated}
    left = [Result(*each) for each in examine(subject)] if treated else found
    return [*treated, *(each for each in left if _identity(each) not in known)]


def _identity(result: Result) -> tuple[str, str]:
    return result.finding.what, result.finding.file


def _treated(result: Result) -> Result:
    if result.finding.fix is None:
        return result
    try:
        return result._replace(done=result.finding.fix())
    except CondaPrivateError as error:
        return result._replace(failed=error)


def _report(results: Sequence[Result], *, dry_run: bool) -> None:
    data = {
        "findings": [_data(each) for each in results],
        "problems": sum(each.is_open for each in results),
        "notes": sum(not each.finding.is_problem for each in results),
        "backup": _backup() or None,
        "dry_run": dry_run,
    }
    tell(lines_of(results), data)


def lines_of(results: Sequence[Result]) -> list[str]:
    """Return the findings as text, and a summary."""
    problems = sum(each.is_open for each in results)
    notes = sum(not each.finding.is_problem for each in results)
    good = "" if problems or notes else f"{mark('✓', 'ok')} "
    lines = [line for each in results for line in [*_lines(each), ""]]
    lines.append(f"{good}{_count(problems, 'problem')}, {_count(notes, 'note')}")
    if backup := _backup():
        lines.append(f"The backup, with masks, is in {short(backup)}.")
    if any(each.done and each.check == "credentials" for each in results):
        lines.append(_ROTATE)
    return lines


def _backup() -> str:
    return str(backup_folder()) if backup_folder().is_dir() else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _lines(result: Result) -> list[str]:
    finding, failed = result.finding, result.failed
    sign = mark("✗", "failed") if finding.is_problem else "-"
    if result.done:
        sign = mark("✓", "ok")
    rows = [
        ("where", _place(finding)),
        ("why", finding.why),
        ("fixed", result.done),
        ("not fixed", failed.what if failed else ""),
        ("cause", failed.cause if failed else ""),
        ("next", "" if result.done else (failed or finding).next_step),
    ]
    return [f"{sign} {finding.what}", *table(rows)]


def _place(finding: Finding) -> str:
    line = f":{finding.line}" if finding.line else ""
    return f"{short(finding.file)}{line}" if finding.file else ""


def _data(result: Result) -> dict[str, object]:
    finding, failed = result.finding, result.failed
    return {
        "check": result.check,
        "problem": finding.is_problem,
        "message": finding.what,
        "file": finding.file or None,
        "line": finding.line or None,
        "why": finding.why,
        "next_step": (failed or finding).next_step,
        "fixable": finding.fix is not None,
        "fixed": result.done or None,
        "error": {"name": type(failed).__name__, "message": failed.what} if failed else None,
    }
