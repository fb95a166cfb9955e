"""Proposed logins: shown, and confirmed by the user before a credential is sent anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from conda_private.model.exceptions import NoTerminalError, UsageError
from conda_private.model.login_request import LoginRequest
from conda_private.model.source import Source
from conda_private.output import confirm, table

_STORES = {
    "auto": "the keyring, or in a file of the plugin, not encrypted, if there is no keyring",
    "keyring": "the keyring",
    "file": "a file of the plugin, not encrypted",
}


def require_confirmation(
    wanted: Sequence[LoginRequest], *, cause: str, command: str, assume_yes: bool
) -> None:
    """Show proposed logins, and ask the user to confirm them.

    Args:
        wanted: the logins.
        cause: why they need to be confirmed, for the error without a terminal.
        command: the command that confirms them without a question.
        assume_yes: whether the user has confirmed already.

    Raises:
        NoTerminalError: there is nobody to ask.
        UsageError: the user did not confirm.
    """
    about = "\n".join(line for each in wanted for line in shown(each))
    runs = any(each.source.kind == "command" for each in wanted)
    question = "Send these credentials to these servers?"
    question = f"Run these programs, and s{question[1:]}" if runs else question
    answer = confirm(about, question, assume_yes=assume_yes)
    if answer is None:
        raise NoTerminalError(
            "There is no terminal to confirm these logins.",
            cause=cause,
            next_step=f"read it, then  {command}",
        )
    if not answer:
        raise UsageError("Nothing was changed.", next_step="conda private list")


def shown(proposed: LoginRequest) -> list[str]:
    """Return the lines that say where a credential comes from, and where it is sent."""
    rows = [
        ("credential", _where_from(proposed.source)),
        ("sent as", ", else ".join(scheme.text for scheme in proposed.schemes)),
        ("sent to", proposed.address.netloc + (" WITHOUT TLS" if proposed.allow_http else "")),
        ("also sent to", str(proposed.api or "")),
    ]
    return [str(proposed.address), *table(rows)]


def _where_from(source: Source) -> str:
    if source.kind == "command":
        return f"from a program that runs on this machine:  {source.name}"
    if source.kind == "oidc":
        return "from the ID token of a CI job"
    if source.signs_in:
        return f"you sign in at {source.issuer}"
    if source.is_reference:
        return f"from {source}"
    return f"you are asked for it; stored in {_STORES.get(source.kind, source)}"
