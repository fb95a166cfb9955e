"""Checks who else can read the files that have credentials, and who can write to our own."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

from conda_private.composition import machine
from conda_private.doctor.finding import Finding, Subject
from conda_private.files import paths
from conda_private.files.permissions import others_can_read, read
from conda_private.model import shell
from conda_private.model.exceptions import FileWriteError, UnsafeFileError

# Other tools keep credentials in them, and expect that only their user can read them.
_OF_TOOLS = (".netrc", ".pypirc", ".docker/config.json")


def check(_subject: Subject) -> Iterator[Finding]:
    """Find files with credentials that other users can read, and files of ours that are ignored."""
    yield from _ours()
    yield from _readable(Path.home() / name for name in _OF_TOOLS)
    sources = (login.source for login in machine.logins())
    yield from _readable(Path(each.name) for each in sources if each.kind == "secret-file")


def _ours() -> Iterator[Finding]:
    for file in (paths.logins(), paths.secrets_file()):
        try:
            read(file)
        except UnsafeFileError as error:
            yield Finding(error.what, error.cause, error.next_step, str(file))


def _readable(files: Iterable[Path]) -> Iterator[Finding]:
    for file in files:
        if not others_can_read(file):
            continue

        def restrict(file: Path = file) -> str:
            try:
                file.chmod(0o600)
            except OSError as error:
                cause, step = error.strerror or str(error), shell.look_at(file)
                raise FileWriteError(
                    f"The mode of {file} was not changed.", cause=cause, next_step=step
                ) from error
            return f"changed the mode of {file} to 0600"

        yield Finding(
            f"Other users of this machine can read {file}.",
            "The file has credentials in clear text.",
            f"chmod go-rwx {shlex.quote(str(file))}",
            str(file),
            fix=restrict,
        )
