"""The world of the pages: ``my-org``, its packages, and alice, who has a token."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs.gateway import Gateway, open_gateway
from tests.docs.shell import Shell
from tests.integration.runner import Conda
from tests.server import Anaconda, Server, build_package, serve

PROGRAM = b"#!/bin/sh\necho 'hello from a private package'\n"
PASSWORD = "a-password-of-alice"
# Hosts that the pages name; the world acts as one kind of server at a time.
HOSTS = (
    "conda.anaconda.org",
    "repo.anaconda.cloud",
    "repo.prefix.dev",
    "prefix.dev",
    "pipelines.actions.githubusercontent.com",
    "conda.cloudsmith.io",
    "europe-conda.pkg.dev",
    "pkgs.dev.azure.com",
    "conda.example.org",
    "anaconda.example.org",
    "quetz.example.org",
    "artifactory.example.org",
    "nexus.example.org",
    "git.example.org",
    "sso.example.org",
)
STAND_INS = [Path(__file__).with_name(f"{what}_stand_in") for what in ("keyring", "machine")]


@dataclass
class Person:
    """Alice at her machine, with everything that a page requires.

    Attributes:
        shown: for each text of this machine, the text that the pages show instead.
    """

    conda: Conda
    shell: Shell
    world: Anaconda
    server: Server
    gateway: Gateway
    token: str
    keyring_file: Path
    shown: dict[str, str] = field(default_factory=dict)

    def without_keyring(self) -> None:
        """Remove the keyring, as on a server or in a container."""
        self.conda.environment["KEYRING_STAND_IN_IS"] = "not there"

    def real(self, text: str) -> str:
        """A text of a page as it is on this machine."""
        for real, shown in sorted(self.shown.items(), key=lambda pair: -len(pair[1])):
            text = text.replace(shown, real)
        return text

    def as_shown(self, text: str) -> str:
        """A text of this machine as the pages show it."""
        for real, shown in sorted(self.shown.items(), key=lambda pair: -len(pair[0])):
            text = text.replace(real, shown)
        return text

    def run(self, command: str, *, asks: bool = False) -> tuple[int, str]:
        """Run a command of a page; return the exit code and what the page should show."""
        code, text = self.shell.run(self.real(command), asks=asks)
        return code, self.as_shown(text)


def build_packages(folder: Path) -> dict[str, Path]:
    """The packages that the pages install."""
    names = ("hello-private", "on-main", "hello-public")
    return {
        name: build_package(folder, name, "1.0", files={f"bin/{name}": PROGRAM}) for name in names
    }


def make_world(packages: dict[str, Path]) -> Anaconda:
    """``my-org``: private packages on main and dev, a public one on main; ``other``: public."""
    world = Anaconda()
    world.forms |= {"x-api-key", "password"}
    world.add_user("alice", password=PASSWORD)
    for name in ("my-org", "other"):
        world.add_organization(name, owners=["alice"])
    world.add_organization("conda-forge")
    world.add_package("my-org", packages["hello-private"], labels=["dev"], private=True)
    world.add_package("my-org", packages["on-main"], labels=["main"], private=True)
    world.add_package("my-org", packages["hello-public"], labels=["main"])
    for name in ("other", "conda-forge"):
        world.add_package(name, packages["hello-public"], labels=["main"])
    return world


def make_person(
    executable: Path, solver: str, folder: Path, world: Anaconda, stack: ExitStack
) -> Person:
    """Put alice into a world.

    Args:
        executable: the ``conda`` that she runs.
        solver: its solver.
        folder: where her files are.
        stack: closes the servers.
    """
    server = stack.enter_context(serve(world))
    hosts = {
        **dict.fromkeys(HOSTS, server.conda),
        "api.anaconda.org": server.api,
        "anaconda.com": server.api.removesuffix("/api"),
        "pypi.anaconda.org": server.pypi,
        "pypi.org": f"{server.pypi}/pypi",
        "files.example.org": server.files,
    }
    server.files = "https://files.example.org"
    gateway = stack.enter_context(open_gateway(hosts, folder))
    conda = Conda(executable, solver, folder / "alice", "https://conda.anaconda.org")
    conda.settings["always_yes"] = True
    conda.environment |= {
        "HTTPS_PROXY": gateway.url,
        "HTTP_PROXY": gateway.url,
        "REQUESTS_CA_BUNDLE": str(gateway.ca_file),
        "PYTHONPATH": os.pathsep.join(map(str, STAND_INS)),
        "KEYRING_STAND_IN": str(folder / "keyring.json"),
        "TMPDIR": str(folder / "alice"),
    }
    del conda.environment["PYTHON_KEYRING_BACKEND"]
    token = world.add_token(
        "alice", scopes=["conda:download"], name="laptop", expires=world.expiry(100 * 86_400)
    )
    shell = Shell(conda, folder, typed=token, password=PASSWORD)
    shown = {str(conda.home): "/home/alice", str(conda.folder): "/home/alice/miniforge3"}
    return Person(conda, shell, world, server, gateway, token, folder / "keyring.json", shown)
