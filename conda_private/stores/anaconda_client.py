"""Tokens that anaconda-client stored after ``anaconda login``: one file for each API, only read.

The file is ``QUOTED_API_URL.token`` in ``$BINSTAR_CONFIG_DIR/data``, or in the user's configuration
folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote_plus, unquote_plus

from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    AddressError,
    CredentialMissingError,
    SecretFormatError,
    StoreError,
)
from conda_private.model.secret import MAX_SECRET_LENGTH, Secret
from conda_private.model.source import ANACONDA_CLIENT, Source

_SUFFIX = ".token"


def open_store(source: Source, tell: Callable[[str], None]) -> AnacondaClientStore:
    """Open the files of anaconda-client."""
    return AnacondaClientStore()


class AnacondaClientStore:
    """The tokens of anaconda-client. They are only read, never written or deleted."""

    source = ANACONDA_CLIENT

    @property
    def description(self) -> str:
        """Where the files are."""
        return f"anaconda-client's files in {_folders()[0]}, read at run time"

    def apis(self) -> tuple[Address, ...]:
        """Return the APIs that anaconda-client is logged in to."""
        return tuple(sorted({api for api, _ in _logins()}))

    def get(self, address: Address) -> Secret | None:
        """Return the token for exactly this API, or None if there is none.

        Raises:
            StoreError: the file exists and cannot be read.
            CredentialMissingError: the file contains no valid token.
        """
        file = self.file(address)
        return _read(file) if file else None

    def file(self, api: Address) -> Path | None:
        """Return the file with the token for exactly this API, or None if there is none."""
        return next((path for theirs, path in _logins() if theirs == api), None)

    def put(self, address: Address, secret: Secret) -> None:
        """Do nothing: anaconda-client provides the token."""

    def delete(self, address: Address) -> bool:
        """Delete nothing: the token belongs to anaconda-client."""
        return False

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for an API that anaconda-client is not logged in to."""
        cause = f"anaconda-client has no token for {address}."
        return CredentialMissingError.not_in(address, cause, "anaconda login")

    def stamp(self) -> object:
        """Return None: changes are not noticed within a process."""
        return None


def new_file(api: Address) -> Path:
    """Return the file in which anaconda-client has the token for an API, or would create it."""
    existing = AnacondaClientStore().file(api)
    return existing or _folders()[0] / f"{quote_plus(str(api))}{_SUFFIX}"


def _folders() -> tuple[Path, ...]:
    if given := os.environ.get("BINSTAR_CONFIG_DIR"):
        return (Path(given) / "data",)
    import platformdirs

    own = Path(platformdirs.user_config_dir("binstar", "ContinuumIO"))
    return own, Path.home() / ".continuum" / "anaconda-client" / "tokens"


def _logins() -> Iterator[tuple[Address, Path]]:
    # The file's name is the URL as it was configured, which can be spelled in several ways.
    for file in (each for folder in _folders() for each in sorted(folder.glob(f"*{_SUFFIX}"))):
        with suppress(AddressError):
            api = Address.parse(unquote_plus(file.name.removesuffix(_SUFFIX)))
            if file.is_file():
                yield api, file


def _read(file: Path) -> Secret:
    try:
        with file.open(encoding="utf-8", errors="replace") as stream:
            return Secret.parse(stream.read(MAX_SECRET_LENGTH + 2).strip(), "token")
    except OSError as error:
        raise StoreError(
            f"anaconda-client's token file {file} cannot be read.",
            cause=f"{error.strerror}.",
            next_step=shell.look_at(file),
        ) from error
    except SecretFormatError as error:
        raise CredentialMissingError(
            f"anaconda-client's file {file} contains no valid token.",
            cause="It is empty, or it contains other text.",
            next_step="anaconda login, or  conda private login --account --token-stdin",
        ) from error
