"""Each request is authenticated by its URL; the answer holds no credential."""

from __future__ import annotations

import gzip
import hashlib
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from conda_private.gateway.relay import replaced
from conda_private.model.exceptions import CredentialMissingError
from conda_private.model.login import Login
from conda_private.model.schemes import PATH, TOKEN, HeaderScheme
from conda_private.model.secret import Secret
from tests.gateway.conftest import TEXT, Open
from tests.server import Anaconda, Answer, Fault, Server

Make = Callable[..., Login]


def test_request_of_a_login_is_authenticated_and_others_are_not(
    open_gateway: Open, login: Make, server: Server, token: str
) -> None:
    with open_gateway(login()) as client:
        index = client.get(f"{server.conda}/my-org/noarch/repodata.json")
        assert "hello-1.0" in index.text
        for path in ("/other/noarch/repodata.json", "/my-org-2/x", "/my-org/%2e%2e/other/x", "/"):
            client.get(f"{server.conda}{path}")
        client.get(f"{server.pypi}/my-org/simple/")
    first, *others = server.requests
    assert first.headers["Authorization"] == f"token {token}"
    assert {each.credential for each in others} == {"none"}
    assert len(others) == 5


@pytest.mark.parametrize(
    ("scheme", "form"), [(TOKEN, "token"), (PATH, "path"), (HeaderScheme("X-API-Key"), "X-API-Key")]
)
def test_own_credential_of_the_command_is_replaced(
    open_gateway: Open, login: Make, server: Server, token: str, scheme: object, form: str
) -> None:
    theirs = {"Authorization": "Basic bmV0cmM6bmV0cmM=", "X-Own": "kept"}
    with open_gateway(login(scheme=scheme)) as client:
        client.get(f"{server.conda}/my-org/noarch/repodata.json", headers=theirs)
    (asked,) = server.requests
    assert "bmV0cmM" not in str(asked.headers)
    assert token in asked.path + str(asked.headers)
    assert asked.headers["X-Own"] == "kept"


def test_own_credential_of_the_command_stays_where_no_login_is(
    open_gateway: Open, login: Make, server: Server
) -> None:
    with open_gateway(login()) as client:
        client.get(f"{server.conda}/other/x", headers={"Authorization": "token theirs"})
    assert server.requests[0].headers["Authorization"] == "token theirs"


def test_file_arrives_unchanged_with_its_length_and_a_part_of_it(
    open_gateway: Open, login: Make, server: Server, token: str, package: Path
) -> None:
    with open_gateway(login()) as client:
        answer = client.get(f"{server.conda}/my-org/noarch/{package.name}")
        assert answer.status_code == 302
        file = client.get(answer.headers["Location"])
        assert file.content == package.read_bytes()
        assert int(file.headers["Content-Length"]) == len(file.content)
        server.fail("part", "conda", how=Fault(answer=Answer(206, b"PK", {"Content-Range": "b"})))
        part = client.get(f"{server.conda}/my-org/noarch/part", headers={"Range": "bytes=0-1"})
        assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"PK", "b")
    assert server.requests[-1].headers["Range"] == "bytes=0-1"
    assert token not in "".join(each.path for each in server.requests if each.origin == "files")


def test_body_of_a_request_is_passed_on_in_both_forms(
    open_gateway: Open, login: Make, server: Server
) -> None:
    data = hashlib.sha256(b"x").digest() * 10_000
    server.fail("git", "conda", how=Fault(answer=Answer(200, b"ok")))
    with open_gateway(login()) as client:
        url = f"{server.conda}/my-org/git-upload-pack"
        assert client.ask("POST", url, data=data).content == b"ok"
        assert client.ask("POST", url, data=b"").content == b"ok"
        client.ask("POST", url, data=iter([b"abc", b"def"]))
    sized, empty, chunked = server.requests
    assert (sized.body, empty.body) == (data, b"")
    assert chunked.headers["Transfer-Encoding"] == "chunked"


@pytest.mark.parametrize("status", [401, 403])
def test_refusal_is_reported_without_a_challenge(
    open_gateway: Open, login: Make, server: Server, token: str, told: list[str], status: int
) -> None:
    echo = Answer(status, f"bad {token}".encode(), {"WWW-Authenticate": "Basic", "X-Was": token})
    server.fail("", "conda", how=Fault(answer=echo))
    with open_gateway(login()) as client:
        answer = client.get(f"{server.conda}/my-org/x")
        assert answer.status_code == 403
        assert "WWW-Authenticate" not in answer.headers
        assert token not in answer.text + str(answer.headers) + "".join(told)
        assert bool(told) is (status == 401)  # servers answer 403 for optional files
        unsigned = client.get(f"{server.conda}/other/x")
        assert (unsigned.status_code, unsigned.headers["WWW-Authenticate"]) == (status, "Basic")


def test_refused_credential_of_a_whole_server_is_left_out(
    open_gateway: Open, login: Make, server: Server
) -> None:
    server.fail("", "conda", how=Fault(answer=Answer(403)), signed=True)
    server.fail("", "conda", how=Fault(answer=Answer(200, b"public")), signed=False)
    with open_gateway(login("")) as client:
        assert client.get(f"{server.conda}/other/x").content == b"public"
        assert client.ask("POST", f"{server.conda}/other/x", data=b"").status_code == 403
    server.heal()
    server.fail("", "conda", how=Fault(answer=Answer(403, b"with it")), signed=True)
    server.fail("", "conda", how=Fault(answer=Answer(403, b"without")), signed=False)
    with open_gateway(login("")) as client:
        assert client.get(f"{server.conda}/other/x").content == b"with it"


def test_refused_credential_of_a_channel_is_a_refusal(
    open_gateway: Open, login: Make, server: Server
) -> None:
    server.fail("", "conda", how=Fault(answer=Answer(403)), signed=True)
    with open_gateway(login()) as client:
        assert client.get(f"{server.conda}/my-org/noarch/repodata.json").status_code == 403
    assert len(server.requests) == 1


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("kind", ["text/html", "application/vnd.pypi.simple.v1+json", ""])
def test_credential_in_a_text_is_removed_or_masked(
    open_gateway: Open, login: Make, server: Server, token: str, kind: str, compressed: bool
) -> None:
    inner = b64encode(f"alice:{token}".encode()).decode()
    text = f'{"x" * 70_000}<a href="/t/{token}/my-org/a">{token} {quote(token)} {inner}</a>'
    body = gzip.compress(text.encode()) if compressed else text.encode()
    headers = {"Content-Type": kind} | ({"Content-Encoding": "gzip"} if compressed else {})
    server.fail("", "conda", how=Fault(answer=Answer(200, body, headers)))
    with open_gateway(login(scheme=PATH)) as client:
        answer = client.get(f"{server.conda}/my-org/x")
    assert answer.text.startswith("x" * 70_000 + '<a href="/my-org/a">***')
    assert token not in answer.text
    assert inner not in answer.text


@pytest.mark.parametrize("size", [1, 2, 5, 7])
def test_credential_is_found_wherever_a_body_is_cut(size: int) -> None:
    text = b"/my-org/t/secret/a, a secret, and the end: secre"
    pieces = [text[place : place + size] for place in range(0, len(text), size)]
    forms = {b"/t/secret": b"", b"secret": b"******"}
    assert b"".join(replaced(pieces, forms)) == b"/my-org/a, a ******, and the end: secre"


def test_part_of_a_compressed_text_is_not_changed(
    open_gateway: Open, login: Make, server: Server, token: str
) -> None:
    body = gzip.compress(token.encode())
    headers = {**TEXT, "Content-Encoding": "gzip"}
    server.fail("", "conda", how=Fault(answer=Answer(206, body, headers)))
    with open_gateway(login()) as client:
        answer = client.get(f"{server.conda}/my-org/x", stream=True)
        assert answer.raw.read(decode_content=False) == body


def test_mask_is_as_long_as_the_credential_and_the_length_is_kept(
    open_gateway: Open, login: Make, server: Server, token: str
) -> None:
    body = f"<{token}>".encode()
    server.fail("", "conda", how=Fault(answer=Answer(200, body, TEXT)))
    with open_gateway(login()) as client:
        answer = client.get(f"{server.conda}/my-org/x")
        assert answer.content == b"<" + b"*" * len(token) + b">"
        assert answer.headers["Content-Length"] == str(len(body))
    server.heal()
    partial = Answer(206, f"/t/{token}/a".encode(), TEXT)
    server.fail("", "conda", how=Fault(answer=partial))
    with open_gateway(login(scheme=PATH)) as client:
        assert client.get(f"{server.conda}/my-org/x").text == "*" * (len(token) + 3) + "/a"


def test_binary_file_is_not_changed(
    open_gateway: Open, login: Make, server: Server, token: str
) -> None:
    kind = {"Content-Type": "application/octet-stream"}
    server.fail("", "conda", how=Fault(answer=Answer(200, token.encode(), kind)))
    with open_gateway(login()) as client:
        assert client.get(f"{server.conda}/my-org/x").text == token


def test_redirect_holds_no_credential(
    open_gateway: Open, login: Make, server: Server, token: str
) -> None:
    away = Answer(302, b"", {"Location": f"/t/{token}/my-org/y?key={token}"})
    server.fail("", "conda", how=Fault(answer=away))
    with open_gateway(login(scheme=PATH)) as client:
        answer = client.get(f"{server.conda}/my-org/x")
    assert answer.headers["Location"] == f"/my-org/y?key={'*' * len(token)}"


def test_only_encodings_that_can_be_read_are_asked_for(
    open_gateway: Open, login: Make, server: Server
) -> None:
    with open_gateway(login()) as client:
        for owner in ("my-org", "other"):
            client.get(f"{server.conda}/{owner}/x", headers={"Accept-Encoding": "br, gzip, zstd"})
        part = {"Accept-Encoding": "gzip", "Range": "bytes=0-1"}
        client.get(f"{server.conda}/my-org/x", headers=part)
    asked = [each.headers["Accept-Encoding"] for each in server.requests]
    assert asked == ["gzip", "br, gzip, zstd", "identity"]


def test_missing_credential_fails_only_the_requests_that_need_it(
    open_gateway: Open, login: Make, server: Server, token: str, told: list[str]
) -> None:
    def read(which: Login) -> Secret:
        if which.address.path == ("other",):
            raise CredentialMissingError.not_in(which.address, "MY_TOKEN is not set.")
        return Secret(token)

    with open_gateway(login(), login("other"), read=read) as client:
        refused = client.get(f"{server.conda}/other/x")
        assert (refused.status_code, "MY_TOKEN is not set." in refused.text) == (403, True)
        assert client.get(f"{server.conda}/my-org/noarch/repodata.json").status_code == 200
    assert "MY_TOKEN is not set." in told[0]


def test_server_that_fails_is_a_bad_gateway(
    open_gateway: Open, login: Make, server: Server, token: str
) -> None:
    server.fail("before", "conda", how=Fault(hang_up="before"))
    server.fail("body", "conda", how=Fault(hang_up="mid-body"))
    with open_gateway(login()) as client:
        answer = client.get(f"{server.conda}/my-org/before")
        assert (answer.status_code, token in answer.text) == (502, False)
        assert client.ask("HEAD", f"{server.conda}/my-org/before").content == b""
        with pytest.raises(requests.RequestException):
            client.get(f"{server.conda}/my-org/noarch/repodata.json?body")


def test_connection_that_the_server_closed_is_opened_again(
    open_gateway: Open, login: Make, server: Server
) -> None:
    url = f"{server.conda}/my-org/noarch/repodata.json"
    with open_gateway(login()) as client:
        server.fail("", "conda", how=Fault(hang_up="before"), times=1)
        assert client.get(url).status_code == 200


def test_untrusted_server_is_an_error(
    open_gateway: Open, login: Make, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with open_gateway(login()) as client:
        answer = client.get(f"{server.conda}/my-org/x")
    assert answer.status_code == 502
    assert "certificate" in answer.text


def test_proxy_setting_that_is_no_url_is_an_error_of_the_request(
    open_gateway: Open, login: Make, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "nonsense://proxy.example.org")
    with open_gateway(login()) as client:
        answer = client.get(f"{server.conda}/my-org/x")
    assert "https_proxy does not name a usable proxy" in answer.text


def test_http_without_tls_is_authenticated_unless_a_proxy_could_read_it(
    open_gateway: Open, login: Make, world: Anaconda, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.server import serve

    with serve(world) as plain:
        from conda_private.model.address import Address

        address = Address.parse(f"{plain.conda}/my-org")
        with open_gateway(login()._replace(address=address)) as client:
            url = f"{plain.conda}/my-org/noarch/repodata.json"
            assert "hello" in client.get(url).text
            monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
            refused = client.get(url)
            assert (refused.status_code, "a proxy could read it" in refused.text) == (403, True)
    assert [each.credential for each in plain.requests] == ["token"]
