"""A refused credential: reported with the next command, and never used outside its address."""

from __future__ import annotations

import json

import pytest

from tests.integration.runner import Conda, Result
from tests.server import Anaconda, Fault, Request, Server


def has_hints(conda: Conda) -> bool:
    """Whether this conda gets error hints from plugins."""
    version = conda.ok("--version").out.split()[1]
    return tuple(map(int, version.split(".")[:2])) >= (26, 7)


def asked(server: Server, channel: str) -> list[Request]:
    """Return the requests for the files of a channel."""
    return [each for each in server.requests if f"/{channel}/" in each.path]


def is_signed(request: Request) -> bool:
    """Whether a request carries a credential in any form."""
    return request.credential != "none"


@pytest.fixture
def host_wide(conda: Conda, server: Server, token: str) -> Conda:
    """A user with a login for the whole host."""
    conda.login(server.conda, "--no-verify", token=token)
    server.clear()
    return conda


def search(conda: Conda, channel: str, *words: str) -> Result:
    """Search a channel."""
    return conda.run("search", "--override-channels", "-c", channel, "hello-p*", *words)


@pytest.mark.parametrize("status", [401, 403])
def test_channel_that_needs_none_is_read_without_the_refused_credential_of_the_host(
    host_wide: Conda, server: Server, status: int
) -> None:
    server.fail("/other/", "conda", how=Fault.status(status), signed=True)
    result = host_wide.create("env", "--override-channels", "-c", "other", "hello-public")
    assert result.code == 0, result.text
    # There is one warning for any number of refused requests.
    assert result.err.count("refused the stored credential") == 1
    assert f"conda private login {server.conda}" in result.err
    # Each refused request is repeated exactly once, immediately.
    requests = [(each.path, is_signed(each)) for each in asked(server, "other")]
    signed = [path for path, was_signed in requests if was_signed]
    unsigned = [path for path, was_signed in requests if not was_signed]
    assert signed
    assert sorted(signed) == sorted(unsigned)


@pytest.mark.parametrize("scheme", ["token", "bearer", "header:X-API-Key", "path", "basic"])
def test_repeated_request_carries_the_secret_in_no_form_and_does_not_loop(
    conda: Conda, server: Server, token: str, scheme: str
) -> None:
    words = ("--username", "alice", "--password-stdin") if scheme == "basic" else ("--token-stdin",)
    chosen = () if scheme == "basic" else ("--scheme", scheme)
    login = ("private", "login", server.conda, *chosen, *words, "--no-verify")
    conda.ok(*login, stdin=f"{token}\n")
    server.clear()
    server.fail("/other/", "conda", how=Fault.status(401), signed=True)
    # The repeated request is redirected; the request after that is not signed either.
    server.fail("/other/noarch/[^?]*$", "conda", how=Fault.redirect("?hop"), signed=False)
    assert search(conda, "other").code == 0
    for number, each in enumerate(noarch := asked(server, "other/noarch")):
        follows = number and is_signed(noarch[number - 1])
        assert is_signed(each) is not bool(follows or each.path.endswith("?hop"))
        assert is_signed(each) or token not in f"{each.path} {each.headers}"
    assert noarch[-1].path.endswith("?hop")


def test_private_channel_stays_inaccessible_and_the_fix_is_named(
    host_wide: Conda, world: Anaconda, server: Server, token: str
) -> None:
    world.tokens[token] = None
    world.style = "401"
    result = search(host_wide, "my-org")
    assert result.code == 4
    assert "TokenRefusedError" in result.text
    assert f"conda private login {server.conda}" in result.text
    requests = asked(server, "my-org")
    assert {each.path for each in requests if not is_signed(each)} == {
        each.path for each in requests if is_signed(each)
    }


@pytest.mark.hard
def test_credential_of_a_channel_is_never_omitted(
    conda: Conda, world: Anaconda, server: Server, token: str
) -> None:
    # Without it, conda could install a public package of the same name from another owner.
    conda.login("my-org", "--add-channel", "none", token=token)
    server.clear()
    server.fail("/my-org/", "conda", how=Fault.status(401), signed=True)
    result = conda.create("env", "--override-channels", "-c", "my-org", "hello-public")
    assert result.code == 4
    assert "TokenRefusedError" in result.text
    assert all(is_signed(each) for each in asked(server, "my-org"))
    assert not conda.prefix("env").exists() or not (conda.prefix("env") / "bin").exists()


def test_login_for_a_channel_does_not_depend_on_the_login_for_its_host(
    host_wide: Conda, world: Anaconda, server: Server, token: str
) -> None:
    good = world.add_token("alice", scopes=["conda:download"])
    host_wide.login("my-org", "--label", "dev", "--add-channel", "none", token=good)
    world.tokens[token] = None
    server.clear()
    server.fail("/other/", "conda", how=Fault.status(401), signed=True)
    channels = ("--override-channels", "-c", "other", "-c", "my-org/label/dev")
    assert host_wide.create("env", *channels, "hello-private", "hello-public").code == 0
    mine = asked(server, "my-org")
    assert {each.headers["Authorization"] for each in mine} == {f"token {good}"}


def test_refusal_of_another_host_behind_a_redirect_does_not_blame_the_credential(
    conda: Conda, server: Server, token: str
) -> None:
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
    server.fail("", "files", how=Fault.status(401))
    result = conda.create("env", "--override-channels", "-c", "my-org/label/dev", "hello-private")
    assert result.code != 0
    assert "TokenRefusedError" not in result.text


@pytest.mark.hard
@pytest.mark.parametrize("status", [403, 404])
def test_refusal_at_install_time_names_the_check(
    conda: Conda, world: Anaconda, server: Server, token: str, status: int
) -> None:
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
    world.tokens[token] = None
    world.style = str(status)
    result = conda.create("env", "--override-channels", "-c", "my-org/label/dev", "hello-private")
    assert result.code == 1
    advice = f"conda private check {server.conda}/my-org/label/dev"
    assert result.text.count(advice) == 1, result.text
    answer = conda.create(
        "env", "--json", "--override-channels", "-c", "my-org/label/dev", "hello-private"
    )
    assert (advice in answer.out) is has_hints(conda)
    assert answer.err == ""
    json.loads(answer.out)


def test_hint_is_not_lost_where_conda_shows_a_traceback_instead(
    conda: Conda, world: Anaconda, server: Server, token: str
) -> None:
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
    world.tokens[token] = None
    world.style = "404"
    channel = ("--override-channels", "-c", "my-org/label/dev")
    result = conda.create("env", *channel, "hello-private", "-vv")
    assert f"conda private check {server.conda}/my-org/label/dev" in result.text


@pytest.mark.parametrize("status", [401, 403, 404])
def test_channel_without_a_login_that_looks_private_names_the_login(
    conda: Conda, world: Anaconda, server: Server, status: int
) -> None:
    if not has_hints(conda):
        pytest.skip("conda gets hints from plugins since 26.7")
    world.style = str(status)
    result = conda.create("env", "--override-channels", "-c", "my-org/label/dev", "hello-private")
    assert result.code == 1
    assert f"conda private login {server.conda}/my-org/label/dev\n" in result.err, result.err


@pytest.mark.hard
def test_missing_optional_file_gives_no_hint(conda: Conda, server: Server, token: str) -> None:
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
    server.fail("current_repodata|[.]zst|notices", "conda", how=Fault.status(404))
    result = conda.create("env", "--override-channels", "-c", "my-org/label/dev", "hello-private")
    assert result.code == 0, result.text
    assert "conda private" not in result.text


def test_package_that_is_missing_names_the_check_of_the_channels_with_a_login(
    conda: Conda, world: Anaconda, server: Server, token: str
) -> None:
    if not has_hints(conda):
        pytest.skip("conda gets hints from plugins since 26.7")
    words = ("my-org", "--label", "dev", "--add-channel", "none")
    # Without verification, no name is remembered, so the plugin does not notice what is missing.
    conda.login(*words, "--no-verify", token=token)
    world.tokens[token] = None  # this server answers 200 with the public packages
    channels = ("--override-channels", "-c", "other", "-c", "my-org/label/dev")
    result = conda.create("env", *channels, "hello-private")
    assert result.code == 1, result.text
    assert f"conda private check {server.conda}/my-org/label/dev\n" in result.err, result.err
    public = conda.create("env", "--override-channels", "-c", "other", "no-such-package")
    assert "conda private" not in public.text
