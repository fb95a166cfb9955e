"""Our requests on conda's session: no foreign credential, no repetition, nothing left behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from conda.gateways.connection.session import CondaSession
from requests.adapters import HTTPAdapter

from conda_private.http.client import Signer, get, send, session_for, stream
from conda_private.http.signing import Guard, sign
from conda_private.model.address import Address
from conda_private.model.exceptions import ConnectionFailedError
from conda_private.model.schemes import BEARER, PATH, TOKEN, BasicScheme, Scheme
from conda_private.model.secret import Secret
from tests.home import CANARY, Home, home_in
from tests.server import Anaconda, Fault, Server, serve


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home with a ``.netrc`` for the server."""
    with home_in(tmp_path) as home:
        home.netrc("127.0.0.1", "from-netrc")
        yield home


@pytest.fixture
def server(home: Home) -> Iterator[Server]:
    """A server with the channel ``my-org``."""
    world = Anaconda()
    world.add_channel("my-org")
    with serve(world) as server:
        yield server
        assert not server.errors


def signer(address: str, scheme: Scheme = TOKEN) -> Signer:
    """Signs below an address."""
    return Signer(Address.parse(address), scheme, Secret(CANARY))


def authorizations(server: Server) -> list[str | None]:
    """The ``Authorization`` of each request."""
    return [request.headers["Authorization"] for request in server.requests]


@pytest.mark.parametrize("kind", ["get", "send", "stream"])
def test_netrc_is_not_put_onto_a_redirect_of_our_own_request(server: Server, kind: str) -> None:
    server.fail("/old", how=Fault.redirect(f"{server.files}/x"))
    url, ours = f"{server.conda}/old", signer(server.conda)
    if kind == "get":
        get(url, ours)
    elif kind == "send":
        send("GET", url, ours)
    else:
        stream("GET", url, ours, {}).close()
    assert authorizations(server) == [f"token {CANARY}", None]


def test_netrc_is_not_put_onto_a_redirect_of_a_request_without_a_credential(server: Server) -> None:
    server.fail("/old", how=Fault.redirect(f"{server.files}/x"))
    get(f"{server.conda}/old", Signer())
    assert authorizations(server) == [None, None]


@pytest.mark.parametrize(
    ("other_origin", "expected"), [(True, ["Bearer x", None]), (False, ["Bearer x", "Bearer x"])]
)
def test_authorization_of_another_kind_stays_at_its_origin(
    server: Server, other_origin: bool, expected: list[str | None]
) -> None:
    place = server.files if other_origin else server.conda
    server.fail("/old", how=Fault.redirect(f"{place}/x"))
    url = f"{server.conda}/old"
    session_for(url, Signer()).get(url, auth=Signer(), headers={"Authorization": "Bearer x"})
    assert authorizations(server) == expected


@pytest.mark.parametrize("status", [413, 429, 500, 503])
def test_session_repeats_nothing_by_itself(server: Server, status: int) -> None:
    server.fail("", how=Fault.status(status), times=1)
    url = f"{server.conda}/my-org/noarch/repodata.json"
    assert session_for(url, Signer()).get(url).status_code == status
    server.fail("", how=Fault.drop(), times=1)
    with pytest.raises(requests.ConnectionError):
        session_for(url, Signer()).get(url)
    assert [request.status for request in server.requests] == [status, 0]


def test_session_is_one_for_each_scheme(server: Server) -> None:
    url = f"{server.conda}/my-org"
    schemes: list[Scheme] = [TOKEN, BEARER, PATH, BasicScheme("alice")]
    signers = [Signer(), *(signer(url, scheme) for scheme in schemes)]
    sessions = [session_for(url, each) for each in signers]
    assert len(set(map(id, sessions))) == len(signers)
    assert session_for(url, signer(f"{url}/label/dev")) is sessions[1]


def test_sessions_of_conda_itself_are_as_they_were(server: Server) -> None:
    url = f"{server.conda}/my-org"
    ours = session_for(url, signer(url))
    condas = CondaSession()
    assert condas is not ours
    assert "rebuild_auth" not in vars(condas)
    adapters = [each for each in condas.adapters.values() if isinstance(each, HTTPAdapter)]
    assert all(each.max_retries.total > 0 for each in adapters)


def test_session_has_the_proxies_and_certificates_of_conda(home: Home, tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.touch()
    home.condarc(f"ssl_verify: {bundle}\nproxy_servers:\n  https: http://proxy.example.org:3128\n")
    session = session_for("https://conda.example.org/my-org", Signer())
    assert session.verify == str(bundle)
    assert session.proxies["https"] == "http://proxy.example.org:3128"
    assert session.headers["User-Agent"].startswith("conda/")


def test_offline_conda_gives_no_session(home: Home) -> None:
    home.condarc("offline: true\n")
    with pytest.raises(ConnectionFailedError, match=r"conda\.example\.org:8443"):
        session_for("https://conda.example.org:8443/my-org", Signer())


def test_streamed_file_is_not_unpacked_and_keeps_its_headers(server: Server) -> None:
    server.fail("/file", how=Fault.bomb(1000))
    with stream("GET", f"{server.conda}/file", Signer(), {"Range": "bytes=0-"}) as response:
        assert response.raw.read(2) == b"\x1f\x8b"
    (request,) = server.requests
    assert request.headers["Range"] == "bytes=0-"


@pytest.mark.parametrize(("scheme", "basic"), [(BasicScheme("alice"), True), (TOKEN, False)])
def test_signer_knows_whether_it_sends_a_password(scheme: Scheme, basic: bool) -> None:
    assert signer("https://conda.example.org", scheme).is_basic is basic
    assert not Signer().is_basic


def test_guard_that_has_taken_the_credential_off_leaves_later_answers_alone() -> None:
    request = requests.Request("GET", "https://a.example/x").prepare()
    sign(request, TOKEN, Secret(CANARY))
    guard = Guard(TOKEN, Secret(CANARY), applies=lambda url: False)
    first, second = requests.Response(), requests.Response()
    first.status_code, first.url, first.request = 302, "https://a.example/x", request
    first.headers["location"] = "https://b.example/y"
    guard(first)
    assert "Authorization" not in request.headers
    # That of the other server is not ours to hide.
    other = requests.Request("GET", "https://b.example/y", headers={"Authorization": "x"}).prepare()
    second.status_code, second.url, second.request = 200, "https://b.example/y", other
    guard(second)
    assert second.request is other
    assert second.request.headers["Authorization"] == "x"
