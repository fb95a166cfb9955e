"""Checks files for credentials in clear text, and moves them into a store."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from conda_private.doctor import rewriting
from conda_private.doctor.clear_text import Clear, search
from conda_private.doctor.finding import Finding, Subject
from conda_private.doctor.moving import channel_in, move
from conda_private.doctor.places import Kind, kinds
from conda_private.files.atomic import remove

_WHY = "Everyone who can read the file, or a copy of it, can use the credential."


def check(subject: Subject) -> Iterator[Finding]:
    """Find the credentials in clear text in the files of this user and of the project."""
    seen: set[Path] = set()
    for kind in kinds():
        for file in kind.find(subject):
            path = file.resolve()
            if path in seen:
                continue
            seen.add(path)
            yield from _in_file(kind, path)


def _in_file(kind: Kind, file: Path) -> Iterator[Finding]:
    # A database has URLs between bytes that are not text.
    text = rewriting.text_of(file, "latin-1" if kind.is_cache else "utf-8")
    found = list(search(text)) if "://" in text else []
    if found and (kind.is_record or kind.is_cache):
        yield _record(kind, file, found)
    elif found:
        lines = {each.masked: each for each in reversed(found)}
        yield from (_setting(kind, file, each) for each in reversed(lines.values()))


def _record(kind: Kind, file: Path, found: list[Clear]) -> Finding:
    count = "a URL" if len(found) == 1 else f"{len(found)} URLs"
    return Finding(
        f"{file.name} has {count} with a credential, such as {found[0].masked}.",
        f"It is in {kind.noun}, and is copied along. {_WHY}",
        "conda private doctor --fix",
        str(file),
        0 if kind.is_cache else found[0].line,
        fix=partial(_delete if kind.is_cache else rewriting.clean, file),
    )


def _delete(file: Path) -> str:
    remove(file)
    return f"deleted {file}, which conda creates again when it needs it"


def _setting(kind: Kind, file: Path, each: Clear) -> Finding:
    address = channel_in(each) if kind.has_channels else None
    fix: Callable[[], str] | None = partial(move, file, each, address) if address else None
    login = f"conda private login {address or 'my-org'}"
    advice = kind.advice or f"remove the credential from {shlex.quote(str(file))}"
    return Finding(
        f"A credential is in {kind.noun}: {each.masked}",
        _WHY,
        "conda private doctor --fix" if fix else f"{advice}\n{login}",
        str(file),
        each.line,
        fix=fix,
    )
