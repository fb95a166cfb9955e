"""Commands that print a credential: once in a process, without a shell, and what they do wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from conda_private.actions.resolver import Resolver
from conda_private.model.address import Address
from conda_private.model.answer import Answer
from conda_private.model.exceptions import CondaPrivateError, HelperError, UsageError
from conda_private.model.login import Login
from conda_private.model.schemes import BEARER
from conda_private.model.secret import Secret
from conda_private.model.source import Source
from conda_private.stores import command
from conda_private.stores.command import CommandStore, open_store
from conda_private.stores.file import FileStore
from conda_private.stores.kept import KeptStore
from conda_private.stores.once import Once, answers
from conda_private.stores.programs import run
from tests.model.test_dumps import variables_of

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the programs here are shell scripts")

CANARY = "ca-nary-k3"
ADDRESS = Address.parse("https://conda.example.org/private")
OTHER = Address.parse("https://conda.example.org/other")
NOW = datetime.now(timezone.utc)
Install = Callable[..., Path]


@pytest.fixture(autouse=True)
def _new_process() -> None:
    answers.cache_clear()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts ``op`` with these shell lines on PATH; returns a file with a line for each call."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def make(script: str, mode: int = 0o755) -> Path:
        program = folder / "op"
        program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n{script}\n')
        program.chmod(mode)
        return tmp_path / "calls"

    return make


def in_seconds(seconds: float) -> str:
    """A date-time from now."""
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).isoformat()


def printing(token: str = CANARY, **stated: object) -> str:
    """A script that prints a credential as JSON."""
    return f"cat <<'END'\n{json.dumps({'token': token, **stated})}\nEND"


def failure(text: str = "op read x") -> str:
    """The text of the error; neither that nor the variables of the error contain the secret."""
    with pytest.raises(HelperError) as caught:
        CommandStore(text).get(ADDRESS)
    error = caught.value
    assert error.what.startswith("The command op ")
    assert error.next_step
    assert CANARY not in f"{error} {error.__dict__!r} {variables_of(error)}"
    return str(error)


def test_command_is_run_without_a_shell_and_once_for_all_addresses(install: Install) -> None:
    calls = install(f"echo {CANARY}")
    for address in (ADDRESS, OTHER, ADDRESS):
        store = open_store(Source.parse("command:op read 'op://$HOME/`id`/*'"), print)
        assert store.get(address) == Secret(CANARY)
    assert calls.read_text() == "read op://$HOME/`id`/*\n"


def test_command_is_the_source_and_the_description() -> None:
    store = CommandStore("op read op://team/conda/token")
    assert store.source == Source.parse("command:op read op://team/conda/token")
    assert store.source.is_reference
    assert "op read op://team/conda/token" in store.description


def test_command_that_expires_is_asked_again_by_a_program_that_runs_for_long(
    install: Install,
) -> None:
    calls = install(printing(expires=in_seconds(600)))
    login = Login(ADDRESS, BEARER, Source("command", "op read x"))
    resolver = Resolver(logins=lambda: [login], open_store=lambda source: CommandStore(source.name))
    assert resolver.secret(login) == Secret(CANARY)
    assert resolver.secret(login) == Secret(CANARY)
    assert calls.read_text() == "read x\n"
    later = datetime.now(timezone.utc) + timedelta(seconds=580)
    answers().now = lambda: later
    install(printing("second", expires=in_seconds(3600)))
    assert [resolver.secret(login) for _ in range(3)] == [Secret("second")] * 3
    assert calls.read_text() == "read x\nread x\n"


def test_command_that_fails_runs_once(install: Install) -> None:
    calls = install("exit 3")
    for _ in range(3):
        assert "failed with exit code 3" in failure()
    assert calls.read_text() == "read x\n"


def test_what_a_failing_command_prints_is_not_shown(
    install: Install, capfd: pytest.CaptureFixture[str]
) -> None:
    install(f"echo {CANARY}; echo sign in first >&2; exit 1")
    words = failure()
    assert "sign in first" not in words
    assert capfd.readouterr() == ("", "sign in first\n")  # its own messages are on the terminal


@pytest.mark.parametrize("script", ["true", "echo", "printf ''"])
def test_command_that_prints_nothing_has_no_credential(install: Install, script: str) -> None:
    install(script)
    store = CommandStore("op read x")
    assert store.get(ADDRESS) is None
    error = store.missing(ADDRESS)
    assert error.cause == "The command op read x printed nothing."
    assert error.next_step.endswith("op read x > /dev/null")


@pytest.mark.parametrize(
    "output", [f"a {CANARY}\n{CANARY}", f'{{"a": "{CANARY}"}}', f'{{"{CANARY}', f" {CANARY}"]
)
def test_other_output_is_an_error_and_is_not_repeated(install: Install, output: str) -> None:
    install(f"cat <<'END'\n{output}\nEND")
    assert "did not print a credential. It " in failure()


def test_credential_that_has_expired_is_an_error(install: Install) -> None:
    install(printing(expires=in_seconds(-1)))
    assert "printed a credential that has expired" in failure()


def test_dump_of_what_a_program_printed_does_not_show_it() -> None:
    done = run(["/bin/echo", CANARY], "", 5)
    assert done.stdout[:] == f"{CANARY}\n"
    assert CANARY not in repr(done)


def test_command_reads_nothing_from_the_terminal(install: Install) -> None:
    install(f"cat && echo {CANARY}")
    assert CommandStore("op read x").get(ADDRESS) == Secret(CANARY)


@pytest.mark.timeout(20)
def test_command_that_hangs_is_stopped(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "TIMEOUT", 0.3)
    install("exec sleep 60")
    assert "did not answer within 0.3 seconds" in failure()


@pytest.mark.timeout(20)
def test_output_without_an_end_is_not_kept(install: Install) -> None:
    install(f"exec yes {CANARY}")
    assert "printed more than 256 KiB" in failure()


@pytest.mark.parametrize(("name", "mode"), [("other", 0o755), ("op", 0o644)])
def test_program_that_is_not_there_or_not_executable_is_named(
    install: Install, name: str, mode: int
) -> None:
    folder = install("echo never", mode).parent / "bin"
    (folder / "op").rename(folder / name)
    words = failure()
    assert "is not on PATH" in words
    assert "which op" in words


def test_program_that_cannot_be_run_is_an_error(install: Install) -> None:
    install("").parent.joinpath("bin", "op").write_text("#!/no/such/interpreter\n")
    assert "could not be started" in failure()


def test_program_in_the_current_folder_is_not_run(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = install(f"echo {CANARY}")
    monkeypatch.chdir(tmp_path / "bin")
    monkeypatch.setenv("PATH", ":.:/usr/bin:/bin")
    assert "is not on PATH" in failure()
    assert not calls.exists()


def test_reference_is_only_read(install: Install) -> None:
    calls = install(f"echo {CANARY}")
    store = CommandStore("op read x")
    store.put(ADDRESS, Secret("new"))
    assert store.delete(ADDRESS) is False
    assert not calls.exists()


@pytest.fixture
def kept(tmp_path: Path) -> Callable[..., KeptStore]:
    """Opens the command with a file that keeps its credential, as a new process does."""

    def make(text: str = "op read x", *, asks_anew: bool = False) -> KeptStore:
        answers.cache_clear()
        file = FileStore(tmp_path / "share" / "secrets.json")
        how = {"asks_anew": asks_anew}
        return KeptStore(CommandStore(text), file.source, lambda: file, answers(), **how)

    return make


def test_credential_is_kept_for_other_processes_until_it_expires(
    install: Install, kept: Callable[..., KeptStore], tmp_path: Path
) -> None:
    calls = install(printing(expires=in_seconds(600)))
    assert [kept().get(ADDRESS) for _ in range(3)] == [Secret(CANARY)] * 3
    assert calls.read_text() == "read x\n"
    store = kept()
    assert store.get(ADDRESS) == store.get(ADDRESS) == Secret(CANARY)
    assert CANARY in (tmp_path / "share" / "secrets.json").read_text()
    before = store.stamp()
    later = datetime.now(timezone.utc) + timedelta(seconds=580)
    answers().now = lambda: later
    install(printing("second", expires=in_seconds(3600)))
    assert store.stamp() != before
    assert store.get(ADDRESS) == kept().get(ADDRESS) == Secret("second")
    assert calls.read_text() == "read x\nread x\n"


def test_credential_without_an_expiry_is_not_kept(
    install: Install, kept: Callable[..., KeptStore], tmp_path: Path
) -> None:
    calls = install(f"echo {CANARY}")
    assert [kept().get(ADDRESS) for _ in range(2)] == [Secret(CANARY)] * 2
    assert calls.read_text() == "read x\n" * 2
    assert not (tmp_path / "share").exists()
    with pytest.raises(UsageError, match="does not say when its credential expires"):
        kept(asks_anew=True).get(ADDRESS)


def test_login_asks_anew_and_stores_only_when_it_is_told_to(
    install: Install, kept: Callable[..., KeptStore], tmp_path: Path
) -> None:
    install(printing("revoked", expires=in_seconds(3600)))
    kept().get(ADDRESS)
    before = (tmp_path / "share" / "secrets.json").read_text()
    calls = install(printing(expires=in_seconds(3600)))
    store = kept(asks_anew=True)
    assert store.get(ADDRESS) == Secret(CANARY)
    assert (tmp_path / "share" / "secrets.json").read_text() == before
    store.put(ADDRESS, Secret(CANARY))
    calls.unlink()
    assert kept().get(ADDRESS) == Secret(CANARY)
    assert not calls.exists()


def test_credential_of_another_command_is_not_used(
    install: Install, kept: Callable[..., KeptStore]
) -> None:
    install(printing(expires=in_seconds(3600)))
    kept().get(ADDRESS)
    install(printing("other", expires=in_seconds(3600)))
    assert kept("op read y").get(ADDRESS) == Secret("other")


@pytest.mark.parametrize("damage", ["{", "[]", '{"command": "op read x"}', "no JSON"])
def test_kept_text_that_is_damaged_counts_as_none(
    install: Install, kept: Callable[..., KeptStore], tmp_path: Path, damage: str
) -> None:
    install(printing(expires=in_seconds(3600)))
    file = FileStore(tmp_path / "share" / "secrets.json")
    file.put(ADDRESS.child("(kept)"), Secret(damage))
    assert kept().get(ADDRESS) == Secret(CANARY)


def test_store_that_fails_does_not_keep_the_command_from_being_asked(
    install: Install, kept: Callable[..., KeptStore], tmp_path: Path
) -> None:
    install(printing(expires=in_seconds(3600)))
    (tmp_path / "share").mkdir(mode=0o700)
    (tmp_path / "share" / "secrets.json").mkdir()
    store = kept()
    assert store.get(ADDRESS) == Secret(CANARY)
    with pytest.raises(CondaPrivateError):
        store.put(ADDRESS, Secret(CANARY))
    with pytest.raises(CondaPrivateError):
        store.delete(ADDRESS)


def test_kept_credential_is_deleted_and_a_login_with_one_is_not(
    install: Install, kept: Callable[..., KeptStore], tmp_path: Path
) -> None:
    install(printing(expires=in_seconds(3600)))
    FileStore(tmp_path / "share" / "secrets.json").put(ADDRESS, Secret("a login"))
    kept().get(ADDRESS)
    assert kept().delete(ADDRESS) is True
    assert kept().delete(ADDRESS) is False
    assert FileStore(tmp_path / "share" / "secrets.json").get(ADDRESS) == Secret("a login")


def test_kept_store_names_the_command_and_the_other_store(kept: Callable[..., KeptStore]) -> None:
    store = kept()
    assert store.source == Source("command", "op read x", "file")
    assert store.description.startswith("command op read x; kept until it expires in: ")
    assert "secrets.json" in store.description
    assert store.missing(ADDRESS).cause == "The command op read x printed nothing."


def test_answers_expire_by_the_clock_that_they_are_given() -> None:
    now = [NOW]
    once = Once(lambda: now[0])
    asked = iter([Answer(Secret("a"), NOW + timedelta(minutes=5)), Answer(Secret("b"))])
    assert once.get("x", lambda: next(asked)) == once.known("x")
    assert (once.stamp("x"), once.known("y")) == (0, None)
    now[0] += timedelta(minutes=4)
    assert (once.known("x"), once.stamp("x")) == (None, 1)
    assert once.get("x", lambda: next(asked)) == Answer(Secret("b"))
    now[0] += timedelta(days=4000)
    assert once.get("x", lambda: next(asked)) == Answer(Secret("b"))
