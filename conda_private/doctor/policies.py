"""Checks the policy of this machine: not valid, or not followed by a login from before it."""

from __future__ import annotations

from collections.abc import Iterator

from conda_private.composition import machine, servers
from conda_private.doctor.finding import Finding, Subject
from conda_private.files import policy_file
from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.login import Account, Login
from conda_private.model.login_request import LoginRequest
from conda_private.model.policy import Policy, PolicyError


def check(_subject: Subject) -> Iterator[Finding]:
    """Find logins and accounts that could not be created now.

    Raises:
        CondaPrivateError: the policy cannot be read, or is not valid.
    """
    policy = policy_file.in_force()
    records = machine.records()
    yield from filter(None, (_login(each, policy) for each in records.logins()))
    yield from filter(None, map(_account, records.accounts()))


def _login(login: Login, policy: Policy) -> Finding | None:
    try:
        policy.refuse(LoginRequest.again(login), login.source)
    except PolicyError as error:
        return _finding(f"login for {login.address}", f"logout {login.address}", error)
    return None


def _account(account: Account) -> Finding | None:
    try:
        servers.refuse_account(account)
    except PolicyError as error:
        return _finding(f"account at {account.api}", f"logout --account {account.api}", error)
    return None


def _finding(what: str, command: str, error: CondaPrivateError) -> Finding:
    why = error.cause.removesuffix(PolicyError.UNCHANGED).rstrip()
    return Finding(f"The {what} does not follow the policy.", why, f"conda private {command}")
