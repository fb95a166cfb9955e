"""What a channel's name means: the user's settings decide, not an environment's or a project's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conda.base.context import reset_context

from conda_private.conda_config.names import (
    address_of,
    listed_in_other_case,
    meaning_of,
    name_for,
)
from conda_private.model.address import Address
from conda_private.model.exceptions import AddressError, SecretInUrlError
from tests.home import Home, home_in
from tests.wording import assert_reads_well

CANARY = "ca-nary-s3"
HOST = "https://conda.example.org"
EVIL = "https://evil.example"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A user whose ``channel_alias`` is HOST."""
    with home_in(tmp_path) as home, pytest.MonkeyPatch.context() as patch:
        patch.delenv("CONDA_PREFIX", raising=False)
        patch.delenv("XDG_CONFIG_HOME", raising=False)
        home.condarc(f"channel_alias: {HOST}\n")
        yield home


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("my-org", f"{HOST}/my-org"),
        ("my-org/", f"{HOST}/my-org"),
        ("my-org/label/dev", f"{HOST}/my-org/label/dev"),
        ("my-org/linux-64", f"{HOST}/my-org"),
        ("my-org/noarch/repodata.json", f"{HOST}/my-org"),
        ("my-org::hello", f"{HOST}/my-org"),
        ("https://other.example/a/b", "https://other.example/a/b"),
        ("https://other.example/a/noarch", "https://other.example/a"),
        ("https://other.example/a/linux-64/", "https://other.example/a"),
        ("https://anaconda.org/my-org", "https://conda.anaconda.org/my-org"),
    ],
)
def test_name_or_url_is_the_address_that_conda_means(home: Home, text: str, address: str) -> None:
    assert address_of(text) == Address.parse(address)


def test_custom_channel_is_its_own_address(home: Home) -> None:
    home.condarc(
        f"channel_alias: {HOST}\n"
        "custom_channels:\n  mine: https://other.example/get\n  my.team/x: https://dot.example\n"
    )
    assert address_of("mine") == Address.parse("https://other.example/get/mine")
    assert address_of("mine/label/dev").path == ("get", "mine", "label", "dev")
    # A word with a dot is a name where the user's settings say so, and only there.
    assert address_of("my.team/x") == Address.parse("https://dot.example/my.team/x")
    with pytest.raises(AddressError):
        address_of("my.tea/x")


@pytest.mark.parametrize("text", ["a b c", "a//b", "..", "./a", "a.conda", "a/repodata.json", "*"])
def test_text_that_is_not_a_name_is_refused(home: Home, text: str) -> None:
    with pytest.raises(AddressError) as caught:
        address_of(text)
    assert "not the name of a channel" in caught.value.what
    assert "conda private login https://HOST/CHANNEL" in caught.value.next_step


def test_list_of_channels_is_refused(home: Home) -> None:
    with pytest.raises(AddressError) as caught:
        address_of("defaults")
    assert caught.value.what == "defaults is a list of channels, not a single channel."
    assert "conda config --show custom_multichannels" in caught.value.next_step


def test_url_with_a_secret_is_refused_with_the_clean_command(home: Home) -> None:
    with pytest.raises(SecretInUrlError) as caught:
        address_of(f"https://conda.example.org/t/{CANARY}_x.y/my-org", "logout")
    assert CANARY not in str(caught.value)
    assert caught.value.next_step.endswith("conda private logout https://conda.example.org/my-org")


def test_shortest_name_means_the_address(home: Home) -> None:
    for text in ("my-org", "my-org/label/dev", "https://other.example/a"):
        assert name_for(address_of(text)) == text


def by_variable(home: Home, patch: pytest.MonkeyPatch) -> str:
    """Set ``channel_alias`` as the ``variables:`` of an environment do."""
    patch.setenv("CONDA_CHANNEL_ALIAS", EVIL)
    return "CONDA_CHANNEL_ALIAS"


def by_environment(home: Home, patch: pytest.MonkeyPatch) -> str:
    """Set ``custom_channels`` in the ``.condarc`` of an activated environment."""
    patch.setenv("CONDA_PREFIX", str(home.folder / "env"))
    return _write(home.folder / "env" / ".condarc", f"custom_channels: {{my-org: {EVIL}}}\n")


def by_project(home: Home, patch: pytest.MonkeyPatch) -> str:
    """Set ``channel_alias`` in a file that CONDARC names."""
    patch.setenv("CONDARC", str(home.folder / "project" / "rc.yml"))
    return _write(home.folder / "project" / "rc.yml", f"channel_alias: {EVIL}\n")


def by_xdg(home: Home, patch: pytest.MonkeyPatch) -> str:
    """Set ``channel_alias`` in a folder that the ``variables:`` of an environment name."""
    variables = {"env_vars": {"XDG_CONFIG_HOME": str(home.folder / "shared")}}
    _write(home.folder / "env" / "conda-meta" / "state", json.dumps(variables))
    patch.setenv("CONDA_PREFIX", str(home.folder / "env"))
    patch.setenv("XDG_CONFIG_HOME", str(home.folder / "shared"))
    home.condarc_path.unlink()
    text = f"custom_channels: {{my-org: {EVIL}}}\n"
    return _write(home.folder / "shared" / "conda" / "condarc", text)


def _write(file: Path, text: str) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return str(file)


Change = Callable[[Home, pytest.MonkeyPatch], str]


@pytest.mark.parametrize("change", [by_variable, by_environment, by_project, by_xdg])
def test_settings_of_this_shell_do_not_decide_where_a_credential_goes(
    home: Home, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    named = change(home, monkeypatch)
    reset_context()
    true = HOST if home.condarc_path.exists() else "https://conda.anaconda.org"
    with pytest.raises(AddressError) as caught:
        address_of("my-org", label="dev")
    error = caught.value
    assert error.what == f"Your settings and {named} disagree about the address of my-org."
    assert f"it is {true}/my-org/label/dev, but here it is {EVIL}/my-org/label/dev" in error.cause
    assert error.next_step.splitlines() == [
        f"conda private login {true}/my-org/label/dev",
        f"or, if you mean the other one,  conda private login {EVIL}/my-org/label/dev",
    ]
    assert error.return_code == 2
    assert_reads_well(error, names=named)
    # The user insists with the full URL, and verbs that look up a login still find it.
    assert address_of(f"{EVIL}/my-org") == Address.parse(f"{EVIL}/my-org")
    assert meaning_of("my-org").address == Address.parse(f"{true}/my-org")


def test_xdg_folder_of_the_user_decides(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    by_xdg(home, monkeypatch)
    monkeypatch.delenv("CONDA_PREFIX")
    reset_context()
    assert address_of("my-org") == Address.parse(f"{EVIL}/my-org")


def test_condarc_variable_that_names_a_file_of_the_user_decides(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDARC", str(home.condarc_path))
    reset_context()
    assert address_of("my-org") == Address.parse(f"{HOST}/my-org")


@pytest.mark.parametrize(
    "text",
    [
        f"custom_multichannels: {{my-org: [{EVIL}/a]}}\n",
        "custom_channels: {my-org: file:///srv}\n",
    ],
)
def test_name_without_a_single_address_in_this_shell_still_has_its_own(
    home: Home, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("CONDARC", str(home.folder / "rc.yml"))
    file = _write(home.folder / "rc.yml", text)
    reset_context()
    with pytest.raises(AddressError) as caught:
        address_of("my-org")
    assert f"and {file} disagree" in caught.value.what
    assert "here it is no single address." in caught.value.cause
    assert caught.value.next_step == f"conda private login {HOST}/my-org"
    assert meaning_of("my-org").address == Address.parse(f"{HOST}/my-org")


def test_setting_that_means_the_same_stops_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDA_CHANNEL_ALIAS", HOST)
    monkeypatch.setenv("CONDA_CHANNELS", "my-org")
    reset_context()
    assert address_of("my-org") == Address.parse(f"{HOST}/my-org")


def test_address_gets_a_name_that_means_it_in_every_shell(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_variable(home, monkeypatch)
    reset_context()
    for text in (f"{EVIL}/my-org", f"{HOST}/my-org"):
        assert name_for(Address.parse(text)) == text


def test_listed_channel_in_another_case_is_found(home: Home) -> None:
    home.condarc(
        f"channel_alias: {HOST}\n"
        "channels: [My-Org, my-org, MY-ORG/label/dev, my-org2, https://other.example/My-Org]\n"
    )
    address = Address.parse(f"{HOST}/my-org")
    assert listed_in_other_case(address) == ["My-Org", "MY-ORG/label/dev"]
