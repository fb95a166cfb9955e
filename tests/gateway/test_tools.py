"""Which tool a command starts, which variables and files it gets, and what is refused."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from conda_private.gateway.tools import (
    Signed,
    environment_for_mamba,
    environment_for_pip,
    environment_for_rattler,
    mamba_file,
    rattler_file,
    refuse_locking,
    tool_of,
)
from conda_private.model.address import Address
from conda_private.model.exceptions import UsageError
from conda_private.model.login import Login
from conda_private.model.schemes import BEARER, PATH, TOKEN, BasicScheme, HeaderScheme, Scheme
from conda_private.model.secret import Secret
from conda_private.model.source import Source

SECRET = "al-3f9c17e2"
HOST = "conda.example.org"
URL = f"https://{HOST}:8443/my-org"
GATEWAY = "http://127.0.0.1:4711/key"
SIGNED = [
    (
        Login(Address.parse("https://conda.example.org/my-org"), TOKEN, Source("file")),
        Secret("al-1"),
    )
]


@pytest.mark.parametrize(
    ("command", "tool"),
    [
        ("pip install x", "pip"),
        ("pip3 install x", "pip"),
        ("/opt/env/bin/pip3.12 install x", "pip"),
        ("python -m pip install x", "pip"),
        ("/opt/env/bin/python3.12 -m pip install x", "pip"),
        ("python -m uv pip install x", "uv"),
        ("pip.exe install x", "pip"),
        ("uv pip install x", "uv"),
        ("pipx install x", "pipx"),
        ("pipenv install x", "pipenv"),
        ("pip-compile", "pip-compile"),
        ("python script.py", "python"),
        ("python -m", ""),
        ("micromamba install x", "micromamba"),
        ("pixi install", "pixi"),
    ],
)
def test_tool_is_known_by_the_name_of_its_program(command: str, tool: str) -> None:
    assert tool_of(command.split()) == tool


@pytest.mark.parametrize(
    "command",
    [
        *("uv lock", "uv sync", "uv add x", "uv remove x", "uv run x", "uv export", "uv tree"),
        *("uv --quiet lock", "uv --project sub lock", "uv --directory pip-less sync"),
        *("python -m uv lock", "/usr/bin/uv lock", "uv tool install x"),
        *("pip lock x", "python -m pip lock x", "pip --cache-dir folder lock x"),
        *("uv pip compile -o pylock.toml x.in", "uv pip compile x.in --format=pylock.toml"),
        *("uv pip compile x.in --output-file=locks/pylock.dev.toml",),
        *("pip-compile x.in", "pipenv lock", "pipenv install x"),
    ],
)
def test_command_that_writes_urls_of_indexes_to_files_is_refused(command: str) -> None:
    with pytest.raises(UsageError, match="writes the URL of the package index"):
        refuse_locking(command.split())


@pytest.mark.parametrize(
    "command",
    [
        *("pip install lock", "pip install x", "python -m pip download x", "pip", "uv"),
        *("uv pip install x", "uv pip compile x.in -o requirements.txt", "uv venv", "uv --version"),
        *("uv pip install -r pylock.toml", "uv pip sync requirements.txt", "uv pip tree"),
        *("make lock", "pixi lock", "conda env create"),
    ],
)
def test_other_commands_are_not_refused(command: str) -> None:
    refuse_locking(command.split())


def test_gateway_is_the_only_index_whatever_the_user_has_set() -> None:
    theirs = {
        "PIP_INDEX_URL": "https://mirror.example.org/simple",
        "PIP_EXTRA_INDEX_URL": "https://more.example.org/simple",
        "UV_INDEX": "https://more.example.org/simple",
        "UV_EXTRA_INDEX_URL": "https://more.example.org/simple",
        "UV_CONFIG_FILE": "/home/alice/uv.toml",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "NO_PROXY": "internal.example.org",
        "OTHER": "kept",
    }
    given = environment_for_pip(GATEWAY, theirs)
    assert "example.org/simple" not in str(given)
    index = f"{GATEWAY}/simple/"
    assert [given[name] for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX")] == [index, index]
    assert given["PIP_EXTRA_INDEX_URL"] == " "
    assert (given["UV_INDEX_STRATEGY"], given["UV_NO_CONFIG"]) == ("first-index", "1")
    assert "UV_CONFIG_FILE" not in given
    assert given["NO_PROXY"] == "internal.example.org,127.0.0.1"
    assert given["no_proxy"] == "127.0.0.1"
    assert given["OTHER"] == "kept"


def test_rattler_gets_a_private_file_with_the_users_entries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "theirs.json"
    theirs.write_text('{"repo.prefix.dev": {"BearerToken": "theirs"}}')
    folder = tmp_path / "private"
    folder.mkdir()
    given = environment_for_rattler(folder, SIGNED, {"RATTLER_AUTH_FILE": str(theirs)})
    file = Path(given["RATTLER_AUTH_FILE"])
    assert file.parent == folder
    assert file.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(file.read_text())) == {"repo.prefix.dev", "conda.example.org"}
    assert "al-1" not in theirs.read_text()


@pytest.mark.parametrize(
    "content", ["", "[]", "{", "null", pytest.param("[" * 100_000, id="nested")]
)
def test_invalid_file_of_the_user_counts_as_empty(tmp_path: Path, content: str) -> None:
    theirs = tmp_path / "theirs.json"
    theirs.write_text(content)
    given = environment_for_rattler(tmp_path, SIGNED, {"RATTLER_AUTH_FILE": str(theirs)})
    assert set(json.loads(Path(given["RATTLER_AUTH_FILE"]).read_text())) == {"conda.example.org"}


def test_mamba_gets_a_home_like_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, folder = tmp_path / "home", tmp_path / "private"
    (home / ".mamba" / "auth").mkdir(parents=True)
    (home / ".mamba" / "pkgs").mkdir()
    (home / ".mamba" / "auth" / "authentication.json").write_text('{"other": {"type": "x"}}')
    (home / ".condarc").write_text("channels: []\n")
    folder.mkdir()
    monkeypatch.setenv("HOME", str(home))
    given = environment_for_mamba(folder, SIGNED, {})
    ours = Path(given["HOME"])
    assert (ours / ".condarc").read_text() == "channels: []\n"
    assert (ours / ".mamba" / "pkgs").resolve() == home / ".mamba" / "pkgs"
    auth = ours / ".mamba" / "auth"
    assert not auth.is_symlink()
    assert auth.stat().st_mode & 0o777 == 0o700
    file = auth / "authentication.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(file.read_text())) == {"other", "conda.example.org"}
    assert "al-1" not in (home / ".mamba" / "auth" / "authentication.json").read_text()
    assert given["MAMBA_ROOT_PREFIX"] == str(home / ".local" / "share" / "mamba")


def test_root_prefix_of_mamba_is_unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))

    def root(name: str, environment: dict[str, str]) -> str:
        (tmp_path / name).mkdir()
        return environment_for_mamba(tmp_path / name, SIGNED, environment)["MAMBA_ROOT_PREFIX"]

    assert root("a", {"MAMBA_ROOT_PREFIX": "/opt/mamba"}) == "/opt/mamba"
    assert root("b", {"XDG_DATA_HOME": "/data"}) == "/data/mamba"
    (home / "micromamba").mkdir()
    assert root("c", {"XDG_DATA_HOME": "/data"}) == str(home / "micromamba")


def signed(scheme: Scheme, url: str = URL, secret: str = SECRET) -> Signed:
    """Return a login and its credential."""
    return Login(Address.parse(url), scheme, source=Source("file")), Secret.parse(secret)


@pytest.mark.parametrize(
    ("scheme", "entry"),
    [
        (TOKEN, {"BearerToken": SECRET}),
        (BEARER, {"BearerToken": SECRET}),
        (BasicScheme("alice"), {"BasicHTTP": {"username": "alice", "password": SECRET}}),
        (PATH, {"CondaToken": SECRET}),
        (HeaderScheme("X-API-Key"), {"CondaToken": SECRET}),
    ],
    ids=lambda value: getattr(value, "text", None),
)
def test_rattler_gets_a_form_that_it_supports(scheme: Scheme, entry: object) -> None:
    assert json.loads(rattler_file([signed(scheme)], {})) == {HOST: entry}


@pytest.mark.parametrize(
    ("scheme", "entry"),
    [
        (TOKEN, {"type": "BearerToken", "token": SECRET}),
        (BEARER, {"type": "BearerToken", "token": SECRET}),
        (PATH, {"type": "CondaToken", "token": SECRET}),
        (HeaderScheme("X-API-Key"), {"type": "CondaToken", "token": SECRET}),
        (
            BasicScheme("alice"),
            {
                "type": "BasicHTTPAuthentication",
                "user": "alice",
                "password": base64.b64encode(SECRET.encode()).decode(),
            },
        ),
    ],
    ids=lambda value: getattr(value, "text", None),
)
def test_mamba_gets_a_form_that_it_supports(scheme: Scheme, entry: object) -> None:
    assert json.loads(mamba_file([signed(scheme)], {})) == {f"{HOST}:8443": entry}


@pytest.mark.parametrize("write", [rattler_file, mamba_file])
def test_header_that_a_tool_cannot_send_is_refused(write: object) -> None:
    with pytest.raises(UsageError, match="X-Auth") as error:
        write([signed(HeaderScheme("X-Auth"))], {})
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("write", [rattler_file, mamba_file])
def test_two_credentials_for_one_host_are_refused(write: object) -> None:
    two = [signed(TOKEN), signed(TOKEN, f"{URL}/label/dev", "al-another")]
    with pytest.raises(UsageError, match="one credential per host") as error:
        write(two, {})
    assert "--for my-org" in str(error.value)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("write", [rattler_file, mamba_file])
def test_one_credential_for_two_channels_of_a_host_is_one_entry(write: object) -> None:
    entries = json.loads(write([signed(TOKEN), signed(TOKEN, f"{URL}/label/dev")], {}))
    assert len(entries) == 1


@pytest.mark.parametrize("write", [rattler_file, mamba_file])
def test_entries_of_the_user_for_other_hosts_remain(write: object) -> None:
    theirs = {"repo.prefix.dev": {"BearerToken": "theirs"}, "*.example.net": {"a": 1}}
    old = {HOST: "old", f"{HOST}:8443": "old"}
    entries = json.loads(write([signed(TOKEN)], {**theirs, **old}))
    assert theirs.items() <= entries.items()
    assert SECRET in json.dumps(entries)
