"""Credentials that an earlier command could not delete: deleted now, or forgotten."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from functools import partial

from conda_private.actions.leftovers import FinishResult, finish
from conda_private.actions.logout import revoked
from conda_private.cli import arguments
from conda_private.cli.report import leftover_entry
from conda_private.composition import machine, servers
from conda_private.files.logins import LoginsFile
from conda_private.model.address import Address
from conda_private.model.exceptions import UsageError
from conda_private.model.login import Leftover
from conda_private.model.secret import Secret
from conda_private.output import mark, notice

_COMMAND = "conda private logout --unfinished"


def add_unfinished(parser: ArgumentParser) -> None:
    """Add ``--unfinished`` and ``--forget``."""
    parser.add_argument(
        "--unfinished",
        dest="private_unfinished",
        action="store_true",
        help="delete the credentials that earlier commands could not delete",
    )
    parser.add_argument(
        "--forget",
        dest="private_forget",
        action="store_true",
        help="forget a credential that cannot be deleted; it may remain where it is stored",
    )


def chosen_leftovers(args: Namespace, records: LoginsFile) -> list[Leftover]:
    """Return the leftovers of the channel that the user names, or else all of them."""
    if not args.private_channel:
        return list(records.leftovers())
    address = arguments.own_address_from(args)
    return [each for each in records.leftovers() if each.key == address]


def finish_all(
    left: Sequence[Leftover], args: Namespace, records: LoginsFile
) -> list[FinishResult]:
    """Delete the credentials; nothing with ``--dry-run``."""
    return [
        finish(
            leftover,
            records=records,
            open_store=machine.open_store,
            revoke=partial(revoked, _revoke) if args.private_revoke else lambda each: "",
            give_up=args.private_forget,
        )
        for leftover in left
        if not args.dry_run
    ]


def _revoke(leftover: Leftover) -> None:
    def secret() -> Secret:
        store = machine.open_store(leftover.source)
        found = store.get(leftover.key)
        if found is None:
            raise store.missing(leftover.key)
        return found

    revoke_at(leftover.api, leftover.key, secret)


def revoke_at(api: Address | None, address: Address, secret: Callable[[], Secret]) -> None:
    """Revoke the token for an address.

    Args:
        api: the server's API, or None if it is not known.
        address: the address.
        secret: returns the token.

    Raises:
        CondaPrivateError: the token could not be read, or was not revoked.
    """
    if not api:
        raise UsageError(
            f"The token for {address} was not revoked.",
            cause="The API of its server is not known.",
            next_step="revoke it on the server's web page",
        )
    servers.tokens(api, secret()).revoke_itself()


def line_of(result: FinishResult) -> str:
    """Say what became of a leftover."""
    if result.left:
        return f"{mark('✗', 'failed')} The old credential for {result.key} was not deleted"
    place = f"for {result.key} in the {result.leftover.source}"
    done = "Deleted the" if result.was_there else "There was no"
    return f"{mark('✓', 'ok')} {done} old credential {place}"


def data_of(result: FinishResult) -> dict[str, object]:
    """Return what became of a leftover, as ``--json`` shows it."""
    return {
        **leftover_entry(result.leftover),
        "deleted": result.was_there,
        "secret_left": result.left or None,
        "token_left": result.not_revoked or None,
    }


def warn(problems: Sequence[tuple[Address, str, str]], *, gave_up: bool) -> int:
    """Warn of credentials that are still stored, and of tokens that are still valid.

    Args:
        problems: for each address, why its credential was not deleted, and why its token was not
            revoked; "" if it was.
        gave_up: whether the user wants to forget such credentials.

    Returns:
        The exit code: 1 if there is something left to do.
    """
    code = 0
    for address, left, not_revoked in problems:
        if left:
            notice(f"\nWarning: The credential for {address} was not deleted.\n{left}")
            notice(_GIVEN_UP if gave_up else _TO_DO)
        if not_revoked:
            notice(f"\nWarning: The token was not revoked.\n{not_revoked}")
        code |= bool(not_revoked or (left and not gave_up))
    return code


_GIVEN_UP = "It may still be stored. conda-private has forgotten it (--forget)."
_TO_DO = f"then  {_COMMAND}\nor, to forget it,  {_COMMAND} --forget"
