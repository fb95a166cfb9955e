"""Signing in with a code: how often the issuer is asked, and what ends the wait."""

from __future__ import annotations

from itertools import count

import pytest

from conda_private.model.sign_in import Client, IssuerError, SignInError
from conda_private.signin import device
from conda_private.signin.grant import Grant
from conda_private.signin.issuer import discover
from tests.server.issuer import DEVICE, Issuer


def sign_in(client: Client) -> tuple[Grant, list[float]]:
    """Sign in with a code; returns the grant and the pauses, without waiting for them."""
    pauses: list[float] = []
    seconds = count(0, 50)
    clock = lambda: float(next(seconds))  # noqa: E731
    return device.sign_in(discover(client), client, sleep=pauses.append, clock=clock), pauses


def test_issuer_is_asked_again_and_slower_if_it_says_so(issuer: Issuer, client: Client) -> None:
    issuer.pending = ["authorization_pending", "slow_down", "authorization_pending"]
    grant, pauses = sign_in(client)
    assert pauses == [1, 1, 6, 6]
    assert grant.access.reveal() in issuer.world.tokens
    assert len(issuer.of(DEVICE)) == 4


def test_denial_ends_the_wait(issuer: Issuer, client: Client) -> None:
    issuer.decision = "deny"
    with pytest.raises(SignInError) as caught:
        sign_in(client)
    assert "denied it" in caught.value.cause


@pytest.mark.parametrize("pending", [["expired_token"], ["authorization_pending"] * 50])
def test_expired_code_ends_the_wait(issuer: Issuer, client: Client, pending: list[str]) -> None:
    issuer.pending = pending
    with pytest.raises(SignInError) as caught:
        sign_in(client)
    assert caught.value.cause == "The code has expired before you confirmed it."
    assert len(issuer.of(DEVICE)) < 15


def test_issuer_without_codes_is_reported(issuer: Issuer, client: Client) -> None:
    issuer.has_device = False
    with pytest.raises(IssuerError, match="cannot sign you in without a browser") as caught:
        sign_in(client)
    assert "--token-stdin" in caught.value.next_step


def test_refused_client_gets_no_code(issuer: Issuer) -> None:
    with pytest.raises(SignInError) as caught:
        sign_in(Client(issuer.url, "another"))
    assert "does not know the client id another" in caught.value.cause


@pytest.mark.parametrize(
    "body",
    [
        b'{"user_code": "A", "device_code": "d", "verification_uri": "http://idp.example.org/"}',
        b'{"user_code": "A\\u001b[2J", "device_code": "d", "verification_uri": "https://a/b"}',
        b'{"user_code": "A", "device_code": "d"}',
        b"{}",
    ],
)
def test_unsafe_instructions_are_not_shown(
    issuer: Issuer, client: Client, body: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    issuer.answers["/realm/device"] = (200, {"Content-Type": "application/json"}, body)
    with pytest.raises(IssuerError, match="not safe"):
        sign_in(client)
    assert "enter the code" not in capfd.readouterr().err
