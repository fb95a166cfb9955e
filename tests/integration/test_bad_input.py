"""Bad input: a clear error with the next command, the documented exit code, nothing changed."""

from __future__ import annotations

import json

import pytest

from tests.integration.runner import Conda
from tests.server import Anaconda, Fault, Server


def nothing_changed(conda: Conda) -> bool:
    """Whether no file of ours, and no ``.condarc``, was created."""
    files = [path for path in conda.home.rglob("*") if path.is_file()]
    return not [path for path in files if "conda-private" in str(path) or path == conda.condarc]


@pytest.mark.parametrize(
    "channel",
    ["", "a b", "my-org/../other", "*", "https://*", "https://conda.anaconda.org/*", "my-org\n- x",
     "${HOME}", "%HOME%", "!!tag", "*anchor", "#", "https:\\\\host\\x", "file:///tmp/x", "/tmp/x",
     "https://[::1]/x", "defaults", "https://host/a?b", "ftp://host/a"],
)  # fmt: skip
def test_channel_that_cannot_be_one_is_refused(conda: Conda, channel: str, token: str) -> None:
    result = conda.private("login", channel, "--token-stdin", stdin=token)
    assert result.code == 2
    assert "AddressError" in result.err
    assert "Next:" in result.err
    assert nothing_changed(conda)


@pytest.mark.parametrize("label", ["", "a/b", "a%b", "..", "*", "x\ny", "${A}", "#"])
def test_label_that_cannot_be_one_is_refused(conda: Conda, label: str, token: str) -> None:
    result = conda.private("login", "my-org", "--label", label, "--token-stdin", stdin=token)
    assert (result.code, nothing_changed(conda)) == (2, True)


@pytest.mark.parametrize(
    ("secret", "why"),
    [("", "empty"), ("\n", "empty"), ("ab\ncd", "line break"), ("ab\rcd", "line break"),
     ("ab\0cd", "control"), ("a b", "a space"), ('"ab', "quotation mark"), ("schlüssel", "ASCII"),
     ("x" * 1_000_000, "longer")],
    ids=["empty", "only a line end", "LF", "CR", "NUL", "two words", "half a quotation",
         "unicode", "1 MB"],
)  # fmt: skip
def test_text_that_is_no_token_is_refused_without_an_echo(
    conda: Conda, server: Server, secret: str, why: str
) -> None:
    result = conda.private("login", "my-org", "--token-stdin", stdin=secret)
    assert result.code == 2
    assert why in result.err
    assert not secret.strip() or secret.strip() not in result.text
    assert nothing_changed(conda)
    assert not server.requests


@pytest.mark.parametrize(
    "words",
    [("--token", "CANARY"), ("--token=CANARY",), ("--password", "CANARY"), ("CANARY",),
     ("--tok", "CANARY"), ("--token-stdin=CANARY",), ("--scheme", "CANARY"),
     ("--storage", "CANARY"), ("--expires", "CANARY")],
)  # fmt: skip
def test_secret_on_the_command_line_is_refused_without_an_echo(
    conda: Conda, words: tuple[str, ...]
) -> None:
    result = conda.private("login", "my-org", *words)
    assert result.code == 2
    assert "CANARY" not in result.text
    assert nothing_changed(conda)


@pytest.mark.parametrize(
    "url",
    ["https://HOST/t/ca-nary/my-org", "https://user:ca-nary@HOST/my-org",
     "https://HOST/t/ca_nary.x/my-org", "https://ca-nary@HOST/my-org"],
)  # fmt: skip
def test_url_with_a_secret_is_refused_with_the_clean_command(conda: Conda, url: str) -> None:
    result = conda.private("login", url.replace("HOST", "conda.example.org"))
    assert result.code == 2
    assert "SecretInUrlError" in result.err
    assert "nary" not in result.text
    assert "conda private login https://" in result.err
    assert "new one" in result.err


def test_url_with_the_token_is_taken_as_the_secret(
    conda: Conda, server: Server, token: str
) -> None:
    url = f"{server.conda}/t/{token}/my-org\n"
    conda.ok("private", "login", "my-org", "--token-stdin", stdin=url)
    assert conda.create("env", "on-main").code == 0


def test_url_of_another_host_is_not_taken_as_the_secret(conda: Conda, token: str) -> None:
    url = f"https://conda.example.org/t/{token}/my-org\n"
    assert conda.private("login", "my-org", "--token-stdin", stdin=url).code == 2
    assert nothing_changed(conda)


def test_without_a_terminal_stdin_is_not_read_unless_told(
    conda: Conda, server: Server, token: str
) -> None:
    result = conda.private("login", "my-org", stdin=token)
    assert result.code == 2
    assert "NoTerminalError" in result.err
    assert "--token-stdin" in result.err
    assert not server.requests
    assert nothing_changed(conda)


@pytest.mark.parametrize("name", ["CONDA_TOKEN", "PYTHON_X", "SUDO_T", "MYPATH", "a-b", "1A", ""])
def test_variable_that_conda_would_print_is_refused(conda: Conda, name: str) -> None:
    result = conda.private("login", "my-org", "--from-env", name)
    assert result.code == 2
    assert "UsageError" in result.err
    assert "--from-env MY_ORG_TOKEN" in result.err
    assert nothing_changed(conda)


def test_variable_that_is_not_set_is_named(conda: Conda) -> None:
    result = conda.private("login", "my-org", "--from-env", "MY_TOKEN")
    assert result.code == 4
    assert "MY_TOKEN" in result.err
    assert "--no-verify" in result.err
    assert nothing_changed(conda)


def test_http_on_another_machine_is_refused_before_a_secret_is_read(conda: Conda) -> None:
    result = conda.private("login", "http://conda.example.org/my-org")
    assert result.code == 2
    assert "InsecureUrlError" in result.err
    assert "https://conda.example.org/my-org" in result.err


@pytest.mark.parametrize(
    "text", ["channels: [a", "- a\n- b\n", "a: {", "\tchannels: x", "channels: 3"]
)
def test_condarc_that_does_not_parse_is_refused_and_left_alone(
    conda: Conda, text: str, token: str
) -> None:
    file = conda.folder / "team.condarc"
    file.write_text(text)
    words = ("my-org", "--token-stdin", "--condarc", str(file))
    result = conda.private("login", *words, stdin=token)
    assert result.code == 1
    assert "Next:" in result.err
    assert file.read_text() == text
    assert nothing_changed(conda)


@pytest.mark.hard
@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 99}', "\0\1", '{"version": 1}', '{"version": 2}']
)
def test_logins_file_that_does_not_parse_is_refused_and_left_alone(
    conda: Conda, text: str, token: str
) -> None:
    conda.login("my-org", token=token)
    file = conda.data_folder / "credentials.json"
    file.write_text(text)
    for words in (("list",), ("login", "other", "--token-stdin"), ("logout", "--all")):
        result = conda.private(*words, stdin=token)
        assert result.code == 1
        assert "FileFormatError" in result.err
        assert "mv " in result.err
    assert file.read_text() == text


@pytest.mark.hard
@pytest.mark.parametrize("text", ["", "{", '{"version": 1, "secrets": 3}'])
def test_store_that_does_not_parse_is_an_error_and_not_a_missing_token(
    conda: Conda, text: str, token: str
) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    conda.secrets_file.write_text(text)
    result = conda.create("env", "-c", "my-org/label/dev", "hello-private")
    assert result.code != 0
    assert "is not a valid credentials file" in result.text
    assert conda.create("public", "--override-channels", "-c", "other", "hello-public").code == 0


def test_store_open_to_others_is_refused_with_the_fix(conda: Conda, token: str) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    conda.secrets_file.chmod(0o644)
    result = conda.create("env", "-c", "my-org/label/dev", "hello-private")
    assert result.code != 0
    assert f"chmod 600 {conda.secrets_file}" in result.text


ANSWERS = [
    (Fault.status(401), 4, "TokenRefusedError"),
    (Fault.status(403), 4, "AccessDeniedError"),
    (Fault.status(404), 1, "ChannelNotFoundError"),
    (Fault.status(407), 1, "ProxyRefusedError"),
    (Fault.status(500), 1, "ServerError"),
    (Fault.status(503), 1, "ServerError"),
    (Fault.status(418), 1, "ServerError"),
    (Fault.html(), 1, "NotAChannelError"),
    (Fault.drop(), 1, "ConnectionFailedError"),
    (Fault.cut(), 1, "ConnectionFailedError"),
    (Fault.slow(3), 1, "ConnectionFailedError"),
]


@pytest.mark.hard
@pytest.mark.parametrize(
    ("fault", "code", "error"),
    ANSWERS,
    ids=["401", "403", "404", "407", "500", "503", "418", "html", "drop", "cut", "slow"],
)
def test_each_answer_of_the_server_has_its_own_clear_error(
    conda: Conda, server: Server, token: str, fault: Fault, code: int, error: str
) -> None:
    conda.settings["remote_read_timeout_secs"] = 1
    server.fail("", "conda", how=fault)
    result = conda.private("login", "my-org", "--token-stdin", "--json", stdin=token)
    told = json.loads(result.out)
    assert (result.code, told["exception_name"]) == (code, error)
    assert told["next_step"]
    assert nothing_changed(conda)


@pytest.mark.parametrize("state", ["invalid", "without the scope", "public", "empty"])
def test_token_that_gives_no_access_is_refused_with_the_reason(
    conda: Conda, world: Anaconda, server: Server, token: str, state: str
) -> None:
    world.add_organization("empty", owners=[])
    narrow = world.add_token("alice", scopes=["api:read"])
    channel, secret, api, why = {
        "invalid": ("my-org", "no-such-token", server.api, "mistyped, expired or revoked"),
        "without the scope": ("my-org", narrow, server.api, "its scopes (api:read)"),
        "public": ("other", token, "", "public; no login is needed"),
        "empty": ("empty", token, "", "the channel is empty"),
    }[state]
    words = ("--token-stdin", *(("--api-url", api) if api else ()))
    result = conda.private("login", channel, *words, stdin=secret)
    assert result.code == 4
    assert "TokenRefusedError" in result.err
    assert why in result.err
    assert "Nothing was stored" in result.err
    assert nothing_changed(conda)


@pytest.mark.hard
def test_unverified_login_uses_the_token_form_and_is_marked(
    conda: Conda, server: Server, token: str
) -> None:
    conda.login("my-org", "--label", "dev", "--no-verify", token=token)
    assert not server.requests
    (entry,) = conda.private("list", "--json").data["logins"]
    assert (entry["scheme"], entry["verified"]) == ("token", None)
    assert "not verified" in conda.private("list").out
    assert conda.create("env", "-c", "my-org/label/dev", "hello-private").code == 0


@pytest.mark.hard
def test_logout_where_there_is_no_login_names_those_there_are(conda: Conda, token: str) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    result = conda.private("logout", "my-org")
    assert result.code == 4
    assert "/my-org/label/dev" in result.err


def test_dry_run_verifies_and_writes_nothing(conda: Conda, server: Server, token: str) -> None:
    result = conda.login("my-org", "--dry-run", token=token)
    assert "Would log in to my-org with the token (2 packages, 1 private)" in result.out
    assert "nothing was changed (--dry-run)" in result.out
    assert server.requests
    assert nothing_changed(conda)


def test_dry_run_without_verification_only_says_what_it_would_store(
    conda: Conda, server: Server, token: str
) -> None:
    result = conda.login("my-org", "--dry-run", "--no-verify", token=token)
    assert "Would store the token for my-org without verification" in result.out
    assert "nothing was changed (--dry-run)" in result.out
    assert not server.requests
    assert nothing_changed(conda)


def test_offline_mode_is_named_in_the_error(conda: Conda, token: str) -> None:
    conda.settings["offline"] = True
    result = conda.private("login", "my-org", "--token-stdin", stdin=token)
    assert result.code == 1
    assert "offline" in result.err


@pytest.mark.hard
def test_revoked_token_fails_loudly_at_install_and_names_the_login(
    conda: Conda, world: Anaconda, server: Server
) -> None:
    world.style = "401"
    revoked = world.add_token("alice", scopes=["conda:download"])
    conda.login("my-org", "--label", "dev", token=revoked)
    del world.tokens[revoked]
    result = conda.create("env", "-c", "my-org/label/dev", "hello-private")
    assert result.code == 4
    assert f"conda private login {server.conda}/my-org/label/dev" in result.text
    world.tokens[revoked] = None  # so that the search for canaries knows it
