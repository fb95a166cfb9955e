"""Commands that lack something, or ask for what cannot be: exit code 2 and the next command."""

from __future__ import annotations

import pytest

from tests.integration.runner import Conda
from tests.server import Server


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "VERB"),
        (("login",), "Which channel is it?"),
        (("login", "my-org", "--all", "team.yml"), "not both"),
        (("login", "my-org", "--env"), "no active environment"),
        (("login", "my-org", "--api-url", "http://api.example.org", "--token-stdin"), "no TLS"),
        (("login", "my-org", "--all-users", "--token-stdin"), "cannot keep a secret of its own"),
        (("logout",), "Which login shall go?"),
        (("logout", "my-org", "--all"), "Which login shall go?"),
        (("channels", "add"), "Which channel"),
        (("channels", "forget", "my-org"), "not shown"),
        (("check", "--expires-within", "soon"), "12h, 30d or 8w"),
        (("list", "my-org"), "not understood"),
        (("run",), "Which command?"),
        (("login", "--account", "--username", "alice", "--from-env", "PASSWORD"), "not kept"),
        (("token", "create", "--show", "--label", "dev"), "A label belongs to a channel."),
    ],
)
def test_command_that_lacks_something_says_what(
    conda: Conda, words: tuple[str, ...], said: str
) -> None:
    result = conda.private(*words, stdin="some-token")
    assert result.code == 2, result.text
    assert said in result.err
    assert not conda.data_folder.exists()


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("run", "pip", "install", "it"), "There is no login to run it with.", 4),
        (("packages", "https://conda.example.org"), "There is no login", 4),
        (("import", "--from", "anaconda-client"), "anaconda-client has no login here", 4),
    ],
)
def test_command_that_has_nothing_to_work_on_says_what(
    conda: Conda, words: tuple[str, ...], said: str, code: int
) -> None:
    result = conda.private(*words)
    assert (result.code, said in result.err) == (code, True), result.text
    assert "Next:" in result.err
    assert not conda.data_folder.exists()


def test_token_of_a_server_without_an_api_cannot_be_ended(conda: Conda, token: str) -> None:
    conda.ok(
        *("private", "login", "https://conda.example.org/my-org", "--no-verify"),
        "--token-stdin",
        stdin=token,
    )
    result = conda.private("logout", "https://conda.example.org/my-org", "--revoke")
    assert result.code == 1
    assert "logged out" in result.out
    assert "was not ended" in result.err
    assert "Next:  end it on the server's web page" in result.err
    assert not conda.secrets_file.exists()


def test_empty_host_says_how_to_log_in_to_all_of_it(conda: Conda, server: Server) -> None:
    result = conda.private("login", server.conda, "--token-stdin", stdin="some-token")
    assert result.code == 1
    assert f"conda private login {server.conda} --no-verify" in result.err


def test_nothing_listed_and_nothing_logged_in_is_said(conda: Conda) -> None:
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
    assert "would log out" in conda.ok("private", "logout", "my-org", "--dry-run").out
    assert conda.condarc.read_bytes() == before
    assert conda.secrets_file.exists()


def test_terminal_without_unicode_reads_plain_words(conda: Conda, token: str) -> None:
    conda.environment |= {
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONIOENCODING": "ascii",
    }
    assert conda.login("my-org", token=token).out.startswith("ok the token opens my-org")
    assert "ok logged out" in conda.ok("private", "logout", "my-org").out


def test_secret_that_is_gone_from_the_store_is_named_at_install(conda: Conda, token: str) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    conda.secrets_file.unlink()
    result = conda.create("env", "-c", "my-org/label/dev", "hello-private")
    assert result.code == 4
    assert "CredentialMissingError" in result.text
    assert "conda private login" in result.text
