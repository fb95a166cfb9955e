"""The exact variables and files that each tool is started with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conda_private.gateway.pages import JSON_TYPE, relinked
from conda_private.gateway.tools import (
    Signed,
    environment_for_mamba,
    environment_for_pip,
    environment_for_rattler,
)
from conda_private.model.address import Address
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret
from conda_private.model.source import FILE

INDEX = "http://127.0.0.1:1/key/simple/"
SIGNED: list[Signed] = [
    (Login(Address.parse("https://conda.example.org/my-org"), TOKEN, FILE), Secret("ca-nary-1"))
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's home."""
    home = tmp_path / "user"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of one command."""
    folder = tmp_path / "command"
    folder.mkdir()
    return folder


def test_pip_and_uv_get_these_variables_and_no_other() -> None:
    assert environment_for_pip("http://127.0.0.1:1/key", {}) == {
        "PIP_INDEX_URL": INDEX,
        "PIP_EXTRA_INDEX_URL": " ",
        "UV_DEFAULT_INDEX": INDEX,
        "UV_INDEX": "",
        "UV_INDEX_URL": INDEX,
        "UV_EXTRA_INDEX_URL": "",
        "UV_INDEX_STRATEGY": "first-index",
        "UV_NO_CONFIG": "1",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


def test_rattler_keeps_what_is_in_its_usual_file(home: Path, folder: Path) -> None:
    theirs = home / ".rattler" / "credentials.json"
    theirs.parent.mkdir()
    theirs.write_text('{"other.example.org": {"BearerToken": "theirs"}}')
    assert environment_for_rattler(folder, SIGNED, {}) == {
        "RATTLER_AUTH_FILE": str(folder / "rattler.json")
    }
    written = json.loads(folder.joinpath("rattler.json").read_text())
    assert set(written) == {"other.example.org", "conda.example.org"}


def test_mamba_gets_a_home_and_its_usual_root(home: Path, folder: Path) -> None:
    assert environment_for_mamba(folder, SIGNED, {}) == {
        "HOME": str(folder / "home"),
        "MAMBA_ROOT_PREFIX": str(home / ".local" / "share" / "mamba"),
    }
    for each in ("", ".mamba", ".mamba/auth"):
        assert folder.joinpath("home", each).stat().st_mode & 0o777 == 0o700
    auth = folder / "home" / ".mamba" / "auth" / "authentication.json"
    assert auth.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("[]", "This is not a page of an index."),
        ('{"files": {}}', "This is not a page of an index."),
        ('{"files": ["x"]}', "This is not a page of an index."),
        ('{"files": [{}]}', "A file has no URL."),
    ],
)
def test_page_that_is_not_one_says_why(page: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        relinked(page.encode(), JSON_TYPE, "https://pypi.example.org/", str)
