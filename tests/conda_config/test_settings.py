"""Names of channels as conda resolves them, and the errors for texts that are not names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conda.base.context import reset_context

from conda_private.conda_config.settings import address_of, condarc_path, name_for
from conda_private.model.address import Address
from conda_private.model.exceptions import AddressError, SecretInUrlError, UsageError

CANARY = "ca-nary-s3"
HOST = "https://conda.example.org"


@pytest.fixture
def conda_reads(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Makes conda read this configuration file, and no other, until the test ends."""

    def read(text: str) -> None:
        file = tmp_path / "condarc.yml"
        file.write_text(text)
        reset_context([file])

    read(f"channel_alias: {HOST}\n")
    yield read
    reset_context()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("my-org", f"{HOST}/my-org"),
        ("my-org/", f"{HOST}/my-org"),
        ("my-org/label/dev", f"{HOST}/my-org/label/dev"),
        ("https://other.example/a/b", "https://other.example/a/b"),
        ("https://other.example/a/noarch", "https://other.example/a"),
        ("https://other.example/a/linux-64/", "https://other.example/a"),
    ],
)
def test_name_or_url_is_the_address_that_conda_means(
    conda_reads: Callable[[str], None], text: str, address: str
) -> None:
    assert address_of(text) == Address.parse(address)


def test_custom_channel_is_its_own_address(conda_reads: Callable[[str], None]) -> None:
    conda_reads("custom_channels:\n  mine: https://other.example/get\n")
    assert address_of("mine") == Address.parse("https://other.example/get/mine")


@pytest.mark.parametrize(
    "text", ["a b", "a//b", "..", "./a", "a.conda", "a/repodata.json", "", "*"]
)
def test_text_that_is_not_a_name_is_refused(conda_reads: Callable[[str], None], text: str) -> None:
    with pytest.raises(AddressError) as caught:
        address_of(text)
    assert "not the name of a channel" in caught.value.what
    assert "conda private login https://conda.example.org/my-org" in caught.value.next_step


def test_list_of_channels_is_refused(conda_reads: Callable[[str], None]) -> None:
    with pytest.raises(AddressError) as caught:
        address_of("defaults")
    assert caught.value.what == "defaults is a list of channels, not a single channel."
    assert "conda config --show custom_multichannels" in caught.value.next_step


@pytest.mark.parametrize(
    "text",
    [
        f"https://conda.example.org/t/{CANARY}/my-org",
        f"https://alice:{CANARY}@conda.example.org/my-org",
        f"https://{CANARY}@conda.example.org/t/{CANARY}_x.y/my-org",
    ],
)
def test_url_with_a_secret_is_refused_with_the_clean_command(
    conda_reads: Callable[[str], None], text: str
) -> None:
    with pytest.raises(SecretInUrlError) as caught:
        address_of(text, "logout")
    assert CANARY not in str(caught.value)
    assert caught.value.next_step.endswith("conda private logout https://conda.example.org/my-org")


def test_shortest_name_means_the_address(conda_reads: Callable[[str], None]) -> None:
    for text in ("my-org", "my-org/label/dev", "https://other.example/a"):
        assert name_for(address_of(text)) == text


def test_condarc_of_the_environment_needs_an_active_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    with pytest.raises(UsageError) as caught:
        condarc_path("env", None)
    assert "no active environment" in caught.value.what
    assert caught.value.next_step.startswith("conda activate")
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path))
    assert condarc_path("env", None) == str(tmp_path / ".condarc")
    assert condarc_path("user", "~/mine") == str(Path("~/mine").expanduser())
