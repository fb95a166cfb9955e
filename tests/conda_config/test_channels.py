"""The channels in effect are those that conda says, and channels that it refuses are refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conda.base.context import Context, context

from conda_private.composition import machine
from conda_private.conda_config import channels
from conda_private.conda_config.settings import read_again
from conda_private.model.address import Address
from conda_private.model.exceptions import ChannelNotAllowedError
from tests.home import Home, home_in

HOST = "https://conda.anaconda.org"
ORG = Address.parse(f"{HOST}/my-org")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home without any setting."""
    with home_in(tmp_path) as home:
        yield home


@pytest.fixture
def without_implicit(monkeypatch: pytest.MonkeyPatch) -> None:
    """conda as it is since 25.9: without a list of channels, there are none."""
    monkeypatch.setattr(vars(Context)["_channels"].type, "_default", ())


def list_first(home: Home) -> str:
    """List a channel in a file without a list; return the text of the file."""
    machine.channel_list(str(home.condarc_path)).add("my-org", "prepend")
    return home.condarc_path.read_text()


def test_implicit_defaults_stay_in_effect(home: Home) -> None:
    before = channels.in_effect()
    assert before == ("defaults",)  # as conda 24.7 has it
    assert "defaults" in list_first(home)
    assert channels.in_effect() == ("my-org", *before)


@pytest.mark.usefixtures("without_implicit")
def test_defaults_are_not_added_where_conda_has_none(home: Home) -> None:
    assert channels.in_effect() == ()
    assert "defaults" not in list_first(home)
    assert channels.in_effect() == ("my-org",)


def test_defaults_are_not_added_where_they_are_empty(home: Home) -> None:
    home.condarc("default_channels: []\n")
    assert "defaults" not in list_first(home).replace("default_channels", "")
    assert channels.in_effect() == ("my-org",)


def test_defaults_are_not_added_beside_a_variable(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDA_CHANNELS", "conda-forge")
    assert channels.defaults_depend_on_a_variable()
    assert "defaults" not in list_first(home)
    assert channels.in_effect() == ("conda-forge", "my-org")
    assert not channels.defaults_depend_on_a_variable()


@pytest.mark.usefixtures("without_implicit")
def test_variable_replaces_no_defaults_where_conda_has_none(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDA_CHANNELS", "conda-forge")
    assert not channels.defaults_depend_on_a_variable()


def test_no_variable_replaces_no_defaults(home: Home) -> None:
    assert not channels.defaults_depend_on_a_variable()


@pytest.mark.parametrize("listed", ["my-org", f"{HOST}/my-org", f"{HOST}/t/ca-nary-1/my-org"])
def test_file_that_lists_a_channel_is_found_whatever_it_calls_it(home: Home, listed: str) -> None:
    home.condarc(json.dumps({"channels": ["conda-forge", listed]}))
    assert channels.listings(ORG) == [(str(home.condarc_path), listed)]
    assert channels.listings(ORG.child("label", "dev")) == []


def test_file_without_channels_lists_none(home: Home) -> None:
    home.condarc("channels:\nssl_verify: true\n")
    assert channels.listings(ORG) == []


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ({"allowlist_channels": ["conda-forge"]}, "allowlist_channels"),
        ({"whitelist_channels": [f"{HOST}/other"]}, "allowlist_channels"),
        ({"allowlist_channels": ["my-org/label/dev"]}, "allowlist_channels"),
    ],
)
def test_channel_that_is_not_allowed_is_refused(
    home: Home, settings: dict[str, object], setting: str
) -> None:
    home.condarc(json.dumps(settings))
    with pytest.raises(ChannelNotAllowedError) as caught:
        channels.refuse_if_not_allowed(ORG)
    assert caught.value.return_code == 1
    assert f"{setting} is set in {home.condarc_path}" in caught.value.cause
    channels.refuse_if_not_allowed(Address.parse(HOST))  # a server is not a channel


def test_channel_that_is_denied_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    # conda has the setting since 24.9; an attribute of this name is what it reads.
    monkeypatch.setattr(Context, "denylist_channels", ("my-org", "defaults"), raising=False)
    with pytest.raises(ChannelNotAllowedError, match="do not allow the channel"):
        channels.refuse_if_not_allowed(ORG)
    channels.refuse_if_not_allowed(Address.parse(f"{HOST}/other"))


def test_variable_that_refuses_a_channel_is_named(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONDA_ALLOWLIST_CHANNELS", "conda-forge")
    read_again()
    with pytest.raises(ChannelNotAllowedError) as caught:
        channels.refuse_if_not_allowed(ORG)
    assert "an environment variable" in caught.value.cause


@pytest.mark.parametrize("listed", ["my-org", f"{HOST}/my-org"])
def test_channel_that_is_allowed_or_not_denied_is_not_refused(home: Home, listed: str) -> None:
    home.condarc(json.dumps({"allowlist_channels": [listed, "defaults"]}))
    channels.refuse_if_not_allowed(ORG)


def test_addresses_in_effect_are_those_of_plain_channels(home: Home) -> None:
    multi = {"all": ["my-org", "other"]}
    listed = ["all", "file:///srv/x", "conda-forge"]
    home.condarc(json.dumps({"channels": listed, "custom_multichannels": multi}))
    found = [str(address) for address in channels.addresses_in_effect()]
    assert found == [f"{HOST}/{name}" for name in ("my-org", "other", "conda-forge")]


def test_channels_that_conda_itself_refuses_are_no_error(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.condarc("override_channels_enabled: false\n")
    monkeypatch.setattr(context, "_argparse_args", {"override_channels": True})
    assert list(channels.addresses_in_effect()) == []
