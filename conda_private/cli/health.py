"""What ``conda doctor`` shows of ``conda private doctor``; from conda 26.1 on, also its fixes."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

from conda.plugins.types import CondaHealthCheck

from conda_private.cli.doctor import Result, examined, lines_of
from conda_private.doctor.finding import Subject
from conda_private.output import report

_FIX = "Move them into a store, after a backup"


def health_check() -> CondaHealthCheck:
    """Return the check in conda's own type."""
    # Older versions have no fixers.
    summary = "Credentials in clear text, and logins that do not work"
    more: dict[str, Any] = {"fixer": _fix, "summary": summary, "fix": _FIX}
    if "fixer" not in signature(CondaHealthCheck).parameters:
        more = {}
    return CondaHealthCheck(name="conda-private", action=_examine, **more)


def _examine(_prefix: str, _verbose: bool) -> None:
    report(["Private channels:\n", *lines_of(_results(is_fixing=False)), ""], {})


def _fix(_prefix: str, _args: object, confirm: Callable[[str], None]) -> int:
    found = _results(is_fixing=False)
    if not any(each.finding.fix for each in found):
        return 0
    confirm("Move credentials from files into a store, and clean records of them?")
    results = _results(is_fixing=True)
    report(lines_of(results), {})
    return int(any(each.is_open for each in results))


def _results(*, is_fixing: bool) -> list[Result]:
    # `conda doctor` is about one environment, so it asks no server.
    return examined(Subject((Path.cwd(),), asks_servers=False), is_fixing=is_fixing)
