"""The composition root: the only place that makes real things, each once and when needed.

What speaks with a server's API is made in ``api``.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from conda_private.actions.resolver import Resolver
from conda_private.files import paths
from conda_private.files.logins import JsonIndex
from conda_private.files.permissions import PRIVATE, SYSTEM, Access
from conda_private.model.address import ChannelUrl

if TYPE_CHECKING:
    from conda_private.conda_config.condarc.file import CondarcFile
    from conda_private.conda_config.precedence import Conflicts, Taken
    from conda_private.http.probe import RepodataProbe
    from conda_private.model.login import Login
    from conda_private.model.ports import SecretStore


@cache
def resolver() -> Resolver:
    """The one resolver of this process."""
    return Resolver(logins=logins, open_store=open_store)


def logins() -> tuple[Login, ...]:
    """The logins that count: the user's own, and the system's where the user has none."""
    own = index().logins()
    scopes = {login.scope for login in own}
    return (*own, *(each for each in system_logins() if each.scope not in scopes))


def system_logins() -> tuple[Login, ...]:
    """What an administrator has set up for everybody on this machine."""
    # Elsewhere it cannot be told whose a file is, so none is believed.
    return index(for_all=True).logins() if os.name == "posix" else ()


@cache
def index(*, for_all: bool = False) -> JsonIndex:
    """The user's index, or the administrator's, which has to be root's and no one else's."""
    if for_all:
        return _index(paths.SYSTEM_INDEX, paths.SYSTEM_WIRING, SYSTEM)
    return _index(paths.index(), paths.wiring(), PRIVATE)


def _index(path: Path, wiring: Path, access: Access) -> JsonIndex:
    def rewire(scopes: tuple[ChannelUrl, ...]) -> None:
        from conda_private.conda_config.channel_settings import WiringFile

        WiringFile(wiring, access).write(scopes)

    return JsonIndex(path, rewire=rewire, access=access)


def open_store(source: str) -> SecretStore:
    """The store that a login's source names.

    Raises:
        StoreError: there is none of that name, or it cannot be used here.
    """
    from conda_private.output import notice
    from conda_private.stores.registry import open_source

    return open_source(source, secrets_file=paths.secrets_file(), tell=notice)


def store_for_login(source: str) -> SecretStore:
    """The store for a new secret; ``auto`` is the keyring, or where there is none the file.

    Files are named as seen from this folder; what is kept is the absolute path.
    """
    from conda_private.model.exceptions import KeyringUnavailableError

    kind, _, name = source.partition(":")
    if kind == "secret-file":
        return open_store(f"{kind}:{absolute(name)}")
    if source != "auto":
        return open_store(source)
    try:
        return open_store("keyring")
    except KeyringUnavailableError:
        return open_store("file")


def user_name(store: SecretStore, scope: ChannelUrl) -> str:
    """The user name that a credential helper has beside the secret; "" for other stores."""
    from conda_private.stores.helper import HelperStore

    return store.username(scope) if isinstance(store, HelperStore) else ""


def channel_list(path: str, memory: JsonIndex | None = None) -> CondarcFile:
    """The ``channels:`` list of one ``.condarc``; the user's index remembers what is added."""
    from conda_private.conda_config.condarc.file import CondarcFile
    from conda_private.conda_config.settings import files_with_channel_lists

    return CondarcFile(
        Path(path), memory=memory or index(), keep_defaults=lambda: not files_with_channel_lists()
    )


def absolute(path: str) -> str:
    """A path that means the same in every folder."""
    return os.path.abspath(os.path.expanduser(path))


def probe() -> RepodataProbe:
    """Reads channels as this machine's conda would."""
    from conda.base.context import context

    from conda_private.http.client import get
    from conda_private.http.probe import RepodataProbe

    return RepodataProbe(subdirs=tuple(dict.fromkeys(("noarch", context.subdir))), ask=get)


def name_for(scope: ChannelUrl) -> str:
    """The shortest text by which conda means exactly this address."""
    from conda_private.conda_config.settings import name_for as shortest

    return shortest(scope)


def conflicts(scope: ChannelUrl) -> Conflicts:
    """Where the entries for this login and those of other handlers are in each other's way."""
    from conda_private.conda_config.precedence import Conflicts, files_with_entries_for, is_wired

    stronger = [] if is_wired(scope) else files_with_entries_for(scope)
    return Conflicts([file for file in stronger if file != str(paths.wiring())], taken_over())


def taken_over() -> list[Taken]:
    """What conda asks us about now, without a login, and not another handler any more."""
    from conda_private.conda_config.precedence import taken_over as found

    return found(login.scope for login in logins())
