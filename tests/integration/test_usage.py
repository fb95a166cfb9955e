"""Incomplete or impossible commands fail with exit code 2 and the next command."""

from __future__ import annotations

import pytest

from tests.integration.runner import Conda
from tests.server import Server


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "VERB"),
        (("login",), "No channel given."),
        (("login", "my-org", "--all", "team.yml"), "A channel and --all were both given."),
        (("login", "my-org", "--env"), "There is no active environment"),
        (
            ("login", "my-org", "--api-url", "http://api.example.org", "--token-stdin"),
            "http://api.example.org has no TLS",
        ),
        (
            ("login", "my-org", "--all-users", "--token-stdin"),
            "cannot store a credential of its own",
        ),
        (("logout",), "Which login do you want to remove?"),
        (("logout", "my-org", "--all"), "Which login do you want to remove?"),
        (("channels", "add"), "No channel given."),
        (("channels", "forget", "my-org"), "not shown"),
        (("check", "--expires-within", "soon"), "use a time span such as 12h, 30d or 8w"),
        (("list", "my-org"), "1 unrecognized argument(s), not shown"),
        (("run",), "No command given."),
        (
            ("login", "--account", "--username", "alice", "--from-env", "PASSWORD"),
            "A password cannot be read from env:PASSWORD.",
        ),
        (("token", "create", "--show", "--label", "dev"), "A label needs a channel."),
    ],
)
def test_incomplete_command_says_what_is_missing(
    conda: Conda, words: tuple[str, ...], said: str
) -> None:
    result = conda.private(*words, stdin="some-token")
    assert result.code == 2, result.text
    assert said in result.err
    assert not conda.data_folder.exists()


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("run", "pip", "install", "it"), "There is no login to use.", 4),
        (("packages", "https://conda.example.org"), "There is no login", 4),
        (("import", "--from", "anaconda-client"), "anaconda-client is not logged in.", 4),
    ],
)
def test_command_without_a_login_says_what_is_missing(
    conda: Conda, words: tuple[str, ...], said: str, code: int
) -> None:
    result = conda.private(*words)
    assert (result.code, said in result.err) == (code, True), result.text
    assert "Next:" in result.err
    assert not conda.data_folder.exists()


def test_token_of_a_server_without_an_api_cannot_be_revoked(conda: Conda, token: str) -> None:
    conda.ok(
        *("private", "login", "https://conda.example.org/my-org", "--no-verify"),
        "--token-stdin",
        stdin=token,
    )
    result = conda.private("logout", "https://conda.example.org/my-org", "--revoke")
    assert result.code == 1
    assert "Logged out of https://conda.example.org/my-org" in result.out
    assert "The token was not revoked." in result.err
    assert "Next:  revoke it on the server's web page" in result.err
    assert not conda.secrets_file.exists()


def test_empty_host_says_how_to_log_in_to_the_whole_server(conda: Conda, server: Server) -> None:
    result = conda.private("login", server.conda, "--token-stdin", stdin="some-token")
    assert result.code == 1
    assert f"conda private login {server.conda} --no-verify" in result.err


def test_empty_lists_are_reported(conda: Conda) -> None:
    assert "no channel list" in conda.ok("private", "channels", "list").out
    assert "not listed" in conda.ok("private", "channels", "remove", "my-org").out
    assert "No logins" in conda.ok("private", "list").out
    assert "No logins" in conda.ok("private", "logout", "--all").out
    assert "No logins" in conda.ok("private", "check").out


def test_dry_run_of_channels_and_logout_changes_nothing(conda: Conda, token: str) -> None:
    conda.ok("private", "channels", "add", "my-org", "--dry-run")
    assert not conda.condarc.exists()
    conda.login("my-org", token=token)
    before = conda.condarc.read_bytes()
    conda.ok("private", "channels", "remove", "my-org", "--dry-run")
    assert "Would log out of" in conda.ok("private", "logout", "my-org", "--dry-run").out
    assert conda.condarc.read_bytes() == before
    assert conda.secrets_file.exists()


def test_terminal_without_unicode_gets_ascii(conda: Conda, token: str) -> None:
    conda.environment |= {
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONIOENCODING": "ascii",
    }
    assert conda.login("my-org", token=token).out.startswith(
        "ok Logged in to my-org with the token ("
    )
    assert "ok Logged out of" in conda.ok("private", "logout", "my-org").out


def test_secret_missing_from_the_store_is_reported_at_install(conda: Conda, token: str) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    conda.secrets_file.unlink()
    result = conda.create("env", "-c", "my-org/label/dev", "hello-private")
    assert result.code == 4
    assert "CredentialMissingError" in result.text
    assert "conda private login" in result.text
