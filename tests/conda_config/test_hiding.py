"""Settings because of which conda does not use a login are found, and named with their file."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conda_private.conda_config.hiding import hiding
from conda_private.conda_config.settings import read_again
from conda_private.files import paths
from conda_private.model.address import Address
from tests.home import CANARY, Home, home_in

HOST = "https://conda.example.org"
ALIAS = {"channel_alias": HOST}
ORG = Address.parse(f"{HOST}/my-org")
TOKEN = "ca-nary-h2"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home with a login."""
    with home_in(tmp_path) as home:
        home.log_in(str(ORG))
        yield home


def found(home: Home, settings: dict[str, Any], address: Address = ORG) -> list[tuple[str, str]]:
    """The settings that hide a login, and where they are, with these settings in ``.condarc``."""
    home.condarc(json.dumps(settings))
    return [(each.setting, each.source) for each in hiding(address)]


def test_login_that_conda_uses_is_not_hidden(home: Home) -> None:
    for settings in ({}, ALIAS, {"custom_channels": {"my-org": HOST}}):
        assert found(home, settings) == []


@pytest.mark.parametrize("credential", ["user:p4ss@{}", "{}/t/ca-nary-h2"])
@pytest.mark.parametrize(
    ("setting", "template"),
    [
        ("channel_alias", "{}"),
        ("custom_channels", {"my-org": "{}"}),
        ("default_channels", ["{}/my-org", "conda-forge"]),
        ("custom_multichannels", {"all": ["conda-forge", "{}/my-org"]}),
    ],
)
def test_credential_in_a_setting_hides_the_login(
    home: Home, setting: str, template: object, credential: str
) -> None:
    url = "https://" + credential.format("conda.example.org")
    settings = {**ALIAS, setting: json.loads(json.dumps(template).replace("{}", url))}
    assert found(home, settings) == [(setting, str(home.condarc_path))]
    (told,) = hiding(ORG)
    assert str(home.condarc_path) in told.error.cause
    assert setting in told.error.what
    assert told.error.return_code == 4
    for secret in (TOKEN, "p4ss", CANARY):
        assert secret not in str(told.error)


def test_credential_for_another_channel_hides_nothing(home: Home) -> None:
    other = f"{HOST}/t/{TOKEN}"
    assert found(home, {**ALIAS, "custom_channels": {"other": other}}) == []
    assert found(home, {"channel_alias": f"https://elsewhere.example/t/{TOKEN}"}) == []


@pytest.mark.parametrize(
    "settings",
    [
        {"channel_alias": f"{HOST}/t/{TOKEN}"},
        {"custom_channels": {"my-org": f"{HOST}/t/{TOKEN}"}},
    ],
)
def test_command_that_is_shown_removes_the_credential(home: Home, settings: dict[str, Any]) -> None:
    assert len(found(home, settings)) == 1
    words = shlex.split(hiding(ORG)[0].error.next_step)
    assert words[:2] == ["conda", "config"]
    subprocess.run([sys.executable, "-m", *words], check=True)
    assert TOKEN not in home.condarc_path.read_text()
    read_again()
    assert hiding(ORG) == []


def test_credential_in_a_list_is_removed_with_an_editor(home: Home) -> None:
    found(home, {**ALIAS, "default_channels": [f"{HOST}/t/{TOKEN}/my-org"]})
    (told,) = hiding(ORG)
    assert told.error.next_step.startswith(f"edit {home.condarc_path} and write  {ORG}  in")


def test_credential_in_a_variable_is_named_with_the_variable(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDA_CHANNEL_ALIAS", f"{HOST}/t/{TOKEN}")
    assert found(home, {}) == [("channel_alias", "CONDA_CHANNEL_ALIAS")]
    assert hiding(ORG)[0].error.next_step == f"export CONDA_CHANNEL_ALIAS={HOST}"


def test_credential_behind_a_variable_in_a_file_is_found(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_TOKEN", TOKEN)
    settings = {"channel_alias": f"{HOST}/t/${{SOME_TOKEN}}"}
    assert found(home, settings) == [("channel_alias", str(home.condarc_path))]


def test_entry_of_another_handler_hides_the_login(home: Home) -> None:
    file = paths.channel_settings().with_name("a-other.yml")
    for auth in ("anaconda-auth", None):
        entry = {"channel": f"{HOST}/*", **({"auth": auth} if auth else {})}
        file.write_text(json.dumps({"channel_settings": [entry]}))
        assert found(home, {}) == [("channel_settings", str(file))]
        assert ("(anaconda-auth)" in hiding(ORG)[0].error.cause) is bool(auth)


def test_login_without_its_channel_settings_is_not_used(home: Home) -> None:
    paths.channel_settings().unlink()
    assert found(home, {}) == [("channel_settings", str(paths.channel_settings()))]
    told = hiding(ORG)[0].error
    assert "is missing" in told.cause
    assert told.next_step == f"conda private login {ORG}"


@pytest.mark.parametrize(
    "setting",
    [
        {"migrated_channel_aliases": ["https://old.example.org"]},
        {"migrated_custom_channels": {"my-org": "https://old.example.org"}},
    ],
)
def test_login_for_an_address_that_conda_replaces_is_not_used(
    home: Home, setting: dict[str, Any]
) -> None:
    old = Address.parse("https://old.example.org/my-org")
    home.log_in(str(old))
    assert found(home, {**ALIAS, **setting}, old) == [(*setting, str(home.condarc_path))]
    (told,) = hiding(old)
    assert told.error.what == f"conda does not read {old}, but {ORG}."
    assert told.error.next_step == f"conda private login {ORG}"
    assert hiding(ORG) == []


def test_login_for_a_whole_server_can_be_hidden_by_a_credential(home: Home) -> None:
    server = Address.parse(HOST)
    home.log_in(HOST)
    assert found(home, ALIAS, server) == []
