"""A server that answers 200 without access: no package of the same name slips in unsaid."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.runner import Conda, Result
from tests.server import Anaconda, Server, build_package

PRIVATE, STRANGER = b"private", b"a stranger's"
NAMES = ("secretlib", "other-secret", "third-secret")
CHANNELS = ("--override-channels", "-c", "my-org", "-c", "other")


def package(folder: Path, name: str, version: str, content: bytes, **options: object) -> Path:
    """A package whose only file says whose it is."""
    target = folder / content.decode().replace(" ", "-") / version
    target.mkdir(parents=True, exist_ok=True)
    files = {f"share/{name}": content}
    return build_package(target, name, version, files=files, **options)  # type: ignore[arg-type]


@pytest.fixture
def world(world: Anaconda, tmp_path: Path) -> Anaconda:
    """``my-org`` has private packages, and ``other`` public ones of the same names."""
    for name in NAMES:
        world.add_package("my-org", package(tmp_path, name, "1.0", PRIVATE), private=True)
        world.add_package("other", package(tmp_path, name, "2.0", STRANGER))
    return world


@pytest.fixture
def logged_in(conda: Conda, server: Server, token: str) -> Conda:
    """A user with a login to ``my-org``."""
    conda.login("my-org", "--api-url", server.api, token=token)
    server.clear()
    return conda


def revoke(world: Anaconda, token: str) -> None:
    """Revoke a token; the server still answers 200, with what is public."""
    world.tokens.pop(token)


def withdraw(world: Anaconda, *names: str) -> None:
    """Take packages out of what the channel shows to anyone, as if rights were withdrawn."""
    for name in names:
        del world.accounts["my-org"].packages[name]


def installed(conda: Conda, env: str = "env") -> set[bytes]:
    """Whose packages are in an environment."""
    files = [conda.prefix(env) / "share" / name for name in NAMES]
    return {file.read_bytes() for file in files if file.exists()}


def cached(conda: Conda) -> set[str]:
    """Which of the packages have been downloaded."""
    folder = conda.folder / "pkgs"
    return {name for name in NAMES if list(folder.glob(f"{name}-*"))}


def assert_stopped(conda: Conda, server: Server, done: Result, error: str) -> None:
    """The error names the login and the next command, and nothing was downloaded."""
    assert done.code == 4, done.text
    assert f"{error}: " in done.err
    assert f"{server.conda}/my-org" in done.err
    assert f"Next:  conda private check {server.conda}/my-org" in done.err
    assert installed(conda) == set()
    assert cached(conda) == set()


def environment_file(folder: Path) -> Path:
    """An environment file that has both channels."""
    file = folder / "environment.yml"
    channels = ["my-org", "other"]
    file.write_text(json.dumps({"channels": channels, "dependencies": ["secretlib"]}))
    return file


COMMANDS = {
    "create": ["create", "-y", "-n", "env", *CHANNELS, "secretlib"],
    "install": ["install", "-y", "-n", "env", *CHANNELS, "secretlib"],
    "search": ["search", *CHANNELS, "secretlib"],
    "env create": ["env", "create", "-n", "env", "-f", "environment.yml"],
    "env update": ["env", "update", "-n", "env", "-f", "environment.yml"],
}


def each(*commands: str) -> list[object]:
    """These commands as parameters; all but the first are for `make test-hard`."""
    return [
        pytest.param(name, marks=pytest.mark.hard if index else ())
        for index, name in enumerate(commands)
    ]


def run(conda: Conda, command: str, *words: str) -> Result:
    """Run one of the commands, in an environment that it can change."""
    environment_file(conda.folder)
    if command in ("install", "env update"):
        conda.ok("create", "-y", "-n", "env", "--override-channels", "-c", "other", "hello-public")
    return conda.run(*COMMANDS[command], *words)


@pytest.mark.parametrize("command", each(*COMMANDS))
def test_revoked_token_behind_a_200_is_an_error_before_anything_is_downloaded(
    logged_in: Conda, world: Anaconda, server: Server, token: str, command: str
) -> None:
    revoke(world, token)
    done = run(logged_in, command)
    assert_stopped(logged_in, server, done, "TokenRefusedError")
    done = logged_in.run(*COMMANDS[command], "--json")
    assert (done.code, done.data["exception_name"]) == (4, "TokenRefusedError")
    assert f"conda private check {server.conda}/my-org" in done.data["message"]


@pytest.mark.parametrize("command", each(*COMMANDS))
def test_valid_token_installs_the_private_package_without_an_added_request(
    logged_in: Conda, world: Anaconda, server: Server, command: str
) -> None:
    done = run(logged_in, command)
    assert done.code == 0, done.text
    if command != "search":
        assert installed(logged_in) == {PRIVATE}
    asked = [each.path for each in server.requests if each.path.endswith("noarch/repodata.json")]
    assert not [
        each
        for each in server.requests
        if each.path.startswith("/my-org") and each.credential == "none"
    ]
    assert len(asked) == len(set(asked))


@pytest.mark.hard
def test_update_takes_no_stranger_in_place_of_the_private_package(
    logged_in: Conda, world: Anaconda, token: str
) -> None:
    assert run(logged_in, "create").code == 0
    revoke(world, token)
    done = logged_in.run("update", "-y", "-n", "env", *CHANNELS, "secretlib")
    assert done.code == 4, done.text
    assert installed(logged_in) == {PRIVATE}


@pytest.mark.hard
@pytest.mark.parametrize("zst", [True, False], ids=["zst", "json"])
@pytest.mark.parametrize("name", ["current_repodata.json", "repodata.json"])
def test_every_form_of_an_index_is_watched(
    logged_in: Conda, world: Anaconda, server: Server, token: str, name: str, zst: bool
) -> None:
    if (logged_in.solver, name) == ("rattler", "current_repodata.json"):
        pytest.skip("this solver does not fall back from a subdir without the file")
    logged_in.settings["repodata_use_zst"] = zst
    logged_in.settings["repodata_use_shards"] = False
    logged_in.settings["repodata_fns"] = [name]
    assert run(logged_in, "search").code == 0
    revoke(world, token)
    done = run(logged_in, "create")
    assert_stopped(logged_in, server, done, "TokenRefusedError")


@pytest.mark.hard
def test_index_that_conda_kept_before_the_memory_is_asked_for_again(
    conda: Conda, world: Anaconda, server: Server, token: str
) -> None:
    world.cache_control = "public, max-age=3600"
    conda.login("my-org", token=token)
    folder = conda.folder / "pkgs" / "cache"
    conda.run("--no-plugins", "search", *CHANNELS, "secretlib")
    assert list(folder.glob("*.json"))
    done = run(conda, "create")
    assert done.code == 0, done.text
    assert installed(conda) == {PRIVATE}


@pytest.mark.hard
@pytest.mark.parametrize("kept", ["public, max-age=3600", None], ids=["max-age", "304"])
def test_index_that_conda_kept_installs_no_stranger(
    logged_in: Conda, world: Anaconda, server: Server, token: str, kept: str | None
) -> None:
    world.cache_control = kept
    assert run(logged_in, "search").code == 0
    revoke(world, token)
    done = run(logged_in, "create")
    assert done.code != 0, done.text
    assert installed(logged_in) == set()


@pytest.mark.parametrize("command", each("create", "install", "env create", "env update"))
def test_withdrawn_right_to_one_package_is_an_error_until_a_check(
    logged_in: Conda, world: Anaconda, server: Server, command: str
) -> None:
    withdraw(world, "secretlib")
    done = run(logged_in, command)
    assert_stopped(logged_in, server, done, "NamesakeError")
    assert "secretlib is a private package" in done.err
    # The check forgets a package that is gone.
    logged_in.ok("private", "check", "my-org")
    done = logged_in.run(*COMMANDS[command])
    assert done.code == 0, done.text
    assert installed(logged_in) == {STRANGER}


@pytest.mark.hard
def test_package_of_the_other_channel_can_be_installed_alone(
    logged_in: Conda, world: Anaconda
) -> None:
    withdraw(world, "secretlib")
    words = ("create", "-y", "-n", "env", "--override-channels", "-c", "other", "secretlib")
    logged_in.ok(*words)
    assert installed(logged_in) == {STRANGER}


@pytest.mark.hard
def test_new_version_or_a_new_name_is_no_alarm(
    logged_in: Conda, world: Anaconda, server: Server, tmp_path: Path
) -> None:
    for name, version in (("secretlib", "3.0"), ("renamed", "1.0")):
        path = package(tmp_path, name, version, PRIVATE)
        world.add_package("my-org", path, private=True)
    done = run(logged_in, "create")
    assert done.code == 0, done.text
    assert installed(logged_in) == {PRIVATE}


@pytest.mark.hard
def test_replaced_packages_are_told_apart_by_a_comparison_and_remembered(
    logged_in: Conda, world: Anaconda, server: Server, tmp_path: Path
) -> None:
    withdraw(world, *NAMES, "on-main")
    world.add_package("my-org", package(tmp_path, "renamed", "1.0", PRIVATE), private=True)
    words = ("create", "-y", *CHANNELS, "renamed")
    logged_in.ok(*words, "-n", "one")
    assert any(each.credential == "none" for each in server.requests)
    server.clear()
    logged_in.ok(*words, "-n", "two")
    assert not any(
        each.credential == "none" and each.path.startswith("/my-org") for each in server.requests
    )
    # What is not shown any more is still not taken from a stranger.
    assert run(logged_in, "create").code == 4


@pytest.mark.hard
def test_package_made_public_is_installed_from_its_own_channel(
    logged_in: Conda, world: Anaconda
) -> None:
    world.accounts["my-org"].packages["secretlib"].public = True
    done = run(logged_in, "create")
    assert done.code == 0, done.text
    assert installed(logged_in) == {PRIVATE}


@pytest.mark.hard
def test_offline_conda_installs_no_stranger(
    logged_in: Conda, world: Anaconda, server: Server, token: str
) -> None:
    assert run(logged_in, "search").code == 0
    revoke(world, token)
    done = run(logged_in, "create", "--offline")
    assert done.code != 0, done.text
    assert installed(logged_in) == set()


@pytest.mark.hard
@pytest.mark.parametrize("with_api", [True, False])
def test_owner_who_removed_all_private_packages_leaves_one_clear_command(
    conda: Conda, world: Anaconda, server: Server, token: str, with_api: bool
) -> None:
    conda.login("my-org", *(("--api-url", server.api) if with_api else ()), token=token)
    withdraw(world, *NAMES, "on-main", "hello-private")
    assert_stopped(conda, server, run(conda, "create"), "TokenRefusedError")
    shown = conda.private("check")
    command = f"conda private logout {server.conda}/my-org"
    assert (shown.code, command in shown.out) == (4, True), shown.text
    conda.ok(*command.split()[1:])
    assert run(conda, "create").code == 0
    assert installed(conda) == {STRANGER}


def test_memory_holds_no_name_and_is_removed_at_logout(logged_in: Conda) -> None:
    (file,) = (logged_in.data_folder / "memory").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    text = file.read_text()
    assert not [name for name in (*NAMES, "on-main") if name in text]
    assert set(json.loads(text)["names"]) == {"noarch"}
    logged_in.ok("private", "logout", "my-org")
    assert not file.exists()


@pytest.mark.parametrize(
    "words",
    [
        ["--no-verify"],
        pytest.param(["--scheme", "basic", "--username", "alice"], marks=pytest.mark.hard),
    ],
)
def test_nothing_is_remembered_where_it_is_not_verified_or_a_password(
    conda: Conda, world: Anaconda, server: Server, token: str, words: list[str]
) -> None:
    world.forms.add("password-token")
    option = "--password-stdin" if "basic" in words else "--token-stdin"
    conda.ok("private", "login", "my-org", *words, option, stdin=f"{token}\n")
    assert not list(conda.data_folder.glob("memory/*"))
