"""Files of other tools with a credential for each host: netrc, rattler's and mamba's.

Each is only read by ``import``; ``export`` adds entries to it, and keeps all others.
"""

from __future__ import annotations

import base64
import json
import netrc
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialError, FileFormatError
from conda_private.model.known_servers import server_of
from conda_private.model.login import Login
from conda_private.model.schemes import BEARER, PATH, BasicScheme, can_send
from conda_private.model.secret import Secret, SecretText
from conda_private.stores.others import Found, found, invalid, parsed

# Readers of netrc differ in how they treat quotation marks, backslashes and "#".
_PLAIN = re.compile(r"[^\s\"'\\#]+")


class Entry(NamedTuple):
    """What a file has for a host, or for a part of one.

    Attributes:
        key: ``HOST[:PORT][/PATH]``; for rattler, it can begin with ``*.``.
        found: the credential.
    """

    key: str
    found: Found

    def covers(self, address: Address) -> bool:
        """Whether the tool would send it to a channel."""
        netloc, _, path = self.key.partition("/")
        wanted = tuple(filter(None, path.split("/")))
        if netloc.startswith("*."):
            is_host = address.host == netloc[2:] or address.host.endswith(netloc[1:])
        else:
            is_host = netloc in (address.host, address.netloc)
        return is_host and address.path[: len(wanted)] == wanted


class HostFile(NamedTuple):
    """A tool that has its credentials in one file.

    Attributes:
        path: returns the file.
        read: returns the entries of a file.
        add: returns the text of a file with the credential of a login.
        key: returns under which key the tool looks for the credential of a login.
    """

    path: Callable[[], Path]
    read: Callable[[Path], list[Entry]]
    add: Callable[[SecretText, Path, Login, Secret], SecretText]
    key: Callable[[Login], str]


def _text(file: Path) -> SecretText:
    return SecretText(file.read_text(encoding="utf-8")[:])


def _netrc_path() -> Path:
    if given := os.environ.get("NETRC"):
        return Path(given).expanduser()
    choices = [Path.home() / name for name in (".netrc", "_netrc")]
    return next((each for each in choices if each.exists()), choices[0])


def _netrc_hosts(file: Path) -> dict[str, tuple[str, str]]:
    try:
        hosts = netrc.netrc(str(file)).hosts
    except (netrc.NetrcParseError, UnicodeDecodeError):
        hosts = None
    if hosts is None:  # raised here, because the other error shows a part of the file
        raise invalid(f"the file {file}")
    return {name: (each[0] or "", SecretText(each[2] or "")) for name, each in hosts.items()}


def _read_netrc(file: Path) -> list[Entry]:
    where = f"the file {file}"
    return [
        Entry(host, each)
        for host, (user, password) in _netrc_hosts(file).items()
        if host != "default"
        for each in found(password, where, scheme="basic" if user else "auto", username=user)
    ]


def _add_to_netrc(text: SecretText, file: Path, login: Login, secret: Secret) -> SecretText:
    host, scheme = login.address.host, login.scheme
    if not isinstance(scheme, BasicScheme):
        raise _impossible(login, "netrc", "From netrc, only a username and a password are sent.")
    pair = scheme.username, secret.reveal()
    # In front of all others: what is behind "default" or in a macro is not found.
    entry = f"machine {host} login {pair[0]} password {pair[1]}\n"
    if not all(map(_PLAIN.fullmatch, pair)):
        raise _impossible(login, "netrc", "It has characters that tools read differently there.")
    theirs = _netrc_hosts(file).get(host) if file.exists() else None
    if entry in text or (theirs and (theirs[0], theirs[1][:]) == pair):
        return text
    if theirs or f"machine {host} " in text:
        raise _impossible(login, "netrc", f"{file} already has another credential for {host}.")
    return SecretText(entry + text[:])


def _rattler_path() -> Path:
    given = os.environ.get("RATTLER_AUTH_FILE")
    return Path(given) if given else Path.home() / ".rattler" / "credentials.json"


def _read_rattler(file: Path) -> list[Entry]:
    where, entries = f"the file {file}", []
    for key, value in parsed(_text(file), where).items():
        kind, content = next(iter(value.items())) if isinstance(value, dict) and value else ("", {})
        scheme = {"BearerToken": "bearer", "CondaToken": "auto"}.get(kind)
        each: list[Found] = []
        if scheme:
            each = found(content, where, scheme=scheme)
        elif kind == "BasicHTTP" and isinstance(content, dict):
            user = (content.get("username") or "")[:]
            each = found(content.get("password"), where, scheme="basic", username=user)
        entries += [Entry(key, one) for one in each]
    return entries


def _add_to_rattler(text: SecretText, file: Path, login: Login, secret: Secret) -> SecretText:
    kind, value = _kind(login, secret, "rattler"), secret.reveal()
    entry: dict[str, object] = {kind: value}
    if isinstance(login.scheme, BasicScheme):
        entry = {"BasicHTTP": {"username": login.scheme.username, "password": value}}
    return _with(text, file, login.address.host, entry)


def _mamba_path() -> Path:
    return Path.home() / ".mamba" / "auth" / "authentication.json"


def _read_mamba(file: Path) -> list[Entry]:
    where, entries = f"the file {file}", []
    for key, value in parsed(_text(file), where).items():
        fields = value if isinstance(value, dict) else {}
        kind = (fields.get("type") or "")[:]
        if kind == "BasicHTTPAuthentication":
            user = (fields.get("user") or "")[:]
            password = _decoded(fields.get("password") or "", where)
            each = found(password, where, scheme="basic", username=user)
        else:
            scheme = "bearer" if kind == "BearerToken" else "auto"
            each = found(fields.get("token"), where, scheme=scheme)
        entries += [Entry(key.partition("://")[2] or key, one) for one in each]
    return entries


def _decoded(text: str, where: str) -> SecretText:
    try:
        return SecretText(base64.b64decode(text[:], validate=True).decode())
    except ValueError:
        pass
    raise invalid(where)


def _add_to_mamba(text: SecretText, file: Path, login: Login, secret: Secret) -> SecretText:
    kind, value = _kind(login, secret, "mamba"), secret.reveal()
    entry: dict[str, object] = {"type": kind, "token": value}
    if isinstance(login.scheme, BasicScheme):
        encoded = base64.b64encode(value.encode()).decode()
        user = login.scheme.username
        entry = {"type": "BasicHTTPAuthentication", "user": user, "password": encoded}
    return _with(text, file, _mamba_key(login), entry)


def _mamba_key(login: Login) -> str:
    address = login.address
    return address.host if login.scheme == BEARER else str(address).partition("://")[2]


def _kind(login: Login, secret: Secret, tool: str) -> str:
    """Return the name that both tools have for a kind of token; "" for a password."""
    if isinstance(login.scheme, BasicScheme):
        return ""
    if login.scheme == BEARER:
        return "BearerToken"
    if PATH not in server_of(login.address).schemes or not can_send(PATH, secret):
        cause = f"{tool} cannot send it as this server needs it ({login.scheme.description})."
        raise _impossible(login, tool, cause)
    return "CondaToken"


def _with(text: SecretText, file: Path, key: str, entry: dict[str, object]) -> SecretText:
    content = _object(text, file)
    if content.get(key) == entry:
        return text
    return SecretText(json.dumps({**content, key: entry}, indent=2) + "\n")


def _object(text: SecretText, file: Path) -> dict[str, Any]:
    try:
        content = json.loads(text[:] or "{}")
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict):
        return content
    raise FileFormatError(
        f"{file} could not be read; it is unchanged.",
        cause="It is not a JSON object.",
        next_step="correct it with an editor, and repeat the command",
    )


def _impossible(login: Login, tool: str, cause: str) -> CredentialError:
    return CredentialError(
        f"The credential for {login.address} cannot be exported to {tool}.",
        cause=cause,
        next_step="conda private run COMMAND      # it authenticates the requests of any tool",
    )


def _host(login: Login) -> str:
    return login.address.host


HOST_FILES = {
    "netrc": HostFile(_netrc_path, _read_netrc, _add_to_netrc, _host),
    "rattler": HostFile(_rattler_path, _read_rattler, _add_to_rattler, _host),
    "mamba": HostFile(_mamba_path, _read_mamba, _add_to_mamba, _mamba_key),
}
