"""The real command line client of anaconda.org, unmodified, works against the mock.

The client lives in an environment of its own: ``ANACONDA_CLIENT_PYTHON`` is its interpreter.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from . import Anaconda, Server
from .asking import names
from .conftest import PASSWORD, PRIVATE

PYTHON = os.environ.get("ANACONDA_CLIENT_PYTHON")
WHEEL = "hello_wheel-1.0-py3-none-any.whl"
BASENAME = f"noarch/{PRIVATE}"

pytestmark = [
    pytest.mark.hard,
    pytest.mark.skipif(
        not PYTHON, reason="ANACONDA_CLIENT_PYTHON names no interpreter that has anaconda-client"
    ),
]

# Runs what a test wants with the names a user of the library has; the last value is the answer.
DRIVER = """
import json, sys
from binstar_client import Binstar, errors
from binstar_client.utils.config import PackageType
domain, token, code = sys.argv[1:]
client = Binstar(token=token or None, domain=domain)

def refusal(call, *arguments, **options):
    try:
        call(*arguments, **options)
    except errors.BinstarError as error:
        return [type(error).__name__, error.message]

answer = None
exec(code)
print(json.dumps(answer))
"""

Library = Callable[..., Any]
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def environment(server: Server, tmp_path: Path) -> dict[str, str]:
    """A home in which the client knows the mock and nothing else."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "config.yaml").write_text(f"url: {server.api}\n")
    return {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "BINSTAR_CONFIG_DIR": str(tmp_path),
        "ANACONDA_CLIENT_LEGACY_INTERACTIVE_LOGIN": "1",
        # It would send telemetry to its makers.
        "OTEL_SDK_DISABLED": "true",
    }


@pytest.fixture
def library(server: Server, environment: dict[str, str]) -> Library:
    """Run code with ``client``, signed in with a token; gives the value of ``answer``."""

    def run(code: str, token: str = "") -> Any:
        command = [str(PYTHON), "-c", DRIVER, server.api, token, code]
        output = subprocess.check_output(command, env=environment, text=True, timeout=60)
        return json.loads(output)

    return run


@pytest.fixture
def command(environment: dict[str, str], packages: Path) -> Command:
    """Run ``anaconda org ...`` in the folder of the packages, without a terminal."""

    def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        start = "import sys; from anaconda_cli_base.cli import app; sys.argv[0] = 'anaconda'; app()"
        return subprocess.run(
            [str(PYTHON), "-c", start, "org", *arguments],
            cwd=packages,
            env=environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            start_new_session=True,
        )

    return run


def test_library_signs_in_and_out(world: Anaconda, library: Library) -> None:
    answer = library(f"""
token = client.authenticate("alice", {PASSWORD!r}, "laptop", scopes=["api", "conda"], max_age=60)
client = Binstar(token, domain)
client.check_server()
this = client.authentication()
answer = [client.authentication_type(), client.user()["login"], this["application"]]
answer += [this["id"] == client.authentications()[0]["id"], sorted(client.list_scopes())]
client.remove_authentication()
answer += [refusal(client.user)]
""")
    assert answer[:4] == ["password", "alice", "laptop", True]
    assert answer[4] == sorted(world.scopes)
    assert answer[5] == ["Unauthorized", "This domain requires token authentication"]
    assert world.tokens == {}


def test_library_makes_and_removes_a_token_of_an_organization(
    world: Anaconda, library: Library
) -> None:
    answer = library(f"""
options = dict(for_user="acme", fail_if_already_exists=True)
client.authenticate("alice", {PASSWORD!r}, "me")
token = client.session.headers["Authorization"]
owned = client.authenticate("alice", {PASSWORD!r}, "ci", scopes=["repos"], **options)
twice = refusal(client.authenticate, "alice", {PASSWORD!r}, "ci", **options)
client.session.headers["Authorization"] = token
client.remove_authentication("ci", "acme")
answer = [owned, twice[0], refusal(client.remove_authentication, "ci")[0]]
""")
    assert answer[1:] == ["UserError", "NotFound"]
    assert [token.name for token in world.tokens.values()] == ["me"]


def test_library_manages_groups(world: Anaconda, library: Library, packages: Path) -> None:
    world.add_package("acme", packages / PRIVATE, private=True)
    answer = library(
        """
client.add_group("acme", "readers", "read")
client.add_group_member("acme", "readers", "bob")
client.add_group_package("acme", "readers", "hello-private")
answer = [client.is_group_member("acme", "readers", "bob")]
answer += [[item["login"] for item in client.group_members("acme", "readers")]]
answer += [[item["full_name"] for item in client.group_packages("acme", "readers")]]
answer += [client.group("acme", "readers")["name"], len(client.groups("acme"))]
client.remove_group_member("acme", "readers", "bob")
client.remove_group_package("acme", "readers", "hello-private")
answer += [client.is_group_member("acme", "readers", "bob"), client.groups()[0]["name"]]
""",
        world.add_token("alice"),
    )
    expected = [True, ["bob"], ["acme/hello-private"], "readers", 2, False, "owners"]
    assert answer == expected


def test_library_manages_labels(world: Anaconda, server: Server, library: Library) -> None:
    token = world.add_token("alice")
    answer = library(
        """
client.copy_channel("dev", "alice", "beta")
client.lock_channel("beta", "alice")
locked = client.list_channels("alice")["beta"]["is_locked"]
refused = refusal(client.add_channel, "beta", "alice", package="hello-public")
client.unlock_channel("beta", "alice")
client.add_channel("beta", "alice", package="hello-public", version="1.0")
client.remove_channel("dev", "alice", package="hello-private")
files = [file["basename"] for file in client.show_channel("beta", "alice")["files"]]
client.remove_channel("main", "alice")
answer = [locked, refused is None, files, refusal(client.show_channel, "none", "alice")[0]]
""",
        token,
    )
    assert answer == [True, False, [BASENAME, "linux-64/hello-public-1.0-0.conda"], "NotFound"]
    assert names(f"{server.conda}/t/{token}/alice/label/beta") == {PRIVATE}
    assert names(f"{server.conda}/t/{token}/alice") == set()


def test_library_copies_between_accounts(world: Anaconda, server: Server, library: Library) -> None:
    token = world.add_token("alice")
    answer = library(
        f"""
where = ["alice", "hello-private", "1.0", {BASENAME!r}]
options = dict(to_owner="acme", from_label="dev", to_label="beta")
copied = [file["basename"] for file in client.copy(*where, **options)]
answer = [copied, refusal(client.copy, *where, **options)[0]]
answer += [len(client.copy(*where, replace=True, **options))]
answer += [len(client.copy(*where, update=True, **options))]
answer += [client.package("acme", "hello-private")["public"]]
""",
        token,
    )
    assert answer == [[BASENAME], "Conflict", 1, 0, False]
    assert names(f"{server.conda}/t/{token}/acme/label/beta") == {PRIVATE}


def test_library_copies_into_a_reserved_package_with_all_labels(
    world: Anaconda, server: Server, library: Library
) -> None:
    token = world.add_token("alice")
    world.copies_stay_private = False  # a package that exists keeps its access in any case
    (file,) = world.accounts["alice"].packages["hello-private"].files.values()
    file.labels = {"beta", "dev"}
    answer = library(
        f"""
client.add_package("acme", "hello-private", public=False)
where = ["alice", "hello-private", "1.0", {BASENAME!r}]
client.copy(*where, to_owner="acme", from_label="beta", to_label="beta")
client.add_channel("dev", "acme", "hello-private", "1.0", {BASENAME!r})
answer = [client.package("acme", "hello-private")["public"]]
files = client.package("acme", "hello-private")["files"]
answer += [[[each["basename"], each["version"], each["labels"], each["sha256"]] for each in files]]
client.remove_dist("acme", "hello-private", "1.0", {BASENAME!r})
answer += [client.package("acme", "hello-private")["files"]]
""",
        token,
    )
    assert answer == [False, [[BASENAME, "1.0", ["beta", "dev"], file.sha256]], []]


def test_library_makes_and_shows_packages(world: Anaconda, library: Library) -> None:
    answer = library(
        """
made = client.add_package("acme", "new", "A summary", public=False)
client.update_package("acme", "new", {"summary": "Another"})
client.add_release("acme", "new", "1.0", [], None, {})
client.update_release("acme", "new", "1.0", {"description": "A release"})
answer = [made["public"], client.package("acme", "new")["summary"]]
answer += [client.release("acme", "new", "1.0")["public_attrs"]["description"]]
client.package_add_collaborator("acme", "new", "bob")
answer += [[item["login"] for item in client.package_collaborators("acme", "new")]]
client.package_remove_collaborator("acme", "new", "bob")
answer += [client.package_collaborators("acme", "new")]
client.remove_release("acme", "new", "1.0")
client.remove_package("acme", "new")
answer += [[item["login"] for item in client.user_orgs()], client.user_packages("acme")]
packages = client.user_packages("alice", platform="noarch", access="private")
answer += [[item["name"] for item in packages]]
found = client.search("hello", package_type=PackageType.CONDA, platform="linux-64")
answer += [[item["full_name"] for item in found]]
""",
        world.add_token("alice"),
    )
    listed = [["acme"], [], ["hello-private"], ["alice/hello-public"]]
    assert answer == [False, "Another", "A release", ["bob"], [], *listed]


def test_library_meets_the_plan_that_forbids_private_packages(
    world: Anaconda, library: Library
) -> None:
    world.accounts["alice"].may_be_private = False
    code = 'answer = refusal(client.add_package, "alice", "new", public=False)'
    expected = ["UserError", "You can not create a private package."]
    assert library(code, world.add_token("alice")) == expected


def test_library_downloads_a_private_file(
    world: Anaconda, library: Library, packages: Path
) -> None:
    code = f"""
where = ["alice", "hello-private", "1.0", {BASENAME!r}]
answer = [client.download(*where).content.hex(), refusal(Binstar(None, domain).download, *where)]
"""
    content, refused = library(code, world.add_token("alice", ["conda:download"]))
    assert bytes.fromhex(content) == (packages / PRIVATE).read_bytes()
    assert refused == ["NotFound", '"hello-private" could not be found']


def test_commands_from_login_to_logout(world: Anaconda, server: Server, command: Command) -> None:
    for account in ("alice", "acme"):
        world.accounts[account].packages.clear()
    login = command("login", "--username", "alice", "--password", PASSWORD)
    assert login.returncode == 0, login.stderr
    upload = command("upload", PRIVATE, "--private", "-l", "dev")
    assert upload.returncode == 0, upload.stderr
    assert command("upload", PRIVATE).returncode == 1
    assert command("upload", "--force", PRIVATE, "-l", "dev").returncode == 0
    wheel = command("upload", "-u", "acme", "--private", WHEEL)
    assert wheel.returncode == 0, wheel.stderr
    assert "Access:  private" in command("show", "alice/hello-private").stderr
    (token,) = world.tokens
    assert names(f"{server.conda}/t/{token}/alice/label/dev") == {PRIVATE}
    assert names(f"{server.conda}/alice/label/dev") == set()
    assert command("logout").returncode == 0
    assert world.tokens == {}


def test_upload_to_a_reserved_package_stays_private(
    world: Anaconda, server: Server, command: Command
) -> None:
    command("login", "--username", "alice", "--password", PASSWORD)
    for account in ("alice", "acme"):
        world.accounts[account].packages.clear()
    created = command("package", "--create", "--private", "acme/hello-private")
    assert created.returncode == 0, created.stderr
    assert not world.accounts["acme"].packages["hello-private"].public
    upload = command("upload", "-u", "acme", PRIVATE)
    assert upload.returncode == 0, upload.stderr
    assert names(f"{server.conda}/acme") == set()
    (token,) = world.tokens
    assert names(f"{server.conda}/t/{token}/acme") == {PRIVATE}


def test_command_makes_a_token(world: Anaconda, command: Command) -> None:
    command("login", "--username", "alice", "--password", PASSWORD)
    wish = ["--name", "ci", "--scopes", "repos conda:download", "--max-age", "3600"]
    made = command("auth", "--create", *wish, text=f"{PASSWORD}\n")
    token = world.tokens[made.stdout.split()[-1]]
    assert (token.name, token.scopes) == ("ci", ("repos", "conda:download"))
    assert token.expires is not None
    assert "conda:download" in command("auth", "--list").stderr
    assert command("auth", "--remove", "ci").returncode == 0
    assert "ci" not in [token.name for token in world.tokens.values()]
