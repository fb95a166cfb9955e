"""The file with the policy of an administrator, beside the system's logins.

YAML, which only root can write: ``allowed-servers``, ``allowed-sources`` and ``require-keyring``.
It is read when a login is created, and never by conda's own commands.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conda_private.files import paths
from conda_private.files.permissions import SYSTEM, Access, read
from conda_private.model.exceptions import AddressError, FileFormatError
from conda_private.model.policy import ANYTHING, KEYRING, SERVERS, SOURCES, Policy, ServerPattern
from conda_private.model.source import AUTO, KINDS, Source

KEYS = (SERVERS, SOURCES, KEYRING)


def in_force(path: Path | None = None, access: Access | None = None) -> Policy:
    """Read the policy of this machine; without such a file, everything is allowed.

    Args:
        path: another file than the system's.
        access: another owner and mode than root's; they cannot be checked on Windows.

    Raises:
        UnsafeFileError: it cannot be read, or another user could have written to it.
        FileFormatError: it is not a valid policy.
    """
    path = path or paths.policy()
    text = read(path, access or SYSTEM)
    if text is None:
        return ANYTHING
    try:
        return _policy(str(path), _content(text))
    except ValueError as error:
        problem = str(error)
    raise FileFormatError(
        f"{path} is not a valid policy, so no login is allowed.",
        cause=problem,
        next_step="ask the administrator of this machine to correct it",
    )


def _content(text: str) -> dict[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        content = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or not content:
        raise ValueError(f"It must be YAML with at least one of the keys {', '.join(KEYS)}.")
    if unknown := sorted(repr(key) for key in content.keys() - set(KEYS)):
        raise ValueError(f"It has the unknown key {unknown[0]}.")
    return content


def _policy(file: str, content: dict[str, Any]) -> Policy:
    servers, sources = _texts(content, SERVERS), _texts(content, SOURCES)
    require_keyring = content.get(KEYRING, False)
    if not isinstance(require_keyring, bool):
        raise ValueError(f"Its key {KEYRING} must be true or false.")
    return Policy(
        file,
        None if servers is None else tuple(map(_server, servers)),
        None if sources is None else tuple(map(_source, sources)),
        require_keyring,
    )


def _texts(content: dict[str, Any], key: str) -> list[str] | None:
    if key not in content:
        return None
    texts = content[key]
    if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
        raise ValueError(f"Its key {key} must be a list of texts.")
    return texts


def _server(text: str) -> ServerPattern:
    try:
        return ServerPattern.parse(text)
    except AddressError:
        problem = f"Its key {SERVERS} has an entry that is no host, *.HOST or address."
    raise ValueError(problem)


def _source(text: str) -> Source:
    source = Source.parse(text)
    if source == AUTO or source.kind not in KINDS:
        raise ValueError(f"Its key {SOURCES} has an entry that is none of {', '.join(KINDS)}.")
    return source
