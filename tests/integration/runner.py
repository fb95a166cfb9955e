"""Runs a real conda as its users do: a command line, a home of its own, nothing shared."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from conda.base.constants import DEFAULT_CHANNEL_ALIAS

TIMEOUT = 100  # seconds
# Where a system has the data of a user's programs, below the home folder.
OWN_DATA = "Library/Application Support" if sys.platform == "darwin" else ".local/share"
_NAMES = ("channel_alias", "custom_channels", "custom_multichannels")


@dataclass(frozen=True)
class Result:
    """The result of a command: exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Both streams."""
        return self.out + self.err

    @property
    def data(self) -> Any:
        """The standard output as JSON."""
        return json.loads(self.out)


class Conda:
    """One user of one conda.

    Args:
        executable: the ``conda`` to run.
        solver: ``classic`` or ``rattler``.
        folder: where the user's home, environments and package cache are created.
        alias: conda's ``channel_alias``.
    """

    def __init__(self, executable: Path, solver: str, folder: Path, alias: str) -> None:
        self.executable, self.solver, self.folder = executable, solver, folder
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.settings: dict[str, Any] = {
            "channel_alias": alias,
            "default_channels": [],
            "notify_outdated_conda": False,
            "pkgs_dirs": [str(folder / "pkgs")],
            "envs_dirs": [str(folder / "envs")],
            "solver": solver,
            "remote_backoff_factor": 0,
        }
        self.environment = {
            "HOME": str(self.home),
            "PATH": f"{executable.parent}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "CONDARC": str(folder / "condarc"),
            "PYTHONFAULTHANDLER": "1",  # a crash of an extension module says where
            # A developer's own keyring is not for tests.
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }
        # With `make coverage` the processes that we start are measured too.
        self.environment |= {k: v for k, v in os.environ.items() if k.startswith("COVERAGE_")}
        self.seen = ""
        self.files_of_others: list[Path] = []
        self._write_names()

    @property
    def condarc(self) -> Path:
        """The user's own file."""
        return self.home / ".condarc"

    @property
    def data_folder(self) -> Path:
        """The folder with the plugin's files."""
        return self.home / OWN_DATA / "conda-private"

    @property
    def secrets_file(self) -> Path:
        """The file store."""
        return self.data_folder / "secrets.json"

    @property
    def places_of_secrets(self) -> list[Path]:
        """The files in which a secret may be: ours, and those of another tool."""
        return [self.secrets_file, *self.files_of_others]

    def prefix(self, name: str) -> Path:
        """The folder of an environment."""
        return self.folder / "envs" / name

    def run(
        self, *words: str | Path, stdin: str = "", env: Mapping[str, str] | None = None
    ) -> Result:
        """Run ``conda WORDS``."""
        (self.folder / "condarc").write_text(json.dumps(self.settings))
        self._write_names()
        done = subprocess.run(
            [self.executable, *map(str, words)],
            input=stdin,
            env={**self.environment, **(env or {})},
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            cwd=self.folder,
            check=False,
        )
        self.seen += done.stdout + done.stderr
        return Result(done.returncode, done.stdout, done.stderr)

    def _write_names(self) -> None:
        # Only the user's own files say what a name means for a login, and CONDARC is not one.
        names = {key: self.settings[key] for key in _NAMES if key in self.settings}
        own, text = self.home / ".config" / "conda" / "condarc", json.dumps(names)
        is_usual = names == {"channel_alias": DEFAULT_CHANNEL_ALIAS}
        if not is_usual and not (own.is_file() and own.read_text() == text):
            own.parent.mkdir(parents=True, exist_ok=True)
            own.write_text(text)

    def ok(
        self, *words: str | Path, stdin: str = "", env: Mapping[str, str] | None = None
    ) -> Result:
        """Run it; it must exit 0."""
        result = self.run(*words, stdin=stdin, env=env)
        assert result.code == 0, f"exit {result.code}\n{result.text}"
        return result

    def private(self, *words: str | Path, stdin: str = "") -> Result:
        """Run ``conda private WORDS``."""
        return self.run("private", *words, stdin=stdin)

    def login(self, *words: str, token: str) -> Result:
        """Log in with a token from stdin; it must work."""
        return self.ok("private", "login", *words, "--token-stdin", stdin=f"{token}\n")

    def create(self, name: str, *words: str) -> Result:
        """Run ``conda create``; return its result, also if it fails."""
        return self.run("create", "-y", "-p", self.prefix(name), *words)

    def files_with(self, secret: str, *, apart_from: Iterable[Path] = ()) -> list[Path]:
        """The files below this user's folder that hold a secret, in any of its spellings."""
        spellings = [form.encode() for form in spellings_of(secret)]
        # Not rglob: a daemon that ends may take its own folder away in the middle of it.
        files = (Path(root, name) for root, _, names in os.walk(self.folder) for name in names)
        paths = (path for path in files if path.is_file())
        return [
            path
            for path in paths
            if path not in set(apart_from) and any(form in path.read_bytes() for form in spellings)
        ]


def spellings_of(secret: str) -> set[str]:
    """A secret as it could appear: plain, base64 (alone or behind a user name), percent-encoded."""
    raw = secret.encode()
    # The inner part of base64 is the same wherever the text begins, for each of three offsets.
    inner = {
        base64.b64encode(b"x" * offset + raw).decode()[offset and 4 : -4] for offset in range(3)
    }
    return {secret, quote(secret, safe=""), *inner}
