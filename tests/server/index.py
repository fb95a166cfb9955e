"""Indexes what somebody sees of a channel, really, with conda-index.

A view is keyed by the files in it, so it need never be told that packages changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .model import File

# What conda-index leaves in the folder beside what a server gives out.
HIDDEN = (".cache", ".sqlite", "_from_packages", ".html")


def view(folder: Path, owner: str, label: str, files: Sequence[File]) -> Path:
    """The folder of the indexed channel of these files, made when it is asked for first.

    The caller holds the lock of the world.
    """
    lines = sorted(f"{file.basename} {file.sha256}" for file in files)
    key = hashlib.sha256("\n".join([owner, label, *lines]).encode()).hexdigest()[:24]
    root = folder / "views" / key
    if not root.exists():
        _fill(root, files)
        _index(root, owner)
    return root


def _fill(root: Path, files: Sequence[File]) -> None:
    (root / "noarch").mkdir(parents=True)
    for file in files:
        target = root / file.basename
        target.parent.mkdir(exist_ok=True)
        _link(file.path, target)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _index(root: Path, owner: str) -> None:
    # Not at the top: importing it takes longer than starting the server.
    from conda_index.index import ChannelIndex

    index: Any = ChannelIndex(
        root, owner, threads=1, write_bz2=True, write_zst=True, write_shards=True
    )
    index.index(patch_generator=None)
    index.update_channeldata()


def read(root: Path, name: str) -> bytes | None:
    """One index file of a view, None when there is no such file."""
    path = root / name
    if any(part in name for part in HIDDEN) or not path.is_file():
        return None
    return path.read_bytes()
