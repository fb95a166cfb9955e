"""Only what gives access is a login: each case with a real conda, on a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pexpect
import pytest

from tests.integration.runner import Conda, Result
from tests.server import Anaconda, Fault, Server

DEV = ("my-org", "--label", "dev")


@pytest.fixture
def bobs(world: Anaconda) -> str:
    """A valid token of somebody without access to ``my-org``."""
    world.add_user("bob")
    return world.add_token("bob", scopes=["conda:download"], name="bobs")


def login(conda: Conda, server: Server, *words: str, token: str) -> Result:
    """Try to log in, with the API known as it is for anaconda.org."""
    return conda.private("login", *words, "--api-url", server.api, "--token-stdin", stdin=token)


@contextmanager
def terminal(conda: Conda, *words: str) -> Iterator[pexpect.spawn]:
    """A login at a terminal."""
    conda.run("--version")  # writes conda's settings
    process = pexpect.spawn(
        str(conda.executable),
        ["private", "login", *words],
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


def test_valid_token_of_another_person_is_refused_and_replaces_nothing(
    conda: Conda, server: Server, token: str, bobs: str
) -> None:
    assert login(conda, server, *DEV, token=token).code == 0
    before = conda.private("list", "--json").data, conda.condarc.read_text()
    result = login(conda, server, *DEV, token=bobs)
    assert result.code == 4
    assert 'bob\'s token "bobs" is valid, but it gives no access' in result.err
    assert "conda private share my-org/PACKAGE --with bob" in result.err
    assert "Nothing was stored" in result.err
    assert (conda.private("list", "--json").data, conda.condarc.read_text()) == before
    assert conda.create("env", "hello-private").code == 0


def test_check_names_who_can_help_when_the_rights_were_withdrawn(
    conda: Conda, server: Server, bobs: str
) -> None:
    login(conda, server, *DEV, "--no-verify", token=bobs)
    result = conda.private("check")
    assert result.code == 4
    assert "conda private share my-org/PACKAGE --with bob" in result.out
    assert "conda private login" not in result.out


def test_owner_can_log_in_before_the_first_upload_and_is_listed_behind(
    conda: Conda, server: Server, world: Anaconda, token: str, bobs: str
) -> None:
    world.add_organization("empty", owners=["alice"])
    conda.condarc.write_text("channels:\n  - conda-forge\n")
    assert login(conda, server, "empty", token=bobs).code == 4
    result = login(conda, server, "empty", token=token)
    assert result.code == 0, result.text
    assert "no private packages yet" in result.out
    assert "(last)" in result.out
    assert conda.condarc.read_text().index("conda-forge") < conda.condarc.read_text().index("empty")


@pytest.mark.hard
def test_mistyped_channel_that_is_public_is_refused(
    conda: Conda, server: Server, token: str, bobs: str
) -> None:
    for secret in (token, bobs):
        result = login(conda, server, "other", token=secret)
        assert result.code == 4
        assert "other is public; no login is needed" in result.err
        assert "conda install -c other NAME" in result.err
    without_api = conda.private("login", "other", "--token-stdin", stdin=token)
    assert "other is public; no login is needed" in without_api.err
    assert not conda.data_folder.exists()
    assert not conda.condarc.exists()


@pytest.mark.hard
def test_login_of_another_account_is_replaced_only_with_consent(
    conda: Conda, server: Server, world: Anaconda, token: str, bobs: str
) -> None:
    world.add_group("my-org", "readers", members=["bob"], packages=["hello-private"])
    assert login(conda, server, *DEV, token=bobs).code == 0
    for words in ((), ("--no-verify",)):
        refused = login(conda, server, *DEV, *words, token=token)
        assert refused.code == 2
        assert 'already has a login with bob\'s credential "bobs"' in refused.err
        assert "--yes" in refused.err
    with terminal(conda, *DEV, "--api-url", server.api) as process:
        process.expect("input hidden")
        process.waitnoecho(timeout=10)
        process.sendline(token)
        process.expect("bob's credential")
        process.expect("Replace it")
        process.sendline("y")
        process.expect("Logged in")
        process.expect(pexpect.EOF)
    assert conda.private("list", "--json").data["logins"][0]["account"] == "alice"
    assert login(conda, server, *DEV, "--yes", token=bobs).code == 0


@pytest.mark.parametrize(
    "form", ["  {} \t", '"{}"', "'{}'", "token {}", "Bearer {}", "Token: {}", "\ufeff{}"]
)
def test_pasted_token_is_taken_out_of_what_surrounds_it(
    conda: Conda, server: Server, token: str, form: str
) -> None:
    result = conda.private("login", *DEV, "--token-stdin", stdin=form.format(token))
    assert result.code == 0, result.text
    sent = {request.headers["Authorization"] for request in server.requests}
    assert sent == {None, f"token {token}"}


def test_text_that_is_more_than_a_token_is_named_and_not_sent(
    conda: Conda, server: Server, token: str
) -> None:
    result = conda.private("login", *DEV, "--token-stdin", stdin=f"my token is {token}")
    assert result.code == 2
    assert "contains a space" in result.err
    assert not server.requests


def test_channel_that_does_not_exist_is_said_before_the_prompt(
    conda: Conda, server: Server
) -> None:
    with terminal(conda, "no-such-org", "--api-url", server.api) as process:
        process.expect("ChannelNotFoundError")
        assert "input hidden" not in process.before


def test_host_that_does_not_answer_is_said_before_the_prompt(conda: Conda, server: Server) -> None:
    server.fail("", "conda", how=Fault.status(500))
    with terminal(conda, *DEV) as process:
        process.expect("failed with status 500")
        assert "input hidden" not in process.before


def test_channel_that_is_hidden_is_asked_for_all_the_same_and_read_once(
    conda: Conda, server: Server, world: Anaconda, token: str
) -> None:
    world.style = "404"
    with terminal(conda, *DEV) as process:
        process.expect("input hidden")
        process.waitnoecho(timeout=10)
        process.sendline(token)
        process.expect("Logged in")
        process.expect(pexpect.EOF)
    asked = [(each.path, each.headers["Authorization"]) for each in server.requests]
    assert sorted(asked, key=str) == sorted(set(asked), key=str)
    assert len(asked) == 4


def test_ctrl_d_at_the_prompt_cancels_with_130(conda: Conda, server: Server) -> None:
    with terminal(conda, *DEV) as process:
        process.expect("input hidden")
        process.waitnoecho(timeout=10)
        process.sendeof()
        process.expect("Cancelled")
        process.expect(pexpect.EOF)
        process.wait()
        assert process.exitstatus == 130


@pytest.mark.parametrize("page", ["html", "foreign redirect"])
def test_sign_in_page_without_a_credential_means_closed(
    conda: Conda, server: Server, token: str, page: str
) -> None:
    how = Fault.html() if page == "html" else Fault.redirect(f"{server.files}/sign-in")
    server.fail("repodata", "conda", how=how, signed=False)
    server.fail("sign-in", "files", how=Fault.html())
    conda.login(*DEV, token=token)
    assert conda.private("check").code == 0


@pytest.mark.parametrize("page", ["html", "foreign redirect"])
def test_sign_in_page_for_the_scheme_that_an_api_confirms_means_the_next_one(
    conda: Conda, server: Server, token: str, page: str
) -> None:
    # The server shows the page to everyone whose scheme it does not know.
    how = Fault.html() if page == "html" else Fault.redirect(f"{server.files}/sign-in")
    server.fail("sign-in", "files", how=Fault.html())
    server.fail("repodata", "conda", how=how, times=2, signed=True)
    result = login(conda, server, *DEV, token=token)
    assert result.code == 0, result.text
    assert "alice's token" in result.out
    assert conda.private("list", "--json").data["logins"][0]["scheme"] == "bearer"


@pytest.mark.hard
def test_check_of_a_login_behind_a_sign_in_page_names_the_way_back(
    conda: Conda, server: Server, token: str
) -> None:
    conda.login(*DEV, "--scheme", "token", token=token)
    server.fail("repodata", "conda", how=Fault.html(), times=2, signed=True)
    failed = conda.private("check", "--json")
    assert (failed.code, failed.data["checked"][0]["error"]["name"]) == (1, "NotAChannelError")
    # The page is gone, as after a sign-in to the network.
    assert conda.private("check").code == 0
    # The server does not know the scheme any more: the next command tries the others.
    server.fail("repodata", "conda", how=Fault.html(), times=4, signed=True)
    address = f"{server.conda}/my-org/label/dev"
    assert f"conda private login {address}\n" in conda.private("check").out
    conda.login(address, token=token)
    assert conda.private("list", "--json").data["logins"][0]["scheme"] == "bearer"
    assert conda.private("check").code == 0
