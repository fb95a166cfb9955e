"""Errors of `conda private run`: each says what happened, why, and what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conda_private.gateway import child, command, tools
from conda_private.gateway.redactor import Redactor
from conda_private.gateway.upstream import PrivateIndex
from conda_private.model.address import Address
from conda_private.model.exceptions import UsageError
from conda_private.model.login import Login
from conda_private.model.schemes import PATH, TOKEN, HeaderScheme
from conda_private.model.secret import Secret
from conda_private.model.source import FILE
from tests.wording import assert_reads_well

ROOT = "https://pypi.example.org/my-org"
CHANNEL = "https://conda.example.org/my-org"
INDEX = PrivateIndex(Address.parse(ROOT), PATH, Secret("ca-nary-1"), CHANNEL)


def login(address: str, scheme: object, secret: str) -> tools.Signed:
    """A login and its credential."""
    return Login(Address.parse(address), scheme, FILE), Secret(secret)  # type: ignore[arg-type]


def run(*words: str) -> UsageError:
    """The error of a command that cannot be run."""
    with pytest.raises(UsageError) as caught:
        child.run(words, os.environ, lambda: Redactor({}))
    return caught.value


def test_program_that_is_not_there() -> None:
    error = run("no-such-program")
    assert error.what.endswith("no-such-program")
    assert error.cause == "It is not on PATH."
    assert error.next_step == "conda private run PROGRAM ARGUMENTS"


def test_program_that_cannot_be_started(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_bytes(b"\x7fELF nonsense")
    script.chmod(0o755)
    error = run(str(script))
    assert error.cause == "Exec format error."
    assert error.next_step == "conda private run PROGRAM ARGUMENTS"
    assert_reads_well(error, names=str(script))


def test_private_index_on_the_command_line(tmp_path: Path) -> None:
    for words in (["install", "-i", f"{ROOT}/simple"], [f"--index-url={ROOT}/simple", "install"]):
        with pytest.raises(UsageError) as caught:
            command.with_gateway(["pip", *words], [INDEX], "http://127.0.0.1:1/key", tmp_path)
    assert f"{ROOT}/simple" in caught.value.what
    assert caught.value.next_step == "conda private run pip install NAME"
    assert_reads_well(caught.value)


def test_environment_file_with_relative_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("environment.yml").write_text(f"- pip:\n  - -i {ROOT}/simple\n  - -e .\n")
    with pytest.raises(UsageError) as caught:
        command.with_gateway(
            ["conda", "env", "create"], [INDEX], "http://127.0.0.1:1/key", tmp_path
        )
    assert caught.value.what.startswith("environment.yml ")
    assert caught.value.next_step == (
        f"remove the line with {ROOT}/simple from it:"
        " `conda private run` already tells pip to use this index"
    )
    assert_reads_well(caught.value, names="environment.yml")


def test_command_that_writes_urls_to_files() -> None:
    with pytest.raises(UsageError) as caught:
        tools.refuse_locking(["uv", "lock"])
    assert caught.value.what.startswith("uv lock ")
    assert caught.value.next_step.startswith("conda private run uv pip install NAME")
    assert_reads_well(caught.value, names="uv lock")
    with pytest.raises(UsageError) as caught:
        tools.refuse_locking(["pip-compile"])
    assert caught.value.what.startswith("pip-compile ")


@pytest.mark.parametrize(
    ("write", "tool"), [(tools.rattler_file, "rattler"), (tools.mamba_file, "mamba")]
)
def test_credentials_that_a_tool_does_not_support(write: object, tool: str) -> None:
    several = [login(CHANNEL, TOKEN, "ca-nary-1"), login(f"{CHANNEL}2", TOKEN, "ca-nary-2")]
    with pytest.raises(UsageError) as caught:
        write(several, {})  # type: ignore[operator]
    assert caught.value.what.startswith(f"{tool} ")
    assert "conda.example.org" in caught.value.what
    assert caught.value.next_step.startswith("choose one channel:  conda private run --for ")
    assert_reads_well(caught.value, names=tool)

    with pytest.raises(UsageError) as caught:
        write([login(CHANNEL, HeaderScheme("X-Auth"), "ca-nary-1")], {})  # type: ignore[operator]
    assert caught.value.what.startswith(f"{tool} ")
    assert caught.value.cause.startswith(f"{tool} ")
    assert caught.value.next_step.endswith(f"conda install -c {CHANNEL} NAME")
    assert_reads_well(caught.value, names=tool)
