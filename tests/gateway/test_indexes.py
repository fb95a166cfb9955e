"""The indexes of the logins: which there are, and that their credentials still give access."""

from __future__ import annotations

import pytest

from conda_private.gateway.indexes import (
    PYPI,
    check_indexes,
    gateway,
    known_addresses,
    private_indexes,
)
from conda_private.gateway.upstream import PrivateIndex
from conda_private.model.address import Address
from conda_private.model.exceptions import AccessDeniedError, TokenRefusedError
from conda_private.model.login import Login
from conda_private.model.schemes import BEARER, PATH, TOKEN, BasicScheme, Scheme
from conda_private.model.secret import Secret
from conda_private.model.source import FILE
from tests.server import Anaconda, Answer, Fault, Server
from tests.server.asking import get
from tests.wording import assert_reads_well

CHANNEL = Address.parse("https://conda.example.org/my-org")
NEXT = f"conda private token create --for {CHANNEL} --pypi"
Signed = tuple[Login, Secret]


def signed(
    server: Server, token: str, *, api: bool, pypi: bool = True, scheme: Scheme = TOKEN
) -> Signed:
    """A login, with or without an API and a package index, and its credential."""
    login = Login(
        CHANNEL,
        scheme,
        FILE,
        api=Address.parse(server.api) if api else None,
        pypi=Address.parse(f"{server.pypi}/my-org") if pypi else None,
    )
    return login, Secret(token)


def asked(server: Server) -> list[tuple[str, str]]:
    """Which origins were asked, and with what form of credential."""
    return [(request.origin, request.credential) for request in server.requests]


@pytest.mark.parametrize(
    ("scheme", "api", "expected"),
    [(TOKEN, True, PATH), (BEARER, False, BEARER), (BasicScheme("a"), True, BasicScheme("a"))],
)
def test_index_has_what_its_login_has(
    server: Server, scheme: Scheme, api: bool, expected: Scheme
) -> None:
    with_index = signed(server, "ca-nary-1", api=api, scheme=scheme)
    without = signed(server, "ca-nary-2", api=api, pypi=False)
    (index,) = private_indexes([without, with_index])
    root = Address.parse(f"{server.pypi}/my-org")
    assert index == PrivateIndex(root, expected, Secret("ca-nary-1"), str(CHANNEL))


@pytest.mark.parametrize("with_pypi", [True, False])
def test_api_is_asked_about_the_token(server: Server, token: str, with_pypi: bool) -> None:
    check_indexes([signed(server, token, api=True)], with_pypi=with_pypi)
    assert asked(server) == [("api", "token")]


@pytest.mark.parametrize("with_pypi", [True, False])
def test_token_that_is_revoked_is_refused(server: Server, with_pypi: bool) -> None:
    with pytest.raises(TokenRefusedError):
        check_indexes([signed(server, "ca-nary-1", api=True)], with_pypi=with_pypi)
    assert [origin for origin, _ in asked(server)] == ["api"]


def test_token_without_the_scope_is_refused(server: Server, world: Anaconda) -> None:
    token = world.add_token("alice", scopes=["conda:download", "api:read"])
    with pytest.raises(AccessDeniedError) as caught:
        check_indexes([signed(server, token, api=True)], with_pypi=False)
    assert str(CHANNEL) in caught.value.what
    assert "conda:download, api:read." in caught.value.cause
    assert caught.value.next_step == NEXT
    assert token not in str(caught.value)
    assert_reads_well(caught.value)


def test_every_login_is_checked(server: Server, token: str) -> None:
    logins = [
        signed(server, "ca-nary-0", api=True, pypi=False),
        signed(server, token, api=True),
        signed(server, "ca-nary-1", api=True),
    ]
    with pytest.raises(TokenRefusedError):
        check_indexes(logins, with_pypi=False)
    assert asked(server)[0] == ("api", "token")
    assert len(server.requests) == 2


def test_list_is_asked_for_where_there_is_no_api_and_pypi_is_used(
    server: Server, token: str
) -> None:
    without_api = signed(server, token, api=False, scheme=PATH)
    check_indexes([without_api], with_pypi=False)
    assert server.requests == []
    check_indexes([without_api], with_pypi=True)
    (request,) = server.requests
    assert (request.method, request.credential) == ("GET", "path")
    assert request.path == f"/t/{token}/my-org/simple/"
    assert request.headers["Accept"] == "*/*"


def test_login_without_an_index_is_not_checked(server: Server, token: str) -> None:
    check_indexes([signed(server, token, api=True, pypi=False)], with_pypi=True)
    check_indexes([signed(server, token, api=False, pypi=False)], with_pypi=True)
    assert server.requests == []


@pytest.mark.parametrize("status", [201, 204, 401, 403, 404])
def test_index_without_a_list_is_refused(server: Server, token: str, status: int) -> None:
    server.fail("/simple/", how=Fault(answer=Answer(status)))
    with pytest.raises(AccessDeniedError) as caught:
        check_indexes([signed(server, token, api=False, scheme=PATH)], with_pypi=True)
    assert caught.value.what.startswith(f"{server.pypi}/my-org/simple ")
    assert str(status) in caught.value.what
    assert caught.value.next_step.startswith(f"conda private check {CHANNEL}\n")
    assert token not in str(caught.value)
    assert_reads_well(caught.value)


@pytest.mark.parametrize(
    ("environment", "public"),
    [
        ({}, PYPI),
        ({"PIP_INDEX_URL": "https://a.example/simple"}, "https://a.example/simple"),
        ({"UV_DEFAULT_INDEX": "https://b.example/simple"}, "https://b.example/simple"),
        (
            {"UV_DEFAULT_INDEX": "https://b.example/x", "PIP_INDEX_URL": "https://a.example/x"},
            "https://a.example/x",
        ),
    ],
)
def test_public_index_is_the_users_own(
    index: PrivateIndex, environment: dict[str, str], public: str
) -> None:
    with gateway([index], environment, with_pypi=True) as address:
        answer = get(f"{address}/simple/not-private/")
    assert (answer.status_code, answer.headers["Location"]) == (307, f"{public}/not-private/")


def test_public_index_is_not_used_unless_it_is_wanted(index: PrivateIndex) -> None:
    with gateway([index], {"PIP_INDEX_URL": "https://a.example/simple"}, False) as address:
        assert get(f"{address}/simple/not-private/").status_code == 404


def test_user_is_told_each_text_once(
    index: PrivateIndex, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    with gateway([index], {}, with_pypi=False) as address:
        for status in (500, 500, 410):
            server.fail("/simple/", "pypi", how=Fault(answer=Answer(status)), times=1)
            get(f"{address}/simple/hello-wheel/")
    lines = capsys.readouterr().err.splitlines()
    assert [line.startswith("conda-private: 127.0.0.1:") for line in lines] == [True, True]
    assert ["500" in lines[0], "410" in lines[1]] == [True, True]


def test_addresses_of_the_gateway_are_shown_as_those_of_the_indexes(index: PrivateIndex) -> None:
    other = PrivateIndex(Address.parse("https://b.example/x/y"), PATH, index.secret, "b")
    assert known_addresses("http://127.0.0.1:1/key", [index, other]) == {
        "http://127.0.0.1:1/key/0/": f"{index.root.origin}/",
        "http://127.0.0.1:1/key/1/": "https://b.example/",
        "http://127.0.0.1:1/key": str(index.root),
    }
