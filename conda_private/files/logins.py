"""The file of logins: which address has which login. It contains no credential."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any

from conda_private.files.logins_format import Content, parse, render
from conda_private.files.permissions import PRIVATE, Access, read
from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import FileFormatError
from conda_private.model.login import Account, Leftover, Login

_address, _api = attrgetter("address"), attrgetter("api")


class LoginsFile:
    """The logins and accounts of one user, or of the whole system.

    Args:
        path: the file; it need not exist.
        configure: writes conda's channel settings for these addresses. It is called after each
            change, while the lock is held.
        access: the owner and the mode that the file must have.
    """

    def __init__(
        self,
        path: Path,
        *,
        configure: Callable[[tuple[Address, ...]], None],
        access: Access = PRIVATE,
    ) -> None:
        self.path = path
        self._configure = configure
        self._access = access
        self._written: Content | None = None
        self._content: Content | None = None

    def logins(self) -> tuple[Login, ...]:
        """Return all logins, ordered by address."""
        return tuple(sorted(self._current().logins, key=_address))

    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts, ordered by the address of their API."""
        return tuple(sorted(self._current().accounts, key=_api))

    def add(self, login: Login) -> None:
        """Record a login; it replaces any other login for its address."""
        with self.changing() as content:
            others = (other for other in content.logins if other.address != login.address)
            left = _without(content.leftovers, Leftover.of(login))
            logins = sorted((*others, login), key=_address)
            self._content = content._replace(logins=logins, leftovers=left)

    def add_account(self, account: Account) -> None:
        """Record an account; it replaces any other account at its API."""
        with self.changing() as content:
            others = (other for other in content.accounts if other.api != account.api)
            left = _without(content.leftovers, Leftover.of(account))
            accounts = sorted((*others, account), key=_api)
            self._content = content._replace(accounts=accounts, leftovers=left)

    def remove(self, address: Address) -> Login | None:
        """Remove the login for exactly this address, and return it."""
        with self.changing() as content:
            found = next((login for login in content.logins if login.address == address), None)
            left = [login for login in content.logins if login.address != address]
            self._content = content._replace(logins=left)
        return found

    def remove_account(self, api: Address) -> None:
        """Remove the account at this API."""
        with self.changing() as content:
            left = [account for account in content.accounts if account.api != api]
            self._content = content._replace(accounts=left)

    def leftovers(self) -> tuple[Leftover, ...]:
        """Return the credentials that are still in their stores although no login uses them."""
        return tuple(self._current().leftovers)

    def leave(self, leftover: Leftover) -> None:
        """Record that a credential is still in its store."""
        with self.changing() as content:
            left = (*_without(content.leftovers, leftover), leftover)
            self._content = content._replace(leftovers=left)

    def drop(self, leftover: Leftover) -> None:
        """Remove the record of a leftover."""
        with self.changing() as content:
            left = _without(content.leftovers, leftover)
            self._content = content._replace(leftovers=left)

    def channel_list(self, file: str) -> Mapping[str, Any]:
        """Return the record of what was added to this ``.condarc``; empty if nothing was."""
        found: Mapping[str, Any] = self._current().lists.get(file, {})
        return found

    def keep_channel_list(self, file: str, added: Mapping[str, Any]) -> None:
        """Record what is added to a ``.condarc``; written at once, before the ``.condarc`` is."""
        with self.changing() as content:
            lists = {**content.lists, file: added}
            kept = {name: record for name, record in lists.items() if record}
            self._content = content._replace(lists=kept)
            self._write()

    @contextmanager
    def changing(self) -> Iterator[Content]:
        """Hold the lock for several changes, which are written together at the end of the block.

        A nested block joins the outer one. If an error ends the block, the changes before it are
        written.
        """
        if self._content is not None:
            yield self._content
            return
        # Only commands that write need these; conda's own commands only read.
        from conda_private.files.atomic import make_folder
        from conda_private.files.locks import locked

        make_folder(self.path.parent, self._access)
        with locked(self.path):
            self._written = self._content = self._read()
            try:
                yield self._content
            finally:
                try:
                    self._write()
                finally:
                    self._written = self._content = None

    def _current(self) -> Content:
        return self._read() if self._content is None else self._content

    def _read(self) -> Content:
        text = read(self.path, self._access)
        if text is None:
            return Content()
        try:
            return _parse(text)
        except ValueError as error:
            raise FileFormatError(
                f"{self.path} is not a valid logins file of conda-private.",
                cause=str(error),
                next_step="restore the file from a backup, or move it away and log in again:\n"
                f"{shell.move_away(self.path)}",
            ) from error

    def _write(self) -> None:
        from conda_private.files.atomic import remove, replace

        content = self._content
        if content is None or content is self._written:
            return
        if not content:
            remove(self.path)
        elif content != self._written:
            replace(self.path, render(content), mode=self._access.mode)
        self._written = content
        self._configure(tuple(login.address for login in content.logins))


def _without(leftovers: Sequence[Leftover], gone: Leftover) -> tuple[Leftover, ...]:
    place = (gone.key, gone.source)
    return tuple(each for each in leftovers if (each.key, each.source) != place)


def _parse(text: str) -> Content:
    # Reading thousands of logins creates many objects and no garbage. The collector would still
    # search everything that conda holds, which takes four times as long as reading the logins.
    collects = gc.isenabled()
    gc.disable()
    try:
        return parse(text)
    finally:
        if collects:
            gc.enable()
