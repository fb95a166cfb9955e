"""Real pip with `conda private run`: it uses the private index, and PyPI only on request."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.run.conftest import Runner
from tests.server import Anaconda, Answer, Fault, Server, build_wheel
from tests.server.asking import get

PYPI = ("--with-pypi",)


def signed(server: Server) -> set[str]:
    """Return the forms in which the requests to the private index were signed."""
    return {each.credential for each in server.requests if each.origin == "pypi"}


def test_private_wheel_is_installed_and_no_other_index_is_asked(
    run: Runner, server: Server, public: Server, token: str
) -> None:
    result = run.install("hello-wheel")
    assert result.code == 0, result.text
    assert run.version() == "1.0"
    assert signed(server) == {"path"}
    assert public.requests == []
    assert f"pip and uv use {server.pypi}/my-org/simple" in result.err
    assert f"Looking in indexes: {server.pypi}/my-org/simple/" in result.out
    assert f"Downloading {server.pypi}/my-org/simple/hello-wheel/1.0/hello_wheel" in result.out
    assert token not in "".join(each.path for each in server.requests if each.origin == "files")


@pytest.mark.hard
def test_label_has_its_own_index(
    run: Runner, server: Server, world: Anaconda, token: str, tmp_path: Path
) -> None:
    world.add_package("my-org", build_wheel(tmp_path, "hello-wheel", "2.0.dev1"), labels=["dev"])
    index = f"{server.pypi}/my-org/label/dev"
    run.conda.login("my-org", "--label", "dev", "--pypi-url", index, token=token)
    result = run.install("--pre", "hello-wheel", options=("--for", "my-org/label/dev"))
    assert result.code == 0, result.text
    assert run.version() == "2.0.dev1"
    assert all("/label/dev/" in each.path for each in server.requests if "whl" in each.path[-4:])


@pytest.mark.hard
def test_hashes_are_checked(run: Runner, wheels: dict[str, Path], world: Anaconda) -> None:
    (file,) = world.accounts["my-org"].packages["hello-wheel"].files.values()
    requirements = run.conda.folder / "requirements.txt"
    requirements.write_text(f"hello-wheel==1.0 --hash=sha256:{file.sha256}\n")
    result = run.install("--require-hashes", "-r", requirements)
    assert result.code == 0, result.text
    requirements.write_text(f"hello-wheel==1.0 --hash=sha256:{'0' * 64}\n")
    result = run.install("--require-hashes", "--no-cache-dir", "--upgrade", "-r", requirements)
    assert result.code == 1
    assert "DO NOT MATCH" in result.err


@pytest.mark.hard
def test_sdist_is_built_and_its_wheel_is_cached(run: Runner, server: Server) -> None:
    result = run.install("hello-sdist")
    assert result.code == 0, result.text
    assert run.version("hello_sdist") == "1.0"
    cache = run.conda.home / ".cache" / "pip"
    assert list(cache.rglob("*.whl"))
    # The cache contains the URL at the server; the search afterwards finds no secret in it.
    (origin,) = cache.rglob("origin.json")
    assert f"{server.pypi}/my-org/simple/" in origin.read_text()


@pytest.mark.hard
def test_download_and_report_hold_the_address_of_the_server(run: Runner, server: Server) -> None:
    folder = run.conda.folder / "downloaded"
    assert run.pip("download", "--dest", folder, "hello-wheel").code == 0
    assert [path.name for path in folder.iterdir()] == ["hello_wheel-1.0-py3-none-any.whl"]
    report = run.conda.folder / "report.json"
    assert run.install("--report", report, "hello-wheel").code == 0
    (installed,) = json.loads(report.read_text())["install"]
    assert installed["download_info"]["url"].startswith(server.pypi)


@pytest.mark.hard
@pytest.mark.parametrize("verbosity", ["-vv", "-vvv"])
def test_verbose_output_holds_no_secret(run: Runner, verbosity: str) -> None:
    log = run.conda.folder / "pip.log"
    result = run.install(verbosity, "--log", log, "hello-wheel")
    assert result.code == 0, result.text
    assert "/simple/hello-wheel/" in result.text
    assert log.exists()


@pytest.mark.hard
def test_metadata_of_wheels_is_read_separately(
    run: Runner, world: Anaconda, server: Server
) -> None:
    world.metadata_files = True
    result = run.pip("install", "--dry-run", "--target", run.site, "hello-wheel")
    assert result.code == 0, result.text
    asked = [each.path for each in server.requests if each.origin == "pypi"]
    assert any(path.endswith(".whl.metadata") for path in asked)


@pytest.mark.parametrize("status", [0, 42])
def test_exit_status_is_that_of_the_command(run: Runner, status: int) -> None:
    assert run("sh", "-c", f"exit {status}").code == status


@pytest.mark.hard
def test_command_that_fails_shows_only_its_own_message(run: Runner) -> None:
    result = run.install("no-such-wheel")
    assert result.code == 1
    assert "No matching distribution found for no-such-wheel" in result.err
    assert "Traceback" not in result.err


def test_invalid_token_is_reported_and_nothing_is_installed_instead(
    run: Runner, world: Anaconda, token: str, public: Server
) -> None:
    del world.tokens[token]
    for options in ((), PYPI):
        result = run.install("hello-wheel", options=options)
        assert result.code == 1, result.text
        assert result.err.count("does not recognize the token") == 1
    assert public.requests == []
    world.add_token("alice", value=token)  # for the search afterwards


@pytest.mark.hard
def test_token_without_the_scope_is_reported_and_nothing_is_installed_instead(
    run: Runner, world: Anaconda, server: Server, token: str, public: Server
) -> None:
    world.add_token("alice", scopes=["conda:download"], value=token)
    result = run.install("hello-wheel", options=PYPI)
    assert result.code == 1, result.text
    assert "It lacks the scope pypi:download." in result.err
    assert "token create --for" in result.err
    assert public.requests == []


@pytest.mark.parametrize(
    "style", ["404", *(pytest.param(style, marks=pytest.mark.hard) for style in ("401", "403"))]
)
def test_invalid_token_of_a_server_without_api_is_no_public_install(
    run: Runner, world: Anaconda, server: Server, token: str, public: Server, style: str
) -> None:
    run.conda.login("my-org", "--pypi-url", f"{server.pypi}/my-org", token=token)
    assert run.install("hello-wheel", options=PYPI).code == 0
    public.clear()
    server.clear()
    world.style, value = style, world.tokens.pop(token)
    result = run.install("--upgrade", "hello-wheel", options=PYPI)
    world.tokens[token] = value
    assert result.code == 1, result.text
    assert f"does not list its packages (status {style})" in result.err
    assert public.requests == []
    assert run.version() == "1.0"


@pytest.mark.hard
def test_without_pypi_a_public_name_is_not_found(run: Runner, public: Server) -> None:
    result = run.install("only-public")
    assert result.code == 1
    assert "(--with-pypi adds PyPI)" in result.err
    assert public.requests == []


@pytest.mark.hard
def test_with_pypi_the_private_package_takes_precedence_and_the_namesake_is_reported(
    run: Runner, server: Server, public: Server, token: str
) -> None:
    result = run.install("hello-wheel", "only-public", options=PYPI)
    assert result.code == 0, result.text
    assert (run.version(), run.version("only_public")) == ("1.0", "1.0")
    assert result.err.count("hello-wheel is in") == 1
    assert "The private package is used" in result.err
    assert {each.credential for each in public.requests} == {"none"}
    assert token not in "".join(f"{each.path}{each.headers}" for each in public.requests)
    assert not [each for each in public.requests if "hello_wheel" in each.path]


@pytest.mark.hard
def test_private_index_that_fails_is_no_public_install(
    run: Runner, server: Server, public: Server
) -> None:
    server.fail("/simple/hello-wheel", "pypi", how=Fault(answer=Answer(403)))
    result = run.install("hello-wheel", options=PYPI)
    assert result.code == 1, result.text
    assert "refused the credential for" in result.err
    assert run.version() == ""
    assert not [each for each in public.requests if "hello_wheel" in each.path]


@pytest.mark.hard
def test_other_indexes_of_the_user_are_not_asked(run: Runner, public: Server) -> None:
    conf = run.conda.home / ".config" / "pip" / "pip.conf"
    conf.parent.mkdir(parents=True)
    conf.write_text(f"[global]\nindex-url = {run.public_index}\n"
                    f"extra-index-url = {run.public_index}\n"
                    f"[install]\nextra-index-url = {run.public_index}\n")  # fmt: skip
    del run.conda.environment["PIP_CONFIG_FILE"], run.conda.environment["PIP_INDEX_URL"]
    run.conda.environment["PIP_EXTRA_INDEX_URL"] = run.public_index
    result = run.install("hello-wheel")
    assert result.code == 0, result.text
    assert run.version() == "1.0"
    assert public.requests == []


@pytest.mark.hard
def test_netrc_of_the_user_is_not_sent(run: Runner, server: Server) -> None:
    netrc = run.conda.home / ".netrc"
    netrc.write_text("machine 127.0.0.1 login alice password netrc-word\n")
    netrc.chmod(0o600)
    run.install("hello-wheel")  # pip sends it to the object store, which refuses it
    assert signed(server) == {"path"}
    asked = [each for each in server.requests if each.origin == "pypi"]
    assert not [each for each in asked if "Basic" in str(each.headers)]


@pytest.mark.hard
def test_several_logins_give_several_indexes_and_for_selects(
    run: Runner, world: Anaconda, server: Server, token: str, wheels: dict[str, Path]
) -> None:
    world.add_package("other", wheels["only-public-1.0"], private=True)
    run.conda.login("other", "--no-verify", "--pypi-url", f"{server.pypi}/other", token=token)
    assert run.install("hello-wheel", "only-public").code == 0
    assert (run.version(), run.version("only_public")) == ("1.0", "1.0")
    result = run.install("--upgrade", "only-public", options=("--for", "my-org"))
    assert result.code == 1, result.text
    assert run.pip("download", "hello-wheel", options=("--for", "nobody")).code == 4


@pytest.mark.hard
@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "No command given."),
        (("--",), "No command given."),
        (("no-such-program",), "Program not found: no-such-program"),
        (("pip", "install", "--proxy", "http://127.0.0.1:9", "x"), "the option --proxy"),
    ],
)
def test_command_that_cannot_be_run_is_a_clear_error(
    run: Runner, words: tuple[str, ...], message: str
) -> None:
    result = run(*words)
    assert result.code == 2, result.text
    assert message in result.err


def start(run: Runner, ready: Path) -> subprocess.Popen[str]:
    """Start a command that writes the URL of its proxy to a file and waits."""
    code = (
        "import os, time, pathlib, sys;"
        f"pathlib.Path({str(ready)!r}).write_text(os.environ['HTTP_PROXY']);"
        "time.sleep(60)"
    )
    process = subprocess.Popen(
        [str(run.conda.executable), "private", "run", sys.executable, "-c", code],
        env=run.conda.environment,
        cwd=run.conda.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    end = time.monotonic() + 30
    while not (ready.exists() and ready.read_text()) and time.monotonic() < end:
        time.sleep(0.05)
    return process


@pytest.mark.parametrize(
    "name",
    ["SIGTERM", *(pytest.param(name, marks=pytest.mark.hard) for name in ("SIGINT", "SIGHUP"))],
)
def test_signal_stops_the_command_and_the_gateway(
    run: Runner, server: Server, name: str, tmp_path: Path
) -> None:
    process = start(run, tmp_path / "ready")
    proxies = {"http": (tmp_path / "ready").read_text()}
    assert get(server.conda, proxies=proxies).status_code == 404
    assert list(run.temporary.glob("conda-private-*"))
    process.send_signal(getattr(signal, name))
    output, _ = process.communicate(timeout=30)
    run.conda.seen += output
    assert process.returncode == 128 + getattr(signal, name)
    assert list(run.temporary.glob("conda-private-*")) == []
    with pytest.raises(OSError, match="refused"):
        get(server.conda, proxies=proxies)


@pytest.mark.hard
def test_index_without_tls_is_refused_at_the_login(run: Runner, token: str) -> None:
    index = "http://pypi.example.org/my-org/simple/"
    words = ("private", "login", "my-org", "--no-verify", "--token-stdin", "--pypi-url", index)
    result = run.conda.run(*words, stdin=token)
    assert result.code == 2, result.text
    assert "pypi.example.org" in result.err


@pytest.mark.hard
def test_url_of_an_index_can_end_in_simple(run: Runner, server: Server, token: str) -> None:
    run.conda.login("my-org", "--pypi-url", f"{server.pypi}/my-org/simple/", token=token)
    result = run.conda.ok("private", "list", "--json")
    assert [each["pypi"] for each in result.data["logins"]] == [f"{server.pypi}/my-org"]
    assert run.install("hello-wheel").code == 0
