"""The shell part of a recipe: of a workflow, a pipeline or a Dockerfile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML

from tests.docs.pages import Block

# The plugin is in the conda of the tests already.
INSTALL = re.compile(r'^"\$\(conda info --base\)/bin/python" -m pip install \S+\.whl$')


@dataclass(frozen=True)
class Part:
    """A script that one shell runs.

    Attributes:
        script: the lines; it stops at the first one that fails.
        secrets: the variables that it gets, each with the name of its secret.
        mounts: whether the files below ``/run/secrets`` are mounted.
    """

    script: str
    secrets: dict[str, str] = field(default_factory=dict)
    mounts: bool = False


def parts_of_workflow(block: Block) -> Iterator[Part]:
    """The steps of a workflow of GitHub Actions, except those that install."""
    for job in _yaml(block)["jobs"].values():
        for step in job["steps"]:
            if "run" in step and not INSTALL.match(step["run"].strip()):
                secrets = {
                    name: re.sub(r"^\$\{\{ secrets\.(\w+) \}\}$", r"\1", value)
                    for name, value in step.get("env", {}).items()
                }
                yield Part(step["run"], secrets)


def permissions_of(block: Block) -> dict[str, str]:
    """The permissions of a workflow of GitHub Actions."""
    permissions: dict[str, str] = _yaml(block)["permissions"]
    return permissions


def audiences_of(block: Block) -> dict[str, str]:
    """The audience of each ID token that a job of GitLab asks for, by variable."""
    (job,) = _yaml(block).values()
    return {name: token["aud"] for name, token in job["id_tokens"].items()}


def part_of_steps(block: Block) -> Part:
    """The job of a pipeline of Buildkite or CircleCI, as one script."""
    content = _yaml(block)
    steps = content.get("steps") or content["jobs"]["test"]["steps"]
    lines: list[str] = []
    for step in steps:
        lines += step if isinstance(step, list) else []
        if isinstance(step, dict):
            lines += step.get("commands") or [step["run"]]
    return Part("\n".join(lines))


def part_of_pipeline(block: Block) -> Part:
    """The job of a pipeline of GitLab: ``before_script`` and ``script`` are one shell."""
    (job,) = _yaml(block).values()
    lines = [*job["before_script"], *job["script"]]
    return Part("\n".join(line for line in lines if not INSTALL.match(line)))


def parts_of_dockerfile(block: Block) -> Iterator[Part]:
    """The ``RUN`` lines of a Dockerfile, except those that install."""
    for line in re.findall(r"^RUN ((?:.*\\\n)*.*)$", block.text, re.M):
        options, script = re.fullmatch(r"((?:--\S+[ \\\n]+)*)(.*)", line, re.S).groups()
        if not INSTALL.match(script):
            yield Part(script, mounts="type=secret,id=my-org-token" in options)


def _yaml(block: Block) -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe", pure=True).load(block.text)
    return content
