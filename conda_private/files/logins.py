"""The index: which login has which scope. One file, without a secret in it."""

from __future__ import annotations

import gc
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conda_private.files.logins_format import Content, parse, render
from conda_private.files.permissions import PRIVATE, Access, read
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import FileFormatError
from conda_private.model.login import Login

if TYPE_CHECKING:
    from conda_private.model.login import Account


class JsonIndex:
    """The index file of one user, or of the system.

    Args:
        path: the file; it need not exist.
        rewire: called with all scopes after each change, while the lock is held.
        access: whose file it has to be.
    """

    def __init__(
        self,
        path: Path,
        *,
        rewire: Callable[[tuple[ChannelUrl, ...]], None],
        access: Access = PRIVATE,
    ) -> None:
        self.path = path
        self._rewire = rewire
        self._access = access

    def logins(self) -> tuple[Login, ...]:
        """All logins, ordered by scope."""
        return tuple(sorted(self._read().logins, key=lambda login: login.scope))

    def accounts(self) -> tuple[Account, ...]:
        """All accounts, ordered by their API's address."""
        return tuple(sorted(self._read().accounts, key=lambda account: account.api))

    def add(self, login: Login) -> None:
        """Keep a login in place of any other of its scope, and rewire conda."""
        with self.changing():
            content = self._read()
            others = [other for other in content.logins if other.scope != login.scope]
            self._write(content._replace(logins=[*others, login]))

    def add_account(self, account: Account) -> None:
        """Keep an account in place of any other at its API; it wires nothing."""
        with self.changing():
            content = self._read()
            others = [other for other in content.accounts if other.api != account.api]
            self._write(content._replace(accounts=[*others, account]))

    def remove(self, scope: ChannelUrl) -> Login | None:
        """Forget the login of exactly this scope and rewire conda; gives what was there."""
        with self.changing():
            content = self._read()
            found = next((login for login in content.logins if login.scope == scope), None)
            left = [login for login in content.logins if login.scope != scope]
            self._write(content._replace(logins=left))
        return found

    def remove_account(self, api: ChannelUrl) -> None:
        """Forget the account at this API."""
        with self.changing():
            content = self._read()
            left = [account for account in content.accounts if account.api != api]
            self._write(content._replace(accounts=left))

    def channel_list(self, file: str) -> Mapping[str, Any]:
        """What was written into this ``.condarc``; empty for nothing."""
        found: Mapping[str, Any] = self._read().lists.get(file, {})
        return found

    def keep_channel_list(self, file: str, added: Mapping[str, Any]) -> None:
        """Remember what is written into a ``.condarc``. Call it inside ``changing()``."""
        content = self._read()
        lists = {**content.lists, file: added}
        kept = {name: record for name, record in lists.items() if record}
        self._write(content._replace(lists=kept))

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock of the index, for a change of more than one file."""
        # Loaded by who writes; conda's own commands only read.
        from conda_private.files.atomic import make_folder
        from conda_private.files.locks import locked

        make_folder(self.path.parent, self._access)
        with locked(self.path):
            yield

    def _read(self) -> Content:
        text = read(self.path, self._access)
        if text is None:
            return Content()
        try:
            return _parse(text)
        except ValueError as error:
            word = shlex.quote(str(self.path))
            raise FileFormatError(
                f"{self.path} is not an index of conda-private.",
                cause=str(error),
                next_step="restore the file from a backup, or move it away and log in again:\n"
                f"mv {word} {word}.broken",
            ) from error

    def _write(self, content: Content) -> None:
        from conda_private.files.atomic import remove, replace

        if content:
            replace(self.path, render(content), mode=self._access.mode)
        else:
            remove(self.path)
        self._rewire(tuple(login.scope for login in content.logins))


def _parse(text: str) -> Content:
    # A thousand logins are no garbage, but as many new objects: Python would look through all that
    # conda holds once more, which takes four times as long as to read them.
    collects = gc.isenabled()
    gc.disable()
    try:
        return parse(text)
    finally:
        if collects:
            gc.enable()
