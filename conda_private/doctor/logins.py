"""Checks the logins: hidden by a setting, expired, refused by the server, or not cleaned up."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from functools import partial

from conda_private.actions.check import CheckResult
from conda_private.actions.check import check as check_login
from conda_private.actions.leftovers import finish
from conda_private.composition import machine, servers, settings
from conda_private.doctor.finding import Finding, Subject
from conda_private.model.exceptions import ServerError, StoreError
from conda_private.model.expiry import describe, ends_within, verb
from conda_private.model.login import Leftover, Login, renewal

_SOON = timedelta(days=14)
_AT_ONCE = 8
_UNUSED = "conda asks for the channel without the credential, and does not see private packages."


def check(subject: Subject) -> Iterator[Finding]:
    """Find the logins that do not work, and the credentials that a logout could not delete."""
    logins = machine.logins()
    for hidden in settings.hiding(*(login.address for login in logins)):
        for each in hidden:
            error = each.error
            yield Finding(error.what, error.cause, error.next_step, each.source)
    yield from map(_leftover, machine.records().leftovers())
    if not subject.asks_servers:
        yield from filter(None, map(_expiry, logins))
        return
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for result in pool.map(_asked, logins):
            yield from filter(None, (_refusal(result), _expiry_of(result)))


def _asked(login: Login) -> CheckResult:
    return check_login(
        login,
        secret_of=machine.resolver().secret,
        probe=machine.probe(),
        server=servers.token_server(),
        remember=lambda *_: None,
        within=timedelta(0),
        now=datetime.now(timezone.utc),
        accounts=machine.records().accounts(),
    )


def _refusal(result: CheckResult) -> Finding | None:
    error = result.error
    if error is None:
        return None
    is_problem = not isinstance(error, ServerError)
    return Finding(error.what, error.cause or _UNUSED, error.next_step, is_problem=is_problem)


def _expiry_of(result: CheckResult) -> Finding | None:
    return None if result.error else _expiry(result.login._replace(expires=result.expires))


def _expiry(login: Login) -> Finding | None:
    now = datetime.now(timezone.utc)
    if not ends_within(login.expires, _SOON, now):
        return None
    return Finding(
        f"The credential for {login.address} {verb(login.expires, now)}"
        f" {describe(login.expires, now)}.",
        "The server refuses an expired credential, or hides the private packages.",
        renewal(login, machine.records().accounts()),
        is_problem=ends_within(login.expires, timedelta(0), now),
    )


def _leftover(left: Leftover) -> Finding:
    return Finding(
        f"An old credential for {left.key} is still in the {left.source}.",
        "An earlier command could not delete it, and no login uses it.",
        "conda private logout --unfinished",
        fix=partial(_delete, left),
    )


def _delete(left: Leftover) -> str:
    result = finish(
        left,
        records=machine.records(),
        open_store=machine.open_store,
        revoke=lambda _: "",
        give_up=False,
    )
    if result.left:
        step = "conda private logout --unfinished"
        raise StoreError(f"{left.key} is still in the {left.source}.", next_step=step)
    return f"deleted the old credential for {left.key} from the {left.source}"
