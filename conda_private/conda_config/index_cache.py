"""conda's cached indexes of an address: which files they are, and how they are removed.

conda keeps an index for as long as the server says (``max-age``), and a credential in a header does
not change the name of its file. So an index that was read without a credential still hides private
packages after a login, and one that was read with it still shows them after a logout.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from conda.base.context import context
from conda.gateways.repodata import cache_fn_url
from conda.models.channel import all_channel_urls

from conda_private.model.address import Address

_STATE = ".info.json"
# A file's name begins with eight digits that conda computes from the URL of the index.
_KEY = re.compile(r"[0-9a-f]{8}(?=1?\.)")
_INDEX_NAMES = ("repodata.json", "current_repodata.json")


def drop(address: Address) -> list[Path]:
    """Remove conda's cached indexes of an address, its labels and its subdirs.

    Every package cache in effect is searched, because another conda may use another one. The
    indexes of other channels are kept.

    Args:
        address: a channel, a label, or a whole server.

    Returns:
        The files that could not be removed.
    """
    left = []
    for folder in folders():
        names = _names(folder)
        keys = {*_expected(address), *_recorded(folder, names, address)}
        for name in names:
            if (key := _KEY.match(name)) and key[0] in keys and not _remove(folder / name):
                left.append(folder / name)
    return left


def cached(address: Address, subdir: str) -> Iterator[Path]:
    """Find the cached indexes of a subdir, in every form."""
    for folder in folders():
        for stem in stems(address, subdir):
            for end in (".json", "1.json", ".msgpack.zst", "1.msgpack.zst"):
                if (file := folder / f"{stem}{end}").is_file():
                    yield file


def folders() -> list[Path]:
    """Return the folders in which conda keeps indexes, whether they exist or not."""
    return [Path(each, "cache") for each in dict.fromkeys(context.pkgs_dirs)]


def stems(address: Address, subdir: str) -> list[str]:
    """Return the names, without an extension, of the files that have the index of a subdir."""
    urls = address.child(subdir).spellings
    names = dict.fromkeys((*_INDEX_NAMES, *context.repodata_fns))
    return [cache_fn_url(url, name).partition(".")[0] for url in urls for name in names]


def _expected(address: Address) -> Iterator[str]:
    # The file for an index that does not exist (404) has no record of its URL.
    urls = all_channel_urls(context.channels, with_credentials=False)
    listed = {url._replace(path=url.path[:-1]) for url in map(Address.of_conda, urls) if url}
    for channel in {address, *filter(address.covers, listed)}:
        for subdir in context.known_subdirs:
            yield from stems(channel, subdir)


def _recorded(folder: Path, names: Iterable[str], address: Address) -> Iterator[str]:
    for name in names:
        if name.endswith(_STATE) and (key := _KEY.match(name)):
            url = Address.of_conda(_recorded_url(folder / name))
            if url and address.covers(url):
                yield key[0]


def _recorded_url(state: Path) -> str:
    try:
        content = json.loads(state.read_bytes())
    except (OSError, ValueError, RecursionError):
        return ""
    url = content.get("url") or content.get("_url") if isinstance(content, dict) else ""
    return url if isinstance(url, str) else ""


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []  # conda has not cached anything there


def _remove(file: Path) -> bool:
    try:
        file.unlink(missing_ok=True)
    except OSError:
        return False
    return True
