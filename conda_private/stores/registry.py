"""Where secrets live: one module for each kind of place. They do not know each other."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conda_private.model.exceptions import StoreError

if TYPE_CHECKING:
    from conda_private.model.ports import SecretStore


def open_source(source: str, *, secrets_file: Path, tell: Callable[[str], None]) -> SecretStore:
    """The store that a login's source names; its module is imported only now.

    Args:
        tell: tells the user that a keyring takes long.

    Raises:
        StoreError: there is none of that name, or it cannot be used here.
    """
    kind, _, name = source.partition(":")
    openers: dict[str, Callable[[], Any]] = {
        "keyring": lambda: _load("keyring").KeyringStore(_load("patience").patience(tell)),
        "file": lambda: _load("file").FileStore(secrets_file),
        "env": lambda: _load("environment").EnvironmentStore(name),
        "secret-file": lambda: _load("environment").SecretFileStore(name),
        "helper": lambda: _load("helper").HelperStore(name, ours=False),
        "anaconda-client": lambda: _load("anaconda_client").AnacondaClientStore(),
        "helper-store": lambda: _load("helper").HelperStore(name, ours=True),
    }
    if kind not in openers:
        raise StoreError(
            f"This version knows no place for secrets called {kind!r}.",
            cause="The index was written by a newer conda-private, or by hand.",
            next_step="conda update conda-private      (see the places: conda private list)",
        )
    store: SecretStore = openers[kind]()
    return store


def _load(module: str) -> Any:
    return import_module(f"conda_private.stores.{module}")
