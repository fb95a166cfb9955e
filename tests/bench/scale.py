"""What one job of a company costs its servers, counted with a real conda at the mock server.

``python -m tests.bench.scale`` prints the table of ``docs/explanation/scale.md``.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path

from tests.bench.environments import here
from tests.bench.rows import OURS
from tests.bench.users import User
from tests.server import Anaconda, Server, build_package, serve

CHANNELS = ("my-org", "data", "tools")
HELPER = """\
#!/bin/sh
# A helper that gets a new token each time it is asked, as one before an identity server does.
echo get >> "$HOME/helper.calls"
printf '{{"ServerURL": "any", "Username": "token", "Secret": "{token}"}}'
"""
LOGIN = ("--add-channel", "none", "--no-verify")


@dataclass(frozen=True)
class Counts:
    """What was asked: the API, the channel's index and its packages, a store of secrets.

    Attributes:
        unchanged: how many answers about the index were a 304, without content.
    """

    api: int = 0
    index: int = 0
    unchanged: int = 0
    packages: int = 0
    store: int = 0


@dataclass(frozen=True)
class Stage:
    """A server, and a user of it with a token."""

    server: Server
    user: User
    token: str

    @property
    def channel(self) -> str:
        """The first channel."""
        return f"{self.server.conda}/{CHANNELS[0]}"

    def conda(self, *words: str | Path, stdin: str = "") -> None:
        """Run conda with the keyring that counts, and the token in a variable; it must work."""
        helpers = f"{self.user.folder / 'bin'}:{self.user.environment['PATH']}"
        extra = {**self.user.with_keyring, "MY_TOKEN": self.token, "PATH": helpers}
        self.user.ok(*words, stdin=stdin, env=extra)

    def login(self, *words: str | Path) -> None:
        """``conda private login`` to the first channel."""
        self.conda("private", "login", self.channel, *words)

    def create(self) -> None:
        """Install the program and the two packages that it needs."""
        shutil.rmtree(self.user.prefix("env"), ignore_errors=True)
        source = ("--override-channels", "-c", self.channel)
        self.conda("create", "-y", "-p", self.user.prefix("env"), *source, "app")

    def counts(self, action: Callable[[], None]) -> Counts:
        """What an action asks for."""
        self.server.clear()
        before = self._reads()
        action()
        of = Counter(_kind(each.origin, each.path) for each in self.server.requests)
        unchanged = sum(each.status == 304 for each in self.server.requests)
        reads = self._reads() - before
        return Counts(of["api"], of["index"], unchanged, of["packages"], reads)

    def _reads(self) -> int:
        calls = self.user.home / "helper.calls"
        return self.user.reads + (len(calls.read_text().split()) if calls.exists() else 0)


def _kind(origin: str, path: str) -> str:
    if origin != "conda":
        return origin
    return "packages" if path.endswith(".conda") else "index"


def _job_with_login(stage: Stage) -> Counts:
    def job() -> None:
        stage.login("--from-env", "MY_TOKEN", "--api-url", stage.server.api)
        stage.create()

    return stage.counts(job)


def _job_without_check(stage: Stage) -> Counts:
    def job() -> None:
        stage.login("--from-env", "MY_TOKEN", *LOGIN)
        stage.create()

    return stage.counts(job)


def _job_in_image(stage: Stage) -> Counts:
    secret = stage.user.folder / "secret"
    secret.write_text(stage.token)
    stage.login("--from-file", secret, *LOGIN)
    return stage.counts(stage.create)


def _job_with_helper(stage: Stage) -> Counts:
    helper = stage.user.folder / "bin" / "docker-credential-short"
    helper.parent.mkdir()
    helper.write_text(HELPER.format(token=stage.token))
    helper.chmod(0o755)
    stage.login("--from-helper", "short", *LOGIN)
    return stage.counts(stage.create)


def _job_with_cache(stage: Stage) -> Counts:
    stage.login("--from-env", "MY_TOKEN", *LOGIN)
    stage.create()
    return stage.counts(stage.create)


def _keyring(stage: Stage) -> None:
    words = ("--storage", "keyring", "--token-stdin", *LOGIN)
    stage.conda("private", "login", stage.channel, *words, stdin=f"{stage.token}\n")


def _person_installs(stage: Stage) -> Counts:
    _keyring(stage)
    return stage.counts(stage.create)


def _person_lists(stage: Stage) -> Counts:
    _keyring(stage)
    return stage.counts(lambda: stage.conda("list"))


def _person_logs_in(stage: Stage) -> Counts:
    words = ("--storage", "keyring", "--token-stdin", "--api-url", stage.server.api)
    return stage.counts(
        lambda: stage.conda(*("private", "login", stage.channel, *words), stdin=f"{stage.token}\n")
    )


def _team_file(stage: Stage) -> Counts:
    proposed = [
        {
            "address": f"{stage.server.conda}/{name}",
            "source": "env:MY_TOKEN",
            "add_channel": "none",
            "api": stage.server.api,
        }
        for name in CHANNELS
    ]
    team = stage.user.folder / "team.json"
    team.write_text(json.dumps({"logins": proposed}))
    return stage.counts(lambda: stage.conda("private", "login", "--all", team, "--yes"))


SCENES: dict[str, Callable[[Stage], Counts]] = {
    "job: logs in with a check, installs": _job_with_login,
    "job: logs in without a check, installs": _job_without_check,
    "job: the login is in the image, the secret is mounted": _job_in_image,
    "job: the same, a helper gives a short-lived token": _job_with_helper,
    "job: the cache of packages is kept": _job_with_cache,
    "person: logs in to a channel": _person_logs_in,
    "person: logs in to a team's three channels": _team_file,
    "person: installs": _person_installs,
    "person: any command without the channel": _person_lists,
}


def simulate(folder: Path) -> dict[str, Counts]:
    """The counts of each scene, each with a user of its own."""
    found = {}
    packages = [_build(folder, *each) for each in _PACKAGES]
    for number, (name, scene) in enumerate(SCENES.items()):
        world = Anaconda()
        world.add_user("alice")
        for owner in CHANNELS:
            world.add_organization(owner, owners=["alice"])
            for package in packages:
                world.add_package(owner, package, private=True)
        token = world.add_token("alice", scopes=["conda:download"])
        with serve(world) as server:
            found[name] = scene(Stage(server, User(here(), folder / str(number)), token))
    return found


# The program is of noarch, what it needs is of the platform, so that both subdirs are read.
_PACKAGES = (("app", ("lib-a", "lib-b")), ("lib-a", ()), ("lib-b", ()))


def _build(folder: Path, name: str, needs: tuple[str, ...]) -> Path:
    from conda.base.context import context

    if needs:
        return build_package(folder, name, "1.0", depends=needs)
    return build_package(folder, name, "1.0", noarch=None, subdir=context.subdir)


def lines(found: dict[str, Counts]) -> list[str]:
    """The table of the page."""
    rows = [(name, *map(str, astuple(counts))) for name, counts in found.items()]
    return [f"| {' | '.join(row)} |" for row in rows]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix=f"{OURS}-scale-") as made:
        print("\n".join(lines(simulate(Path(made)))))
