"""Proxy settings: which one is used, what is wrong with it, and never the password in it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from conda_private.http.client import Signer, get
from conda_private.http.errors import connection_error
from conda_private.http.proxies import proxy_for, refuse_malformed_proxy
from conda_private.model import shell
from conda_private.model.exceptions import CondaPrivateError, ConnectionFailedError
from tests.home import Home, home_in
from tests.wording import assert_reads_well

CANARY = "ca-nary-pw"
URL = "https://conda.example.org/my-org"
PROXY = f"http://user:{CANARY}@127.0.0.1:9"
MALFORMED = {
    f"http://user:{CANARY}?x@proxy.example.org:3128": "%3F",
    f"http://user:{CANARY}#x@proxy.example.org:3128": "%23",
    f"http://user:{CANARY}/x@proxy.example.org:3128": "%2F",
    f"user:{CANARY}@proxy.example.org:3128": "no scheme",
    f"user:{CANARY}?x@proxy.example.org:3128": "no scheme",
    f"ftp://user:{CANARY}@proxy.example.org:3128": "Its scheme is not one of http, https",
    f"http://user:{CANARY}@": "no valid host",
    f"http://user:{CANARY}@proxy.example.org:abc": "port is not a number",
    f"http://user:{CANARY}@proxy.example.org:99999": "port is not a number",
    f"http://user:{CANARY}@[::1:3128": "no valid host",
    f" http://user:{CANARY}@proxy.example.org:3128": "begins or ends with a space",
}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home without a proxy."""
    with home_in(tmp_path) as home:
        yield home


def failure() -> CondaPrivateError:
    """The error of a request of ours."""
    with pytest.raises(ConnectionFailedError) as caught:
        get(URL, Signer())
    assert CANARY not in f"{caught.value} {caught.value.dump_map()} {caught.value.__context__}"
    return caught.value


@pytest.mark.parametrize(("value", "problem"), MALFORMED.items())
def test_setting_that_is_no_url_is_named_with_its_problem_and_without_its_password(
    home: Home, monkeypatch: pytest.MonkeyPatch, value: str, problem: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    error = failure()
    assert "HTTPS_PROXY" in error.what
    assert problem in error.cause
    assert error.next_step == shell.set_variable("HTTPS_PROXY", "http://USER:PASSWORD@HOST:PORT")
    assert_reads_well(error)


def test_setting_of_conda_is_named_as_conda_sets_it(home: Home) -> None:
    home.condarc(f'proxy_servers:\n  https: "http://user:{CANARY}#x@proxy.example.org:3128"\n')
    error = failure()
    assert "proxy_servers.https" in error.what
    assert error.next_step.startswith("conda config --set proxy_servers.https http://")


def test_socks_proxy_without_its_library_is_named(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"socks5://user:{CANARY}@127.0.0.1:9")
    error = failure()
    assert "pysocks" in error.cause
    assert error.next_step == "conda install -n base pysocks"
    assert_reads_well(error)


def test_proxy_that_fails_is_named_by_its_setting(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", PROXY)
    assert failure().cause == "The proxy that https_proxy names failed: Connection refused."


def test_proxy_without_a_reason_still_gives_a_whole_sentence(home: Home) -> None:
    error = connection_error("conda.example.org", requests.exceptions.ProxyError(OSError("")))
    assert error.cause == "The configured proxy failed: no answer."


def test_proxy_that_does_not_reach_the_server_is_quoted_by_its_status(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        error = failure()
        thread.join()
    assert error.cause == (
        "The proxy that HTTPS_PROXY names answered 502 Bad Gateway to the request for a connection"
        " to conda.example.org."
    )


def test_setting_of_conda_takes_precedence_as_in_conda(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{CANARY}?x@proxy.example.org")
    home.condarc(f'proxy_servers:\n  https: "{PROXY}"\n')
    error = failure()
    assert error.cause == "The proxy that proxy_servers.https names failed: Connection refused."


@pytest.mark.parametrize(
    ("variable", "name"),
    [("HTTPS_PROXY", "HTTPS_PROXY"), ("https_proxy", "https_proxy"), ("ALL_PROXY", "ALL_PROXY")],
)
def test_variable_is_named_as_it_is_set(
    home: Home, monkeypatch: pytest.MonkeyPatch, variable: str, name: str
) -> None:
    monkeypatch.setenv(variable, PROXY)
    setting = proxy_for(URL)
    assert setting
    assert (setting.name, setting.problem, setting.is_variable) == (name, "", True)
    monkeypatch.setenv("NO_PROXY", "example.org")
    assert proxy_for(URL) is None


def test_setting_for_one_host_is_found_before_the_others(home: Home) -> None:
    home.condarc(
        f'proxy_servers:\n  https: "{PROXY}"\n  https://conda.example.org: "{PROXY}"\n  all: x\n'
    )
    names = [getattr(proxy_for(f"https://{host}"), "name", "") for host in
             ("conda.example.org", "other.example.org")]  # fmt: skip
    assert names == ["proxy_servers.https://conda.example.org", "proxy_servers.https"]


@pytest.mark.parametrize("value", [PROXY, "proxy.example.org:3128", "https://h", "http://h/", ""])
def test_value_that_requests_can_use_has_no_problem(
    home: Home, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    monkeypatch.setenv("HTTP_PROXY", value)
    refuse_malformed_proxy("https://conda.example.org")
    refuse_malformed_proxy("http://conda.example.org")


def test_redirect_to_an_invalid_address_is_not_blamed_on_a_proxy(home: Home) -> None:
    error = connection_error("conda.example.org", requests.exceptions.InvalidURL("x"))
    assert error.cause == "It redirected the request to an address that is not valid."
