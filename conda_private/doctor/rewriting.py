"""Rewrites files without the credentials in them; a backup has each credential masked."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from functools import cache
from pathlib import Path

from conda_private.doctor.clear_text import search, with_masks, without
from conda_private.files import paths
from conda_private.files.atomic import make_folder, replace
from conda_private.model.exceptions import FileWriteError

_LARGEST = 1 << 26  # bytes of a file that are searched


def text_of(file: Path, encoding: str = "utf-8") -> str:
    """Return the text of a file; "" if it cannot be read, is no file, or has other bytes."""
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST:
            return ""
        return file.read_bytes().decode(encoding)
    except (OSError, UnicodeDecodeError):
        return ""


def clean(file: Path) -> str:
    """Remove every credential from a file.

    Raises:
        FileWriteError: the file or its backup could not be written; the file is unchanged.
    """
    text = text_of(file)
    back_up(file, text)
    replace(file, without(text))
    return f"removed the credentials from {file}"


def clean_url(file: Path, masked: str) -> None:
    """Remove the credential from the URLs of a file that look like this with a mask.

    Raises:
        FileWriteError: the file or its backup could not be written; the file is unchanged.
    """
    text = text_of(file)
    parts, end = [], 0
    for each in search(text):
        if each.masked == masked:
            parts += [text[end : each.start], each.url]
            end = each.end
    back_up(file, text)
    replace(file, "".join([*parts, text[end:]]))


def back_up(file: Path, text: str) -> Path:
    """Write a copy of a file with each credential masked, which only this user can read.

    The first copy in a process stays: it has what was there before all changes.

    Raises:
        FileWriteError: the copy could not be written, or this user cannot write to the file.
    """
    if not os.access(file, os.W_OK):
        raise FileWriteError(
            f"{file} was not changed.",
            cause="You are not permitted to write to it.",
            next_step="ask its owner to run  conda private doctor --fix",
        )
    name = str(file.resolve()).strip(os.sep).replace(os.sep, "%").replace(":", "")
    copy = backup_folder() / name
    if not copy.exists():
        make_folder(copy.parent)
        replace(copy, with_masks(text), mode=0o600)
    return copy


@cache
def backup_folder() -> Path:
    """Return the folder for the backups of this process."""
    now = datetime.now(timezone.utc)
    return paths.logins().parent / "backups" / f"{now:%Y%m%dT%H%M%SZ}"
