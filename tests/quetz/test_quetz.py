"""Private channels of a real Quetz, with the real command line."""

from __future__ import annotations

import subprocess

import pytest

from tests.integration.runner import Conda

from .quetz import Quetz

pytestmark = pytest.mark.hard

HEADER = ("--scheme", "header:X-API-Key")


def install(conda: Conda, channel: str) -> str:
    """Install the private program and run it."""
    result = conda.create("env", "--override-channels", "-c", channel, "hello-private")
    assert result.code == 0, result.text
    program = conda.prefix("env") / "bin" / "hello-private"
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout


def test_private_channel_is_refused_without_login(conda: Conda, channel: str) -> None:
    result = conda.create("env", "--override-channels", "-c", channel, "hello-private")
    assert result.code != 0
    assert "401" in result.text


@pytest.mark.parametrize(
    "scheme", [HEADER, ("--scheme", "path"), ()], ids=["header", "path", "auto"]
)
def test_after_login_the_private_program_is_installed_and_runs(
    scheme: tuple[str, ...], conda: Conda, channel: str, key: str
) -> None:
    out = conda.login(channel, *scheme, token=key).out
    assert "(1 package, 1 private)" in out
    assert install(conda, channel) == "hello from Quetz\n"


def test_auto_finds_the_header_of_quetz(conda: Conda, channel: str, key: str) -> None:
    result = conda.login(channel, "--json", token=key)
    assert result.data["login"]["scheme"] == "header:X-API-Key"


@pytest.mark.parametrize(
    "scheme", [HEADER, ("--scheme", "bearer"), ()], ids=["header", "bearer", "auto"]
)
def test_wrong_key_is_refused_and_not_stored(
    scheme: tuple[str, ...], conda: Conda, channel: str
) -> None:
    result = conda.private("login", channel, *scheme, "--token-stdin", stdin="wrong-key\n")
    assert result.code == 4
    assert "TokenRefusedError" in result.err
    assert f"conda private login {channel}" in result.err
    assert not conda.secrets_file.exists()
    assert not conda.condarc.exists()


def test_right_key_with_a_scheme_that_quetz_does_not_support_is_refused(
    conda: Conda, channel: str, key: str
) -> None:
    for scheme in ("token", "bearer"):
        words = ("login", channel, "--scheme", scheme, "--token-stdin")
        assert conda.private(*words, stdin=key).code == 4


def test_key_of_another_channel_is_refused_and_not_stored(
    conda: Conda, quetz: Quetz, channel: str
) -> None:
    foreign = quetz.add_key("others")
    assert conda.private("login", channel, *HEADER, "--token-stdin", stdin=foreign).code == 4
    assert not conda.secrets_file.exists()


@pytest.mark.parametrize("scheme", [HEADER, ()], ids=["header", "auto"])
def test_key_of_another_channel_is_distinguished_from_a_wrong_key(
    scheme: tuple[str, ...], conda: Conda, quetz: Quetz, channel: str
) -> None:
    foreign = quetz.add_key("others")
    result = conda.private("login", channel, *scheme, "--token-stdin", stdin=foreign)
    assert "AccessDeniedError" in result.err


def test_address_without_get_is_no_channel(conda: Conda, quetz: Quetz, key: str) -> None:
    result = conda.private("login", f"{quetz.url}/secrets", "--token-stdin", stdin=key)
    assert result.code == 1
    assert "ChannelNotFoundError" in result.err


def test_revoked_key_fails_at_install_and_names_the_login_command(
    conda: Conda, quetz: Quetz, channel: str, key: str
) -> None:
    conda.login(channel, *HEADER, token=key)
    quetz.revoke(key)
    result = conda.create("env", "--override-channels", "-c", channel, "hello-private")
    assert result.code == 4
    assert f"conda private login {channel}" in result.err


def test_after_logout_the_channel_is_inaccessible(conda: Conda, channel: str, key: str) -> None:
    conda.login(channel, *HEADER, token=key)
    conda.ok("private", "logout", channel)
    result = conda.create("env", "--override-channels", "-c", channel, "hello-private")
    assert result.code != 0
    assert not conda.secrets_file.exists()


def test_login_to_one_channel_gives_no_access_to_another(
    conda: Conda, quetz: Quetz, channel: str, key: str
) -> None:
    conda.login(channel, *HEADER, token=key)
    other = quetz.channel("others")
    result = conda.create("env", "--override-channels", "-c", other, "hello-private")
    assert result.code != 0
