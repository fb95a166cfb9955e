"""A home folder of the test, with the files that conda and the plugin read in this process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
import pytest
from conda.base.context import reset_context
from conda.gateways.connection.session import CondaSession, get_session

from conda_private.composition import machine
from conda_private.files import paths
from conda_private.model.address import Address
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN, Scheme
from conda_private.model.secret import Secret
from conda_private.model.source import FILE

CANARY = "ca-nary-h1"
# Each of them changes what conda or requests do.
_FOREIGN = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "netrc", "condarc")


class Home:
    """The logins and settings of one user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.condarc_path = folder / ".condarc"

    def log_in(
        self,
        address: str,
        *,
        secret: str = CANARY,
        scheme: Scheme = TOKEN,
        expires: str = "",
        allow_http: bool = False,
    ) -> Login:
        """Record a login and store its credential; with an empty one, store nothing."""
        place = Address.parse(address)
        login = Login(place, scheme, FILE, expires=expires, allow_http=allow_http)
        machine.records().add(login)
        if secret:
            machine.open_store(FILE).put(place, Secret(secret))
        machine.resolver.cache_clear()
        return login

    def netrc(self, host: str, password: str) -> None:
        """Write a ``~/.netrc`` with the user ``alice``."""
        file = self.folder / ".netrc"
        file.write_text(f"machine {host} login alice password {password}\n")
        file.chmod(0o600)

    def condarc(self, text: str) -> None:
        """Write the user's ``.condarc``; conda reads it now."""
        self.condarc_path.write_text(text)
        reset_context()


@contextmanager
def home_in(folder: Path) -> Iterator[Home]:
    """Make a folder the home of this process for a while."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _FOREIGN:
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        patch.setenv("HOME", str(folder))
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        if sys.platform == "win32":  # no variable changes the folder of a user's data there
            patch.setenv("USERPROFILE", str(folder))
            data = folder / "data"
            patch.setattr(platformdirs, "user_data_dir", lambda name, *_, **__: str(data / name))
        patch.setattr(paths, "SYSTEM_LOGINS", folder / "system" / "credentials.json")
        _forget()
        yield Home(folder)
    _forget()


def _forget() -> None:
    machine.resolver.cache_clear()
    machine.records_in.cache_clear()
    get_session.cache_clear()
    CondaSession.cache_clear()
    reset_context()
