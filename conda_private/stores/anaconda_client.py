"""What anaconda-client keeps after ``anaconda login``: one file for each API, read, never written.

``$BINSTAR_CONFIG_DIR/data/QUOTED_API_URL.token``, else in the user's configuration folder.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote_plus

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import (
    ChannelUrlError,
    CredentialMissingError,
    SecretFormatError,
    StoreError,
)
from conda_private.model.secret import MAX_SECRET_LENGTH, Secret

_SUFFIX = ".token"


class AnacondaClientStore:
    """The tokens of another tool. They are that tool's: nothing is put or deleted."""

    source = "anaconda-client"

    @property
    def description(self) -> str:
        """Whose files they are."""
        return f"anaconda-client's files in {_folders()[0]}, read at run time"

    def apis(self) -> tuple[ChannelUrl, ...]:
        """The APIs that it is logged in to."""
        return tuple(sorted({api for api, _ in _logins()}))

    def get(self, scope: ChannelUrl) -> Secret | None:
        """The token for exactly this API; None when there is none.

        Raises:
            StoreError: it is there and cannot be read.
        """
        file = self.file(scope)
        return _read(file) if file else None

    def file(self, api: ChannelUrl) -> Path | None:
        """Where the token of an API lies."""
        return next((path for theirs, path in _logins() if theirs == api), None)

    def put(self, scope: ChannelUrl, secret: Secret) -> None:
        """Nothing to do: the other tool provides the token."""

    def delete(self, scope: ChannelUrl) -> None:
        """The token is not ours to delete."""

    def stamp(self) -> object:
        """Nothing tells whether it has changed."""
        return None


def _folders() -> tuple[Path, ...]:
    if given := os.environ.get("BINSTAR_CONFIG_DIR"):
        return (Path(given) / "data",)
    import platformdirs

    own = Path(platformdirs.user_config_dir("binstar", "ContinuumIO"))
    return own, Path.home() / ".continuum" / "anaconda-client" / "tokens"


def _logins() -> Iterator[tuple[ChannelUrl, Path]]:
    # The name is the address as it was configured; there is more than one spelling of it.
    for file in (each for folder in _folders() for each in sorted(folder.glob(f"*{_SUFFIX}"))):
        with suppress(ChannelUrlError):
            api = ChannelUrl.parse(unquote_plus(file.name.removesuffix(_SUFFIX)))
            if file.is_file():
                yield api, file


def _read(file: Path) -> Secret:
    try:
        with file.open(encoding="utf-8", errors="replace") as stream:
            return Secret.parse(stream.read(MAX_SECRET_LENGTH + 2).strip())
    except OSError as error:
        raise StoreError(
            f"anaconda-client's token file {file} cannot be read.",
            cause=f"{error.strerror}.",
            next_step=f"ls -l {shlex.quote(str(file))}",
        ) from error
    except SecretFormatError as error:
        raise CredentialMissingError(
            f"anaconda-client's file {file} holds no token.",
            cause="It is empty, or something else stands in it.",
            next_step="anaconda login, or  conda private login --account --token-stdin",
        ) from error
