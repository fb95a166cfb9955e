"""A package with the name of a private one from another channel: refused, or named in a warning."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from conda_private.handler import namesakes
from conda_private.handler.namesakes import refuse_namesakes
from conda_private.model.address import Address
from conda_private.model.exceptions import NamesakeError
from conda_private.model.login import Login
from conda_private.model.memory import Recognizer, recognizer, remember
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret
from conda_private.model.source import FILE
from tests.wording import assert_reads_well

HOST = "https://conda.example.org"
SECRET = Secret("ca-nary-n1")
LOGIN = Login(Address.parse(f"{HOST}/my-org"), TOKEN, FILE)


@pytest.fixture(autouse=True)
def _nothing_was_said() -> Iterator[None]:
    namesakes._warn.cache_clear()
    yield
    namesakes._warn.cache_clear()


def known() -> Recognizer:
    """A login that remembers ``secretlib``, and ``lib``, which also has public files."""
    memory = remember(LOGIN.address, SECRET, {"noarch": ("secretlib",)}, mixed=("lib",))
    found = recognizer(LOGIN.address, SECRET, memory)
    assert found
    return found


def record(name: str, channel: str) -> SimpleNamespace:
    """A package of a channel, as conda has it after the solve."""
    base = f"{HOST}/{channel}"
    place = SimpleNamespace(canonical_name=channel, base_url=base)
    return SimpleNamespace(name=name, url=f"{base}/noarch/{name}-1-0.conda", channel=place)


def test_package_with_a_private_name_from_another_channel_is_refused() -> None:
    linked = [record("other", "other"), record("secretlib", "other")]
    with pytest.raises(NamesakeError) as caught:
        refuse_namesakes(linked, [(LOGIN, known())])
    assert "secretlib is a private package" in caught.value.what
    assert_reads_well(caught.value, names="secretlib")


@pytest.mark.parametrize("channel", ["my-org", "my-org/label/dev"])
def test_package_of_the_channel_itself_is_linked_without_a_word(
    channel: str, capsys: pytest.CaptureFixture[str]
) -> None:
    refuse_namesakes([record("secretlib", channel), record("lib", channel)], [(LOGIN, known())])
    assert capsys.readouterr().err == ""


def test_package_that_has_public_files_too_is_named_once_and_linked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for _ in range(2):
        refuse_namesakes([record("lib", "other"), record("more", "other")], [(LOGIN, known())])
    said = capsys.readouterr().err
    assert said.count("Warning: conda takes lib from other") == 1
    assert f"Next:  conda private check {HOST}/my-org" in said
    assert "more" not in said.replace("any more", "")
