"""Secrets in one file of the user's own, 0600: for machines without a keyring."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conda_private.files.atomic import forget_rests, make_folder, remove, replace
from conda_private.files.locks import locked
from conda_private.files.permissions import read
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import FileFormatError
from conda_private.model.secret import Secret, SecretText

VERSION = 1


class FileStore:
    """A JSON file ``{"version": 1, "secrets": {SCOPE: SECRET}}``, not encrypted."""

    source = "file"

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def description(self) -> str:
        """Where it is and how it is protected."""
        return f"{self.path} (only you can read it: 0600; not encrypted)"

    def get(self, scope: ChannelUrl) -> Secret | None:
        """The secret of exactly this scope; None when there is none."""
        return self._read().get(str(scope))

    def put(self, scope: ChannelUrl, secret: Secret) -> None:
        """Keep a secret for this scope in place of any other."""
        make_folder(self.path.parent)
        with self._changing():
            self._write({**self._read(), str(scope): secret})

    def delete(self, scope: ChannelUrl) -> None:
        """Forget the scope's secret; the file goes with its last one."""
        if not self.path.exists():
            return
        with self._changing():
            secrets = self._read()
            if secrets.pop(str(scope), None) is not None:
                self._write(secrets) if secrets else remove(self.path)

    def stamp(self) -> object:
        """A process keeps what it has read."""
        return None

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with locked(self.path):
            # Under the lock nobody else writes: what lies there is of writers that were killed.
            forget_rests(self.path)
            yield

    def _read(self) -> dict[str, Secret]:
        # The text is no variable here, nor is a JSON error chained: debuggers would show it.
        secrets = _parsed(read(self.path))
        if secrets is None:
            word = shlex.quote(str(self.path))
            raise FileFormatError(
                f"{self.path} is not a file of secrets of conda-private.",
                cause="It is not the JSON that this plugin writes; perhaps it was edited.",
                next_step=f"move it away and log in again:  mv {word} {word}.broken",
            )
        return secrets

    def _write(self, secrets: dict[str, Secret]) -> None:
        replace(self.path, _rendered(secrets), mode=0o600)


def _parsed(text: str | None) -> dict[str, Secret] | None:
    """The secrets by scope; None for a text that is not ours."""
    if text is None:
        return {}
    try:
        content = json.loads(text)
        if content["version"] != VERSION:
            return None
        secrets = content["secrets"]
        if not all(isinstance(value, str) for value in secrets.values()):
            return None
        return {scope: Secret(value) for scope, value in secrets.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _rendered(secrets: dict[str, Secret]) -> SecretText:
    texts = {scope: secret.reveal() for scope, secret in sorted(secrets.items())}
    return SecretText(json.dumps({"version": VERSION, "secrets": texts}, indent=2) + "\n")
