"""The main job on Windows: log in, install a private package and a private wheel, log out."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.integration.runner import spellings_of
from tests.recipe.steps import Steps
from tests.server import Anaconda, Server, build_package, build_wheel, serve

from .wine import PYTHON, Said, Wine

PROGRAM = b"@echo hello from a private package\r\n"
SCOPES = ("conda:download", "pypi:download")
DEV = ("my-org", "--label", "dev")
LABELS = tuple(f"label-{number}" for number in range(6))
STORES = {"keyring": "system keyring (Windows)", "file": "secrets.json"}


class User:
    """Runs conda, and remembers what it printed."""

    def __init__(self, steps: Steps, wine: Wine) -> None:
        self._steps, self._wine = steps, wine
        self.seen: list[str] = []

    def conda(self, *words: str, stdin: str = "", works: bool = True) -> str:
        """Run ``conda WORDS``; return its output."""
        said = self._wine.run(PYTHON, "-m", "conda", *words, stdin=stdin)
        return self._checked(said, f"conda {' '.join(words)}", works)

    def program(self, *words: str) -> str:
        """Run another program, which must succeed."""
        return self._checked(self._wine.run(*words), " ".join(words), works=True)

    def _checked(self, said: Said, command: str, works: bool) -> str:
        self.seen.append(said.text)
        with self._steps.log.open("a", encoding="utf-8") as log:
            log.write(f"> {command}\n{said.text}\n")
        self._steps.insist((said.code == 0) is works, f"{command}: exit {said.code}\n{said.text}")
        return said.text

    def files_with(self, secret: str) -> list[str]:
        """Return the names of the user's files with a secret."""
        forms = [form.encode() for form in spellings_of(secret)]
        files = [path for path in self._wine.home.rglob("*") if path.is_file()]
        return [path.name for path in files if any(form in path.read_bytes() for form in forms)]


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Serve ``my-org``: a private package and a private wheel, with some labels."""
    folder.mkdir()
    world = Anaconda()
    world.add_user("alice", password="not needed here")
    world.add_organization("my-org", owners=["alice"])
    files = {"Scripts/hello-private.bat": PROGRAM}
    package = build_package(folder, "hello-private", "1.0", files=files)
    world.add_package("my-org", package, labels=["dev", *LABELS], private=True)
    wheel = build_wheel(folder, "hello-wheel", "1.0")
    world.add_package("my-org", wheel, labels=["main"], private=True)
    with serve(world) as server:
        yield server


def do_main_job(steps: Steps, wine: Wine) -> None:
    """Do it with the keyring, and with the file; then log in several times at the same time."""
    with served(wine.folder / "packages") as server:
        settings = {"channel_alias": server.conda, "default_channels": []}
        settings |= {"notify_outdated_conda": False, "remote_backoff_factor": 0}
        (wine.home / ".condarc").write_text(json.dumps(settings))
        token = server.world.add_token("alice", scopes=SCOPES, name="laptop")
        user = User(steps, wine)
        for storage in STORES:
            with steps.step(f"Log in with --storage {storage}, install, log out"):
                _log_in_and_out(steps, user, server, token, storage)
        with steps.step(f"Log in {len(LABELS)} times at the same time, and keep every token"):
            _log_in_at_once(steps, user, token)
        with steps.step("Find no token in what was printed, in a file, or in a URL for conda"):
            steps.insist(token not in "".join(user.seen), "the token was printed")
            steps.insist(user.files_with(token) == [], f"it is in {user.files_with(token)}")
            paths = [each.path for each in server.requests if each.origin != "pypi"]
            steps.insist(not any(token in path for path in paths), "the token was in a URL")
            steps.insist(not server.errors, str(server.errors))


def _log_in_and_out(steps: Steps, user: User, server: Server, token: str, storage: str) -> None:
    install = ("create", "-q", "-y", "-p", rf"C:\{storage}", "-c", "my-org/label/dev")
    private = ("private", "login", "--token-stdin", "--storage", storage, "--api-url", server.api)
    user.conda(*install, "hello-private", works=False)
    # As PowerShell and cmd pipe it.
    said = user.conda(*private, *DEV, stdin=f"\ufeff{token} \r\n")
    steps.insist("Logged in to my-org/label/dev" in said and STORES[storage] in said, said)
    index = f"{server.pypi}/my-org/simple"
    user.conda(*private, "my-org", "--pypi-url", index, stdin=f"{token}\r\n")
    steps.insist("my-org/label/dev" in user.conda("private", "list"), "list does not show it")
    user.conda("private", "check")
    user.conda(*install, "hello-private")
    said = user.program("cmd", "/c", rf"C:\{storage}\Scripts\hello-private.bat")
    steps.insist("hello from a private package" in said, said)
    holders = user.files_with(token)
    steps.insist(holders == ([STORES["file"]] if storage == "file" else []), str(holders))
    run = ("private", "run", "--for", "my-org")
    pip = (PYTHON, "-m", "pip", "install", "--no-cache-dir", "--target", rf"C:\{storage}\wheels")
    user.conda(*run, *pip, "hello-wheel")
    version = f"import sys; sys.path.append(r'C:\\{storage}\\wheels'); import hello_wheel as h"
    steps.insist("1.0" in user.program(PYTHON, "-c", f"{version}; print(h.__version__)"), "pip")
    user.conda("private", "logout", "--all", "--yes")
    user.conda("clean", "-q", "-y", "--all")
    user.conda(*install[:4], rf"C:\none-{storage}", *install[5:], "hello-private", works=False)


def _log_in_at_once(steps: Steps, user: User, token: str) -> None:
    def log_in(label: str) -> str:
        channel = ("my-org", "--label", label, "--storage", "keyring", "--scheme", "token")
        words = ("private", "login", *channel, "--no-verify", "--token-stdin")
        return user.conda(*words, stdin=f"{token}\r\n")

    with ThreadPoolExecutor(len(LABELS)) as pool:
        said = list(pool.map(log_in, LABELS))
    checked = user.conda("private", "check").splitlines()
    valid = [line for line in checked if line.startswith("ok ") and "/my-org/label/label-" in line]
    steps.insist(len(valid) == len(LABELS), f"{said}\n{checked}")
    user.conda("private", "logout", "--all", "--yes")
