"""Give users an account at the server's API, without a login."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote_plus

from conda_private.files.logins import LoginsFile
from conda_private.model.address import Address
from conda_private.model.login import Account
from conda_private.model.secret import Secret
from conda_private.model.source import FILE
from conda_private.stores.file import FileStore
from tests.integration.runner import Conda
from tests.server import Server

OWNER_SCOPES = ("api:read", "api:write", "api:modify-group")


def give_account(conda: Conda, api: str, token: str, name: str = "alice") -> None:
    """Store an account as ``login --account`` does."""
    account = Account(Address.parse(api), FILE, user=name)
    LoginsFile(
        conda.data_folder / "credentials.json", configure=lambda addresses: None
    ).add_account(account)
    FileStore(conda.secrets_file).put(account.key, Secret(token))


def give_client_login(conda: Conda, api: str, token: str) -> Path:
    """Store a token as anaconda-client does."""
    folder = conda.home / "client" / "data"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{quote_plus(api)}.token"
    file.write_text(token)
    conda.environment["BINSTAR_CONFIG_DIR"] = str(folder.parent)
    conda.files_of_others.append(file)
    return file


def state(conda: Conda) -> dict[Path, bytes]:
    """Every file of the user, except locks and caches."""
    files = (path for path in conda.home.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {path: path.read_bytes() for path in files if ".cache" not in path.parts}


def changes(server: Server) -> list[tuple[str, str, int]]:
    """The requests that change something."""
    return [
        (each.method, each.path, each.status) for each in server.requests if each.method != "GET"
    ]


def shown_to(server: Server, secret: str) -> set[str]:
    """The origins and first words of paths that a secret was sent to."""
    return {
        each.origin
        for each in server.requests
        if secret in f"{each.headers} {each.path} {each.body!r}"
    }
