"""Other channels with packages of the same names: what conda may take from them is said."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.http.index_server import GOOD, Answer, Channel, serve
from tests.integration.runner import Conda
from tests.integration.test_silent_answers import PRIVATE, STRANGER, package
from tests.server import Anaconda

TOKEN = GOOD.removeprefix("token ")
MAKE_STRICT = "conda config --set channel_priority strict"


@pytest.fixture
def world(world: Anaconda, tmp_path: Path) -> Anaconda:
    """``other`` has a package with the name of a private one."""
    world.add_package("my-org", package(tmp_path, "secretlib", "1.0", PRIVATE), private=True)
    world.add_package("other", package(tmp_path, "secretlib", "3.0", STRANGER))
    return world


@pytest.fixture
def reader(conda: Conda) -> Conda:
    """A user who has another channel, whose index conda has read."""
    del conda.environment["CONDARC"]  # all settings are in the file that `conda config` changes
    lines = [f"{name}: {json.dumps(value)}" for name, value in conda.settings.items()]
    conda.condarc.write_text("\n".join([*lines, "channels:", "  - other", ""]))
    conda.ok("search", "--override-channels", "-c", "other", "secretlib")
    return conda


def follow(conda: Conda, command: str) -> None:
    """Run a command that was shown, as it stands."""
    words = shlex.split(command)
    assert words[0] == "conda"
    conda.ok(*words[1:])


@pytest.mark.hard
def test_login_and_check_name_what_conda_may_take_from_another_channel_and_the_fix(
    reader: Conda, token: str
) -> None:
    done = reader.login("my-org", token=token)
    assert "Warning: conda may take secretlib from other instead of my-org." in done.err
    assert "channel_priority is flexible" in done.err
    assert f"Next:  {MAKE_STRICT}" in done.err
    shown = reader.ok("private", "check")
    assert "conda may take secretlib from other instead of my-org." in shown.out
    follow(reader, MAKE_STRICT)
    assert reader.private("check", "--json").data["checked"][0]["other_channel"] is None


@pytest.mark.hard
def test_disabled_priority_is_said_and_the_fix_keeps_the_private_package(
    reader: Conda, token: str
) -> None:
    reader.condarc.write_text(reader.condarc.read_text() + "channel_priority: disabled\n")
    done = reader.login("my-org", token=token)
    assert "channel_priority is disabled: the highest version wins" in done.err
    refused = reader.create("env", "secretlib")
    assert (refused.code, "NamesakeError" in refused.err) == (4, True)
    follow(reader, MAKE_STRICT)
    assert "may take" not in reader.ok("private", "check").out
    assert reader.create("env", "secretlib").code == 0
    assert (reader.prefix("env") / "share" / "secretlib").read_bytes() == PRIVATE


@pytest.mark.hard
def test_channel_that_is_listed_before_is_said_and_the_fix_moves_it_behind(
    reader: Conda, token: str
) -> None:
    reader.condarc.write_text(reader.condarc.read_text() + "channel_priority: strict\n")
    done = reader.login("my-org", "--add-channel", "append", token=token)
    assert "other is listed before my-org" in done.err
    command = "conda config --prepend channels my-org"
    assert f"Next:  {command}" in done.err
    follow(reader, command)
    assert "may take" not in reader.ok("private", "check").out
    assert reader.create("env", "secretlib").code == 0
    assert (reader.prefix("env") / "share" / "secretlib").read_bytes() == PRIVATE


@pytest.mark.hard
def test_variable_is_named_where_it_sets_the_priority(reader: Conda, token: str) -> None:
    reader.environment["CONDA_CHANNEL_PRIORITY"] = "disabled"
    done = reader.login("my-org", token=token)
    assert "Next:  unset CONDA_CHANNEL_PRIORITY" in done.err


def shows(public: int, private: int) -> Callable[[str, str], Answer]:
    """Answer with the index of a channel with so many versions of ``lib``, or private ones."""

    def answer(file: str, credential: str) -> Answer:
        subdir, name = file.split("/")[-2:]
        count = private if credential else public
        records = {
            f"lib-{version}-0.tar.bz2": {
                **{"name": "lib", "version": str(version), "build": "0", "build_number": 0},
                **{"depends": [], "size": 1, "md5": "0" * 32, "sha256": "0" * 64},
            }
            for version in range(1, count + 1)
            if subdir == "noarch"
        }
        body = {"info": {"subdir": subdir}, "packages": records, "packages.conda": {}}
        return Answer(200 if name == "repodata.json" else 404, json.dumps(body).encode())

    return answer


@pytest.fixture
def mixed() -> Iterator[Channel]:
    """A channel in which version 1 of ``lib`` is public, and version 2 is private."""
    with serve(shows(1, 2)) as channel:
        yield channel


@pytest.fixture
def stranger() -> Iterator[Channel]:
    """A public channel with a newer ``lib``."""
    with serve(shows(3, 3)) as channel:
        # conda compares the priority of channels by their names.
        channel.url = channel.url.replace("my-org", "stranger")
        yield channel


@pytest.mark.hard
@pytest.mark.parametrize("priority", ["strict", "flexible", "disabled"])
@pytest.mark.parametrize("is_revoked", [False, True])
def test_package_that_is_private_in_part_is_not_taken_from_a_stranger_in_silence(
    conda: Conda, mixed: Channel, stranger: Channel, priority: str, is_revoked: bool
) -> None:
    conda.settings["channel_priority"] = priority
    conda.login(mixed.url, token=TOKEN)
    if is_revoked:
        mixed.answer = shows(1, 1)
    channels = ("--override-channels", "-c", mixed.url, "-c", stranger.url)
    wanted = "lib>=2" if is_revoked else "lib"
    done = conda.create("env", *channels, "--dry-run", wanted)
    is_strange = stranger.url in done.out.partition("Package Plan")[2]
    # With strict priority, the public files keep the name for their channel.
    assert (done.code == 0) == (priority != "strict" or not is_revoked), done.text
    assert is_strange == (priority == "disabled" or (priority == "flexible" and is_revoked))
    warning = f"and {mixed.url} has private files of it"
    assert (warning in done.err) == is_strange, done.text
