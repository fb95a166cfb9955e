"""Every refusal and every failed connection has its own error, which never shows the path."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

import pytest
import requests
import trustme

from conda_private.http.errors import connection_error, not_a_channel, proxy_error, status_error
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    AccessDeniedError,
    ChannelNotFoundError,
    CondaPrivateError,
    ConnectionFailedError,
    NotAChannelError,
    ProxyRefusedError,
    ServerError,
    TlsError,
    TokenRefusedError,
)
from tests.wording import assert_reads_well

CANARY = "ca-nary-90"
ADDRESS = Address.parse("https://conda.example.org:8443/private/label/dev")


@pytest.mark.parametrize(
    ("status", "kind", "return_code"),
    [
        (401, TokenRefusedError, 4),
        (403, AccessDeniedError, 4),
        (404, ChannelNotFoundError, 1),
        (407, ProxyRefusedError, 1),
        (400, ServerError, 1),
        (410, ServerError, 1),
        (429, ServerError, 1),
        (500, ServerError, 1),
        (502, ServerError, 1),
        (503, ServerError, 1),
    ],
)
def test_each_status_has_its_error(
    status: int, kind: type[CondaPrivateError], return_code: int
) -> None:
    error = status_error(ADDRESS, status)
    assert type(error) is kind
    assert error.return_code == return_code
    assert str(status) in error.what
    assert ADDRESS.host in error.what
    assert error.cause
    assert error.next_step


def test_server_that_expects_a_user_name_is_reported_with_the_option() -> None:
    assert "--username" in status_error(ADDRESS, 401, 'basic realm="x"').cause
    assert "--username" not in status_error(ADDRESS, 401, "bearer").cause
    assert "--username" not in status_error(ADDRESS, 401).cause


@pytest.mark.parametrize("status", [401, 403])
def test_refused_token_names_the_login_to_repeat(status: int) -> None:
    assert f"conda private login {ADDRESS}" in status_error(ADDRESS, status).next_step


def test_server_failure_is_told_from_a_bad_request() -> None:
    assert "has a problem" in status_error(ADDRESS, 503).cause
    assert "has a problem" not in status_error(ADDRESS, 400).cause


def test_answer_other_than_repodata_is_described() -> None:
    error = not_a_channel(ADDRESS, "text/html, not repodata")
    assert isinstance(error, NotAChannelError)
    assert "text/html" in error.what
    assert "sign-in page" in error.cause


def test_proxy_that_refuses_is_reported_with_its_settings() -> None:
    error = proxy_error("conda.example.org")
    assert "conda config --show proxy_servers" in error.next_step


def _failure(url: str, **options: object) -> Exception:
    with requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.RequestException) as caught:
            session.get(url, timeout=(2, 0.3), **options)  # type: ignore[arg-type]
    return caught.value


@contextlib.contextmanager
def _peer(behave: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run a server that treats every connection the same way, and yield its port on loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()

    def serve() -> None:
        while True:
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                if closing.is_set():
                    connection.close()
                    return
                with connection:
                    behave(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    try:
        yield port
    finally:
        closing.set()
        socket.create_connection(("127.0.0.1", port)).close()
        thread.join(5)
        listener.close()


def _hang_up(connection: socket.socket) -> None:
    connection.recv(65536)


def _say_nothing(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.recv(65536)


def _say_407(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")


def _say_hello(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    connection.recv(65536)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_refused_connection_says_so_without_the_path() -> None:
    failure = _failure(f"http://127.0.0.1:{_free_port()}/t/{CANARY}/private")
    error = connection_error("127.0.0.1", failure)
    assert isinstance(error, ConnectionFailedError)
    assert error.cause == "Connection refused."
    assert CANARY not in f"{error} {error.dump_map()}"


def test_host_that_does_not_exist_says_so_without_the_path() -> None:
    failure = _failure(f"http://no-such-host.invalid/t/{CANARY}/private")
    error = connection_error("no-such-host.invalid", failure)
    assert isinstance(error, ConnectionFailedError)
    assert error.cause.endswith(".")
    assert error.cause != "The connection failed."
    assert CANARY not in f"{error} {error.dump_map()}"


@pytest.mark.parametrize(
    ("behave", "cause"),
    [(_say_nothing, "It did not respond in time."), (_hang_up, "The connection failed.")],
)
def test_failed_connection_is_described(
    behave: Callable[[socket.socket], None], cause: str
) -> None:
    with _peer(behave) as port:
        failure = _failure(f"http://127.0.0.1:{port}/t/{CANARY}/private")
    error = connection_error("127.0.0.1", failure)
    assert type(error) is ConnectionFailedError
    assert error.cause == cause
    assert CANARY not in f"{error} {error.dump_map()}"


def test_endless_redirects_are_described() -> None:
    error = connection_error("conda.example.org", requests.TooManyRedirects("Exceeded 30"))
    assert type(error) is ConnectionFailedError
    assert error.cause == "It redirected the request too many times."


def test_server_without_tls_is_told_from_an_untrusted_certificate() -> None:
    with _peer(_say_hello) as port:
        failure = _failure(f"https://127.0.0.1:{port}/t/{CANARY}/private")
    error = connection_error("127.0.0.1", failure)
    assert isinstance(error, TlsError)
    assert "does not support TLS" in error.what
    assert "ssl_verify" not in error.next_step
    assert CANARY not in f"{error} {error.dump_map()}"


def test_untrusted_certificate_is_reported_with_the_setting() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    def speak_tls(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(65536)

    with _peer(speak_tls) as port:
        failure = _failure(f"https://127.0.0.1:{port}/t/{CANARY}/private")
    error = connection_error("127.0.0.1", failure)
    assert isinstance(error, TlsError)
    assert "certificate of 127.0.0.1 is not trusted" in error.what
    assert "conda config --set ssl_verify" in error.next_step
    assert CANARY not in f"{error} {error.dump_map()}"


def test_proxy_that_requires_a_password_is_a_proxy_error() -> None:
    with _peer(_say_407) as port:
        proxies = {"https": f"http://user:{CANARY}@127.0.0.1:{port}"}
        failure = _failure("https://conda.example.org/private", proxies=proxies)
    error = connection_error("conda.example.org", failure)
    assert isinstance(error, ProxyRefusedError)
    assert CANARY not in f"{error} {error.dump_map()}"


def test_missing_proxy_is_told_from_one_that_requires_a_password() -> None:
    proxies = {"http": f"http://user:{CANARY}@127.0.0.1:{_free_port()}"}
    failure = _failure("http://conda.example.org/private-407/x-4.0.7.conda", proxies=proxies)
    error = connection_error("conda.example.org", failure)
    assert type(error) is ConnectionFailedError
    assert error.cause == "The configured proxy failed: Connection refused."
    assert CANARY not in f"{error} {error.dump_map()}"


@pytest.mark.parametrize("inner", [OSError(113, "No route to host"), OSError("plain")])
def test_reason_of_the_system_is_found_in_nested_errors(inner: OSError) -> None:
    outer = requests.ConnectionError(requests.Timeout(inner))
    error = connection_error("conda.example.org", outer)
    expected = "No route to host." if inner.strerror else "The connection failed."
    assert error.cause == expected


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (None, "later"),
        (0.0, "later"),
        (1.0, "in 1 second"),
        (90.2, "in 91 seconds"),
        (150.0, "in 3 minutes"),
        (7201.0, "in 3 hours"),
        (200_000.0, "in 3 days"),
    ],
)
def test_rate_limit_says_when_to_repeat_the_command(wait: float | None, words: str) -> None:
    error = status_error(ADDRESS, 429, wait=wait)
    assert "limits the number of requests" in error.what
    assert error.next_step == f"repeat the command {words}"
    assert ("It asks to wait" in error.cause) is bool(wait)
    assert_reads_well(error)


def test_server_in_maintenance_says_when_to_repeat_the_command() -> None:
    assert "repeat the command in 2 minutes," in status_error(ADDRESS, 503, wait=120).next_step
