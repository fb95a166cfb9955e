"""How each program is told to ask ``conda private helper``."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence

from conda_private.model import shell
from conda_private.model.address import Address


def setup_lines(protocol: str, addresses: Sequence[Address]) -> list[str]:
    """Return the instructions for a program, as lines of text.

    Args:
        protocol: the program's protocol.
        addresses: the addresses of the logins that it may use.
    """
    words = ["conda", "private", "helper", "--protocol", protocol]
    words += [word for each in addresses for word in ("--for", str(each))]
    return _SETUPS[protocol](words, addresses)


def _docker(words: list[str], addresses: Sequence[Address]) -> list[str]:
    helpers = {address.netloc: "conda-private" for address in addresses}
    return [
        "Save this as docker-credential-conda-private in a folder of PATH, and make it executable:",
        *_script(words),
        "",
        "Add this to ~/.docker/config.json:",
        f"  {json.dumps({'credHelpers': helpers})}",
    ]


def _git(words: list[str], addresses: Sequence[Address]) -> list[str]:
    helper = shell.quoted(f"!{shlex.join(words)}")  # git has a POSIX shell on each system
    lines = ["Run these commands:"]
    for address in addresses:
        lines.append(f"  git config --global credential.{address}.helper {helper}")
        if address.path:
            lines.append(f"  git config --global credential.{address.origin}.useHttpPath true")
    return lines


def _bazel(words: list[str], addresses: Sequence[Address]) -> list[str]:
    hosts = dict.fromkeys(address.host for address in addresses)
    options = [
        f"  common --credential_helper={host}=%workspace%/conda-private-helper" for host in hosts
    ]
    return [
        "Save this as conda-private-helper in your workspace, and make it executable:",
        *_script(words),
        "",
        "Add this to .bazelrc:",
        *options,
    ]


def _cargo(words: list[str], addresses: Sequence[Address]) -> list[str]:
    # cargo gives the words after the program to it in each request, not as arguments.
    return [
        "Save this as cargo-credential-conda-private in a folder of PATH, and make it executable:",
        *_script(words),
        "",
        "Add this to ~/.cargo/config.toml, with the name of your registry:",
        "  [registries.NAME]",
        '  credential-provider = ["cargo-credential-conda-private"]',
    ]


def _script(words: list[str]) -> list[str]:
    return ["  #!/bin/sh", f'  exec {shlex.join(words)} "$@"']


_SETUPS = {"docker": _docker, "git": _git, "bazel": _bazel, "cargo": _cargo}
