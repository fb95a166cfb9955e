"""Owner and mode checks: a file is refused if another user could have written to it."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from pathlib import Path
from typing import NamedTuple, TextIO

from conda_private.model import shell
from conda_private.model.exceptions import UnsafeFileError


class Access(NamedTuple):
    """The owner and the mode that a file of ours must have.

    Attributes:
        owner: the numeric user ID; None for the user who runs this process.
        mode: the mode of a new file.
        forbidden: the mode bits for which an existing file is refused.
    """

    owner: int | None
    mode: int
    forbidden: int

    @property
    def folder_mode(self) -> int:
        """The mode of a new folder: the file's mode, with search permission for all readers."""
        return self.mode | (self.mode & 0o444) >> 2


PRIVATE = Access(owner=None, mode=0o600, forbidden=0o077)
_FOREIGN = "belongs to neither this user nor root."
SYSTEM = Access(owner=0, mode=0o644, forbidden=0o022)  # owned by root, readable by all users


def read(path: Path, access: Access = PRIVATE) -> str | None:
    """Read a file that no other user can write to, or replace.

    Args:
        path: the file.
        access: the owner and the mode that it must have.

    Returns:
        The text, or None if there is no such file.

    Raises:
        UnsafeFileError: it is not a regular file, it or its folder has a wrong owner or mode, or
            another user can write to a folder above.
    """
    try:
        return _read(path, access)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnsafeFileError(
            f"{path} cannot be read.",
            cause=error.strerror or str(error),
            next_step=shell.look_at(path),
        ) from error


def _read(path: Path, access: Access) -> str:
    _refuse_unless_safe(path.parent, path.parent.stat(), access.folder_mode, 0o022, access)
    _refuse_open_folders_above(path, access)
    with _opened(path) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise UnsafeFileError.not_regular(path)
        _refuse_unless_safe(path, status, access.mode, access.forbidden, access)
        return file.read()


def _opened(path: Path) -> TextIO:
    def opened() -> TextIO:
        return open(path, encoding="utf-8", errors="replace", opener=_opener)

    if sys.platform != "win32":
        return opened()
    from conda_private.files.systems import READING, repeated

    return repeated(opened, READING)


def _opener(path: str, flags: int) -> int:
    # O_NONBLOCK: conda must not hang if the file is a FIFO.
    if sys.platform != "win32":
        flags |= os.O_NOFOLLOW | os.O_NONBLOCK
    return os.open(path, flags)


def _refuse_unless_safe(
    path: Path, status: os.stat_result, wanted: int, forbidden: int, access: Access
) -> None:
    if sys.platform == "win32":  # profiles are protected by access control lists
        return
    owner = os.geteuid() if access.owner is None else access.owner
    if status.st_uid != owner:
        raise UnsafeFileError(
            f"{path} belongs to another user, so it is ignored.",
            cause="It was created by another user, possibly with sudo and the HOME of this user.",
            next_step=f"chown {owner} {_word(path)}",
        )
    if status.st_mode & forbidden:
        raise UnsafeFileError(
            f"{path} is open to other users, so it is ignored.",
            cause=f"Its mode is {stat.S_IMODE(status.st_mode):04o}; it must be {wanted:04o}.",
            next_step=f"chmod {wanted:o} {_word(path)}",
        )


def _refuse_open_folders_above(path: Path, access: Access) -> None:
    """Refuse a path that another user can replace, as StrictModes of sshd does.

    A sticky folder and the group that only the user is in are fine. A home directory is as safe as
    the system made it, so no folder above it counts.
    """
    if sys.platform == "win32":
        return
    owner = os.geteuid() if access.owner is None else access.owner
    home = os.path.realpath(Path.home())
    for folder in Path(os.path.realpath(path.parent)).parents:
        status = folder.stat()
        if _others_can_write(status, owner):
            is_ours = status.st_uid in (0, owner)
            raise UnsafeFileError(
                f"{path} is ignored, because another user can replace it.",
                cause=f"The folder {folder} above it "
                + (f"has the mode {stat.S_IMODE(status.st_mode):04o}." if is_ours else _FOREIGN),
                next_step=f"chmod go-w {_word(folder)}"
                if is_ours
                else shell.look_at_folder(folder),
            )
        if str(folder) == home:
            return


def _others_can_write(status: os.stat_result, owner: int) -> bool:
    if status.st_uid not in (0, owner):
        return True
    if status.st_mode & stat.S_ISVTX:
        return False
    by_group = status.st_mode & 0o020 and not _is_own_group(status.st_gid, owner)
    return bool(status.st_mode & 0o002 or by_group)


def _is_own_group(group: int, owner: int) -> bool:
    """Whether only one user is in a group: it has the user's name, and no other members."""
    if sys.platform == "win32":
        return False
    import grp
    import pwd

    try:
        user, found = pwd.getpwuid(owner), grp.getgrgid(group)
    except KeyError:
        return False
    is_first = (user.pw_gid, user.pw_name) == (group, found.gr_name)
    return is_first and {*found.gr_mem} <= {user.pw_name}


def others_can_read(path: Path) -> bool:
    """Whether another user, who is not root, can read a file of this user's choice."""
    if sys.platform == "win32":
        return False
    try:
        file = path.stat()
        folders = [folder.stat() for folder in Path(os.path.realpath(path)).parents]
    except OSError:
        return False
    all_can = [file.st_mode & 0o004, *(each.st_mode & 0o001 for each in folders)]
    by_group = file.st_mode & 0o040 and not _is_own_group(file.st_gid, os.geteuid())
    group_can = [by_group, *(each.st_mode & 0o011 for each in folders)]
    return all(all_can) or all(group_can)


def _word(path: Path) -> str:
    return shlex.quote(str(path))
