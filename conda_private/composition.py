"""The composition root: the only module that makes real things, each once and when needed."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from conda_private.channels import ChannelUrl
from conda_private.index import JsonIndex
from conda_private.resolver import Resolver

if TYPE_CHECKING:
    from conda_private.condarc.file import CondarcFile
    from conda_private.ports import SecretStore
    from conda_private.probe import RepodataProbe
    from conda_private.server import AnacondaServer


def data_folder() -> Path:
    """The user's folder for the index and the file store; it need not exist."""
    import platformdirs

    return Path(platformdirs.user_data_dir("conda-private"))


@cache
def resolver() -> Resolver:
    """The one resolver of this process."""
    return Resolver(logins=index().logins, open_store=open_store)


@cache
def index() -> JsonIndex:
    """The user's index."""

    def rewire(scopes: tuple[ChannelUrl, ...]) -> None:
        from conda_private.condarc.wiring import WiringFile

        WiringFile(wiring_path()).write(scopes)

    return JsonIndex(data_folder() / "credentials.json", rewire=rewire)


def wiring_path() -> Path:
    """Our file below the user's ``condarc.d``."""
    return Path.home() / ".conda" / "condarc.d" / "conda-private.yml"


def open_store(source: str) -> SecretStore:
    """The store that a login's source names.

    Raises:
        StoreError: there is none of that name, or it cannot be used here.
    """
    kind, _, name = source.partition(":")
    if kind == "keyring":
        from conda_private.stores.keyring import KeyringStore

        return KeyringStore()
    if kind == "file":
        from conda_private.stores.file import FileStore

        return FileStore(data_folder() / "secrets.json")
    from conda_private.stores.environment import open_reference

    return open_reference(kind, name)


def store_for_login(source: str) -> SecretStore:
    """The store for a new secret; ``auto`` is the keyring, or where there is none the file."""
    from conda_private.exceptions import KeyringUnavailableError

    if source != "auto":
        return open_store(source)
    try:
        return open_store("keyring")
    except KeyringUnavailableError:
        return open_store("file")


def channel_list(path: str) -> CondarcFile:
    """The ``channels:`` list of one ``.condarc``."""
    from conda_private.conda_settings import files_with_channel_lists
    from conda_private.condarc.file import CondarcFile

    return CondarcFile(
        Path(path), memory=index(), keep_defaults=lambda: not files_with_channel_lists()
    )


def condarc_path(which: str, file: str | None) -> str:
    """The ``.condarc`` that ``--env``, ``--system``, ``--condarc FILE`` or their absence mean."""
    from conda_private.conda_settings import condarc_files

    return absolute(file) if file else condarc_files()[which]


def absolute(path: str) -> str:
    """A path that means the same in every folder."""
    return os.path.abspath(os.path.expanduser(path))


def probe() -> RepodataProbe:
    """Reads channels as this machine's conda would."""
    from conda.base.context import context

    from conda_private.connection import get
    from conda_private.probe import RepodataProbe

    return RepodataProbe(subdirs=tuple(dict.fromkeys(("noarch", context.subdir))), ask=get)


def token_server() -> AnacondaServer:
    """Asks APIs about tokens."""
    from conda_private.connection import get
    from conda_private.server import AnacondaServer

    return AnacondaServer(ask=get)


def name_for(scope: ChannelUrl) -> str:
    """The shortest text by which conda means exactly this address."""
    from conda_private.conda_settings import name_for as shortest

    return shortest(scope)


def is_wired(scope: ChannelUrl) -> bool:
    """Whether conda hands this scope's requests to our handler."""
    from conda_private.conda_settings import is_wired as asked

    return asked(scope)


def wiring_problems(scope: ChannelUrl) -> list[str]:
    """The files whose entries keep conda from asking us; empty when all is well."""
    from conda_private.conda_settings import files_with_settings_for

    if is_wired(scope):
        return []
    return [file for file in files_with_settings_for(scope) if file != str(wiring_path())]
