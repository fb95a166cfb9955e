"""Tools that conda's plugins cannot reach, over TLS: every command gets the same, and no secret."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.integration.run.conftest import Runner
from tests.integration.runner import Conda
from tests.server import Anaconda, Server, serve

# rattler's own library, which pixi and rattler-build are built on.
RATTLER = """\
import asyncio, os, sys
from rattler import Gateway, install, solve
from rattler.networking import AuthenticationMiddleware, Client

async def main():
    client = Client([AuthenticationMiddleware()])
    gateway = Gateway(cache_dir="rattler-cache", client=client)
    *channels, names = sys.argv[1:]
    records = await solve(channels, names.split(","), gateway=gateway, platforms=["noarch"])
    await install(records, "rattler-prefix", client=client, cache_dir="rattler-pkgs",
                  show_progress=False)

asyncio.run(main())
os._exit(0)  # its threads would wait
"""
LOOK = "import json, os; print(json.dumps(dict(os.environ)))"


@pytest.fixture
def server(world: Anaconda) -> Iterator[Server]:
    """The world on its ports, with TLS."""
    with serve(world, tls=True) as server:
        yield server
        assert not server.errors


@pytest.fixture
def conda(conda: Conda, server: Server) -> Conda:
    """A user whose conda trusts the server's authority; nothing else does."""
    conda.settings["ssl_verify"] = str(server.ca_file)
    return conda


def rattler(run: Runner, *words: str) -> None:
    """Solve for packages and install them with rattler; it must work."""
    result = run(sys.executable, "-c", RATTLER, *words)
    assert result.code == 0, result.text


def tokens_by_path(server: Server, part: str) -> set[str]:
    """Return the tokens that came with requests to paths of a channel."""
    asked = [each for each in server.requests if each.origin == "conda" and part in each.path]
    return {str(each.headers["Authorization"]).removeprefix("token ") for each in asked}


def test_two_tokens_on_one_host_are_each_sent_to_their_own_channel(
    run: Runner, server: Server, world: Anaconda, token: str
) -> None:
    other = world.add_token("alice", scopes=["conda:download"])
    run.conda.login("my-org", "--label", "dev", token=other)
    server.clear()
    channels = (f"{server.conda}/my-org", f"{server.conda}/my-org/label/dev")
    rattler(run, *channels, "on-main,hello-private")
    names = {path.name for path in (run.conda.folder / "rattler-prefix" / "bin").iterdir()}
    assert names == {"on-main", "hello-private"}
    assert tokens_by_path(server, "/my-org/noarch/") == {token}
    assert tokens_by_path(server, "/label/dev/") == {other}
    # The object store gets no token.
    assert not [each for each in server.requests if each.origin == "files" and token in each.path]
    # What a tool writes down holds the address of the server.
    meta = run.conda.folder / "rattler-prefix" / "conda-meta" / "on-main-1.0-0.json"
    assert json.loads(meta.read_text())["url"].startswith(f"{server.conda}/my-org/noarch/")


@pytest.mark.hard
@pytest.mark.parametrize("scheme", ["bearer", "path"])
def test_every_scheme_works(run: Runner, server: Server, token: str, scheme: str) -> None:
    run.conda.login("my-org", "--scheme", scheme, token=token)
    server.clear()
    rattler(run, f"{server.conda}/my-org", "on-main")
    assert {each.credential for each in server.requests if each.origin == "conda"} == {scheme}


@pytest.mark.hard
def test_user_name_and_password_work(run: Runner, server: Server, world: Anaconda) -> None:
    world.forms, password = {"password"}, "a password of alice"
    run.conda.login("my-org", "--username", "alice", "--scheme", "basic", token=password)
    server.clear()
    rattler(run, f"{server.conda}/my-org", "on-main")
    assert "basic" in {each.credential for each in server.requests if each.origin == "conda"}


@pytest.mark.hard
def test_for_chooses_the_login(run: Runner, server: Server, token: str, world: Anaconda) -> None:
    other = world.add_token("alice", scopes=["conda:download"])
    run.conda.login("my-org", "--label", "dev", token=other)
    server.clear()
    words = (f"{server.conda}/my-org/label/dev", "hello-private")
    script = (sys.executable, "-c", RATTLER)
    assert run(*script, *words, options=("--for", "my-org/label/dev")).code == 0
    assert tokens_by_path(server, "/label/dev/") == {other}
    assert run("true", options=("--for", "nobody")).code == 4


@pytest.mark.parametrize("words", [(), ("sh", "-c")], ids=["itself", "in a shell"])
def test_every_command_gets_the_same_variables(run: Runner, words: tuple[str, ...]) -> None:
    command = (sys.executable, "-c", LOOK)
    shell = (f"{sys.executable} -c '{LOOK}'",)
    result = run(*words, *(shell if words else command))
    variables = json.loads(result.out)
    proxy = variables["HTTPS_PROXY"]
    for name in ("https_proxy", "HTTP_PROXY", "http_proxy", "PIP_PROXY", "GIT_CONFIG_VALUE_0"):
        assert variables[name] == proxy
    assert "NO_PROXY" not in variables
    assert variables["SSL_CERT_FILE"] == variables["REQUESTS_CA_BUNDLE"] == variables["PIP_CERT"]
    assert variables["PIP_INDEX_URL"].endswith("/my-org/simple/")
    assert not Path(variables["SSL_CERT_FILE"]).exists()


def test_curl_and_git_read_what_only_the_token_shows(
    run: Runner, server: Server, token: str
) -> None:
    url = f"{server.conda}/my-org/noarch/repodata.json"
    result = run("curl", "--silent", "--show-error", "--fail", url)
    assert "on-main" in result.out, result.text
    assert tokens_by_path(server, "/my-org/") == {token}
    server.clear()
    # The server has no repository, but git asks it, with the token.
    run("git", "ls-remote", f"{server.conda}/my-org")
    assert tokens_by_path(server, "/my-org/info/refs") == {token}


def test_command_that_is_killed_leaves_no_secret(run: Runner, token: str) -> None:
    ready = run.conda.folder / "ready"
    command = [str(run.conda.executable), "private", "run", "sh", "-c", f": > {ready}; sleep 60"]
    run.conda.run("--version")
    process = subprocess.Popen(
        command, env=run.conda.environment, cwd=run.conda.folder, start_new_session=True
    )
    while not ready.exists():
        assert process.poll() is None
    (folder,) = run.temporary.glob("conda-private-*")
    assert [path.name for path in folder.iterdir()] == ["certificates.pem"]
    assert "PRIVATE KEY" not in (folder / "certificates.pem").read_text()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert folder.exists()
    run.conda.ok("private", "list")
    assert not folder.exists()


def test_ctrl_c_at_a_terminal_returns_the_status_of_the_command_and_leaves_no_file(
    run: Runner,
) -> None:
    run.conda.run("--version")
    terminal = pexpect.spawn(
        str(run.conda.executable),
        ["private", "run", "sh", "-c", "stty size; echo ready; sleep 60"],
        env=run.conda.environment,
        cwd=run.conda.folder,
        timeout=30,
        encoding="utf-8",
        dimensions=(31, 97),
    )
    terminal.expect_exact("31 97\r\nready\r\n")
    run.conda.seen += terminal.before
    assert list(run.temporary.glob("conda-private-*"))
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 128 + signal.SIGINT or terminal.signalstatus == signal.SIGINT
    assert "Traceback" not in terminal.before


def test_login_without_its_credential_does_not_block_the_others(
    run: Runner, server: Server, token: str
) -> None:
    run.conda.environment["OTHER_TOKEN"] = token
    run.conda.ok("private", "login", "other", "--no-verify", "--from-env", "OTHER_TOKEN")
    del run.conda.environment["OTHER_TOKEN"]
    result = run("true")
    assert result.code == 0
    assert result.err.count("OTHER_TOKEN is not set") == 1
    assert run("curl", "-sf", f"{server.conda}/my-org/noarch/repodata.json").code == 0
    refused = run("curl", "-s", f"{server.conda}/other/noarch/repodata.json")
    assert "The credential for" in refused.out
    assert "OTHER_TOKEN" in refused.out


def test_broken_certificate_of_the_user_is_left_out_and_reported(
    run: Runner, server: Server
) -> None:
    broken = run.conda.folder / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    run.conda.environment["CURL_CA_BUNDLE"] = str(broken)
    run.conda.environment["REQUESTS_CA_BUNDLE"] = str(server.ca_file)
    result = run("curl", "-sf", f"{server.conda}/my-org/noarch/repodata.json")
    assert result.code == 0, result.text
    assert f"{broken} has a certificate that is not valid" in result.err
