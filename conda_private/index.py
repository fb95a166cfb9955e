"""The index: which login has which scope. One file, without a secret in it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conda_private.channels import ChannelUrl
from conda_private.credentials import Login
from conda_private.exceptions import FileFormatError
from conda_private.files import make_folder, remove, replace
from conda_private.index_format import parse, render
from conda_private.locks import locked
from conda_private.trust import PRIVATE, Access, read


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
        return tuple(sorted(self._read()[0], key=lambda login: login.scope))

    def add(self, login: Login) -> None:
        """Keep a login in place of any other of its scope, and rewire conda."""
        with self.changing():
            logins, lists = self._read()
            others = [other for other in logins if other.scope != login.scope]
            self._write([*others, login], lists)

    def remove(self, scope: ChannelUrl) -> Login | None:
        """Forget the login of exactly this scope and rewire conda; gives what was there."""
        with self.changing():
            logins, lists = self._read()
            found = next((login for login in logins if login.scope == scope), None)
            self._write([login for login in logins if login.scope != scope], lists)
        return found

    def channel_list(self, file: str) -> Mapping[str, Any]:
        """What was written into this ``.condarc``; empty for nothing."""
        found: Mapping[str, Any] = self._read()[1].get(file, {})
        return found

    def keep_channel_list(self, file: str, added: Mapping[str, Any]) -> None:
        """Remember what is written into a ``.condarc``. Call it inside ``changing()``."""
        logins, lists = self._read()
        lists[file] = added
        self._write(logins, {name: kept for name, kept in lists.items() if kept})

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock of the index, for a change of more than one file."""
        make_folder(self.path.parent, self._access)
        with locked(self.path):
            yield

    def _read(self) -> tuple[list[Login], dict[str, Any]]:
        text = read(self.path, self._access)
        if text is None:
            return [], {}
        try:
            return parse(text)
        except ValueError as error:
            word = shlex.quote(str(self.path))
            raise FileFormatError(
                f"{self.path} is not an index of conda-private.",
                cause=str(error),
                next_step="restore the file from a backup, or move it away and log in again:\n"
                f"mv {word} {word}.broken",
            ) from error

    def _write(self, logins: list[Login], lists: Mapping[str, Any]) -> None:
        if logins or lists:
            replace(self.path, render(logins, lists), mode=self._access.mode)
        else:
            remove(self.path)
        self._rewire(tuple(login.scope for login in logins))
