"""An environment that differs in more than the plugin is refused."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.bench.__main__ import _peer
from tests.bench.environments import FOLDER, Environment, here, ours, plain
from tests.bench.likeness import Installed, differences, next_step, read, refusal
from tests.bench.rows import OURS

BASE = {"conda": "24.7.1", "requests": "2.32.0"}
PLUGIN = {"conda-private": "0.1.0", "keyring": "25.0"}
NEEDS = {"conda-auth": ["keyring", 'pytest; extra == "test"', "Some.Thing[fast]"]}
PEER = {**BASE, "conda-auth": "0.2.1", "keyring": "25.0"}


def installed(
    folder: Path, versions: dict[str, str], requires: dict[str, Sequence[str]] = NEEDS
) -> Installed:
    """An environment with the metadata of these distributions."""
    for name, version in versions.items():
        info = folder / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        needs = "".join(f"Requires-Dist: {each}\n" for each in requires.get(name, ()))
        extras = "Provides-Extra: test\nProvides-Extra: fast\n"
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{extras}{needs}"
        (info / "METADATA").write_text(text)
    return read("3.12.1", [str(folder)])


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., list[str]]:
    """What is said of an environment with some distributions as conda-auth's."""

    def differ(
        versions: dict[str, str], requires: dict[str, Sequence[str]] = NEEDS, *, python: str = ""
    ) -> list[str]:
        found = installed(tmp_path / "peer", versions, requires)
        found = Installed(python or found.python, found.versions, found.requires)
        alone = installed(tmp_path / "plain", BASE)
        return differences("conda-auth", found, alone, installed(tmp_path / "o", BASE | PLUGIN))

    return differ


def test_environment_with_the_plugin_and_what_it_needs_is_taken(
    told: Callable[..., list[str]],
) -> None:
    needs = {**NEEDS, "some-thing": ['speed; extra == "fast"']}
    assert (
        told({**PEER, "some_thing": "1", "speed": "1"}, needs | {"some_thing": needs["some-thing"]})
        == []
    )


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"conda": "24.9.0"}, "conda 24.9.0 instead of 24.7.1"),
        ({"requests": "2.31.0"}, "requests 2.31.0 instead of 2.32.0"),
        ({"keyring": "24.0"}, "keyring 24.0 instead of 25.0"),
        ({"pytest": "8.0"}, "also pytest 8.0"),
        ({"conda-private": "0.1.0"}, "also conda-private 0.1.0"),
    ],
)
def test_other_distribution_is_named(
    told: Callable[..., list[str]], changed: dict[str, str], expected: str
) -> None:
    assert told(PEER | changed) == [expected]


def test_plain_conda_on_another_python_is_not_taken_for_a_plugin(
    told: Callable[..., list[str]],
) -> None:
    found = told({"conda": "24.7.1"}, python="3.11.4")
    assert found == ["Python 3.11.4 instead of 3.12.1", "no conda-auth", "no requests"]


def test_first_of_two_versions_counts(tmp_path: Path) -> None:
    for version in ("1.0", "2.0"):
        installed(tmp_path / version, {"conda": version})
    found = read("3.12.1", [str(tmp_path / "1.0"), str(tmp_path / "2.0")])
    assert found.versions == {"conda": "1.0"}


def test_refusal_says_what_differs_and_what_makes_the_right_environment() -> None:
    alone = Environment("plain", Path(sys.executable))
    text = refusal(alone, here(), ())
    assert text is not None
    assert f"also {OURS} " in text
    assert f"`{sys.executable} -m pip list`" in text


def test_peer_without_the_plugin_is_refused() -> None:
    same = here().python
    # This environment has neither plugin if it is looked at under another name.
    text = refusal(Environment("plain", same), Environment("conda-auth", same), ())
    assert text is not None
    assert f"{same} cannot be compared as conda-auth: it has no conda-auth.\n" in text


def test_environments_of_make_bench_have_their_commands() -> None:
    peer = Environment("conda-auth", Path("/opt/conda/bin/python"))
    assert next_step(peer, plain()) == (
        "make bench-peer PEER=conda-auth\n"
        '       make bench ARGS="--peer conda-auth=.venv/bench/conda-auth/bin/python"'
    )
    for each in (ours(), plain()):
        assert next_step(each, plain()) == "rm -r .venv/bench && make bench"
    assert FOLDER.parts[-2:] == (".venv", "bench")


@pytest.mark.parametrize("text", ["conda-auth", "other=/opt/conda/bin/python", f"{OURS}=python"])
def test_peer_needs_a_known_name_and_a_python(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="conda-auth"):
        _peer(text)
    assert _peer("conda-auth=python").name == "conda-auth"
