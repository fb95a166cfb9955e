"""The ``channels:`` list of one ``.condarc`` on disk."""

from __future__ import annotations

import locale
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol

from conda_private.conda_config.condarc import edit
from conda_private.conda_config.condarc.nodes import NotEditableError
from conda_private.conda_config.condarc.reading import read
from conda_private.conda_config.condarc.record import Record
from conda_private.files.atomic import remove as remove_file
from conda_private.files.atomic import replace as replace_file
from conda_private.files.atomic import write_error
from conda_private.model import shell
from conda_private.model.exceptions import CondarcError, FileFormatError
from conda_private.model.login_request import Position

_MODE = 0o644  # of a new file; it holds no credential, and --system is for all users


class Memory(Protocol):
    """Stores, for each file, the record of what was added."""

    def changing(self) -> AbstractContextManager[object]:
        """Hold the lock of the memory."""

    def channel_list(self, file: str) -> Mapping[str, Any]:
        """Return the record of a file; empty when there is none."""

    def keep_channel_list(self, file: str, added: Mapping[str, Any]) -> None:
        """Store the record of a file, or delete it if it is empty."""


class CondarcFile:
    """One file; it need not exist.

    Args:
        path: the file.
        memory: stores what is added, before it is added.
        keep_defaults: whether conda's implicit default channels must be written down when the
            file gets its first list.
    """

    def __init__(self, path: Path, *, memory: Memory, keep_defaults: Callable[[], bool]) -> None:
        self._path = path
        self._memory = memory
        self._keep_defaults = keep_defaults
        self._encoding = "utf-8"

    @property
    def path(self) -> str:
        """The file."""
        return str(self._path)

    def channels(self) -> list[str] | None:
        """Return the channels in the file; None when it has no list.

        Raises:
            FileFormatError: conda cannot read the file.
            CondarcError: the file has two lists of channels, or its channels are not a list.
        """
        text = self._read() or ""
        with self._named():
            return read(text).channels

    def lists(self, channel: str) -> bool:
        """Return whether the file lists the channel, no matter who added it."""
        return channel in (self.channels() or ())

    def add(self, channel: str, position: Position) -> bool:
        """List a channel; False when it was already listed.

        Raises:
            CondarcError, FileFormatError: the file cannot be edited safely; it is unchanged.
        """
        if position == "none":
            return False
        # No variable has a name that begins with a digit, so conda leaves an encoded blank alone.
        name = channel.replace("%20", "")
        if not name.isprintable() or not name.strip() or "$" in name or "%" in name:
            raise CondarcError(
                f"The channel was not added to {self.path}; the file is unchanged.",
                cause="Its name has characters that conda replaces, or that cannot be seen.",
                next_step="conda private login my-org",
            )
        with self._memory.changing():
            text = self._read()
            record = self._record()
            keep_defaults = self._keep_defaults()
            with self._named("add", f"--{position}", channel):
                changed = edit.add(
                    text or "", channel, record, where=position, keep_defaults=keep_defaults
                )
            if changed is None:
                return False
            made_file = changed[1].made_file or text is None
            self._remember(replace(changed[1], made_file=made_file))
            self._write(text, changed[0])
        return True

    def remove(self, channel: str) -> bool:
        """Undo what ``add`` wrote; False when there is nothing to undo.

        Raises:
            CondarcError, FileFormatError: the file cannot be edited safely; it is unchanged.
        """
        with self._memory.changing():
            text = self._read()
            before = self._record()
            with self._named("remove", "--remove", channel):
                changed, record = edit.remove(text or "", channel, before)
            if record == before:
                return False
            if text is not None:
                self._write(text, changed, gone=before.made_file and not changed)
            self._remember(record)
        return changed != (text or "")

    @contextmanager
    def _named(self, verb: str = "", option: str = "", channel: str = "") -> Iterator[None]:
        """Name the file in errors about its text, and the command that edits it by hand."""
        try:
            yield
        except (CondarcError, FileFormatError) as error:
            what = f"{self.path}: {error.what}"
            raise type(error)(what, cause=error.cause, next_step=error.next_step) from None
        except NotEditableError:
            raise CondarcError(
                f"{self.path} is unchanged: conda-private could not {verb} the channel.",
                cause="The way its channels are written does not allow a safe edit.",
                next_step=f"{verb} it by hand: {self._by_hand(option, channel)}",
            ) from None

    def _by_hand(self, option: str, channel: str) -> str:
        return shell.joined(["conda", "config", "--file", self.path, option, "channels", channel])

    def _record(self) -> Record:
        data = self._memory.channel_list(self.path)
        try:
            return Record.from_dict(data) if data else Record()
        except ValueError:
            raise FileFormatError(
                f"The record of what was added to {self.path} cannot be read.",
                cause="A part of it is missing, or has another type.",
                next_step=f"remove the channels by hand: {self._by_hand('--remove', 'CHANNEL')}",
            ) from None

    def _remember(self, record: Record) -> None:
        self._memory.keep_channel_list(self.path, asdict(record) if record.channels else {})

    def _read(self) -> str | None:
        try:
            data = self._path.read_bytes()
            self._encoding = _encoding_of(data)
            return data.decode(self._encoding)
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise FileFormatError(
                f"{self.path} cannot be read; it is unchanged.",
                cause=f"{getattr(error, 'strerror', None) or 'It is not UTF-8 text'}.",
                next_step=f"look at the file: {shell.look_at(self.path)}",
            ) from None

    def _write(self, before: str | None, text: str, *, gone: bool = False) -> None:
        if self._read() != before:
            raise CondarcError(
                f"{self.path} was not edited: another program just changed it.",
                next_step="run the command again",
            )
        if gone:
            return remove_file(self._path)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise write_error(self._path, error) from error
        mode = _MODE if before is None else None
        return replace_file(self._path, text, mode=mode, encoding=self._encoding)


def _encoding_of(data: bytes) -> str:
    """Return UTF-8, or else the encoding in which conda opens a file: on Windows, a code page."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return locale.getpreferredencoding(False)
    return "utf-8"
