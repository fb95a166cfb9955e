"""Names and addresses as people type them, with a real conda: where a credential goes, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.runner import Conda
from tests.server import Anaconda, Server, serve

SECRET = "s3cr3t-of-bob"


def all_signed(server: Server, path: str, token: str) -> bool:
    """Whether every request below a path was signed, and there was one."""
    asked = [each for each in server.requests if each.path.startswith(path)]
    return bool(asked) and {each.headers["Authorization"] for each in asked} == {f"token {token}"}


@pytest.fixture
def project(world: Anaconda, packages: dict[str, Path]) -> str:
    """The path of a channel with a blank in it, as Azure DevOps has them."""
    world.add_organization("My Project", owners=["alice"])
    file = packages["hello-private-1.0"]
    world.add_package("My Project", file, labels=["main", "my dev"], private=True)
    return "/My%20Project"


def test_channel_with_a_blank_in_its_address_is_authenticated(
    conda: Conda, server: Server, project: str, token: str
) -> None:
    address = f"{server.conda}{project}"
    told = conda.login(address, "--json", token=token).data
    assert (told["login"]["address"], told["channel_added"]) == (address, True)
    server.clear()
    # The channel comes from the list that the login wrote.
    result = conda.create("env", "hello-private")
    assert result.code == 0, result.text
    assert all_signed(server, project, token)


@pytest.mark.hard
@pytest.mark.parametrize("form", ["encoded", "decoded"])
def test_every_command_reads_an_address_with_a_blank(
    form: str, conda: Conda, server: Server, project: str, token: str
) -> None:
    address = f"{server.conda}{project}"
    conda.login(address, "--add-channel", "none", token=token)
    typed = address if form == "encoded" else address.replace("%20", " ")
    server.clear()
    assert conda.create("env", "-c", typed, "hello-private").code == 0
    assert all_signed(server, project, token)
    listed = conda.ok("list", "-p", conda.prefix("env"), "--explicit").out
    (conda.folder / "explicit.txt").write_text(listed)
    conda.settings["pkgs_dirs"] = [str(conda.folder / "empty cache")]
    server.clear()
    copy = ("-p", conda.prefix("copy"), "--file", conda.folder / "explicit.txt")
    conda.ok("create", "-y", *copy)
    assert all_signed(server, project, token)
    assert f"✓ {address}" in conda.ok("private", "check", address).out
    explained = conda.ok("private", "explain", f"{typed}/noarch/x.conda", "--json").data
    assert (explained["authenticated_by"], explained["handled"]) == (address, True)
    cache = conda.folder / "pkgs" / "cache"
    assert any(
        project.strip("/") in each.read_text() or "My Project" in each.read_text()
        for each in cache.glob("*.info.json")
    )
    conda.settings["pkgs_dirs"] = [str(conda.folder / "pkgs")]
    conda.ok("private", "logout", address)
    assert not list(cache.glob("*.info.json"))


@pytest.mark.hard
def test_label_with_a_blank_has_a_login_of_its_own(
    conda: Conda, server: Server, project: str, token: str
) -> None:
    conda.login(f"{server.conda}{project}", "--label", "my dev", token=token)
    server.clear()
    assert conda.create("env", "hello-private").code == 0
    label = f"{project}/label/my%20dev/"
    assert all_signed(server, label, token)
    server.clear()
    result = conda.create("again", "-c", f"{server.conda}{project}/label/my dev", "hello-private")
    assert result.code == 0, result.text


def test_environment_does_not_decide_where_the_next_token_goes(
    conda: Conda, server: Server, token: str
) -> None:
    conda.login("my-org", token=token)
    server.clear()
    with serve(Anaconda()) as foreign:
        words = ("private", "login", "my-org", "--token-stdin")
        variables = {"CONDA_CHANNEL_ALIAS": foreign.conda}
        stopped = conda.run(*words, stdin=token, env=variables)
        assert stopped.code == 2
        assert not foreign.requests
        assert not server.requests
        assert "Your settings and CONDA_CHANNEL_ALIAS disagree" in stopped.err
        assert f"  conda private login {server.conda}/my-org\n" in stopped.err
        assert f"  conda private login {foreign.conda}/my-org\n" in stopped.err
        # The first command that it names does what the user meant.
        told = conda.ok(
            "private", "login", f"{server.conda}/my-org", *words[3:], stdin=token, env=variables
        )
        assert f"server     {server.conda.partition('://')[2]}" in told.out
        checked = conda.run("private", "check", "my-org", env=variables)
        assert (checked.code, f"conda uses {foreign.conda}/my-org" in checked.err) == (0, True)
        assert not foreign.requests


@pytest.mark.hard
def test_custom_channels_of_an_activated_environment_do_not_decide(
    conda: Conda, server: Server, token: str
) -> None:
    conda.settings["custom_channels"] = {}
    prefix = conda.prefix("theirs")
    conda.ok("create", "-y", "-p", prefix)
    with serve(Anaconda()) as foreign:
        file = prefix / ".condarc"
        file.write_text(json.dumps({"custom_channels": {"my-org": foreign.conda}}))
        words = ("private", "login", "my-org", "--token-stdin")
        stopped = conda.run(*words, stdin=token, env={"CONDA_PREFIX": str(prefix)})
        assert (stopped.code, foreign.requests) == (2, [])
        assert str(file) in stopped.err
        assert f"conda private login {server.conda}/my-org" in stopped.err


@pytest.mark.parametrize("options", [["-vvv"], ["--json"]])
def test_password_before_an_at_sign_is_in_no_output(
    conda: Conda, server: Server, options: list[str]
) -> None:
    result = conda.private("login", f"bob:{SECRET}@conda.example.org/x", "--token-stdin", *options)
    assert result.code == 2
    assert SECRET not in result.text
    assert "bob" not in result.text
    assert "https://conda.example.org/x" in result.text
    assert not server.requests


@pytest.mark.hard
def test_channel_in_another_case_is_said_everywhere(
    conda: Conda, world: Anaconda, server: Server, packages: dict[str, Path], token: str
) -> None:
    world.add_organization("My-Org", owners=["alice"])
    world.add_package("My-Org", packages["on-main-1.0"], labels=["main"], private=True)
    world.style = "401"
    conda.condarc.write_text("channels:\n  - My-Org\n")
    words = "differs from"
    assert (
        f"My-Org {words} {server.conda}/my-org in upper" in conda.login("my-org", token=token).err
    )
    assert f"My-Org {words} {server.conda}/my-org in upper" in conda.private("check").out
    missing = conda.private("check", "My-Org")
    assert missing.code == 4
    assert f"repeat the command with  {server.conda}/my-org" in missing.err
    assert "differs in upper and lower case" in conda.private("explain", "My-Org").out
    failed = conda.create("env", "--override-channels", "-c", "My-Org", "on-main")
    assert failed.code != 0
    if "log_in_to_channel" in failed.text or "Your login for" in failed.text:  # since conda 26.7
        assert (
            f"Your login for {server.conda}/my-org is not for {server.conda}/My-Org" in failed.text
        )
