"""The files that often have credentials: one row for each kind, in one table."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from conda.base.context import context
from conda.core.envs_manager import get_user_environments_txt_file

from conda_private.conda_config.settings import files as configuration_files
from conda_private.doctor.finding import Subject
from conda_private.doctor.rewriting import text_of

_PROJECT = (
    *("environment*.yml", "environment*.yaml", "conda-lock*.yml", "*.lock", "explicit*.txt"),
    *("requirements*.txt", "pixi.toml", "pyproject.toml", "uv.toml", "pip.conf", ".condarc"),
)
_CI = (
    *(".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml"),
    *("azure-pipelines.yml", ".circleci/config.yml", ".travis.yml", "Dockerfile*"),
)
_TOOLS = (".pip/pip.conf", ".config/pip/pip.conf", ".config/uv/uv.toml", ".mambarc")
_HISTORIES = (".bash_history", ".zsh_history", ".local/share/fish/fish_history")


class Kind(NamedTuple):
    """A kind of files.

    Attributes:
        noun: what such a file is, with an article.
        find: returns the files.
        is_record: whether the URLs in it only record what was done, so that they can be changed.
        is_cache: whether the file can be deleted, because conda creates it again.
        has_channels: whether its URLs are channels, which a login can be for.
        advice: what to do about a credential that ``--fix`` does not move.
    """

    noun: str
    find: Callable[[Subject], Iterable[Path]]
    is_record: bool = False
    is_cache: bool = False
    has_channels: bool = False
    advice: str = ""


def kinds() -> tuple[Kind, ...]:
    """Return the table: in this order, a file belongs to the first kind that has it."""
    return (
        Kind("conda's settings", _settings, has_channels=True),
        Kind("a file that you named", _named, has_channels=True),
        Kind("a file of CI", _ci, advice="use a secret of the CI service, and --from-env"),
        Kind("a project's file", _project, has_channels=True),
        Kind("the settings of pip, uv or mamba", _tools, advice="use  conda private run"),
        Kind("an environment's records", _environments, is_record=True),
        Kind("conda's package cache", _caches, is_record=True),
        Kind("conda's cache of indexes", _indexes, is_cache=True),
        Kind("a shell's history", _histories, advice="remove the line with an editor"),
    )


def _settings(_subject: Subject) -> Iterator[Path]:
    return (Path(source) for source, _ in configuration_files())


def _named(subject: Subject) -> Iterator[Path]:
    return (path for path in subject.paths if path.is_file())


def _project(subject: Subject) -> Iterator[Path]:
    return chain.from_iterable(_matching(path, _PROJECT) for path in subject.paths)


def _ci(subject: Subject) -> Iterator[Path]:
    return chain.from_iterable(_matching(path, _CI) for path in subject.paths)


def _tools(_subject: Subject) -> Iterator[Path]:
    named = (os.environ.get(name) for name in ("PIP_CONFIG_FILE", "UV_CONFIG_FILE"))
    return chain((Path.home() / name for name in _TOOLS), map(Path, filter(None, named)))


def _environments(_subject: Subject) -> Iterator[Path]:
    # conda itself lists the environments of all users if it runs as root.
    known = text_of(Path(get_user_environments_txt_file())).splitlines()
    beside = (folder for each in context.envs_dirs for folder in _matching(Path(each), ("*",)))
    used = (context.root_prefix, context.target_prefix)
    for prefix in dict.fromkeys(map(Path, (*used, *known, *beside))):
        yield from _matching(prefix / "conda-meta", ("history", "*.json"))


def _caches(_subject: Subject) -> Iterator[Path]:
    for folder in map(Path, context.pkgs_dirs):
        yield from _matching(folder, ("urls.txt", "urls", "*/info/repodata_record.json"))
        yield from _matching(folder / "cache", ("*.info.json", "*.state.json"))


def _indexes(_subject: Subject) -> Iterator[Path]:
    for folder in map(Path, context.pkgs_dirs):
        yield from _matching(folder / "cache", ("*.db", "*.db-wal"))


def _histories(subject: Subject) -> Iterator[Path]:
    return (Path.home() / name for name in _HISTORIES if subject.is_deep)


def _matching(folder: Path, patterns: Iterable[str]) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(folder.glob(pattern))
