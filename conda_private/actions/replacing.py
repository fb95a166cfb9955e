"""Whether a login may replace the one that its address has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from conda_private.model.exceptions import CondaPrivateError, NoTerminalError, UsageError
from conda_private.model.login import Login
from conda_private.model.login_request import LoginRequest
from conda_private.model.ports import StoreOpener
from conda_private.model.secret import Secret

# Shows what is confirmed, and asks; None if there is no terminal to ask at.
Confirm: TypeAlias = Callable[[str, str], bool | None]


def confirm_replacement(
    before: Login | None,
    login: Login,
    request: LoginRequest,
    secret: Secret | None,
    *,
    confirm: Confirm,
    open_store: StoreOpener,
) -> None:
    """Ask before a credential of another account, or a verified one, is replaced.

    A verified credential of the same account, or of one that is not known, replaces ``before``
    without a question. An unverified one does not replace a verified one.

    Raises:
        UsageError: the user declined, or there is no terminal to ask at.
    """
    if before is None or request.assume_yes or request.dry_run:
        return
    if not (_differs(before, login) and _has_other_secret(before, secret, open_store)):
        return
    about = f"{request.name} already has a login with {_whose(before)}."
    new = f"The new one has {_whose(login)}."
    if not login.verified:
        new = "It was verified, and the new credential would not be."
    answer = confirm(f"{about} {new}", "Replace it?")
    if answer is None:
        raise _no_terminal(about, new)
    if not answer:
        raise UsageError("Nothing was changed.", next_step="conda private list")


def _no_terminal(about: str, new: str) -> NoTerminalError:
    return NoTerminalError(
        about,
        cause=f"{new} There is no terminal to confirm the replacement. Nothing was stored.",
        next_step="to replace it, repeat the command with  --yes",
    )


def _differs(before: Login, login: Login) -> bool:
    if not login.verified:
        return bool(before.verified)
    return bool(before.account and login.account) and before.account != login.account


def _has_other_secret(before: Login, secret: Secret | None, open_store: StoreOpener) -> bool:
    try:
        stored = open_store(before.source).get(before.address)
    except CondaPrivateError:
        return True  # it could not be read, which does not mean that there is none
    return stored is not None and stored != secret


def _whose(login: Login) -> str:
    whose = f"{login.account}'s credential" if login.account else "a credential"
    return f'{whose} "{login.token_name}"' if login.token_name else whose
