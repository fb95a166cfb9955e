"""What conda calls before and after it solves: old indexes are asked for again, strangers refused.

Commands without a channel of ours load this module and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from conda.base.context import context

if TYPE_CHECKING:
    from pathlib import Path

    from conda_private.model.login import Login
    from conda_private.model.memory import Recognizer


def before_reading(*_: object) -> None:
    """Remove cached indexes that show none of the names that their login remembers.

    conda then asks for them again, with the credential, and the answer is watched.
    """
    if context.offline or context.use_index_cache:
        return
    from conda.models.channel import all_channel_urls

    urls = all_channel_urls(context.channels, with_credentials=False)
    for login, names in _in_use(urls):
        from conda_private.conda_config.index_cache import cached

        for subdir in names.subdirs:
            for file in cached(login.address, subdir):
                if not _shows_any(file, subdir, names):
                    file.unlink(missing_ok=True)


def after_solving(_name: str, _unlinked: object, linked: Iterable[Any]) -> None:
    """Refuse a package that has the name of a private one and comes from another channel.

    Raises:
        NamesakeError: there is such a package.
    """
    # conda keeps the indexes that it has read in this process by their URLs. These, and not the
    # settings, say which channels take part: an environment file has channels of its own.
    from conda.core.subdir_data import SubdirData

    taking_part = list(_in_use(str(url) for url, _ in list(SubdirData._cache_)))
    if taking_part:
        from conda_private.handler.namesakes import refuse_namesakes

        refuse_namesakes(linked, taking_part)


def _in_use(urls: Iterable[str]) -> Iterator[tuple[Login, Recognizer]]:
    """The logins that these indexes are read with, and the names that they remember."""
    entries = [each for each in context.channel_settings if each.get("auth") == "conda-private"]
    ours = [str(each.get("channel")) for each in entries]
    chosen = [url for url in urls if any(fnmatch(f"{url}/", pattern) for pattern in ours)]
    if not chosen:
        return
    from conda_private.composition.machine import recognizer, resolver
    from conda_private.handler.auth import secret_for
    from conda_private.model.address import as_requested
    from conda_private.model.memory import is_remembered

    # Of several indexes with one login, the first one names the channel in an error.
    by_login = {resolver().find(url): url for url in reversed([*map(as_requested, chosen)])}
    for login, url in reversed(by_login.items()):
        if login and is_remembered(login):
            names = recognizer(login, secret_for(login, url))
            if names:
                yield login, names


def _shows_any(file: Path, subdir: str, names: Recognizer) -> bool:
    from conda_private.http.index_search import Search, kind_of

    search = Search(kind_of(file), lambda found: names.finds_any(subdir, found))
    try:
        return search.read(file) or not search.is_possible
    except (OSError, ValueError):
        return True  # conda will find out what is wrong with it
