"""Programs that nobody here wrote get credentials from `helper` and from the keyring backend."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.integration.runner import Conda
from tests.server import Anaconda, Server, build_wheel

TOOLS = os.environ.get("OTHER_TOOLS", "")
pytestmark = pytest.mark.hard


@pytest.fixture
def world(world: Anaconda, tmp_path: Path) -> Anaconda:
    """``my-org`` has a private wheel, and its servers ask for Basic with any user name."""
    world.style, world.challenge = "401", 'Basic realm="Packages"'
    world.add_package("my-org", build_wheel(tmp_path, "hello-wheel", "1.0"), private=True)
    world.forms |= {"basic:*"}
    return world


@pytest.fixture
def wide(world: Anaconda) -> str:
    """A token that gives access to the channel and the package index."""
    return world.add_token("alice", scopes=["conda:download", "pypi:download"], name="wide")


@pytest.fixture
def user(conda: Conda, server: Server, wide: str) -> Conda:
    """A user with a login for the channel and its index."""
    conda.login("my-org", "--pypi-url", f"{server.pypi}/my-org", token=wide)
    return conda


def run(user: Conda, *words: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """Run another program as the user; it gets credentials, so its output is not looked through."""
    return subprocess.run(
        words,
        input=stdin,
        env={**user.environment, "GIT_TERMINAL_PROMPT": "0", **env},
        capture_output=True,
        text=True,
        timeout=120,
        cwd=user.folder,
        check=False,
    )


def setup(user: Conda, protocol: str, address: str) -> list[str]:
    """Return the lines that tell how to set a program up."""
    words = ("private", "helper", "--protocol", protocol, "--for", address, "--json")
    lines: list[str] = json.loads(user.ok(*words).out)["setup"]
    return lines


def script(user: Conda, lines: list[str], name: str) -> Path:
    """Write the script that the lines have to a folder of PATH."""
    begin = lines.index("  #!/bin/sh")
    path = user.home / name
    path.write_text("\n".join(line.strip() for line in lines[begin : begin + 2]))
    path.chmod(0o700)
    return path


# --- git ---


def filled(user: Conda, url: str) -> str:
    """Return what git says that it would send for a URL."""
    done = run(user, "git", "credential", "fill", stdin=f"url={url}\n\n")
    return done.stdout


@pytest.mark.skipif(not shutil.which("git"), reason="there is no git")
def test_git_that_is_set_up_as_shown_gets_the_credential(
    user: Conda, server: Server, wide: str
) -> None:
    address = f"{server.conda}/my-org"
    _, *commands = setup(user, "git", address)
    for command in commands:
        assert run(user, "sh", "-c", command).returncode == 0
    assert f"password={wide}\n" in filled(user, f"{address}/team.git")
    # The path decides, and another host gets nothing.
    for url in (f"{server.conda}/other/team.git", f"{server.pypi}/my-org/team.git"):
        assert wide not in filled(user, url)


# --- docker and Bazel: their schemas, through the scripts that are shown ---


def test_docker_script_answers_as_docker_reads_it(user: Conda, server: Server, wide: str) -> None:
    lines = setup(user, "docker", f"{server.conda}/my-org")
    helper = str(script(user, lines, "docker-credential-conda-private"))
    assert json.loads(lines[-1])["credHelpers"] == {
        server.conda.partition("//")[2]: "conda-private"
    }
    got = run(user, helper, "get", stdin=server.conda)
    assert got.returncode == 0, got.stderr
    found = json.loads(got.stdout)
    assert found == {"ServerURL": server.conda, "Username": "token", "Secret": wide}
    other = run(user, helper, "get", stdin="registry.example.org")
    assert (other.returncode, other.stdout) == (1, "credentials not found in native keychain\n")


def test_bazel_script_answers_as_bazel_reads_it(user: Conda, server: Server, wide: str) -> None:
    helper = script(user, setup(user, "bazel", f"{server.conda}/my-org"), "conda-private-helper")
    request = json.dumps({"uri": f"{server.conda}/my-org/noarch/repodata.json"})
    got = run(user, str(helper), "get", stdin=request)
    assert json.loads(got.stdout) == {"headers": {"Authorization": [f"token {wide}"]}}


# --- cargo ---


class Registry(BaseHTTPRequestHandler):
    """A sparse index with one package, for one token."""

    def do_GET(self) -> None:
        """Answer as crates.io's server does, and ask for a credential first."""
        url = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]
        pages: dict[str, dict[str, object]] = {
            "/team/config.json": {"dl": f"{url}/team/dl", "auth-required": True},
            "/team/he/ll/hello-rs": {
                **{"name": "hello-rs", "vers": "1.0.0", "deps": [], "features": {}},
                **{"cksum": "0" * 64, "yanked": False},
            },
        }
        is_allowed = self.headers.get("Authorization") == "Bearer ca-nary-cargo"
        self.send_response(200 if is_allowed and self.path in pages else 401)
        self.send_header("WWW-Authenticate", f'Cargo login_url="{url}/me"')
        self.end_headers()
        self.wfile.write(json.dumps(pages.get(self.path)).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def registry() -> Iterator[str]:
    """The address of a registry."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}/team"
        served.shutdown()


@pytest.mark.skipif(not shutil.which("cargo"), reason="there is no cargo")
def test_cargo_that_is_set_up_as_shown_reads_a_private_index(user: Conda, registry: str) -> None:
    words = ("login", registry, "--scheme", "bearer", "--no-verify", "--token-stdin")
    user.ok("private", *words, stdin="ca-nary-cargo\n")
    lines = setup(user, "cargo", registry)
    script(user, lines, "cargo-credential-conda-private")
    project = user.folder / "project"
    (project / "src").mkdir(parents=True)
    (project / "src" / "main.rs").touch()
    needs = 'hello-rs = {version = "1", registry = "NAME"}'
    (project / "Cargo.toml").write_text(
        f'[package]\nname = "p"\nversion = "0.1.0"\n[dependencies]\n{needs}\n'
    )
    (project / ".cargo").mkdir()
    settings = "\n".join(line.strip() for line in lines[-2:])
    (project / ".cargo" / "config.toml").write_text(f'{settings}\nindex = "sparse+{registry}/"\n')
    done = run(
        user,
        *("cargo", "generate-lockfile", "--manifest-path", str(project / "Cargo.toml")),
        *("--config", str(project / ".cargo" / "config.toml")),
        PATH=f"{user.home}:{user.environment['PATH']}:{os.environ['PATH']}",
        RUSTUP_HOME=os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup")),
    )
    assert done.returncode == 0, done.stderr
    assert f'source = "sparse+{registry}/"' in (project / "Cargo.lock").read_text()


# --- pip and uv: the keyring backend ---


def index(server: Server) -> str:
    """Return the index with the user name that pip needs to ask a keyring."""
    return f"{server.pypi}/my-org/simple".replace("://", "://__token__@")


def with_keyring(user: Conda, *words: str) -> subprocess.CompletedProcess[str]:
    """Run an installer that asks the program ``keyring`` beside the user's conda."""
    backend = "conda_private.keyring_backend.IndexKeyring"
    site = str(user.folder / "site")
    words = (*words, "--keyring-provider", "subprocess", "--target", site)
    return run(user, *words, PYTHON_KEYRING_BACKEND=backend, PIP_CONFIG_FILE="/dev/null")


@pytest.mark.skipif(not TOOLS, reason="OTHER_TOOLS does not name a folder of programs")
def test_pip_installs_a_private_wheel_with_the_keyring_backend(
    user: Conda, server: Server, wide: str
) -> None:
    # pip does not ask the `keyring` of its own environment.
    pip = (f"{TOOLS}/pip", "install", "--no-input", "--index-url", index(server))
    done = with_keyring(user, *pip, "hello-wheel")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (user.folder / "site" / "hello_wheel.py").is_file()
    assert wide not in done.stdout + done.stderr
    # It is the backend that did it.
    user.ok("private", "logout", "my-org")
    assert with_keyring(user, *pip, "--upgrade", "hello-wheel").returncode != 0


@pytest.mark.skipif(not TOOLS, reason="OTHER_TOOLS does not name a folder of programs")
def test_uv_installs_a_private_wheel_with_the_keyring_backend(
    user: Conda, server: Server, wide: str
) -> None:
    cache = str(user.folder / "uv-cache")
    uv = (f"{TOOLS}/uv", "pip", "install", "--cache-dir", cache, "--python", sys.executable)
    done = with_keyring(user, *uv, "--index-url", index(server), "hello-wheel")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (user.folder / "site" / "hello_wheel.py").is_file()
    assert wide not in done.stdout + done.stderr
