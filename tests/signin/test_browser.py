"""Signing in with a browser: whose answer counts, and which are refused."""

from __future__ import annotations

import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from conda_private.model.sign_in import Client, IssuerError, SignInError
from conda_private.signin import browser
from conda_private.signin.issuer import discover
from conda_private.signin.loopback import PATH, Loopback
from tests.server.issuer import Issuer

Opens = Callable[[Callable[[str], object]], None]


@pytest.fixture
def opens(monkeypatch: pytest.MonkeyPatch) -> Opens:
    """Puts a browser in place: a function that is called with the address."""

    def put(act: Callable[[str], object]) -> None:
        monkeypatch.setattr(webbrowser, "open", act)

    return put


def visit(url: str) -> requests.Response:
    """Open a page, and follow its redirects."""
    return requests.get(url, timeout=5)


def answer_to(issuer: Issuer, url: str) -> str:
    """Where the issuer sends the browser."""
    return issuer.authorize({k: v[0] for k, v in parse_qs(urlsplit(url).query).items()})


def test_sign_in_gives_a_grant(issuer: Issuer, client: Client, opens: Opens) -> None:
    opens(visit)
    grant = browser.sign_in(discover(client), client)
    assert grant.access.reveal() in issuer.world.tokens
    assert grant.refresh
    assert grant.refresh.reveal() in issuer.alive
    assert grant.endpoint == f"{issuer.url}/token"
    (asked,) = issuer.consents
    assert asked["prompt"] == "consent"
    assert asked["scope"] == "openid offline_access"


def test_two_sign_ins_share_no_state_and_no_verifier(
    issuer: Issuer, client: Client, opens: Opens
) -> None:
    opens(visit)
    for _ in range(2):
        browser.sign_in(discover(client), client)
    first, second = issuer.consents
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]
    assert len(first["state"]) >= 43


def test_caller_without_the_state_is_not_answered_and_the_wait_goes_on(
    issuer: Issuer, client: Client, opens: Opens
) -> None:
    statuses: list[int] = []

    def another_user_first(url: str) -> None:
        target = parse_qs(urlsplit(url).query)["redirect_uri"][0]
        for query in ("code=stolen&state=guess", "code=stolen", "error=access_denied", ""):
            statuses.append(visit(f"{target}?{query}").status_code)
        state = parse_qs(urlsplit(url).query)["state"][0]
        statuses.append(visit(target.replace(PATH, f"/?code=a&state={state}")).status_code)
        visit(url)

    opens(another_user_first)
    grant = browser.sign_in(discover(client), client)
    assert grant.access.reveal() in issuer.world.tokens
    assert statuses == [404] * 5


def test_second_tab_is_told_that_it_is_too_late() -> None:
    with Loopback("the-state") as loopback:
        first = visit(f"{loopback.redirect}?code=one&state=the-state")
        second = visit(f"{loopback.redirect}?code=two&state=the-state")
        assert loopback.wait(0) == {"code": "one", "state": "the-state"}
    assert (first.status_code, second.status_code) == (200, 409)
    assert "already finished" in second.text


def test_parameter_that_comes_twice_is_refused() -> None:
    with Loopback("the-state") as loopback:
        answer = visit(f"{loopback.redirect}?code=one&code=two&state=the-state")
        assert (answer.status_code, loopback.wait(0)) == (400, None)


def test_idle_connection_does_not_hold_the_answer_up() -> None:
    with Loopback("the-state") as loopback:
        address = urlsplit(loopback.redirect)
        with socket.create_connection((str(address.hostname), address.port or 0)):
            assert visit(f"{loopback.redirect}?code=one&state=the-state").status_code == 200


def test_loopback_is_reached_from_this_machine_only() -> None:
    with Loopback("the-state") as loopback:
        assert loopback._server.server_address[0] == "127.0.0.1"


def test_page_keeps_the_code_out_of_referrers_and_caches(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with Loopback("the-state") as loopback:
        answer = visit(f"{loopback.redirect}?code=ca-nary&state=the-state")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ca-nary" not in answer.text + "".join(capfd.readouterr())


@pytest.mark.parametrize("name", ["https://evil.example.org", ""])
def test_answer_of_another_issuer_is_refused(
    issuer: Issuer, client: Client, opens: Opens, name: str
) -> None:
    issuer.iss = name
    opens(visit)
    with pytest.raises(IssuerError, match="not safe") as caught:
        browser.sign_in(discover(client), client)
    assert "of another issuer, or does not name any" in caught.value.cause
    assert issuer.forms == []


def test_issuer_that_never_names_itself_is_fine(
    issuer: Issuer, client: Client, opens: Opens
) -> None:
    issuer.iss = ""
    issuer.changes["authorization_response_iss_parameter_supported"] = False
    opens(visit)
    assert browser.sign_in(discover(client), client).access


def test_wrong_name_is_refused_even_if_the_issuer_need_not_name_itself(
    issuer: Issuer, client: Client, opens: Opens
) -> None:
    issuer.iss = "https://evil.example.org"
    issuer.changes["authorization_response_iss_parameter_supported"] = False
    opens(visit)
    with pytest.raises(IssuerError):
        browser.sign_in(discover(client), client)


def test_code_of_another_sign_in_is_refused_by_the_issuer(
    issuer: Issuer, client: Client, opens: Opens
) -> None:
    def swapped(url: str) -> None:
        other = url.replace("code_challenge=", "code_challenge=x")
        visit(answer_to(issuer, other))

    opens(swapped)
    with pytest.raises(SignInError, match="did not sign you in"):
        browser.sign_in(discover(client), client)


def test_person_who_does_nothing_is_not_waited_for_for_ever(
    issuer: Issuer, client: Client, opens: Opens
) -> None:
    opens(lambda url: None)
    with pytest.raises(SignInError, match="in time") as caught:
        browser.sign_in(discover(client), client, patience=0.01)
    assert "--no-browser" in caught.value.next_step


def test_browser_that_cannot_start_leaves_the_address(
    client: Client, opens: Opens, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(url: str) -> None:
        raise webbrowser.Error("could not locate runnable browser")

    opens(fails)
    with pytest.raises(SignInError):
        browser.sign_in(discover(client), client, patience=0.01)
    assert f"open this address:\n{client.issuer}/authorize?" in capfd.readouterr().err


def test_browser_in_the_foreground_does_not_hold_the_sign_in_up(
    issuer: Issuer, client: Client, opens: Opens
) -> None:
    closed = threading.Event()

    def stays_open(url: str) -> None:
        visit(url)
        closed.wait(5)

    opens(stays_open)
    assert browser.sign_in(discover(client), client).access
    assert not closed.is_set()
    closed.set()


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({"BROWSER": "lynx"}, True),
        ({}, False),
        ({"SSH_CONNECTION": "a", "WAYLAND_DISPLAY": "w"}, False),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems have a desktop")
def test_browser_is_looked_for_where_the_person_sits(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], found: bool
) -> None:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert browser.has_browser() is found
