"""Check: whether stored credentials still give access to what they were stored for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conda_private.actions.verify import Finding, verify
from conda_private.model.exceptions import CondaPrivateError, CredentialError, TokenRefusedError
from conda_private.model.expiry import ends_within, normal
from conda_private.model.login import Account, Login, renewal
from conda_private.model.login_request import LoginRequest
from conda_private.model.ports import ChannelProbe, Comparison, TokenServer
from conda_private.model.secret import Secret


@dataclass(frozen=True)
class CheckResult:
    """The state of one login.

    Attributes:
        login: what is recorded.
        finding: what it gives access to; nothing if the check failed.
        error: why it failed, or None.
        expires: when it expires, as the server says now, else as it said at the login.
        expiring: whether it expires within the given time, or has expired.
    """

    login: Login
    finding: Finding
    error: CondaPrivateError | None
    expires: str
    expiring: bool

    @property
    def exit_code(self) -> int:
        """0, 4 for a credential that is refused, missing or about to expire, 1 otherwise."""
        if self.error and not isinstance(self.error, CredentialError):
            return 1  # also for a malformed credential, which is a usage error elsewhere
        return CredentialError.return_code if self.error or self.expiring else 0


def check(
    login: Login,
    *,
    secret_of: Callable[[Login], Secret],
    probe: ChannelProbe,
    server: TokenServer,
    remember: Callable[[Login, Secret | None, Comparison | None], None],
    within: timedelta,
    now: datetime,
    accounts: Sequence[Account] = (),
    hidden: CredentialError | None = None,
) -> CheckResult:
    """Read the credential, ask the server, compare; errors become part of the result.

    What the channel shows now is remembered: a package that was removed is not missed any more.
    ``hidden`` is why conda does not use the login; it counts if nothing else is wrong.
    """
    finding, expires = Finding(None, None), login.expires
    error: CondaPrivateError | None = hidden
    try:
        secret = secret_of(login)
        finding = verify(LoginRequest.again(login), secret, probe=probe, server=server)
        remember(login, secret, finding.comparison)
    except CondaPrivateError as problem:
        error = _since_verified(login, problem, accounts)
    if finding.facts and finding.facts.expires:
        expires = normal(finding.facts.expires)
    return CheckResult(login, finding, error, expires, ends_within(expires, within, now))


def _since_verified(
    login: Login, error: CondaPrivateError, accounts: Sequence[Account]
) -> CondaPrivateError:
    """Return what an error means for a credential that worked: it is not mistyped."""
    if not login.verified or not isinstance(error, TokenRefusedError):
        return error
    return TokenRefusedError.no_longer(
        login.address, worked=login.verified[:10], next_step=renewal(login, accounts)
    )
