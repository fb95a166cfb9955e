"""Check: whether stored credentials still open what they were stored for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from conda_private.actions.verify import Finding, Question, verify
from conda_private.model.exceptions import CondaPrivateError, CredentialError
from conda_private.model.expiry import ends_within, normal
from conda_private.model.login import Login
from conda_private.model.ports import ChannelProbe, TokenServer
from conda_private.model.secret import Secret


@dataclass(frozen=True)
class CheckResult:
    """What became of one login.

    Attributes:
        login: the entry of the index.
        finding: what it opens; nothing when it failed.
        error: why it failed, or None.
        expires: when it ends, as the server says now, else as it said at the login.
        expiring: whether it ends within the span that was asked for, or has ended.
    """

    login: Login
    finding: Finding
    error: CondaPrivateError | None
    expires: str
    expiring: bool

    @property
    def exit_code(self) -> int:
        """0, 4 for a credential that is refused, missing or about to expire, 1 for the rest."""
        if self.error:
            return self.error.return_code
        return CredentialError.return_code if self.expiring else 0


def check(
    login: Login,
    *,
    secret_of: Callable[[Login], Secret],
    probe: ChannelProbe,
    server: TokenServer,
    within: timedelta,
    now: datetime,
) -> CheckResult:
    """Read the secret, ask the server, compare; errors become a part of the result."""
    finding, error, expires = Finding(None, None), None, login.expires
    try:
        secret = secret_of(login)
        question = Question(login.scope, (login.scheme,), login.api, str(login.scope))
        finding = verify(question, secret, probe=probe, server=server)
    except CondaPrivateError as problem:
        error = problem
    if finding.facts and finding.facts.expires:
        expires = normal(finding.facts.expires)
    return CheckResult(login, finding, error, expires, ends_within(expires, within, now))
