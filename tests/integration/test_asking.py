"""Commands that lack a word ask for it at a terminal, and only there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pexpect

from tests.integration.runner import Conda


@contextmanager
def terminal(conda: Conda, *words: str) -> Iterator[pexpect.spawn]:
    """A command at a terminal."""
    conda.run("--version")  # writes conda's settings
    process = pexpect.spawn(
        str(conda.executable),
        ["private", *words],
        env=conda.environment,
        cwd=conda.folder,
        timeout=60,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        process.close(force=True)
        conda.seen += process.before if isinstance(process.before, str) else ""


def test_login_alone_asks_for_the_channel_and_the_token(conda: Conda, token: str) -> None:
    with terminal(conda, "login") as process:
        process.expect_exact("Channel (my-org, or https://HOST/CHANNEL): ")
        process.sendline("my-org")
        process.waitnoecho()
        process.sendline(token)
        process.expect(pexpect.EOF)
    assert process.wait() == 0
    assert conda.create("env", "on-main").code == 0


def test_login_alone_offers_channels_that_are_listed_or_have_a_login(
    conda: Conda, token: str
) -> None:
    conda.login("my-org", token=token)
    conda.ok("config", "--append", "channels", "other")
    conda.ok("config", "--append", "channels", "https://conda.anaconda.org/conda-forge")
    alias = conda.settings["channel_alias"]
    with terminal(conda, "login") as process:
        process.expect_exact(f"1  {alias}/my-org")
        process.expect_exact(f"2  {alias}/other")
        process.expect_exact("Channel (a number, ")
        assert "conda-forge" not in str(process.before)
        process.sendline("1")
        process.waitnoecho()
        process.sendline(token)
        process.expect(pexpect.EOF)
    assert process.wait() == 0


def test_login_alone_without_an_answer_is_a_usage_error(conda: Conda) -> None:
    with terminal(conda, "login") as process:
        process.expect_exact("Channel (")
        process.sendline("")
        process.expect_exact("No channel given.")
        process.expect(pexpect.EOF)
    assert process.wait() == 2


def test_logout_alone_offers_the_only_login(conda: Conda, token: str) -> None:
    conda.login("my-org", token=token)
    for answer, code, left in (("n", 2, 1), ("y", 0, 0)):
        with terminal(conda, "logout") as process:
            process.expect_exact("The only login is for ")
            process.expect_exact("Log out of it? [y/N] ")
            process.sendline(answer)
            process.expect(pexpect.EOF)
        assert process.wait() == code
        assert len(conda.private("list", "--json").data["logins"]) == left


def test_logout_alone_offers_nothing_where_there_are_two(conda: Conda, token: str) -> None:
    conda.login("my-org", token=token)
    conda.login("other", "--no-verify", token=token)
    with terminal(conda, "logout") as process:
        process.expect_exact("Which login do you want to remove?")
        process.expect(pexpect.EOF)
    assert process.wait() == 2


def test_version_is_that_of_the_plugin_and_of_conda(conda: Conda) -> None:
    lines = conda.ok("private", "--version").out.splitlines()
    assert lines[0].startswith("conda-private ")
    assert lines[1].startswith("conda ")
    assert ", Python 3." in lines[1]
