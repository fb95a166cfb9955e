"""Whether environments differ in nothing but their plugin; else a run compares something else."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.bench.environments import FOLDER, Environment

_ASK = "import json, platform, sys; print(json.dumps([platform.python_version(), sys.path]))"


@dataclass(frozen=True)
class Installed:
    """What an environment has.

    Attributes:
        python: the version of Python.
        versions: of each distribution.
        requires: the requirements of each distribution.
    """

    python: str
    versions: Mapping[str, str]
    requires: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def needed_by(self, name: str) -> set[str]:
        """A distribution, and all that it requires."""
        found, left = set[tuple[str, str]](), [(name, "")]
        while left:
            each = left.pop()
            if each not in found:
                found.add(each)
                left += self._required(*each)
        return {name for name, _ in found}

    def _required(self, name: str, extra: str) -> Iterator[tuple[str, str]]:
        for each in map(Requirement, self.requires.get(name, ())):
            if each.marker is None or each.marker.evaluate({"extra": extra}):
                for one in ("", *each.extras):
                    yield canonicalize_name(each.name), one


def look(environment: Environment) -> Installed:
    """What an environment has."""
    command = [str(environment.python), "-c", _ASK]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
    python, folders = json.loads(done.stdout)
    return read(python, [each for each in folders if each])


def read(python: str, folders: Sequence[str]) -> Installed:
    """What is installed in some folders; of two versions Python takes the first."""
    versions: dict[str, str] = {}
    requires: dict[str, Sequence[str]] = {}
    for each in distributions(path=list(folders)):
        name = canonicalize_name(each.metadata["Name"])
        if name not in versions:
            versions[name], requires[name] = each.version, each.requires or ()
    return Installed(python, versions, requires)


def differences(plugin: str, found: Installed, plain: Installed, ours: Installed) -> list[str]:
    """In what an environment differs from conda alone, other than by a plugin and what it needs.

    Args:
        plugin: the name of the plugin.
        found: the environment with that plugin.
        plain: conda alone.
        ours: the same conda with this plugin; what both plugins need must be the same.
    """
    told = []
    if found.python != plain.python:
        told.append(f"Python {found.python} instead of {plain.python}")
    if plugin not in found.versions:
        told.append(f"no {plugin}")
    expected = {**ours.versions, **plain.versions}
    other = {
        name: f"{name} {version} instead of {expected[name]}"
        for name, version in sorted(found.versions.items())
        if version != expected.get(name, version)
    }
    told += other.values()
    told += [f"no {name}" for name in sorted(plain.versions.keys() - found.versions.keys())]
    extra = found.versions.keys() - plain.versions.keys() - found.needed_by(plugin) - other.keys()
    return told + [f"also {name} {found.versions[name]}" for name in sorted(extra)]


def refusal(plain: Environment, ours: Environment, peers: Sequence[Environment]) -> str | None:
    """Why these environments cannot be compared, and what makes the right ones; None if they can.

    Args:
        plain: conda alone.
        ours: the same conda with this plugin.
        peers: the same conda, each with another plugin.
    """
    alone, with_ours = look(plain), look(ours)
    for each in (ours, *peers):
        if each.name in alone.versions:
            return _told(plain, [f"also {each.name} {alone.versions[each.name]}"], plain)
        if told := differences(each.name, look(each), alone, with_ours):
            return _told(each, told, plain)
    return None


def _told(environment: Environment, told: Sequence[str], plain: Environment) -> str:
    return (
        f"{environment.python} cannot be compared as {environment.name}: it has"
        f" {', '.join(told)}.\n\nCause: A difference in anything but the plugin would count as its"
        f" cost.\nNext:  {next_step(environment, plain)}"
    )


def next_step(environment: Environment, plain: Environment) -> str:
    """What makes the right environment."""
    name, folder = environment.name, FOLDER.relative_to(FOLDER.parents[1])
    if plain.python.parent.parent != FOLDER / "plain":
        like = shlex.quote(str(plain.python))
        return f"create it again with everything that `{like} -m pip list` shows, and {name}"
    if environment.python.parent.parent == FOLDER / "plugin" or environment == plain:
        return f"rm -r {folder} && make bench"
    return (
        f"make bench-peer PEER={name}\n"
        f'       make bench ARGS="--peer {name}={Path(folder, name)}/bin/python"'
    )
