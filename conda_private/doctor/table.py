"""The table of checks, and the run of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from conda_private.doctor import (
    conda_settings,
    credentials,
    elsewhere,
    keyrings,
    logins,
    modes,
    policies,
)
from conda_private.doctor.finding import Finding, Subject
from conda_private.model.exceptions import CondaPrivateError


class Check(NamedTuple):
    """One check.

    Attributes:
        name: a stable word for it, also with ``--json``.
        run: yields the findings.
    """

    name: str
    run: Callable[[Subject], Iterable[Finding]]


CHECKS = (
    Check("credentials", credentials.check),
    Check("modes", modes.check),
    Check("logins", logins.check),
    Check("keyring", keyrings.check),
    Check("policy", policies.check),
    Check("elsewhere", elsewhere.check),
    Check("settings", conda_settings.check),
)


def examine(subject: Subject) -> Iterator[tuple[str, Finding]]:
    """Run each check; yield its name with each finding. A finding that was there comes once."""
    seen = set()
    for check in CHECKS:
        for finding in _run(check, subject):
            if finding.what not in seen or finding.file:
                seen.add(finding.what)
                yield check.name, finding


def _run(check: Check, subject: Subject) -> Iterator[Finding]:
    try:
        yield from check.run(subject)
    except CondaPrivateError as error:
        # A file of ours that cannot be read stops one check, and the others go on.
        yield Finding(error.what, error.cause, error.next_step)
