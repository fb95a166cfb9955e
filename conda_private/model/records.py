"""The protocols of the records of logins, accounts, and credentials that could not be deleted."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from conda_private.model.address import Address
from conda_private.model.login import Account, Leftover, Login


class Leaving(Protocol):
    """The record of credentials that could not be deleted."""

    def leave(self, leftover: Leftover) -> None:
        """Record that a credential is still in its store."""


class LoginRecords(Leaving, Protocol):
    """The logins of one user, one per address. Each change is atomic, also between processes."""

    def logins(self) -> tuple[Login, ...]:
        """Return all logins, ordered by address."""

    def changing(self) -> AbstractContextManager[object]:
        """Hold the lock for several changes, which are written together."""

    def add(self, login: Login) -> None:
        """Record a login; it replaces any other login for its address."""

    def remove(self, address: Address) -> Login | None:
        """Remove the login for exactly this address, and return it."""


class AccountRecords(Leaving, Protocol):
    """The accounts of one user, one per API."""

    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts, ordered by the address of their API."""

    def add_account(self, account: Account) -> None:
        """Record an account; it replaces any other account at its API."""

    def remove_account(self, api: Address) -> None:
        """Remove the account at this API."""


class LeftoverRecords(Protocol):
    """The credentials that are still in their stores although no login uses them."""

    def logins(self) -> tuple[Login, ...]:
        """Return all logins, ordered by address."""

    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts, ordered by the address of their API."""

    def drop(self, leftover: Leftover) -> None:
        """Remove the record of a leftover."""
