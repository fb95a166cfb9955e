"""conda keeps an index for as long as the server says; a login and a logout make it ask again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.conftest import PASSWORD
from tests.integration.runner import Conda
from tests.server import Anaconda, Server


@pytest.fixture(autouse=True)
def _indexes_may_be_kept(world: Anaconda) -> None:
    world.cache_control = "public, max-age=3600"


def searched(conda: Conda, name: str, channel: str = "my-org") -> bool:
    """Whether a search finds a package."""
    return conda.run("search", "--override-channels", "-c", channel, name).code == 0


def indexes(server: Server) -> list[str]:
    """The indexes of noarch that were asked for; the channels here have no other."""
    return [each.path for each in server.requests if "/noarch/repodata" in each.path]


def test_install_that_failed_works_after_the_login(
    conda: Conda, server: Server, token: str
) -> None:
    words = ("--override-channels", "-c", "my-org", "on-main")
    assert conda.create("before", *words).code == 1
    conda.login("my-org", token=token)
    done = conda.create("after", *words)
    assert done.code == 0, done.text
    assert (conda.prefix("after") / "bin" / "on-main").exists()


@pytest.mark.hard
def test_label_that_was_read_before_the_login_is_read_again(
    conda: Conda, server: Server, token: str
) -> None:
    assert not searched(conda, "hello-private", "my-org/label/dev")
    conda.login("my-org", token=token)
    assert searched(conda, "hello-private", "my-org/label/dev")


@pytest.mark.hard
@pytest.mark.parametrize("words", [["my-org"], ["--all"]], ids=["one", "all"])
def test_private_packages_are_not_listed_after_the_logout(
    conda: Conda, server: Server, token: str, words: list[str]
) -> None:
    conda.login("my-org", token=token)
    assert searched(conda, "on-main")
    assert searched(conda, "hello-private", "my-org/label/dev")
    conda.ok("private", "logout", *words)
    assert not searched(conda, "on-main")
    assert not searched(conda, "hello-private", "my-org/label/dev")
    assert searched(conda, "hello-public")


@pytest.mark.hard
def test_login_to_all_channels_of_a_team_forgets_their_indexes(
    conda: Conda, server: Server, token: str, tmp_path: Path
) -> None:
    assert not searched(conda, "on-main")
    team = tmp_path / "team.yml"
    team.write_text(f"logins:\n  - address: {server.conda}/my-org\n    source: env:MY_TOKEN\n")
    conda.ok("private", "login", "--all", team, "--yes", env={"MY_TOKEN": token})
    words = ("search", "--override-channels", "-c", "my-org", "on-main")
    conda.ok(*words, env={"MY_TOKEN": token})


@pytest.mark.hard
def test_rotation_makes_conda_ask_with_the_new_token(
    conda: Conda, world: Anaconda, server: Server
) -> None:
    token = world.add_token("alice", name="laptop")
    account = world.add_token("alice", name="owner")
    conda.login("my-org", "--api-url", server.api, token=token)
    conda.login("--account", server.api, token=account)
    assert searched(conda, "on-main")
    conda.ok("private", "token", "rotate", "my-org", "--password-stdin", stdin=f"{PASSWORD}\n")
    server.clear()
    assert searched(conda, "on-main")
    assert indexes(server)


@pytest.mark.hard
def test_login_that_fails_or_changes_nothing_forgets_nothing(
    conda: Conda, server: Server, token: str
) -> None:
    assert searched(conda, "hello-public")
    words = ("login", "my-org", "--token-stdin")
    assert conda.private(*words, stdin="mistyped\n").code == 4
    assert conda.private(*words, "--dry-run", stdin=f"{token}\n").code == 0
    server.clear()
    assert searched(conda, "hello-public")
    assert indexes(server) == []


@pytest.mark.hard
def test_indexes_of_other_channels_are_kept(conda: Conda, server: Server, token: str) -> None:
    assert searched(conda, "hello-public", "other")
    conda.login("my-org", token=token)
    conda.ok("private", "logout", "my-org")
    server.clear()
    assert searched(conda, "hello-public", "other")
    assert indexes(server) == []


@pytest.mark.hard
def test_index_is_forgotten_in_every_package_cache_in_effect(
    conda: Conda, server: Server, token: str
) -> None:
    conda.settings["pkgs_dirs"] = [str(conda.folder / "second")]
    assert not searched(conda, "on-main")
    conda.settings["pkgs_dirs"] = [str(conda.folder / name) for name in ("pkgs", "second")]
    conda.login("my-org", token=token)
    conda.settings["pkgs_dirs"] = [str(conda.folder / "second")]
    assert searched(conda, "on-main")
