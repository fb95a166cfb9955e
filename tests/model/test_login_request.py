"""The request for a login: what is known about the server is in it from the beginning."""

from __future__ import annotations

import pytest

from conda_private.model.address import Address
from conda_private.model.exceptions import InsecureUrlError, UsageError
from conda_private.model.known_servers import ANACONDA_API, server_of
from conda_private.model.login import Login
from conda_private.model.login_request import LoginRequest
from conda_private.model.schemes import BEARER, TOKEN, BasicScheme
from conda_private.model.source import AUTO, FILE, Source

ANACONDA = Address.parse("https://conda.anaconda.org/my-org")
OTHER = Address.parse("https://conda.example.org/private")
API = Address.parse("https://conda.example.org/api")
HTTP_API = Address.parse("http://conda.example.org/api")
HTTP_PYPI = Address.parse("http://conda.example.org/pypi")


def test_request_has_what_is_known_about_the_server() -> None:
    request = LoginRequest.to(ANACONDA)
    assert request.api == ANACONDA_API
    assert request.pypi == Address.parse("https://pypi.anaconda.org/my-org")
    assert request.schemes == server_of(ANACONDA).schemes
    assert (request.name, request.source, request.user) == (str(ANACONDA), AUTO, "")
    assert not request.pypi_is_certain
    assert (request.position, request.verify, request.dry_run) == ("prepend", True, False)


def test_other_server_has_no_api_and_no_package_index() -> None:
    request = LoginRequest.to(OTHER)
    assert (request.api, request.pypi) == (None, None)


def test_given_values_take_precedence_over_the_known_ones() -> None:
    index = Address.parse("https://pypi.example.org/x")
    request = LoginRequest.to(
        ANACONDA, scheme="bearer", api=API, name="my-org", pypi=index, source=FILE, verify=False
    )
    assert (request.api, request.pypi, request.schemes) == (API, index, (BEARER,))
    assert (request.name, request.source, request.verify) == ("my-org", FILE, False)


@pytest.mark.parametrize(("address", "api"), [(ANACONDA, None), (OTHER, API)])
def test_server_with_an_api_exchanges_a_password_for_a_token(
    address: Address, api: Address | None
) -> None:
    request = LoginRequest.to(address, username="alice", api=api)
    assert request.user == "alice"
    assert not any(scheme == BasicScheme("alice") for scheme in request.schemes)
    assert not request.takes_password


@pytest.mark.parametrize(
    ("address", "scheme"), [(OTHER, "auto"), (OTHER, "basic"), (ANACONDA, "basic")]
)
def test_password_is_sent_itself_without_an_api_or_with_basic(
    address: Address, scheme: str
) -> None:
    request = LoginRequest.to(address, scheme=scheme, username="alice")
    assert (request.user, request.schemes) == ("", (BasicScheme("alice"),))
    assert request.takes_password


@pytest.mark.parametrize("name", ["token", "__token__", "oauth2accesstoken"])
def test_basic_with_the_user_name_of_a_token_takes_no_password(name: str) -> None:
    assert not LoginRequest.to(OTHER, username=name).takes_password


@pytest.mark.parametrize(("scheme", "username"), [("digest", ""), ("basic", ""), ("token", "al")])
def test_invalid_scheme_is_refused(scheme: str, username: str) -> None:
    with pytest.raises(UsageError):
        LoginRequest.to(OTHER, scheme=scheme, username=username)


@pytest.mark.parametrize("index", [None, Address.parse("https://pypi.example.org/x")])
def test_existing_login_is_requested_again_unchanged(index: Address | None) -> None:
    login = Login(
        OTHER, TOKEN, Source("env", "MY_TOKEN"), account="alice", api=API, pypi=index,
        allow_http=True, listed_as="private", listed_in="/home/alice/.condarc",
    )  # fmt: skip
    request = LoginRequest.again(login)
    assert (request.address, request.name) == (OTHER, str(OTHER))
    assert (request.schemes, request.source) == ((TOKEN,), Source("env", "MY_TOKEN"))
    assert (request.api, request.pypi, request.pypi_is_certain) == (API, index, bool(index))
    assert (request.position, request.allow_http, request.user) == ("none", True, "")


@pytest.mark.parametrize(
    ("request_", "command"),
    [
        (LoginRequest.to(OTHER._replace(scheme="http", port=80)), "conda private login https://"),
        (LoginRequest.to(OTHER, api=HTTP_API), "--api-url https://conda.example.org/api"),
        (LoginRequest.to(OTHER, pypi=HTTP_PYPI), "--pypi-url https://conda.example.org/pypi"),
    ],
    ids=["channel", "API", "package index"],
)
def test_address_without_tls_is_refused_with_the_option_to_repeat(
    request_: LoginRequest, command: str
) -> None:
    with pytest.raises(InsecureUrlError) as caught:
        request_.refuse_plain_http()
    assert command in caught.value.next_step


def test_address_without_tls_is_accepted_if_the_user_says_so_or_on_this_machine() -> None:
    LoginRequest.to(OTHER, api=HTTP_API, pypi=HTTP_PYPI, allow_http=True).refuse_plain_http()
    local = Address.parse("http://127.0.0.1:8080/a")
    LoginRequest.to(local, api=local, pypi=local).refuse_plain_http()
    LoginRequest.to(OTHER, api=API).refuse_plain_http()
