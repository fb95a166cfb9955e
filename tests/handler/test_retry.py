"""A login of a whole host: a channel that needs no credential is read without a refused one."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from conda.gateways.connection.session import CondaSession

from conda_private.handler.retry import AskAgainUnsigned
from conda_private.http.signing import sign
from conda_private.model.exceptions import TokenRefusedError
from conda_private.model.login import Login
from conda_private.model.schemes import PATH, TOKEN, BasicScheme, HeaderScheme, Scheme
from conda_private.model.secret import Secret
from tests.handler.conftest import Said
from tests.home import CANARY, Home
from tests.server import Fault, Server

SCHEMES = [TOKEN, BasicScheme("alice"), HeaderScheme("X-API-Key"), PATH]


@pytest.fixture
def url(home: Home, server: Server) -> str:
    """An index on a host with a login of its own."""
    home.log_in(server.conda)
    return f"{server.channel('my-org')}/noarch/repodata.json"


def answers(server: Server) -> list[tuple[str, int]]:
    """For each request the form of its credential and the answer."""
    return [(request.credential, request.status) for request in server.requests]


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.text)
@pytest.mark.parametrize("status", [401, 403])
def test_refused_request_is_sent_once_more_without_the_credential(
    home: Home, session: CondaSession, server: Server, scheme: Scheme, status: int
) -> None:
    home.log_in(server.conda, scheme=scheme)
    server.fail("", how=Fault.status(status), signed=True)
    answer = session.get(f"{server.channel('my-org')}/noarch/repodata.json")
    assert (answer.status_code, "packages" in answer.json()) == (200, True)
    assert [given for _, given in answers(server)] == [status, 200]
    first, second = server.requests
    assert first.credential != "none"
    assert CANARY not in f"{second.path} {second.headers}"
    assert second.credential == "none"


def test_first_refusal_counts_where_both_are_refused(
    url: str, session: CondaSession, server: Server
) -> None:
    server.fail("", how=Fault.status(403), signed=True)
    server.fail("", how=Fault.status(401), signed=False)
    assert session.get(url).status_code == 403
    assert answers(server) == [("token", 403), ("none", 401)]


def test_refused_credential_is_an_error_where_the_channel_needs_one(
    url: str, session: CondaSession, server: Server
) -> None:
    server.fail("", how=Fault.status(401), signed=True)
    server.fail("", how=Fault.status(403), signed=False)
    with pytest.raises(TokenRefusedError) as caught:
        session.get(url)
    assert caught.value.next_step.endswith(f"then run\nconda private login {server.conda}")


def test_user_is_warned_once(url: str, session: CondaSession, server: Server, said: Said) -> None:
    server.fail("", how=Fault.status(401), signed=True)
    for _ in range(3):
        session.get(url)
    lines = said()
    assert lines.endswith(f"then run\nconda private login {server.conda}\n")
    assert lines.count("Warning: ") == 1
    assert CANARY not in lines


@pytest.mark.parametrize("status", [200, 404, 410, 502])
def test_other_answers_are_taken_as_they_are(
    url: str,
    session: CondaSession,
    server: Server,
    said: Said,
    status: int,
) -> None:
    server.fail("", how=Fault.status(status))
    assert session.get(url.replace("noarch", "linux-64")).status_code == status
    assert answers(server) == [("token", status)]
    assert said() == ""


def test_credential_of_a_channel_is_never_left_out(
    home: Home, session: CondaSession, server: Server
) -> None:
    home.log_in(server.channel("my-org"))
    server.fail("", how=Fault.status(401), signed=True)
    with pytest.raises(TokenRefusedError):
        session.get(f"{server.channel('my-org')}/noarch/repodata.json")
    assert answers(server) == [("token", 401)]


def test_refusal_behind_a_redirect_elsewhere_is_not_repeated(
    url: str, session: CondaSession, server: Server, said: Said
) -> None:
    server.fail("", "conda", how=Fault.redirect(f"{server.files}/x"))
    server.fail("", "files", how=Fault.status(401))
    assert session.get(url).status_code == 401
    assert answers(server) == [("token", 302), ("none", 401)]
    assert said() == ""


def test_redirect_of_the_unsigned_answer_is_followed_unsigned(
    url: str, session: CondaSession, server: Server
) -> None:
    server.fail("", "conda", how=Fault.status(401), signed=True)
    server.fail("/repodata", how=Fault.redirect(f"{server.channel('my-org')}/new"))
    server.fail("/new", how=Fault.status(200))
    assert session.get(url).status_code == 200
    assert answers(server) == [("token", 401), ("none", 302), ("none", 200)]


class _Adapter(requests.adapters.HTTPAdapter):
    """The adapter of requests; it keeps its answers."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[requests.Response] = []
        self.options: list[dict[str, Any]] = []

    def send(self, *args: Any, **options: Any) -> requests.Response:
        self.given.append(super().send(*args, **options))
        self.options.append(options)
        return self.given[-1]


@pytest.mark.parametrize(("unsigned", "used"), [(200, 1), (403, 0)])
def test_answer_that_is_not_used_is_closed(
    home: Home, server: Server, unsigned: int, used: int
) -> None:
    login: Login = home.log_in(server.conda)
    server.fail("", how=Fault.status(401, body=b"no"), signed=True)
    server.fail("", how=Fault.status(unsigned, body=b"yes"), signed=False)
    request = requests.Request("GET", f"{server.channel('my-org')}/x").prepare()
    sign(request, login.scheme, Secret(CANARY))
    adapter = _Adapter()
    options = {"stream": True, "timeout": 5, "proxies": {}}
    answer = AskAgainUnsigned(login, Secret(CANARY))(adapter.send(request, **options), **options)
    assert answer is adapter.given[used]
    assert [each.raw.closed for each in adapter.given] == [used == 1, used == 0]
    # With the same timeout and proxies, and streamed as the first one.
    assert adapter.options == [options, options]
    answer.close()
