"""References: conda-private stores the login, and reads the credential where it already is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.integration.runner import Conda, Result, spellings_of
from tests.server import Anaconda, Server

DEV = ("my-org", "--label", "dev")
PRIVATE = ("-c", "my-org/label/dev", "hello-private")
PUBLIC = ("--override-channels", "-c", "other", "hello-public")


@pytest.fixture
def secret_file(tmp_path: Path, token: str) -> Path:
    """A file with the token that another program created outside the user's home."""
    path = tmp_path / "secrets" / "my org's token"
    path.parent.mkdir()
    path.write_text(f"{token}\n")
    return path


def login(conda: Conda, *words: str | Path, token: str = "") -> Result:
    """Try to log in, with the token in a variable."""
    return conda.run("private", "login", *DEV, *words, env={"MY_TOKEN": token} if token else {})


def credentials_shown(server: Server) -> set[str | None]:
    """Return the credentials in the requests to the channel."""
    asked = [each for each in server.requests if each.path.startswith("/my-org/")]
    return {each.headers["Authorization"] for each in asked}


def nothing_of_ours(conda: Conda) -> bool:
    """Whether there is no logins file, no store and no ``.condarc``."""
    return not conda.condarc.exists() and not list(conda.home.rglob("*.json"))


def test_variable_is_read_at_run_time_and_stored_nowhere(
    conda: Conda, server: Server, token: str
) -> None:
    result = login(conda, "--from-env", "MY_TOKEN", token=token)
    assert result.code == 0, result.text
    assert "environment variable MY_TOKEN" in result.out
    assert not conda.secrets_file.exists()
    assert conda.files_with(token) == []
    server.clear()
    done = conda.run("create", "-y", "-p", conda.prefix("a"), *PRIVATE, env={"MY_TOKEN": token})
    assert done.code == 0, done.text
    assert credentials_shown(server) == {f"token {token}"}


@pytest.mark.hard
def test_variable_that_is_missing_is_named_and_public_channels_work(
    conda: Conda, server: Server, token: str
) -> None:
    none = ("--add-channel", "none")
    assert login(conda, "--from-env", "MY_TOKEN", *none, token=token).code == 0
    server.clear()
    result = conda.create("a", *PRIVATE)
    assert result.code == 4, result.text
    assert "CredentialMissingError" in result.text
    assert "The variable MY_TOKEN is not set" in result.text
    assert "export MY_TOKEN=" in result.text
    assert credentials_shown(server) == set()
    public = conda.create("b", *PUBLIC)
    assert public.code == 0, public.text


def test_variable_of_an_image_may_be_missing_when_it_is_built(
    conda: Conda, server: Server, token: str
) -> None:
    result = login(conda, "--from-env", "MY_TOKEN", "--no-verify")
    assert result.code == 0, result.text
    assert server.requests == []
    done = conda.run("create", "-y", "-p", conda.prefix("a"), *PRIVATE, env={"MY_TOKEN": token})
    assert done.code == 0, done.text
    assert conda.files_with(token) == []


def test_invalid_token_in_a_variable_is_refused_at_login(conda: Conda) -> None:
    result = login(conda, "--from-env", "MY_TOKEN", token="no-such-token")
    assert result.code == 4
    assert "TokenRefusedError" in result.err
    assert nothing_of_ours(conda)


@pytest.mark.hard
def test_file_is_read_at_run_time_again_for_each_command(
    conda: Conda, world: Anaconda, server: Server, token: str, secret_file: Path
) -> None:
    result = login(conda, "--from-file", secret_file)
    assert result.code == 0, result.text
    assert conda.create("a", *PRIVATE).code == 0
    new = world.add_token("alice", scopes=["conda:download"])
    secret_file.write_text(new)
    server.clear()
    assert conda.create("b", *PRIVATE).code == 0
    assert credentials_shown(server) == {f"token {new}"}
    assert not conda.secrets_file.exists()


@pytest.mark.hard
def test_file_that_is_gone_is_named_and_public_channels_work(
    conda: Conda, server: Server, secret_file: Path
) -> None:
    assert login(conda, "--from-file", secret_file, "--add-channel", "none").code == 0
    secret_file.unlink()
    server.clear()
    result = conda.create("a", *PRIVATE)
    assert result.code == 4, result.text
    assert str(secret_file) in result.text
    assert credentials_shown(server) == set()
    assert conda.create("b", *PUBLIC).code == 0


@pytest.mark.hard
def test_path_of_a_file_means_the_same_in_every_folder(
    conda: Conda, server: Server, secret_file: Path
) -> None:
    relative = os.path.relpath(secret_file, conda.folder)
    assert login(conda, "--from-file", relative).code == 0
    (found,) = conda.private("list", "--json").data["logins"]
    assert found["source"] == f"secret-file:{secret_file}"


@pytest.mark.hard
def test_logout_does_not_change_the_file(conda: Conda, secret_file: Path, token: str) -> None:
    assert login(conda, "--from-file", secret_file).code == 0
    assert conda.private("logout", *DEV).code == 0
    assert secret_file.read_text() == f"{token}\n"
    found = conda.private("list", "--json").data
    assert (found["logins"], found["accounts"]) == ([], [])


@pytest.mark.hard
def test_login_by_reference_deletes_the_stored_secret(
    conda: Conda, token: str, secret_file: Path
) -> None:
    conda.login(*DEV, token=token)
    assert conda.files_with(token) == [conda.secrets_file]
    assert login(conda, "--from-file", secret_file).code == 0
    assert conda.files_with(token) == []


@pytest.mark.parametrize("kind", ["missing", "folder", "huge"])
def test_file_without_a_token_in_it_is_an_error_that_names_it(
    conda: Conda, server: Server, secret_file: Path, kind: str
) -> None:
    text = secret_file.read_text()
    secret_file.unlink()
    if kind == "folder":
        secret_file.mkdir()
    elif kind == "huge":
        secret_file.write_text(text * 100_000)
    result = login(conda, "--from-file", secret_file)
    assert result.code == 4, result.text
    assert str(secret_file) in result.err
    assert "Next:" in result.err
    assert not any(form in result.text for form in spellings_of(text.strip()))
    assert server.requests == []
    assert nothing_of_ours(conda)


def test_pipe_without_a_writer_does_not_hang_conda(
    conda: Conda, server: Server, secret_file: Path
) -> None:
    secret_file.unlink()
    os.mkfifo(secret_file)
    command = ["timeout", "5", str(conda.executable)]
    wrapper = conda.folder / "conda-with-a-limit"
    wrapper.write_text(f'#!/bin/sh\nexec {" ".join(command)} "$@"\n')
    wrapper.chmod(0o755)
    conda.executable = wrapper
    result = login(conda, "--from-file", secret_file)
    assert result.code == 4, result.text
    assert str(secret_file) in result.err
    assert nothing_of_ours(conda)
