"""Credential helpers: programs that answer, that fail, and that give invalid answers."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError, HelperError, UsageError
from conda_private.model.secret import MAX_SECRET_LENGTH, Secret
from conda_private.model.source import Source
from conda_private.stores import helper
from conda_private.stores.helper import HelperStore

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the helpers here are shell scripts")

CANARY = "ca-nary-h9"
ADDRESS = Address.parse("https://conda.example.org/private")

# Stores one credential in a file, and records its calls in `calls`.
KEEPER = """
cd {folder}
input=$(cat)
echo "$1 $input" >> calls
case $1 in
store) echo "$input" > kept ;;
get) if test -f kept; then cat kept; else echo "credentials not found in native keychain"; exit 1; fi ;;
erase) rm -f kept ;;
esac
"""  # noqa: E501

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a helper with these shell lines on PATH; returns the folder that it works in."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def make(script: str, name: str = "fake", mode: int = 0o755) -> Path:
        program = folder / f"docker-credential-{name}"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(mode)
        return folder

    return make


def answering(username: str, secret: str) -> str:
    """A helper that returns one credential for every address."""
    answer = json.dumps({"ServerURL": str(ADDRESS), "Username": username, "Secret": secret})
    return f"cat >/dev/null\ncat <<'END'\n{answer}\nEND"


def failure(store: HelperStore) -> str:
    """The text of the error; neither that nor the variables of the error contain the secret."""
    with pytest.raises(HelperError) as caught:
        store.get(ADDRESS)
    error = caught.value
    assert "docker-credential-fake" in error.what
    assert error.next_step
    assert CANARY not in f"{error} {error.__dict__!r} {error.__cause__!r} {error.__context__!r}"
    return str(error)


def test_secret_is_stored_read_and_erased(install: Install) -> None:
    folder = install(KEEPER.format(folder=install("")))
    store = HelperStore("fake", ours=True)
    assert store.get(ADDRESS) is None
    store.put(ADDRESS, Secret(CANARY))
    assert store.get(ADDRESS) == Secret(CANARY)
    stored = json.loads((folder / "kept").read_text())
    assert stored == {"ServerURL": str(ADDRESS), "Username": "token", "Secret": CANARY}
    assert store.delete(ADDRESS) is True
    assert store.get(ADDRESS) is None
    assert store.delete(ADDRESS) is False
    calls = (folder / "calls").read_text().splitlines()
    assert [call.split()[0] for call in calls] == [
        *("get", "store", "get"),
        *("get", "erase", "get", "get"),
    ]
    assert all(str(ADDRESS) in call for call in calls)


def test_secret_is_not_an_argument_of_the_helper(install: Install, tmp_path: Path) -> None:
    install(f'echo "$@" >> {tmp_path}/arguments; env >> {tmp_path}/environment; cat >/dev/null')
    HelperStore("fake", ours=True).put(ADDRESS, Secret(CANARY))
    assert (tmp_path / "arguments").read_text() == "store\n"
    assert CANARY not in (tmp_path / "environment").read_text()


def test_reference_is_only_read(install: Install) -> None:
    folder = install(KEEPER.format(folder=install("")))
    store = HelperStore("fake", ours=False)
    store.put(ADDRESS, Secret(CANARY))
    assert store.delete(ADDRESS) is False
    assert not (folder / "calls").exists()


def test_erasing_a_missing_secret_is_no_error(install: Install) -> None:
    install("cat >/dev/null\necho credentials not found in native keychain\nexit 1")
    assert HelperStore("fake", ours=True).delete(ADDRESS) is False


@pytest.mark.parametrize(
    "script",
    ["echo credentials not found in native keychain; exit 1",
     "echo credentials not found in native keychain >&2; exit 1",
     "exit 0",
     """echo '{"ServerURL":"","Username":"","Secret":""}'""",
     "echo '{}'"],
    ids=["not found", "not found on stderr", "empty", "empty fields", "empty object"],
)  # fmt: skip
def test_helper_that_has_none_is_not_an_error(install: Install, script: str) -> None:
    install(f"cat >/dev/null\n{script}")
    store = HelperStore("fake", ours=False)
    assert store.get(ADDRESS) is None
    assert store.username(ADDRESS) == ""


@pytest.mark.parametrize(
    ("name", "wanted"), [("alice", "alice"), ("token", ""), ("<token>", ""), ("", "")]
)
def test_user_name_is_returned_unless_it_marks_a_token(
    install: Install, name: str, wanted: str
) -> None:
    install(answering(name, CANARY))
    store = HelperStore("fake", ours=False)
    assert store.get(ADDRESS) == Secret(CANARY)
    assert store.username(ADDRESS) == wanted


@pytest.mark.parametrize(
    "output",
    [CANARY, f"[{CANARY!r}]", f'["{CANARY}"]', f'"{CANARY}"', "null", "3", f'{{"Secret": "{CANARY}',
     "[" * 20_000],
    ids=["text", "no JSON", "list", "string", "null", "number", "cut", "nested"],
)  # fmt: skip
def test_invalid_answer_is_an_error_and_is_not_repeated(install: Install, output: str) -> None:
    install(f"cat >/dev/null\ncat <<'END'\n{output}\nEND")
    assert "not a JSON object" in failure(HelperStore("fake", ours=False))


@pytest.mark.parametrize(
    "secret",
    [f"{CANARY}\n\nX-Evil: 1", f" {CANARY}", f"{CANARY}\ufffd", [CANARY], {"a": CANARY}, 3],
)
def test_secret_that_no_header_can_carry_is_an_error_of_the_helper(
    install: Install, secret: object
) -> None:
    answer = json.dumps({"Username": "token", "Secret": secret})
    install(f"cat >/dev/null\ncat <<'END'\n{answer}\nEND")
    failure(HelperStore("fake", ours=False))


def test_bytes_that_are_not_text_are_an_error(install: Install) -> None:
    install("cat >/dev/null\nprintf '\\377\\376'")
    failure(HelperStore("fake", ours=False))


def test_helper_that_fails_is_quoted(install: Install) -> None:
    install('cat >/dev/null\necho "pass is not initialised"; exit 1')
    words = failure(HelperStore("fake", ours=False))
    assert "exit code 1" in words
    assert "pass is not initialised" in words


def test_helper_that_fails_silently_is_reported_with_its_exit_code(install: Install) -> None:
    install("cat >/dev/null\nexit 7")
    assert "exit code 7" in failure(HelperStore("fake", ours=False))


def test_helper_that_is_killed_is_an_error(install: Install) -> None:
    install("kill -9 $$")
    failure(HelperStore("fake", ours=False))


def test_control_characters_of_a_failing_helper_do_not_reach_the_terminal(
    install: Install,
) -> None:
    install("cat >/dev/null\nprintf '\\033[2Jgone'; exit 1")
    assert "\x1b" not in failure(HelperStore("fake", ours=False))


def test_failing_helper_that_repeats_its_input_is_not_quoted(install: Install) -> None:
    install("echo cannot store: $(cat); exit 1")
    with pytest.raises(HelperError) as caught:
        HelperStore("fake", ours=True).put(ADDRESS, Secret(CANARY))
    assert CANARY not in str(caught.value)


def test_helper_that_does_not_read_its_input_is_fine(install: Install) -> None:
    answer = json.dumps({"Username": "token", "Secret": CANARY})
    install(f"exec <&-\necho '{answer}'")
    assert HelperStore("fake", ours=False).get(ADDRESS) == Secret(CANARY)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("script", ["exec sleep 60", "sleep 60"])
def test_helper_that_hangs_is_stopped(
    install: Install, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(helper, "TIMEOUT", 0.3)
    install(script)
    start = time.monotonic()
    assert "did not answer" in failure(HelperStore("fake", ours=False))
    assert time.monotonic() - start < 10


@pytest.mark.timeout(20)
def test_answer_counts_when_the_helper_ends_and_not_when_its_children_do(install: Install) -> None:
    answer = json.dumps({"Username": "token", "Secret": CANARY})
    install(f"cat >/dev/null\nsleep 60 &\necho '{answer}'")
    start = time.monotonic()
    assert HelperStore("fake", ours=False).get(ADDRESS) == Secret(CANARY)
    assert time.monotonic() - start < 5


@pytest.mark.timeout(20)
@pytest.mark.parametrize("stream", ["", " >&2"])
def test_output_without_an_end_is_not_kept(install: Install, stream: str) -> None:
    install(f"exec yes {CANARY}{stream}")
    assert "printed more than 256 KiB" in failure(HelperStore("fake", ours=False))


def test_longest_credential_is_within_the_limit_of_the_output(install: Install) -> None:
    secret = '"' * MAX_SECRET_LENGTH
    folder = install(KEEPER.format(folder=install("")))
    HelperStore("fake", ours=True).put(ADDRESS, Secret(secret))
    escaped = json.dumps({"Username": "token", "Secret": "SECRET"}).replace(
        "SECRET", "\\u0022" * MAX_SECRET_LENGTH
    )
    (folder / "kept").write_text(escaped)
    assert HelperStore("fake", ours=True).get(ADDRESS) == Secret(secret)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (f"cannot give {CANARY}", "cannot give ****"),
        ("wrong: 3f9ab2c4 (exit status 2)", "wrong: **** (exit status 2)"),
        ("abcdefghijklmnopq is no item", "**** is no item"),
        ("gpg: decryption failed: No secret key.", "gpg: decryption failed: No secret key."),
        ('API isn\'t there, "alice"!', 'API isn\'t there, "alice"!'),
        ("abcdefgHijklmn x1 ABCDEFG 1234", "**** **** **** ****"),
        (f'{{"Secret": "{CANARY}"', "****"),
        ('{"Secret": "correct horse"', "****"),
    ],
)
def test_words_of_a_failing_helper_that_may_be_the_secret_are_masked(
    install: Install, words: str, shown: str
) -> None:
    install(f"cat >/dev/null\ncat <<'END'\n{words}\nEND\nexit 1")
    assert f'exit code 1: "{shown}".' in failure(HelperStore("fake", ours=False))


def test_missing_helper_is_named(install: Install) -> None:
    install("", name="other")
    words = failure(HelperStore("fake", ours=False))
    assert "is not on PATH" in words
    assert "which docker-credential-fake" in words


def test_program_that_is_not_executable_is_missing(install: Install) -> None:
    install("", mode=0o644)
    assert "is not on PATH" in failure(HelperStore("fake", ours=False))


def test_program_that_cannot_be_run_is_an_error(install: Install) -> None:
    program = install("") / "docker-credential-fake"
    program.write_text("#!/no/such/interpreter\n")
    assert "could not be started" in failure(HelperStore("fake", ours=False))


@pytest.mark.parametrize(
    "name",
    ["", "..", ".", "/bin/sh", "../evil", "a/b", "a b", "-x", "a\nb", "a\0b", "a;b", "$(x)", "~",
     "a\\b", "p\u00e4ss"],
)  # fmt: skip
def test_name_that_could_be_a_path_or_a_command_is_refused(name: str) -> None:
    with pytest.raises(CondaPrivateError) as caught:
        HelperStore(name, ours=False)
    assert isinstance(caught.value, UsageError)
    assert not name.strip(".") or name not in caught.value.what


def test_program_in_the_current_folder_is_not_run(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("", name="other")
    program = tmp_path / "docker-credential-fake"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    failure(HelperStore("fake", ours=False))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(("ours", "kind"), [(True, "helper-store"), (False, "helper")])
def test_source_and_description_name_the_helper(ours: bool, kind: str) -> None:
    store = HelperStore("pass", ours=ours)
    assert store.source == Source(kind, "pass")
    assert "helper pass" in store.description
    assert store.stamp() == store.stamp()


def test_error_of_a_missing_secret_has_the_command_that_lists_the_helpers_credentials() -> None:
    error = HelperStore("pass", ours=False).missing(ADDRESS)
    assert error.what == f"The credential for {ADDRESS} is missing."
    assert error.cause == f"The credential helper pass has no credential for {ADDRESS}."
    assert error.next_step.endswith("docker-credential-pass list")
