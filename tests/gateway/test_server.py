"""The gateway answers only requests with its key, and only for files in the index."""

from __future__ import annotations

import hashlib
import http.client
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from conda_private.gateway.pages import JSON_TYPE
from tests.gateway.conftest import Open
from tests.server import Anaconda, Answer, Fault, Server
from tests.server.asking import ask, get

WHEEL = "hello_wheel-1.0-py3-none-any.whl"


@pytest.fixture
def address(open_gateway: Open) -> Iterator[str]:
    """The URL of a gateway, without ``/simple/``."""
    with open_gateway() as address:
        yield address


def file_link(address: str) -> str:
    """Return the link to the private wheel on its page."""
    (file,) = get(f"{address}/simple/hello-wheel/", headers={"Accept": JSON_TYPE}).json()["files"]
    return str(file["url"])


def raw(address: str, target: str, host: str | None = None, method: str = "GET") -> int:
    """Return the status for a target that no client normalizes."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    connection.putrequest(method, target, skip_host=True)
    connection.putheader("Host", host or parts.netloc)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_page_and_file_are_passed_on_without_the_secret(
    address: str, server: Server, token: str, wheels: dict[str, Path]
) -> None:
    page = get(f"{address}/simple/hello-wheel/")
    link = file_link(address)
    assert link.startswith(f"{address}/0/my-org/simple/hello-wheel/1.0/")
    file = get(link)
    assert file.content == wheels["hello-wheel-1.0"].read_bytes()
    assert int(file.headers["Content-Length"]) == len(file.content)
    digest = hashlib.sha256(file.content).hexdigest()
    assert f'{link}#sha256={digest}"' in page.text
    for answer in (page, file):
        assert token not in f"{answer.headers} {answer.url} {answer.content!r}"
    asked = [each for each in server.requests if each.origin == "pypi"]
    assert {each.credential for each in asked} == {"path"}
    # The object store must not get the token, and refuses a presigned URL with a second credential.
    assert token not in "".join(each.path for each in server.requests if each.origin == "files")


def test_list_of_projects_is_passed_on(address: str) -> None:
    assert "hello-wheel" in get(f"{address}/simple/").text


def test_address_is_on_loopback_and_long(address: str) -> None:
    parts = urlsplit(address)
    assert parts.hostname == "127.0.0.1"
    assert len(parts.path) > 40


def test_every_gateway_has_its_own_path(open_gateway: Open) -> None:
    with open_gateway() as one, open_gateway() as other:
        assert urlsplit(one).path != urlsplit(other).path


@pytest.mark.parametrize("path", ["/", "/simple/", "/simple/hello-wheel/", "/{wrong}/simple/x/"])
def test_wrong_path_is_not_found_and_sends_nothing(address: str, server: Server, path: str) -> None:
    wrong = "x" * (len(urlsplit(address).path) - 1)
    assert raw(address, path.format(wrong=wrong)) == 404
    assert raw(address, f"{urlsplit(address).path[:-1]}/simple/hello-wheel/") == 404
    assert server.requests == []


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:{port}"],
)
def test_wrong_host_is_not_found_and_sends_nothing(address: str, server: Server, host: str) -> None:
    parts = urlsplit(address)
    target = f"{parts.path}/simple/hello-wheel/"
    assert raw(address, target, host.format(port=parts.port)) == 404
    assert server.requests == []
    assert raw(address, target) == 200


@pytest.mark.parametrize(
    "path",
    [
        *("0/other/simple/x", "0/my-org/../other/x", "0/my-org/%2e%2e/other/x", "0/my-org%2Fx"),
        *("0//my-org/x", "0/@evil.example/my-org/x", "0/my-org/..%2f..%2fx", "0/../my-org/x"),
        *("1/my-org/x", "9999/my-org/x", "10000/my-org/x", "-1/my-org/x", "0/", "0", "x"),
        *("simple/a/b/", "simple/../0/x", "simple/%2e%2e/", "simple/a%2Fb/", "simple/hello wheel/"),
        *("0/my-org/t/al-1/simple/x", "0/t/al-1/my-org/simple/x", "simple//"),
    ],
)
def test_path_outside_of_the_index_is_not_found_and_sends_nothing(
    address: str, server: Server, path: str
) -> None:
    assert raw(address, f"{urlsplit(address).path}/{path.replace(' ', '%20')}") == 404
    assert server.requests == []


def test_dots_as_the_name_of_a_project_do_not_leave_the_index(address: str, server: Server) -> None:
    for name in (".", ".."):
        raw(address, f"{urlsplit(address).path}/simple/{name}/")
    assert all("/my-org/simple/" in each.path for each in server.requests)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "CONNECT", "OPTIONS"])
def test_only_reading_is_possible(address: str, server: Server, method: str) -> None:
    assert raw(address, f"{urlsplit(address).path}/simple/", method=method) == 501
    assert server.requests == []


def test_absolute_target_is_not_found(address: str, server: Server) -> None:
    assert raw(address, f"{server.pypi}/my-org/simple/") == 404
    assert raw(address, f"{address}/simple/") == 404
    assert server.requests == []


def test_head_returns_only_headers(address: str, wheels: dict[str, Path]) -> None:
    file = ask("HEAD", file_link(address))
    size = wheels["hello-wheel-1.0"].stat().st_size
    assert (file.status_code, file.content, file.headers["Content-Length"]) == (200, b"", str(size))
    page = ask("HEAD", f"{address}/simple/hello-wheel/")
    assert (page.status_code, page.content) == (200, b"")


def test_conditions_and_ranges_are_passed_on_and_other_headers_are_not(
    address: str, server: Server
) -> None:
    link = file_link(address)
    answer = Answer(206, b"PK", {"Content-Range": "bytes 0-1/9", "ETag": '"1"', "X-Secret": "no"})
    server.fail("", "files", how=Fault(answer=answer))
    part = get(link, headers={"Range": "bytes=0-1", "If-Range": '"1"', "Cookie": "c", "X-Own": "o"})
    assert (part.status_code, part.content) == (206, b"PK")
    assert (part.headers["Content-Range"], part.headers["ETag"]) == ("bytes 0-1/9", '"1"')
    assert "X-Secret" not in part.headers
    asked = next(each for each in server.requests if each.origin == "files")
    assert (asked.headers["Range"], asked.headers["If-Range"]) == ("bytes=0-1", '"1"')
    assert asked.headers["Accept-Encoding"] == "identity"
    assert not {"Cookie", "X-Own"} & set(asked.headers)


def test_credential_of_the_command_is_not_passed_on(address: str, server: Server) -> None:
    headers = {"Authorization": "Basic bmV0cmM6bmV0cmM="}
    assert get(f"{address}/simple/hello-wheel/", headers=headers).status_code == 200
    assert {each.credential for each in server.requests} == {"path"}


def test_query_of_a_file_is_passed_on(address: str, server: Server) -> None:
    get(f"{address}/0/my-org/files/hello.whl?version=1&part=2")
    assert server.requests[-1].path.endswith("/my-org/files/hello.whl?version=1&part=2")


@pytest.mark.parametrize(
    ("status", "seen"), [(401, 403), (403, 403), (404, 404), (500, 502), (301, 502)]
)
def test_refusal_of_a_page_is_reported_without_a_challenge(
    address: str, server: Server, token: str, told: list[str], status: int, seen: int
) -> None:
    echo = Answer(status, f"bad token {token}".encode(), {"WWW-Authenticate": "Basic"})
    server.fail("/simple/", "pypi", how=Fault(answer=echo))
    answer = get(f"{address}/simple/hello-wheel/")
    assert answer.status_code == seen
    assert "WWW-Authenticate" not in answer.headers
    assert token not in answer.text
    assert token not in "".join(told)
    assert bool(told) is (status != 404)


@pytest.mark.parametrize(("status", "seen"), [(401, 403), (403, 403), (404, 404), (500, 500)])
def test_refusal_of_a_file_is_passed_on_without_a_challenge(
    address: str, server: Server, status: int, seen: int
) -> None:
    link = file_link(address)
    refusal = Answer(status, b"", {"WWW-Authenticate": "Basic"})
    server.fail("whl", "pypi", how=Fault(answer=refusal))
    answer = get(link)
    assert answer.status_code == seen
    assert "WWW-Authenticate" not in answer.headers


def test_invalid_page_is_a_bad_gateway(address: str, server: Server, token: str) -> None:
    page = Answer(200, f"<a {token}".encode(), {"Content-Type": JSON_TYPE})
    server.fail("/simple/", "pypi", how=Fault(answer=page))
    answer = get(f"{address}/simple/hello-wheel/")
    assert answer.status_code == 502
    assert token not in answer.text


def test_truncated_page_is_a_bad_gateway(address: str, server: Server) -> None:
    server.fail("/simple/", "pypi", how=Fault(hang_up="mid-body"))
    assert get(f"{address}/simple/hello-wheel/").status_code == 502


def test_truncated_file_is_an_error_for_the_command(address: str, server: Server) -> None:
    link = file_link(address)
    server.fail("", "files", how=Fault(hang_up="mid-body"))
    with pytest.raises(requests.RequestException):
        _ = get(link).content


def test_server_that_does_not_answer_is_a_bad_gateway(
    address: str, server: Server, token: str
) -> None:
    server.fail("/simple/", "pypi", how=Fault(hang_up="before"))
    answer = get(f"{address}/simple/hello-wheel/")
    assert answer.status_code == 502
    assert token not in answer.text


def test_token_in_a_page_is_removed(address: str, server: Server, token: str) -> None:
    page = (
        f'<a href="{server.pypi}/t/{token}/my-org/simple/hello-wheel/1.0/{WHEEL}">a</a>'
        f'<a href="{server.pypi}/t/{token}/other/b.whl">b</a>'
        f'<a href="https://files.example.org/c.whl?token={token}">c</a>'
    )
    server.fail("/simple/", "pypi", how=Fault(answer=Answer(200, page.encode())))
    text = get(f"{address}/simple/hello-wheel/").text
    assert token not in text
    assert f'href="{address}/0/my-org/simple/hello-wheel/1.0/{WHEEL}"' in text
    assert f'href="{server.pypi}/other/b.whl"' in text


def test_redirect_to_another_server_does_not_get_the_secret(
    address: str, server: Server, token: str
) -> None:
    link = file_link(address)
    away = Answer(302, b"", {"Location": f"{server.files}/x/y?from=/t/{token}/my-org"})
    server.fail("whl", "pypi", how=Fault(answer=away))
    get(link)
    asked = next(each for each in server.requests if each.origin == "files")
    assert token not in asked.path + str(asked.headers)


def test_gateway_is_gone_after_its_context(open_gateway: Open) -> None:
    with open_gateway() as address:
        assert get(f"{address}/simple/").status_code == 200
    parts = urlsplit(address)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=5)


def test_client_that_closes_its_connection_is_not_an_error(
    address: str, server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    parts = urlsplit(address)
    for _ in range(3):
        with socket.create_connection((str(parts.hostname), int(parts.port or 0))) as client:
            client.sendall(
                f"GET {parts.path}/simple/ HTTP/1.1\r\nHost: {parts.netloc}\r\n".encode()
            )
    assert get(f"{address}/simple/").status_code == 200
    assert capfd.readouterr().err == ""


def test_revoked_token_is_refused_or_finds_nothing(
    address: str, world: Anaconda, server: Server, token: str, told: list[str]
) -> None:
    del world.tokens[token]
    assert get(f"{address}/simple/hello-wheel/").status_code == 404
    world.style = "401"
    assert get(f"{address}/simple/hello-wheel/").status_code == 403
    assert "pypi:download" in told[0]
