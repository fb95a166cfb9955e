"""Where ``import`` looks: in the stores of other tools, and in URLs of files."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from conda_private.cli.arguments import own_address
from conda_private.composition.other_tools import TOOLS, ForChannel, found_in
from conda_private.conda_config.settings import files as configuration_files
from conda_private.doctor.clear_text import search
from conda_private.doctor.moving import channel_in
from conda_private.doctor.rewriting import text_of
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    CondaPrivateError,
    CredentialMissingError,
    UsageError,
)
from conda_private.output import notice
from conda_private.stores.by_host import HOST_FILES
from conda_private.stores.others import Found

# Files with URLs, and the ones that are read by default in the current folder.
URLS = {"condarc": (), "environment": ("environment.yml", "environment.yaml")}
SOURCES = (*TOOLS, *HOST_FILES, *URLS)


class InTool(NamedTuple):
    """A channel, and the credentials that one tool or kind of file has for it."""

    tool: str
    channel: ForChannel


def found_by(args: Namespace) -> list[InTool]:
    """Find the credentials of the tool, the file and the channels that the user named.

    Raises:
        CondaPrivateError: there are none, or they could not be read.
    """
    tool, file, named = args.private_tool, *_named(args.private_channels)
    if file and tool in TOOLS:
        raise UsageError(
            f"{tool} has no file that can be named.",
            next_step=f"conda private import --from {tool}",
        )
    return [InTool(tool, each) for each in _search(tool, named, file)]


def everything(args: Namespace) -> list[InTool]:
    """Find what all tools and files have; for each channel, only from the first that has it."""
    file, named = _named(args.private_channels)
    if file:
        raise UsageError(
            "It is not known what kind of file this is.",
            next_step=f"conda private import --from {'|'.join((*HOST_FILES, *URLS))} PATH",
        )
    found: dict[Address, InTool] = {}
    for tool in SOURCES:
        for each in _whatever(tool, named):
            found.setdefault(each.address, InTool(tool, each))
    return [*found.values()]


def _whatever(tool: str, named: Sequence[Address]) -> list[ForChannel]:
    try:
        return _search(tool, named, None)
    except CredentialMissingError:
        return []
    except CondaPrivateError as error:
        notice(f"{tool} was left out: {error.what}")
        return []


def _named(words: Sequence[str]) -> tuple[Path | None, list[Address]]:
    """Return the file that the words name, and the channels.

    A word is a file if it exists as one.
    """
    files = {word: Path(word).expanduser() for word in words}
    existing = {word: path for word, path in files.items() if path.is_file()}
    if len(existing) > 1:
        raise UsageError("Only one file can be imported at a time.", next_step="name one of them")
    named = [own_address(word, "import") for word in words if word not in existing]
    return next(iter(existing.values()), None), named


def _search(tool: str, named: Sequence[Address], file: Path | None) -> list[ForChannel]:
    if tool not in URLS:
        return found_in(tool, named, file)
    files = [file] if file else _default_files(tool)
    found: dict[Address, list[Found]] = {}
    for address, each in _in_urls(files):
        if not named or any(address == one or one.covers(address) for one in named):
            found.setdefault(address, []).append(each)
    if not found:
        raise CredentialMissingError(
            f"No URL of a channel has a credential in {', '.join(map(str, files)) or 'any file'}.",
            next_step="conda private login CHANNEL",
        )
    return [ForChannel(address, each) for address, each in found.items()]


def _default_files(tool: str) -> list[Path]:
    if tool == "condarc":
        return [Path(source) for source, _ in configuration_files() if Path(source).is_file()]
    return [Path.cwd() / name for name in URLS[tool] if Path(name).is_file()]


def _in_urls(files: Iterable[Path]) -> Iterable[tuple[Address, Found]]:
    for file in files:
        for each in search(text_of(file)):
            if address := channel_in(each):
                scheme = "basic" if each.username else "auto"
                where = f"{file}:{each.line}"
                yield address, Found(each.secret, scheme, each.username, where)
