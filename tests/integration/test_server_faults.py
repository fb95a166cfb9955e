"""Servers that fail in every way: what the user sees, and that retries stay authenticated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docs.gateway import Gateway, open_gateway
from tests.integration.runner import Conda, Result
from tests.server import Anaconda, Fault, Server, serve

pytestmark = pytest.mark.hard

MANY = 100_000_000  # bytes
NOARCH = "/my-org/label/dev/noarch/.*repodata"
DEV = ("--override-channels", "-c", "my-org/label/dev", "hello-private")
CRASH = "An unexpected error has occurred"

# Faults that the plugin's own requests encounter, and the expected error.
LOGIN: dict[str, tuple[Fault, str]] = {
    "500": (Fault.status(500), "ServerError: 127.0.0.1"),
    "502": (Fault.status(502), "ServerError: 127.0.0.1"),
    "429 permanently": (Fault.status(429, {"Retry-After": "0"}), "ServerError: 127.0.0.1"),
    "304": (Fault.status(304), "ServerError: 127.0.0.1"),
    "204": (Fault.status(204), "ServerError: 127.0.0.1"),
    "dropped": (Fault.drop(), "ConnectionFailedError"),
    "reset": (Fault.reset(), "ConnectionFailedError"),
    "cut after the headers": (Fault.cut(after="headers"), "ConnectionFailedError"),
    "cut in mid-body": (Fault.cut(), "ConnectionFailedError"),
    "too late": (Fault.slow(3), "did not respond in time"),
    "no gzip": (Fault(headers={"Content-Encoding": "gzip"}), "ConnectionFailedError"),
    "a circle": (Fault.redirect("?x"), "ConnectionFailedError"),
    "a web page": (Fault.html(), "NotAChannelError"),
    "other JSON": (Fault.status(200, body=b"[]"), "NotAChannelError"),
}
HARMLESS = {"drops": Fault.drops(1), "another type": Fault.typed("image/png")}


@pytest.fixture
def user(conda: Conda) -> Conda:
    """A user whose conda sends no error reports."""
    conda.settings["report_errors"] = False
    return conda


def inject(
    server: Server, conda: Conda, match: str, fault: Fault, times: int | None = None
) -> None:
    """Make the channel's server fail; if it is slow, set conda's timeout to one second."""
    if fault.delay:
        conda.settings["remote_read_timeout_secs"] = 1.0
    server.fail(match, "conda", how=fault, times=times)


@pytest.fixture
def logged_in(user: Conda, server: Server, token: str) -> Conda:
    """The same user, with a login for one label."""
    user.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
    server.clear()
    return user


def login(conda: Conda, token: str) -> Result:
    """Try to log in."""
    return conda.private("login", "my-org", "--label", "dev", "--token-stdin", stdin=token)


def is_all_signed(server: Server, token: str) -> bool:
    """Whether exactly the requests below the address of the login were signed."""
    asked = [(each.path.startswith("/my-org/label/dev/"), each.headers) for each in server.requests]
    assert asked
    return all(
        (headers["Authorization"] == f"token {token}") is inside for inside, headers in asked
    )


@pytest.mark.parametrize("name", LOGIN)
def test_login_reports_the_fault_and_stores_nothing(
    user: Conda, server: Server, token: str, name: str
) -> None:
    fault, words = LOGIN[name]
    inject(server, user, "repodata", fault)
    result = login(user, token)
    assert result.code == 1
    assert words in result.err
    assert "Next:" in result.err
    assert not user.data_folder.exists()


@pytest.mark.parametrize("name", ["500", "dropped", "a web page"])
def test_check_reports_the_fault(logged_in: Conda, server: Server, name: str) -> None:
    fault, words = LOGIN[name]
    server.fail("repodata", "conda", how=fault)
    result = logged_in.private("check", "--json")
    assert result.code == 1
    assert result.data["checked"][0]["error"]["name"] == words.partition(":")[0]


def test_login_and_check_do_not_unpack_a_bomb(logged_in: Conda, server: Server, token: str) -> None:
    server.fail("repodata", "conda", how=Fault.bomb(MANY))
    for result in (login(logged_in, token), logged_in.private("check")):
        assert result.code == 1
        assert "more data than a channel's index can have" in result.text


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_fault_does_not_stop_a_login(
    user: Conda, server: Server, token: str, name: str
) -> None:
    server.fail(NOARCH, "conda", how=HARMLESS[name])
    assert login(user, token).code == 0
    result = user.create("env", *DEV)
    assert result.code == 0, result.text


# Faults from which conda recovers, and how often they occur.
PASSING = {
    "503": (Fault.status(503), 2),
    "429": (Fault.status(429, {"Retry-After": "1"}), 2),
    "dropped": (Fault.drop(), 2),
    "reset": (Fault.reset(), 2),
    "too late": (Fault.slow(2), 1),
}


@pytest.mark.parametrize("name", PASSING)
def test_retries_of_conda_carry_the_credential_only_below_the_address(
    logged_in: Conda, server: Server, token: str, name: str
) -> None:
    fault, times = PASSING[name]
    inject(server, logged_in, NOARCH, fault, times)
    inject(server, logged_in, "[.]conda", fault, times)
    server.fail("[.]conda", "files", how=fault, times=times)
    result = logged_in.create("env", *DEV)
    assert result.code == 0, result.text
    packages = [each for each in server.requests if each.path.endswith("-1.0-0.conda")]
    assert len(packages) == times + 1
    assert is_all_signed(server, token)


# Permanent faults, and the expected words in the error; some errors are conda's own.
LASTING: dict[str, tuple[Fault, str]] = {
    "500": (Fault.status(500), "HTTP 500"),
    "429": (Fault.status(429, {"Retry-After": "1"}), "HTTP 429"),
    "dropped": (Fault.drop(), "CONNECTION FAILED"),
    "reset": (Fault.reset(), "CONNECTION FAILED"),
    "a web page": (Fault.html(), "NotAChannelError"),
    "a circle": (Fault.redirect("?x"), "too many times"),
    "cut in mid-body": (Fault.cut(), ""),
    "cut after the headers": (Fault.cut(after="headers"), ""),
}


@pytest.mark.parametrize("name", LASTING)
def test_conda_fails_with_every_request_signed_and_without_the_package(
    logged_in: Conda, server: Server, token: str, name: str
) -> None:
    fault, words = LASTING[name]
    server.fail("noarch/.*repodata", "conda", how=fault)
    result = logged_in.create("env", *DEV)
    assert result.code != 0
    assert words in result.text
    assert not words or CRASH not in result.text
    assert not (logged_in.prefix("env") / "bin").exists()
    assert is_all_signed(server, token)


def test_sign_in_page_behind_a_redirect_is_reported(
    logged_in: Conda, server: Server, token: str
) -> None:
    server.fail("repodata", "conda", how=Fault.redirect(f"{server.files}/sign-in"))
    server.fail("sign-in", "files", how=Fault.html())
    result = logged_in.create("env", *DEV)
    assert result.code == 1
    assert "NotAChannelError" in result.text
    assert "in a browser" in result.text
    assert is_all_signed(server, token)


def test_truncated_package_is_never_installed(logged_in: Conda, server: Server, token: str) -> None:
    server.fail("[.]conda", "files", how=Fault.cut())
    result = logged_in.create("env", *DEV)
    assert result.code != 0
    assert not (logged_in.prefix("env") / "bin").exists()
    assert is_all_signed(server, token)


def test_unchanged_index_is_requested_with_the_credential(
    logged_in: Conda, server: Server, token: str
) -> None:
    words = ("search", "--override-channels", "-c", "my-org/label/dev", "hello-private", "--json")
    first = logged_in.ok(*words).data
    server.clear()
    assert logged_in.ok(*words).data == first
    assert 304 in {each.status for each in server.requests}
    assert is_all_signed(server, token)


def test_channels_of_one_host_share_connections_and_no_credential(
    logged_in: Conda, world: Anaconda, server: Server, token: str
) -> None:
    words = ("--override-channels", "-c", "other", "-c", "my-org/label/dev", "-c", "my-org")
    result = logged_in.create("env", *words, "hello-private", "hello-public")
    assert result.code == 0, result.text
    assert is_all_signed(server, token)


@pytest.fixture
def tunnel(server: Server, tmp_path: Path) -> Iterator[Gateway]:
    """A proxy for CONNECT requests, and the TLS server behind it."""
    with open_gateway({"conda.example.org": server.conda}, tmp_path) as gateway:
        yield gateway


@pytest.fixture
def behind(new_conda: Callable[[str], Conda], tunnel: Gateway, token: str) -> Conda:
    """A user behind that proxy, with a login."""
    conda = new_conda("https://conda.example.org")
    conda.settings |= {"ssl_verify": str(tunnel.ca_file), "report_errors": False}
    conda.settings["proxy_servers"] = {"https": tunnel.url}
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
    return conda


def test_tunnel_of_a_proxy_is_used_and_the_credential_goes_through_it(
    behind: Conda, server: Server, token: str
) -> None:
    server.clear()
    result = behind.create("env", *DEV)
    assert result.code == 0, result.text
    assert is_all_signed(server, token)


def test_tunnel_that_requires_a_password_gets_no_credential_of_ours(
    behind: Conda, tunnel: Gateway, server: Server
) -> None:
    server.clear()
    tunnel.wants_password = True
    result = behind.create("env", *DEV)
    assert result.code != 0
    assert "proxy" in result.text.lower()
    assert server.requests == []


def test_untrusted_certificate_stops_conda_before_the_credential(
    new_conda: Callable[[str], Conda], world: Anaconda, token: str
) -> None:
    with serve(world, tls=True) as server:
        conda = new_conda(server.conda)
        conda.settings |= {"ssl_verify": str(server.ca_file), "report_errors": False}
        conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
        server.clear()
        conda.settings["ssl_verify"] = True
        result = conda.create("env", *DEV)
        assert result.code != 0
        assert "CondaSSLError" in result.text
        assert server.requests == []
