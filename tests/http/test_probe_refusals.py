"""A refused credential: what the server wants, for how long, and what was not tried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_private.http.client import read
from conda_private.http.probe import RepodataProbe
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    CondaPrivateError,
    SecretFormatError,
    ServerError,
    TokenRefusedError,
)
from conda_private.model.known_servers import schemes_to_try
from conda_private.model.ports import Comparison
from conda_private.model.schemes import PATH, TOKEN, BasicScheme
from conda_private.model.secret import Secret
from tests.home import home_in
from tests.server import PERSONALITIES, Anaconda, Fault, Server, build_package, serve

KEY = "ca-nary-key"
PASSWORD = "Schl\u00fcssel \u5bc6\u7801"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A closed channel below a path, with one private package."""
    world = Anaconda(PERSONALITIES["quetz-below-a-path"])
    world.add_user("alice", password=PASSWORD)
    world.add_token("alice", value=KEY)
    package = build_package(tmp_path, "hello-private", "1.0")
    world.add_package("alice", package, private=True)
    with home_in(tmp_path / "home"), serve(world) as server:
        yield server
        assert not server.errors


def compare(
    server: Server, secret: str = KEY, *, scheme: str = "auto", username: str = ""
) -> Comparison:
    """Compare the channel, as a login does it."""
    address = Address.parse(server.channel("alice"))
    probe = RepodataProbe(subdirs=("noarch", "linux-64"), read=read)
    return probe.compare(address, schemes_to_try(scheme, username, address), Secret(secret))


def refusal(server: Server, secret: str = KEY, **options: str) -> CondaPrivateError:
    """The error of such a comparison."""
    with pytest.raises(CondaPrivateError) as caught:
        compare(server, secret, **options)
    assert secret not in str(caught.value)
    return caught.value


def test_server_below_a_path_is_found_with_its_header(server: Server) -> None:
    found = compare(server)
    assert (found.gives_access, found.scheme.text) == (True, "header:X-API-Key")


def test_key_in_the_url_goes_below_that_path_only(server: Server) -> None:
    server.world.forms = {"path"}
    assert compare(server).scheme.text == "path:/quetz"
    refusal(server, "other-key")
    for request in server.requests:
        for key in (KEY, "other-key"):
            if key in request.path:
                assert request.path.startswith(f"/quetz/t/{key}/get/alice/")


def test_key_that_does_not_fit_into_a_url_is_told_from_a_mistyped_one(server: Server) -> None:
    server.world.forms = {"path"}
    error = refusal(server, "ca_nary_key")
    assert isinstance(error, TokenRefusedError)
    assert "The form /t/<TOKEN>/ in the URL was not tried" in error.cause
    assert not any("ca_nary_key" in request.path for request in server.requests)
    assert "was not tried" not in refusal(server, "other-key").cause


def test_server_that_wants_a_header_was_not_to_get_the_key_in_a_url(server: Server) -> None:
    server.world.challenge, server.world.forms = "Bearer", set()
    assert "was not tried" not in refusal(server, "ca_nary_key").cause


def test_password_outside_ascii_gives_access(server: Server) -> None:
    server.world.forms = {"password"}
    found = compare(server, PASSWORD, username="alice")
    assert (found.gives_access, found.scheme) == (True, BasicScheme("alice"))


def test_password_without_a_user_name_is_sent_in_no_header(server: Server) -> None:
    error = refusal(server, PASSWORD)
    assert isinstance(error, SecretFormatError)
    assert "--username" in error.cause
    assert [request for request in server.requests if request.credential != "none"] == []


def test_password_of_a_helper_is_sent_in_the_scheme_that_can_carry_it(server: Server) -> None:
    server.world.forms = {"password"}
    address = Address.parse(server.channel("alice"))
    probe = RepodataProbe(subdirs=("noarch",), read=read)
    schemes = (TOKEN, PATH, BasicScheme("alice"))
    assert probe.compare(address, schemes, Secret(PASSWORD)).scheme == schemes[-1]
    with pytest.raises(TokenRefusedError) as caught:
        probe.compare(address, schemes, Secret(f"{PASSWORD}!"))
    assert "was not tried" not in caught.value.cause


def test_rate_limit_that_stays_says_for_how_long(server: Server) -> None:
    server.fail("/quetz/", how=Fault.status(429, {"Retry-After": "120"}))
    error = refusal(server)
    assert isinstance(error, ServerError)
    assert "limits the number of requests" in error.what
    assert error.next_step == "repeat the command in 2 minutes"
    assert len(server.requests) <= 4


@pytest.mark.parametrize("username", ["", "alice"])
def test_server_that_wants_a_ticket_says_so_to_tokens_and_passwords(
    server: Server, username: str
) -> None:
    server.world.challenge, server.world.forms = "Negotiate, NTLM", set()
    error = refusal(server, username=username)
    assert isinstance(error, TokenRefusedError)
    assert " requires Negotiate (Kerberos) or NTLM for " in error.what
    assert "mistyped" not in error.cause


def test_hint_to_use_a_password_is_not_for_who_has_used_one(server: Server) -> None:
    server.world.challenge, server.world.forms = 'Basic realm="x"', set()
    assert "use --username" in refusal(server).cause
    assert "use --username" not in refusal(server, username="alice").cause
