"""The ``channels:`` list of one ``.condarc`` on disk, and the memory of what was put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from conda_private.conda_config.condarc.added import Added
from conda_private.conda_config.condarc.channel_list import add, channels_in, remove
from conda_private.conda_config.condarc.memory import Memory
from conda_private.files.atomic import remove as remove_file
from conda_private.files.atomic import replace, write_error
from conda_private.model.exceptions import CondarcError, FileFormatError
from conda_private.model.ports import Position

_MODE = 0o644  # of a file that we make; it holds no secret, and --system is for all users


class CondarcFile:
    """One file; it need not exist.

    Args:
        path: the file.
        memory: remembers what is put in, before it is put in.
        keep_defaults: whether conda's implicit default channels must be written down when the
            file gets its first list.
    """

    def __init__(self, path: Path, *, memory: Memory, keep_defaults: Callable[[], bool]) -> None:
        self._path = path
        self._memory = memory
        self._keep_defaults = keep_defaults

    @property
    def path(self) -> str:
        """The file."""
        return str(self._path)

    def channels(self) -> list[str] | None:
        """The channels in the file; None when it has no list.

        Raises:
            FileFormatError: conda cannot read the file.
        """
        with self._named():
            return channels_in(self._read() or "")

    def lists(self, channel: str) -> bool:
        """Whether the file lists the channel, whoever wrote it."""
        return channel in (self.channels() or ())

    def add(self, channel: str, position: Position) -> bool:
        """List a channel; False when it was listed already.

        Raises:
            CondarcError, FileFormatError: the file cannot be edited safely; it is as it was.
        """
        if position == "none":
            return False
        with self._memory.changing(), self._named():
            text = self._read()
            changed = add(
                text or "",
                channel,
                self._added(),
                where=position,
                keep_defaults=self._keep_defaults(),
            )
            if changed is None:
                return False
            self._remember(changed[1], made_file=text is None)
            self._write(text, changed[0])
        return True

    def remove(self, channel: str) -> bool:
        """Undo what ``add`` wrote; False when there is nothing of ours.

        Raises:
            CondarcError, FileFormatError: the file cannot be edited safely; it is as it was.
        """
        with self._memory.changing(), self._named():
            text = self._read()
            before = self._added()
            changed, added = remove(text or "", channel, before)
            if added == before:
                return False
            made_file = bool(self._memory.channel_list(self.path).get("made_file"))
            if text is not None:
                self._write(text, changed, gone=made_file and not changed)
            self._remember(added, made_file=made_file)
        return changed != (text or "")

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Say in errors about the text which file it is."""
        try:
            yield
        except (CondarcError, FileFormatError) as error:
            what = error.what if self.path in error.what else f"{self.path}: {error.what}"
            raise type(error)(what, cause=error.cause, next_step=error.next_step) from error

    def _added(self) -> Added:
        record = dict(self._memory.channel_list(self.path))
        record.pop("made_file", None)
        return Added.from_dict(record) if record else Added()

    def _remember(self, added: Added, *, made_file: bool) -> None:
        made_file = made_file or bool(self._memory.channel_list(self.path).get("made_file"))
        record = {**asdict(added), "made_file": made_file} if added != Added() else {}
        self._memory.keep_channel_list(self.path, record)

    def _read(self) -> str | None:
        try:
            return self._path.read_bytes().decode()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            cause = "It is not UTF-8 text."
        except OSError as error:
            cause = f"{error.strerror or error}."
        raise FileFormatError(
            f"{self._path} cannot be read; it was left alone.",
            cause=cause,
            next_step=f"look at the file: ls -l {self._path}",
        )

    def _write(self, before: str | None, text: str, *, gone: bool = False) -> None:
        if self._read() != before:
            raise CondarcError(
                f"{self._path} was changed by somebody else just now; it was left alone.",
                cause="Another program wrote to it at the same moment.",
                next_step="repeat the command",
            )
        if gone:
            return remove_file(self._path)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise write_error(self._path, error) from error
        return replace(self._path, text, mode=_MODE if before is None else None)
