"""Finds in the user's settings what would lead a command around the gateway."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from conda_private.model.exceptions import UsageError

_MAX_FILE = 1 << 20  # bytes; a longer file is no list of requirements
_URL = r"[\"']?(https?://[^\s\"',;)]+)"
# The options of pip and uv that name an index, on command lines and in requirement files.
_OPTION = re.compile(
    rf"(?<![\w-])(?:--(?:extra-)?index-url|--(?:default-)?index|--find-links|-[if])[\s=]*(?:[\w.-]+=)?{_URL}"
)
_OTHER_FILE = re.compile(
    r"^\s*(?:-\s+)?[\"']?(?:-r|-c|--requirement|--constraint)[\s=]*([^\s\"'#]+)", re.M
)
_PROJECT = ("pyproject.toml", "uv.toml", "Pipfile", "environment.yml", "environment.yaml")
_SECTION = re.compile(r"^\s*\[+\s*([\w.\"'-]+)\s*\]+", re.M)
_SOURCES = re.compile(r"(tool\.uv\.index|index|tool\.poetry\.source|tool\.pdm\.source|source)")
_KEY = re.compile(rf"^\s*url\s*=\s*{_URL}", re.M)
_LIST = re.compile(r"^\s*(?:extra-index-url|index-url|find-links)\s*=\s*(\[[^]]*\]|.*)", re.M)
_PROXY_OPTION = re.compile(r"(?<![\w-])--proxy[\s=]")
_SPECIAL_PROXY = r"^(http\..+\.proxy|remote\..+\.proxy)$"


def pip_files(environment: Mapping[str, str]) -> list[Path]:
    """Return the configuration files of pip that exist."""
    home = Path(environment.get("HOME", os.path.expanduser("~")))
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    prefixes = [environment.get(name, "") for name in ("VIRTUAL_ENV", "CONDA_PREFIX")]
    places = [
        Path("/etc/pip.conf"),
        Path("/etc/xdg/pip/pip.conf"),
        config / "pip" / "pip.conf",
        home / ".pip" / "pip.conf",
        home / "Library" / "Application Support" / "pip" / "pip.conf",
        Path(environment.get("APPDATA", "/")) / "pip" / "pip.ini",
        *(Path(prefix, "pip.conf") for prefix in (*prefixes, sys.prefix) if prefix),
    ]
    if own := environment.get("PIP_CONFIG_FILE"):
        places.append(Path(own))
    return [place for place in places if place.is_file()]


def refuse_other_proxies(
    command: Sequence[str], environment: Mapping[str, str], *, can_settle_pip: bool
) -> None:
    """Refuse a command that would not use the gateway, because a setting names another proxy.

    Args:
        command: the command.
        environment: the user's variables.
        can_settle_pip: whether pip gets the proxy of the run in a variable.

    Raises:
        UsageError: there is such a setting.
    """
    found = _PROXY_OPTION.search(" ".join(command)) and "the option --proxy of this command"
    found = found or next(_proxies_of_git(environment), "")
    if not (found or can_settle_pip):
        found = next(_proxies_of_pip(environment), "")
    if found:
        raise UsageError(
            f"The command would not get the credentials of your logins, because of {found}.",
            cause="It names a proxy. `conda private run` is itself a proxy for the command, and"
            " forwards to your own one.",
            next_step="remove that setting, and set the variable HTTPS_PROXY instead",
        )


def _proxies_of_git(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the proxies that git has for a URL or a remote; they win over the general one."""
    git = shutil.which("git", path=environment.get("PATH"))
    if git:
        done = subprocess.run(
            [git, "config", "--name-only", "--get-regexp", _SPECIAL_PROXY],
            env=dict(environment),
            capture_output=True,
            text=True,
            check=False,
        )
        yield from (f"the setting {name} of git" for name in done.stdout.splitlines())


def _proxies_of_pip(environment: Mapping[str, str]) -> Iterator[str]:
    for file in pip_files(environment):
        if re.search(r"^\s*proxy\s*[=:]", _text_of(file), re.M):
            yield f"the setting proxy in {file}"


def index_urls(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> list[str]:
    """Return the URLs of indexes that the command or the files of the project name.

    Args:
        command: the command.
        environment: the user's variables.
        folder: the folder that the command starts in.
    """
    texts = [" ".join(command)]
    texts += _files_of_command(command, folder)
    texts += [_text_of(file) for file in _files_of_project(environment, folder)]
    return list(dict.fromkeys(url for text in texts for url in _urls(text)))


def _urls(text: str) -> Iterator[str]:
    yield from _OPTION.findall(text)
    for each in _LIST.findall(text):
        yield from re.findall(_URL, each)
    sections = list(_SECTION.finditer(text))
    ends = [*(section.start() for section in sections[1:]), len(text)]
    for section, end in zip(sections, ends, strict=bool(sections)):
        if _SOURCES.fullmatch(section[1]):
            yield from _KEY.findall(text[section.end() : end])


def _files_of_command(command: Iterable[str], folder: Path) -> Iterator[str]:
    """Yield the texts of the files that the command names, and of those that these refer to."""
    names = [part for word in command for part in re.split(r"[\s=]", word)]
    waiting = [folder / name for name in names if name]
    seen: set[Path] = set()
    while waiting:
        file = waiting.pop()
        if file in seen or file.suffix not in (".txt", ".in", ".yml", ".yaml", ".toml"):
            continue
        seen.add(file)
        text = _text_of(file)
        waiting += [file.parent / name for name in _OTHER_FILE.findall(text)]
        yield text


def _files_of_project(environment: Mapping[str, str], folder: Path) -> Iterator[Path]:
    home = Path(environment.get("HOME", os.path.expanduser("~")))
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    for place in (folder, *folder.parents):
        yield from (place / name for name in _PROJECT)
    yield from (config / "uv" / "uv.toml", Path("/etc/uv/uv.toml"), Path("/etc/xdg/uv/uv.toml"))
    if own := environment.get("UV_CONFIG_FILE"):
        yield folder / own


def _text_of(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", errors="replace") as content:
            return content.read(_MAX_FILE)
    except OSError:
        return ""
