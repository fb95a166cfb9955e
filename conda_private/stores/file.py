"""Secrets in one file of the user's own, 0600: for machines without a keyring."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from conda_private.channels import ChannelUrl
from conda_private.exceptions import FileFormatError
from conda_private.files import make_folder, remove, replace
from conda_private.locks import locked
from conda_private.secret import Secret
from conda_private.trust import read

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
        value = self._read().get(str(scope))
        return None if value is None else Secret(value)

    def put(self, scope: ChannelUrl, secret: Secret) -> None:
        """Keep a secret for this scope in place of any other."""
        make_folder(self.path.parent)
        with locked(self.path):
            self._write({**self._read(), str(scope): secret.reveal()})

    def delete(self, scope: ChannelUrl) -> None:
        """Forget the scope's secret; the file goes with its last one."""
        if not self.path.exists():
            return
        with locked(self.path):
            secrets = self._read()
            if secrets.pop(str(scope), None) is not None:
                self._write(secrets) if secrets else remove(self.path)

    def stamp(self) -> object:
        """A process keeps what it has read."""
        return None

    def _read(self) -> dict[str, str]:
        text = read(self.path)
        if text is None:
            return {}
        try:
            content = json.loads(text)
            if content["version"] != VERSION:
                raise ValueError("another version")
            secrets = content["secrets"]
            if not all(isinstance(value, str) for value in secrets.values()):
                raise ValueError("a secret that is no text")
            return dict(secrets)
        except (ValueError, KeyError, TypeError, AttributeError):
            word = shlex.quote(str(self.path))
            # Not chained: a JSON error keeps the whole text, secrets included, for debuggers.
            problem = FileFormatError(
                f"{self.path} is not a file of secrets of conda-private.",
                cause="It is not the JSON that this plugin writes; perhaps it was edited.",
                next_step=f"move it away and log in again:  mv {word} {word}.broken",
            )
        raise problem

    def _write(self, secrets: dict[str, str]) -> None:
        content = {"version": VERSION, "secrets": dict(sorted(secrets.items()))}
        replace(self.path, json.dumps(content, indent=2) + "\n", mode=0o600)
