"""Errors of the stores: which store it was, why, and the command that fixes it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from conda_private import stores
from conda_private.composition.machine import open_store
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    CondaPrivateError,
    CredentialMissingError,
    FileFormatError,
    HelperError,
    KeyringLockedError,
    KeyringUnavailableError,
    StoreError,
    UsageError,
)
from conda_private.model.secret import MAX_SECRET_LENGTH, Secret
from conda_private.model.source import ANACONDA_CLIENT, FILE, Source
from conda_private.stores import helper
from conda_private.stores.anaconda_client import AnacondaClientStore
from conda_private.stores.backends import NoBackendError
from conda_private.stores.environment import EnvironmentStore, SecretFileStore, check_variable_name
from conda_private.stores.file import FileStore
from conda_private.stores.helper import HelperStore
from conda_private.stores.keyring import KeyringStore
from conda_private.stores.patience import NoAnswerError, Patience
from tests.wording import assert_no_shouting, assert_reads_well

CANARY = "ca-nary-e1"
ADDRESS = Address.parse("https://conda.example.org/my-org")
LOGIN = f"conda private login {ADDRESS}"
FROM_ENV = "conda private login my-org --from-env MY_ORG_TOKEN"

posix = pytest.mark.skipif(os.name != "posix", reason="the helpers here are shell scripts")


def raised(kind: type[CondaPrivateError], work: Callable[[], object]) -> CondaPrivateError:
    """The error of a call; it reads well and shows no secret."""
    with pytest.raises(kind) as caught:
        work()
    assert type(caught.value) is kind
    assert CANARY not in str(caught.value)
    return caught.value


class _Keyring(KeyringBackend):
    """A keyring whose calls are given."""

    priority = 5
    viable = False

    def __init__(self, get: Callable[[], str | None]) -> None:
        super().__init__()
        self._get = get

    def get_password(self, service: str, username: str) -> str | None:
        return self._get()

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.mark.parametrize("name", ["", "my org", "1TOKEN", "A=B", "A\n"])
def test_name_that_no_variable_has(name: str) -> None:
    error = raised(UsageError, lambda: check_variable_name(name))
    assert "--from-env" in error.cause
    assert error.next_step == FROM_ENV
    assert_reads_well(error, names="--from-env")


@pytest.mark.parametrize("name", ["CONDA_TOKEN", "my_path", "HTTPS_PROXY", "SSL_CERT_FILE"])
def test_variable_that_conda_prints(name: str) -> None:
    error = raised(UsageError, lambda: EnvironmentStore(name))
    assert name in error.what
    assert error.next_step == f"use another name:  {FROM_ENV}"
    assert error.cause.startswith("It configures ")
    assert (
        " prints it in `conda info` and in error reports: names that begin with CONDA, PYTHON, SUDO"
        " or LD_, names that end in PATH or PROXY, and "
    ) in error.cause
    assert_reads_well(error, names=name)


def test_variable_and_file_without_a_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MY_ORG_TOKEN", f"{CANARY} {CANARY}\t")
    file = tmp_path / "token"
    file.write_text("")
    for store, where in (
        (EnvironmentStore("MY_ORG_TOKEN"), "MY_ORG_TOKEN"),
        (SecretFileStore(str(file)), str(file)),
    ):
        error = raised(CredentialMissingError, lambda each=store: each.get(ADDRESS))
        assert where in error.what
        assert error.cause.startswith("It ")
        assert error.cause.count(".") == 1
        assert error.next_step == "put only the credential there, and repeat the command"
        assert_reads_well(error, names=where)


def test_variable_and_file_that_are_not_there() -> None:
    for store, cause, step in (
        (
            EnvironmentStore("MY_ORG_TOKEN"),
            "The variable MY_ORG_TOKEN is not set.",
            "export MY_ORG_TOKEN=...",
        ),
        (SecretFileStore("/no/my token"), None, "ls -l '/no/my token'"),
        (HelperStore("fake", ours=False), None, "docker-credential-fake list"),
        (AnacondaClientStore(), f"anaconda-client has no token for {ADDRESS}.", "anaconda login"),
        (FileStore(Path("/no/secrets.json")), "It is not in /no/secrets.json.", LOGIN),
    ):
        error = store.missing(ADDRESS)  # type: ignore[attr-defined]
        assert str(ADDRESS) in error.what
        assert cause is None or error.cause == cause
        assert error.next_step.endswith(step)
        assert_reads_well(error, names="MY_ORG_TOKEN\nanaconda-client\n/no/my token\n/no/")


@pytest.mark.parametrize("kind", ["folder", "fifo"])
def test_file_that_cannot_be_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "my token"
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    error = raised(CredentialMissingError, lambda: SecretFileStore(str(path)).get(ADDRESS))
    assert str(path) in error.what
    assert "regular file" in error.cause or "directory" in error.cause
    assert error.next_step == f"ls -l '{path}'"
    assert_no_shouting(error.cause)


def test_file_that_was_edited(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    path = tmp_path / "my secrets.json"
    path.write_text(f'{{"version": 1, "secrets": "{CANARY}"}}')
    path.chmod(0o600)
    error = raised(FileFormatError, lambda: FileStore(path).get(ADDRESS))
    assert error.what.startswith(f"{path} ")
    assert error.next_step.endswith(f"  mv '{path}' '{path}.broken'")
    assert_reads_well(error, names=str(path))


@pytest.mark.parametrize("content", ["", "one\ntwo"])
def test_file_of_anaconda_client_without_a_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.setenv("BINSTAR_CONFIG_DIR", str(tmp_path))
    file = tmp_path / "data" / "https%3A%2F%2Fconda.example.org%2Fmy-org.token"
    file.parent.mkdir()
    file.write_text(content)
    error = raised(CredentialMissingError, lambda: AnacondaClientStore().get(ADDRESS))
    assert str(file) in error.what
    assert error.next_step == "anaconda login, or  conda private login --account --token-stdin"
    assert_reads_well(error, names=f"anaconda-client\n{file}")


@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
def test_longest_token_is_read_from_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int, fits: bool
) -> None:
    monkeypatch.setenv("BINSTAR_CONFIG_DIR", str(tmp_path))
    file = tmp_path / "data" / "https%3A%2F%2Fconda.example.org%2Fmy-org.token"
    file.parent.mkdir()
    file.write_text("x" * (MAX_SECRET_LENGTH + more))
    for store in (AnacondaClientStore(), SecretFileStore(str(file))):
        if fits:
            assert store.get(ADDRESS) == Secret("x" * MAX_SECRET_LENGTH)
        else:
            raised(CredentialMissingError, lambda each=store: each.get(ADDRESS))


def test_file_of_anaconda_client_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINSTAR_CONFIG_DIR", str(tmp_path))
    file = tmp_path / "data" / "https%3A%2F%2Fconda.example.org%2Fmy-org.token"
    file.parent.mkdir()
    file.write_text(CANARY)

    def refuse(*args: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    error = raised(StoreError, lambda: AnacondaClientStore().get(ADDRESS))
    assert error.cause == "Permission denied."
    assert error.next_step == f"ls -l {file}"
    assert_reads_well(error, names=f"anaconda-client's\n{file}")


@pytest.mark.parametrize("name", ["", "../x", "my helper", "-x"])
def test_name_that_no_helper_has(name: str) -> None:
    error = raised(UsageError, lambda: HelperStore(name, ours=True))
    assert "docker-credential-" in error.cause
    assert error.next_step == "conda private login my-org --from-helper pass"
    assert_reads_well(error)


@posix
@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("echo no entry >&2; exit 3", 'failed with exit code 3: "no entry"'),
        ("echo one; echo two; exit 1", 'failed with exit code 1: "one"'),
        ("exit 2", "failed with exit code 2"),
        (f"echo {CANARY}", "gave an answer that is not a JSON object"),
        ("""echo '{"Secret": " a"}'""", "gave an invalid credential"),
        ("""echo '{"Secret": ["a"]}'""", "gave an invalid credential"),
        ("sleep 30", "did not answer within 0.3 seconds"),
    ],
)
def test_helper_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, problem: str
) -> None:
    program = tmp_path / "docker-credential-fake"
    program.write_text(f"#!/bin/sh\n{'exec ' if 'sleep' in script else ''}{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    if "sleep" in script:
        monkeypatch.setattr(helper, "TIMEOUT", 0.3)
    error = raised(HelperError, lambda: HelperStore("fake", ours=True).get(ADDRESS))
    assert error.what == f"The credential helper docker-credential-fake {problem}."
    assert error.next_step == "see its credentials:  docker-credential-fake list"
    assert_reads_well(error)


@posix
def test_helper_that_is_not_there_or_cannot_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    store = HelperStore("fake", ours=False)
    error = raised(HelperError, lambda: store.get(ADDRESS))
    assert error.what.endswith("docker-credential-fake is not on PATH.")
    assert error.next_step.startswith("install it, ")
    assert error.next_step.endswith("  which docker-credential-fake")
    assert_reads_well(error)
    program = tmp_path / "docker-credential-fake"
    program.write_bytes(b"\x7fELF nonsense")
    program.chmod(0o755)
    error = raised(HelperError, lambda: store.get(ADDRESS))
    assert error.what.endswith(" could not be started: Exec format error.")


def none() -> KeyringBackend:
    """As the search does on a machine without a keyring."""
    raise NoBackendError("None of these can be used here: SecretService, KWallet.")


def test_machine_without_a_keyring() -> None:
    error = raised(KeyringUnavailableError, lambda: KeyringStore(Patience(5), none))
    assert error.what == "There is no system keyring on this machine."
    assert error.cause == "None of these can be used here: SecretService, KWallet."
    assert error.next_step.endswith("conda private login my-org --storage file")
    assert error.next_step.startswith("start a keyring (on Linux a Secret Service, ")
    assert " with D-Bus),\nor name another backend " in error.next_step
    assert_reads_well(error, names="--storage keyring:MODULE.CLASS")


def test_keyring_whose_backend_cannot_be_loaded() -> None:
    def fail() -> KeyringBackend:
        raise LookupError(CANARY)

    error = raised(KeyringUnavailableError, lambda: KeyringStore(Patience(5), fail))
    assert error.cause == "It could not be reached (LookupError)."


def test_keyring_that_is_not_found_in_time() -> None:
    go_on, told = threading.Event(), list[str]()
    patience = Patience(0.4, 0.1, told.append)
    error = raised(
        KeyringLockedError, lambda: KeyringStore(patience, lambda: go_on.wait(20) and none())
    )
    go_on.set()
    assert error.what == "The system keyring did not answer within 0.4 seconds."
    assert told[0].startswith("conda-private: waiting for the system keyring, for up to 0.4 ")


def test_keyring_that_fails() -> None:
    def fail() -> str:
        raise RuntimeError(CANARY)

    store = KeyringStore(Patience(5), lambda: _Keyring(fail))
    error = raised(KeyringLockedError, lambda: store.get(ADDRESS))
    assert error.what == "The keyring backend tests.stores.test_errors._Keyring failed."
    assert "(RuntimeError)" in error.cause
    assert error.next_step.endswith("conda private login my-org --storage file")
    assert_reads_well(error)
    missing = store.missing(ADDRESS)
    assert missing.cause == "It is not in the keyring backend tests.stores.test_errors._Keyring."
    assert missing.next_step == LOGIN


def test_keyring_that_does_not_answer_is_said_and_not_asked_again() -> None:
    told: list[str] = []
    asked: list[int] = []
    go_on = threading.Event()

    def wait() -> None:
        asked.append(1)
        go_on.wait(20)

    store = KeyringStore(Patience(0.5, 0.1, told.append), lambda: _Keyring(wait))
    for _ in range(2):
        error = raised(KeyringLockedError, lambda: store.get(ADDRESS))
        assert error.what == (
            "The keyring backend tests.stores.test_errors._Keyring did not answer within 0.5"
            " seconds."
        )
        assert_reads_well(error)
    go_on.set()
    assert asked == [1]
    (words,) = told
    assert words.startswith(
        "conda-private: waiting for the keyring backend tests.stores.test_errors._Keyring, for "
    )
    assert words.endswith("  Press Ctrl-C to stop waiting.")
    assert_no_shouting(words)


def test_answer_that_comes_at_once_tells_nothing() -> None:
    told: list[str] = []
    assert Patience(5, 0.2, told.append).ask(lambda: 7, "waiting") == 7
    assert told == []


def test_error_of_the_question_is_raised_here() -> None:
    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        Patience(5).ask(fail, "waiting")
    with pytest.raises(NoAnswerError):
        Patience(0).ask(threading.Event().wait, "waiting")


def test_descriptions_name_the_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BINSTAR_CONFIG_DIR", str(tmp_path))
    assert AnacondaClientStore().source == ANACONDA_CLIENT
    assert f"{tmp_path / 'data'}, " in AnacondaClientStore().description
    assert FileStore(tmp_path / "x").source == FILE
    assert str(tmp_path / "x") in FileStore(tmp_path / "x").description
    for ours, kind in ((True, "helper-store"), (False, "helper")):
        assert HelperStore("fake", ours=ours).source == Source(kind, "fake")
    assert EnvironmentStore("MY_ORG_TOKEN").source == Source("env", "MY_ORG_TOKEN")
    assert SecretFileStore("/a/b").source == Source("secret-file", "/a/b")


def test_stores_of_others_take_nothing(tmp_path: Path) -> None:
    for store in (EnvironmentStore("NO_SUCH_TOKEN"), AnacondaClientStore()):
        store.put(ADDRESS, Secret(CANARY))
        assert store.delete(ADDRESS) is False
        assert store.get(ADDRESS) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("env:MY_ORG_TOKEN", EnvironmentStore),
        ("secret-file:/run/secrets/x", SecretFileStore),
        ("helper:fake", HelperStore),
        ("helper-store:fake", HelperStore),
        ("anaconda-client", AnacondaClientStore),
        ("file", FileStore),
        ("keyring:tests.stores.test_backends.Mine", KeyringStore),
    ],
)
def test_source_opens_its_store(text: str, kind: type) -> None:
    store = open_store(Source.parse(text))
    assert type(store) is kind
    assert str(store.source) == text


def test_keyring_tells_the_user_what_it_waits_for() -> None:
    told: list[str] = []
    source = Source("keyring", "tests.stores.test_backends.Mine")
    store = stores.keyring.open_store(source, told.append)
    assert vars(vars(store)["_patience"])["_tell"] == told.append


@posix
@pytest.mark.parametrize(
    ("name", "user"),
    [("token", ""), ("<token>", ""), ("__token__", ""), ("", ""), ("alice", "alice")],
)
def test_user_name_that_marks_a_token_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, user: str
) -> None:
    program = tmp_path / "docker-credential-fake"
    script = f"""read address; test "$address" = {ADDRESS} && echo '{{"Username": "{name}"}}'"""
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert HelperStore("fake", ours=False).username(ADDRESS) == user


@posix
def test_long_words_of_a_helper_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "docker-credential-fake"
    program.write_text(f"#!/bin/sh\necho {'z ' * 250}\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    error = raised(HelperError, lambda: HelperStore("fake", ours=True).get(ADDRESS))
    assert error.what.count("z") == 100
    error = raised(HelperError, lambda: HelperStore("fake", ours=True).put(ADDRESS, Secret("x")))
    # It may have repeated what it was to store.
    assert error.what.endswith(" failed with exit code 1.")


def test_file_is_written_for_readers(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    store = FileStore(tmp_path / "secrets.json")
    store.put(ADDRESS, Secret("a"))
    assert store.path.read_text() == (
        f'{{\n  "version": 1,\n  "secrets": {{\n    "{ADDRESS}": "a"\n  }}\n}}\n'
    )


def test_error_of_a_store_names_what_needs_it_and_its_login() -> None:
    error = raised(KeyringUnavailableError, lambda: KeyringStore(Patience(5), none))
    assert isinstance(error, KeyringUnavailableError)
    found = error.needed_by(f"The login for {ADDRESS}", LOGIN)
    assert found.cause == f"{error.cause} The login for {ADDRESS} needs it."
    assert found.next_step.endswith(f"{LOGIN} --storage file")
    assert "my-org --" not in found.next_step.replace(LOGIN, "")
