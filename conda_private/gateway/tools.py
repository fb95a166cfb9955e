"""What a command is given, by the kind of tool that it is."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from conda_private.files.atomic import make_folder, replace
from conda_private.files.permissions import PRIVATE
from conda_private.model.exceptions import UsageError
from conda_private.model.login import Login
from conda_private.model.schemes import AuthorizationScheme, BasicScheme, HeaderScheme
from conda_private.model.secret import Secret

PIP = frozenset({"pip", "uv", "uvx"})
RATTLER = frozenset({"pixi", "rattler", "rattler-build", "rattler-index"})
MAMBA = frozenset({"mamba", "micromamba"})
# What these write would name an address that is gone when the command ends.
_LOCKING = {
    "uv": frozenset({"lock", "sync", "add", "remove", "run", "export", "tree", "version", "tool"}),
    "pip": frozenset({"lock"}),
    "pipenv": frozenset({"install", "lock", "sync", "update", "upgrade"}),
    "pip-compile": frozenset(),
}
_OTHER_VERBS = {
    "uv": frozenset({"pip", "venv", "build", "python", "cache", "init", "publish", "self", "help"}),
    "pip": frozenset({"install", "download", "wheel", "list", "show", "freeze", "uninstall"}),
}
_LOCK_FILE = re.compile(r"(?:.*[/=])?pylock(?:\.[^/]+)?\.toml")
Signed = tuple[Login, Secret]


def tool_of(command: Sequence[str]) -> str:
    """The tool that a command starts: ``pip`` also for ``python -m pip``."""
    words = [Path(word).name.removesuffix(".exe") for word in command]
    if words[0].startswith("python") and words[1:2] == ["-m"]:
        words = words[2:]
    name = words[0] if words else ""
    return "pip" if re.fullmatch(r"pip[0-9.]*", name) else name


def refuse_locking(command: Sequence[str]) -> None:
    """Refuse a command that writes the addresses of indexes into files of the project.

    Raises:
        UsageError: it would.
    """
    tool = tool_of(command)
    if writes := _locking_verb(tool, command[1:]):
        raise UsageError(
            f"{writes} writes the address of the index into a file.",
            cause="Here that is an address on this machine, which ends with the command: the file"
            " would be of no use to anybody.",
            next_step="conda private run uv pip install NAME      (or pip install)",
        )


def _locking_verb(tool: str, words: Sequence[str]) -> str:
    locking = _LOCKING.get(tool)
    if locking is None:
        return ""
    # The first verb: before it there may be options with values.
    verbs = locking | _OTHER_VERBS.get(tool, frozenset())
    verb = next((word for word in words if word in verbs), "")
    if verb in locking or not verbs:
        return f"{tool} {verb}".strip()
    if "compile" in words and any(map(_LOCK_FILE.fullmatch, words)):
        return f"{tool} {verb} compile with pylock.toml"
    return ""


def environment_for_pip(gateway: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables by which pip and uv know the gateway as their only index."""
    index = f"{gateway}/simple/"
    return {
        **{name: value for name, value in environment.items() if name != "UV_CONFIG_FILE"},
        "PIP_INDEX_URL": index,
        # A blank: what is empty leaves in force what pip.conf says.
        "PIP_EXTRA_INDEX_URL": " ",
        "UV_DEFAULT_INDEX": index,
        "UV_INDEX": "",
        "UV_INDEX_URL": index,
        "UV_EXTRA_INDEX_URL": "",
        "UV_INDEX_STRATEGY": "first-index",
        # Indexes that uv.toml or pyproject.toml name would be asked first.
        "UV_NO_CONFIG": "1",
        **{name: _with_loopback(environment.get(name, "")) for name in ("NO_PROXY", "no_proxy")},
    }


def _with_loopback(hosts: str) -> str:
    # A proxy could not reach this machine's loopback, and has no business with it.
    return ",".join(filter(None, (hosts, "127.0.0.1")))


def environment_for_rattler(
    folder: Path, signed: Sequence[Signed], environment: Mapping[str, str]
) -> dict[str, str]:
    """The variable by which rattler's tools know our file."""
    theirs = environment.get("RATTLER_AUTH_FILE") or "~/.rattler/credentials.json"
    file = folder / "rattler.json"
    replace(file, rattler_file(signed, _read(theirs)), mode=0o600)
    return {"RATTLER_AUTH_FILE": str(file)}


def environment_for_mamba(
    folder: Path, signed: Sequence[Signed], environment: Mapping[str, str]
) -> dict[str, str]:
    """A home that looks like the user's but for ``~/.mamba/auth``: mamba reads no variable."""
    home, ours = Path.home(), folder / "home"
    auth = ours / ".mamba" / "auth"
    make_folder(auth, PRIVATE)
    _link_all(home, ours, apart_from=".mamba")
    _link_all(home / ".mamba", ours / ".mamba", apart_from="auth")
    theirs = _read("~/.mamba/auth/authentication.json")
    replace(auth / "authentication.json", mamba_file(signed, theirs), mode=0o600)
    old_root, data = home / "micromamba", environment.get("XDG_DATA_HOME")
    root = old_root if old_root.exists() else Path(data or home / ".local" / "share") / "mamba"
    # Its default is below the home, which is gone afterwards.
    return {
        "HOME": str(ours),
        "MAMBA_ROOT_PREFIX": environment.get("MAMBA_ROOT_PREFIX") or str(root),
    }


def _link_all(source: Path, target: Path, *, apart_from: str) -> None:
    for entry in source.iterdir() if source.is_dir() else ():
        if entry.name != apart_from:
            (target / entry.name).symlink_to(entry)


def _read(path: str) -> dict[str, Any]:
    try:
        content = json.loads(Path(os.path.expanduser(path)).read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def rattler_file(signed: Iterable[Signed], theirs: Mapping[str, Any]) -> str:
    """The file that ``RATTLER_AUTH_FILE`` names: for rattler, pixi and rattler-build.

    Args:
        signed: the logins and their secrets.
        theirs: what the user's own file holds; ours come in place of the same hosts'.

    Raises:
        UsageError: two channels of one host have different secrets, or the tool cannot send one.
    """
    entries: dict[str, Any] = {}
    for login, secret in signed:
        _add(entries, login.scope.host, _for_rattler(login, secret), "rattler")
    return json.dumps({**theirs, **entries})


def mamba_file(signed: Iterable[Signed], theirs: Mapping[str, Any]) -> str:
    """mamba's ``authentication.json``; a token in the path is looked up by the path, too.

    Args:
        signed: the logins and their secrets.
        theirs: what the user's own file holds.

    Raises:
        UsageError: two channels of one host have different secrets, or the tool cannot send one.
    """
    entries: dict[str, Any] = {}
    for login, secret in signed:
        _add(entries, login.scope.netloc, _for_mamba(login, secret), "mamba")
    return json.dumps({**theirs, **entries})


def _add(entries: dict[str, Any], host: str, entry: dict[str, Any], tool: str) -> None:
    if entries.setdefault(host, entry) != entry:
        raise UsageError(
            f"{tool} knows one credential for each host, and {host} has two here.",
            cause="Several channels of that host are logged in, with different secrets.",
            next_step="say which one is meant:  conda private run --for CHANNEL ...",
        )


def _for_rattler(login: Login, secret: Secret) -> dict[str, Any]:
    scheme, text = login.scheme, secret.reveal()
    if isinstance(scheme, BasicScheme):
        return {"BasicHTTP": {"username": scheme.username, "password": text}}
    if isinstance(scheme, AuthorizationScheme):
        # A bearer stays out of the URLs that the tool keeps; servers that take one take the other.
        return {"BearerToken": text}
    return {"CondaToken": _in_path(login, text, "rattler")}


def _for_mamba(login: Login, secret: Secret) -> dict[str, Any]:
    scheme, text = login.scheme, secret.reveal()
    if isinstance(scheme, BasicScheme):
        password = base64.b64encode(text.encode()).decode()
        return {"type": "BasicHTTPAuthentication", "user": scheme.username, "password": password}
    if isinstance(scheme, AuthorizationScheme):
        return {"type": "BearerToken", "token": text}
    return {"type": "CondaToken", "token": _in_path(login, text, "mamba")}


def _in_path(login: Login, text: str, tool: str) -> str:
    scheme = login.scheme
    # Quetz takes its key in the path as well; other headers have no second form that is known.
    if isinstance(scheme, HeaderScheme) and scheme.name != "X-API-Key":
        raise UsageError(
            f"{tool} cannot send what {login.scope} wants: the header {scheme.name}.",
            cause=f"{tool} knows Basic, a bearer and a token in the path.",
            next_step="use conda for this channel",
        )
    return text
