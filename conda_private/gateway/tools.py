"""The variables and files by which each tool finds its index or its credentials.

pip and uv get the URL of the gateway and no credential. rattler, pixi and mamba cannot use it: they
get a file with credentials, which is deleted when the command ends.
"""

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
# Verbs that write index URLs to files. The gateway's URL is invalid once the command has ended.
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
    """Return the name of the tool that a command starts: ``pip`` for ``python -m pip``, too."""
    words = [Path(word).name.removesuffix(".exe") for word in command]
    if words[0].startswith("python") and words[1:2] == ["-m"]:
        words = words[2:]
    name = words[0] if words else ""
    return "pip" if re.fullmatch(r"pip[0-9.]*", name) else name


def refuse_locking(command: Sequence[str]) -> None:
    """Refuse a command that writes the URLs of indexes to files of the project.

    Raises:
        UsageError: the command is one of these.
    """
    tool = tool_of(command)
    if writes := _locking_verb(tool, command[1:]):
        raise UsageError(
            f"{writes} writes the URL of the package index to a file.",
            cause="`conda private run` serves the index at a temporary URL on this machine, so the"
            " file would be useless afterwards.",
            next_step="conda private run uv pip install NAME      (or pip install)",
        )


def _locking_verb(tool: str, words: Sequence[str]) -> str:
    locking = _LOCKING.get(tool)
    if locking is None:
        return ""
    # The first known verb: the words before it may be options with values.
    verbs = locking | _OTHER_VERBS.get(tool, frozenset())
    verb = next((word for word in words if word in verbs), "")
    if verb in locking or not verbs:
        return f"{tool} {verb}".strip()
    if "compile" in words and any(map(_LOCK_FILE.fullmatch, words)):
        return f"{tool} {verb} compile with pylock.toml"
    return ""


def environment_for_pip(gateway: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return variables that make the gateway the only index of pip and uv."""
    index = f"{gateway}/simple/"
    return {
        **{name: value for name, value in environment.items() if name != "UV_CONFIG_FILE"},
        "PIP_INDEX_URL": index,
        # A space, because pip ignores an empty variable and uses pip.conf.
        "PIP_EXTRA_INDEX_URL": " ",
        "UV_DEFAULT_INDEX": index,
        "UV_INDEX": "",
        "UV_INDEX_URL": index,
        "UV_EXTRA_INDEX_URL": "",
        "UV_INDEX_STRATEGY": "first-index",
        # uv would ask the indexes of uv.toml and pyproject.toml first.
        "UV_NO_CONFIG": "1",
        **{name: _with_loopback(environment.get(name, "")) for name in ("NO_PROXY", "no_proxy")},
    }


def _with_loopback(hosts: str) -> str:
    # A proxy cannot reach the loopback of this machine.
    return ",".join(filter(None, (hosts, "127.0.0.1")))


def environment_for_rattler(
    folder: Path, signed: Sequence[Signed], environment: Mapping[str, str]
) -> dict[str, str]:
    """Write the credentials file of rattler's tools, and return the variable that names it."""
    theirs = environment.get("RATTLER_AUTH_FILE") or "~/.rattler/credentials.json"
    file = folder / "rattler.json"
    replace(file, rattler_file(signed, _read(theirs)), mode=0o600)
    return {"RATTLER_AUTH_FILE": str(file)}


def environment_for_mamba(
    folder: Path, signed: Sequence[Signed], environment: Mapping[str, str]
) -> dict[str, str]:
    """Create a home for mamba with other credentials, and return the variables that select it.

    mamba has no variable for its credentials file. So the home has links to everything in the
    user's own, except ``~/.mamba/auth``.
    """
    home, ours = Path.home(), folder / "home"
    auth = ours / ".mamba" / "auth"
    make_folder(auth, PRIVATE)
    _link_all(home, ours, apart_from=".mamba")
    _link_all(home / ".mamba", ours / ".mamba", apart_from="auth")
    theirs = _read("~/.mamba/auth/authentication.json")
    replace(auth / "authentication.json", mamba_file(signed, theirs), mode=0o600)
    old_root, data = home / "micromamba", environment.get("XDG_DATA_HOME")
    root = old_root if old_root.exists() else Path(data or home / ".local" / "share") / "mamba"
    # The default would be below the temporary home.
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
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def rattler_file(signed: Iterable[Signed], theirs: Mapping[str, Any]) -> str:
    """Return the content of ``RATTLER_AUTH_FILE``, for rattler, pixi and rattler-build.

    Args:
        signed: the logins and their credentials.
        theirs: the content of the user's own file. Ours replaces its entries for the same hosts.

    Raises:
        UsageError: two logins on one host have different credentials, or the tool does not support
            the scheme of a login.
    """
    entries: dict[str, Any] = {}
    for login, secret in signed:
        _add(entries, login.address.host, _for_rattler(login, secret), "rattler")
    return json.dumps({**theirs, **entries})


def mamba_file(signed: Iterable[Signed], theirs: Mapping[str, Any]) -> str:
    """Return the content of mamba's ``authentication.json``.

    Args:
        signed: the logins and their credentials.
        theirs: the content of the user's own file. Ours replaces its entries for the same hosts.

    Raises:
        UsageError: two logins on one host have different credentials, or the tool does not support
            the scheme of a login.
    """
    entries: dict[str, Any] = {}
    for login, secret in signed:
        _add(entries, login.address.netloc, _for_mamba(login, secret), "mamba")
    return json.dumps({**theirs, **entries})


def _add(entries: dict[str, Any], host: str, entry: dict[str, Any], tool: str) -> None:
    if entries.setdefault(host, entry) != entry:
        raise UsageError(
            f"{tool} supports one credential per host, but you have several for {host}.",
            cause="You are logged in to several channels on that host, with different credentials.",
            next_step="choose one channel:  conda private run --for my-org ...",
        )


def _for_rattler(login: Login, secret: Secret) -> dict[str, Any]:
    scheme, text = login.scheme, secret.reveal()
    if isinstance(scheme, BasicScheme):
        return {"BasicHTTP": {"username": scheme.username, "password": text}}
    if isinstance(scheme, AuthorizationScheme):
        # A bearer token stays out of the URLs that the tool stores, and servers that accept
        # "token" accept "Bearer", too.
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
    # Quetz also accepts its API key in the path. For other headers no alternative is known.
    if isinstance(scheme, HeaderScheme) and scheme.name != "X-API-Key":
        raise UsageError(
            f"{tool} cannot send the header {scheme.name}, which {login.address} requires.",
            cause=f"{tool} supports basic authentication, bearer tokens, and tokens in the path.",
            next_step=f"use conda for this channel:  conda install -c {login.address} NAME",
        )
    return text
