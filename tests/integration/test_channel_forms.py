"""A channel has many names; its login applies to all of them, and to no namesake elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from tests.integration.runner import Conda
from tests.server import Anaconda, Server, serve


def channel_of(form: str, server: Server) -> str:
    """One way to name the dev label."""
    return {
        "short name": "my-org/label/dev",
        "full URL": f"{server.conda}/my-org/label/dev",
        "URL of a subdir": f"{server.conda}/my-org/label/dev/noarch",
    }[form]


@pytest.fixture
def logged_in(conda: Conda, server: Server, token: str) -> Conda:
    """A user with a login for ``my-org``; the list of channels is left alone."""
    conda.login("my-org", "--add-channel", "none", "--api-url", server.api, token=token)
    server.clear()
    return conda


def all_signed(server: Server, token: str) -> bool:
    """Whether every request to the private channel since the last ``clear`` was signed."""
    asked = [each for each in server.requests if each.path.startswith("/my-org/")]
    return bool(asked) and {each.headers["Authorization"] for each in asked} == {f"token {token}"}


@pytest.mark.parametrize("form", ["short name", "full URL", "URL of a subdir"])
def test_create_finds_the_package_by(
    form: str, logged_in: Conda, server: Server, token: str
) -> None:
    result = logged_in.create("env", "-c", channel_of(form, server), "hello-private")
    assert result.code == 0, result.text
    assert all_signed(server, token)


@pytest.mark.parametrize("form", ["short name", "full URL", "URL of a subdir"])
def test_login_understands(form: str, conda: Conda, server: Server, token: str) -> None:
    result = conda.login(channel_of(form, server), "--json", token=token)
    assert result.data["login"]["address"] == f"{server.conda}/my-org/label/dev"


def test_login_lists_a_name_where_the_alias_allows_and_else_the_url(
    conda: Conda, new_conda: Callable[[str], Conda], server: Server, token: str
) -> None:
    conda.login(f"{server.conda}/my-org", "--label", "dev", token=token)
    assert "  - my-org/label/dev\n" in conda.condarc.read_text()
    other = new_conda("https://conda.example.org")
    other.login(f"{server.conda}/my-org", "--label", "dev", token=token)
    assert f'  - "{server.conda}/my-org/label/dev"\n' in other.condarc.read_text()


@pytest.mark.hard
def test_custom_channel_is_signed_by_its_address(conda: Conda, server: Server, token: str) -> None:
    conda.settings["channel_alias"] = "https://conda.example.org"
    conda.settings["custom_channels"] = {"my-org": server.conda}
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
    server.clear()
    assert conda.create("env", "-c", "my-org/label/dev", "hello-private").code == 0
    assert all_signed(server, token)


def test_changed_channel_alias_takes_no_credential_to_the_other_host(
    logged_in: Conda, token: str
) -> None:
    with serve(Anaconda()) as elsewhere:
        logged_in.settings["channel_alias"] = elsewhere.conda
        assert logged_in.create("env", "-c", "my-org/label/dev", "hello-private").code != 0
        assert elsewhere.requests
        assert all("Authorization" not in each.headers for each in elsewhere.requests)
        assert all(token not in each.path for each in elsewhere.requests)


def test_multichannel_that_holds_the_channel_is_signed(
    logged_in: Conda, server: Server, token: str
) -> None:
    logged_in.settings["custom_multichannels"] = {"ours": ["my-org/label/dev"]}
    assert logged_in.create("env", "-c", "ours", "hello-private").code == 0
    assert all_signed(server, token)


def test_search_shows_the_private_package(logged_in: Conda, server: Server, token: str) -> None:
    found = logged_in.ok("search", "-c", "my-org/label/dev", "hello-private", "--json").data
    assert [each["version"] for each in found["hello-private"]] == ["1.0"]
    assert all_signed(server, token)


@pytest.mark.hard
def test_install_and_update_follow_the_private_channel(
    logged_in: Conda, world: Anaconda, server: Server, packages: dict, token: str
) -> None:
    env = str(logged_in.prefix("env"))
    dev = ("-y", "-p", env, "-c", "my-org/label/dev")
    logged_in.ok("create", "-y", "-p", env)
    logged_in.ok("install", *dev, "hello-private")
    world.add_package("my-org", packages["hello-private-2.0"], labels=["dev"])
    logged_in.ok("clean", "--index-cache", "-y")
    logged_in.ok("update", *dev, "hello-private")
    (record,) = logged_in.ok("list", "-p", env, "--json", "hello-private").data
    assert record["version"] == "2.0"
    assert all_signed(server, token)


def test_env_create_reads_the_channel_from_environment_yml(
    logged_in: Conda, server: Server, token: str
) -> None:
    file = logged_in.folder / "environment.yml"
    content = {"channels": ["my-org/label/dev"], "dependencies": ["hello-private"]}
    file.write_text(json.dumps(content))
    logged_in.ok("env", "create", "-p", logged_in.prefix("env"), "-f", file)
    assert all_signed(server, token)
    exported = logged_in.ok("env", "export", "-p", logged_in.prefix("env")).out
    assert "my-org/label/dev" in exported


@pytest.mark.hard
def test_explicit_list_is_signed_and_holds_no_secret(
    logged_in: Conda, server: Server, token: str
) -> None:
    logged_in.create("one", "-c", "my-org/label/dev", "hello-private")
    listed = logged_in.ok("list", "-p", logged_in.prefix("one"), "--explicit").out
    file = logged_in.folder / "explicit.txt"
    file.write_text(listed)
    logged_in.settings["pkgs_dirs"] = [str(logged_in.folder / "empty cache")]
    server.clear()
    logged_in.ok("create", "-y", "-p", logged_in.prefix("two"), "--file", file)
    assert all_signed(server, token)
    assert token not in listed


def test_clone_of_an_environment_downloads_with_the_login(
    logged_in: Conda, server: Server, token: str
) -> None:
    logged_in.create("one", "-c", "my-org/label/dev", "hello-private")
    logged_in.settings["pkgs_dirs"] = [str(logged_in.folder / "empty cache")]
    server.clear()
    logged_in.ok("create", "-y", "-p", logged_in.prefix("two"), "--clone", logged_in.prefix("one"))
    assert all_signed(server, token)


@pytest.mark.parametrize(
    ("login", "channel", "package"),
    [
        ("channel", "my-org", "on-main"),
        ("label", "my-org/label/dev", "hello-private"),
        ("many channels", "my-org", "on-main"),
        ("labels of many channels", "my-org/label/dev", "hello-private"),
    ],
)
def test_every_file_is_signed_with_a_login_for(
    login: str, channel: str, package: str, conda: Conda, server: Server, token: str
) -> None:
    # The channel settings differ: they are for a channel, for labels, or for a whole host.
    label = "/label/dev" if "label" in login else ""
    owners = ["my-org", *(f"org-{number}" for number in range(4 if "many" in login else 0))]
    addresses = [f"{server.conda}/{owner}{label}" for owner in owners]
    file = conda.folder / "logins.json"
    source = {"source": "env:A_TOKEN", "scheme": "token", "add_channel": "none"}
    file.write_text(json.dumps({"logins": [{"address": each, **source} for each in addresses]}))
    conda.environment["A_TOKEN"] = token
    conda.ok("private", "login", "--all", file, "--yes", "--no-verify")
    conda.ok("notices", "-c", channel)
    assert conda.create("env", "-c", channel, package).code == 0
    kinds = {each.path.partition("?")[0].rpartition("/")[2] for each in server.requests}
    assert "notices.json" in kinds
    assert f"{package}-1.0-0.conda" in kinds
    if "repodata_shards.msgpack.zst" in kinds:  # since conda 26.5
        assert any(re.fullmatch("[0-9a-f]{64}.msgpack.zst", kind) for kind in kinds)
    assert all_signed(server, token)
