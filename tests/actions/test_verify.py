"""Verification compares; an API can confirm a credential without private packages yet."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest

from conda_private.actions.verify import Finding, verify
from conda_private.model.address import Address, refuse_plain_http
from conda_private.model.exceptions import AccessDeniedError, InsecureUrlError, TokenRefusedError
from conda_private.model.facts import TokenFacts
from conda_private.model.login_request import LoginRequest
from conda_private.model.ports import Comparison
from conda_private.model.schemes import BEARER, PATH, TOKEN, BasicScheme, Scheme
from conda_private.model.secret import Secret

SECRET = Secret("ca-nary-v1")
ADDRESS = Address.parse("https://conda.example.org/my-org")
API = Address.parse("https://api.example.org")
SCHEMES = (TOKEN, BEARER, PATH)
BOTH = frozenset({"noarch/a.conda", "noarch/b.conda"})
PUBLIC = frozenset({"noarch/a.conda"})
ACCESS = Comparison(BEARER, BOTH, PUBLIC, closed=False)
NOTHING_MORE = Comparison(TOKEN, PUBLIC, PUBLIC, closed=False)
EMPTY = Comparison(TOKEN, frozenset(), frozenset(), closed=False)
CLOSED = Comparison(TOKEN, frozenset(), frozenset(), closed=True)
GOOD = TokenFacts(account="alice", scopes=("conda:download",))
NARROW = TokenFacts(account="alice", scopes=("api:read",))


class _World:
    """A channel and an API; records what they were asked."""

    def __init__(self, comparison: Comparison, facts: TokenFacts | None = None) -> None:
        self.comparison, self.answer = comparison, facts
        self.asked: list[Address] = []
        self.shown: list[tuple[Scheme, ...]] = []

    def compare(self, address: Address, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        assert (address, secret) == (ADDRESS, SECRET)
        self.shown.append(tuple(schemes))
        return self.comparison

    def facts(self, api: Address, secret: Secret) -> TokenFacts | None:
        assert secret == SECRET
        self.asked.append(api)
        return self.answer

    def verify(
        self, api: Address | None = None, user: str = "", schemes: tuple[Scheme, ...] = SCHEMES
    ) -> Finding:
        request = LoginRequest(address=ADDRESS, name="my-org", schemes=schemes, api=api, user=user)
        return verify(request, SECRET, probe=self, server=self)

    def refusal(self, api: Address | None = None) -> str:
        with pytest.raises(TokenRefusedError) as caught:
            self.verify(api)
        assert SECRET.reveal() not in str(caught.value)
        assert caught.value.what == "The token gives access to no private packages in my-org."
        command = "token create --for" if api else "login"
        assert f"conda private {command} my-org" in caught.value.next_step
        return str(caught.value)


@pytest.mark.parametrize("comparison", [ACCESS, CLOSED])
def test_credential_with_access_is_good(comparison: Comparison) -> None:
    world = _World(comparison)
    assert world.verify() == Finding(comparison, None)
    assert (world.shown, world.asked) == ([SCHEMES], [])


def test_answer_200_with_only_public_packages_is_a_refusal() -> None:
    words = _World(NOTHING_MORE).refusal()
    assert "are public, and no token is needed" in words
    assert "conda.example.org" in words


def test_cause_mentions_an_empty_channel() -> None:
    assert "the channel is empty" in _World(EMPTY).refusal()


def test_credential_that_the_api_confirms_is_good_and_sent_with_one_scheme_only() -> None:
    world = _World(EMPTY, GOOD)
    assert world.verify(API) == Finding(EMPTY, GOOD)
    assert (world.shown, world.asked) == ([(TOKEN,)], [API])


def test_api_and_first_scheme_are_tried_at_the_same_time() -> None:
    first_scheme_is_tried = threading.Event()

    class Impatient(_World):
        def compare(
            self, address: Address, schemes: Iterable[Scheme], secret: Secret
        ) -> Comparison:
            others = iter(schemes)
            first = next(others)
            first_scheme_is_tried.set()
            return super().compare(address, (first, *others), secret)

        def facts(self, api: Address, secret: Secret) -> TokenFacts | None:
            assert first_scheme_is_tried.wait(10)
            return super().facts(api, secret)

    world = Impatient(EMPTY, GOOD)
    assert world.verify(API) == Finding(EMPTY, GOOD)
    assert world.shown == [(TOKEN,)]


def test_valid_token_that_cannot_download_is_refused_with_its_scopes() -> None:
    world = _World(NOTHING_MORE, NARROW)
    words = world.refusal(API)
    assert "api:read" in words
    assert "conda:download" in words
    assert world.shown == [SCHEMES]


def test_user_who_can_sign_in_without_access_learns_whom_to_ask() -> None:
    with pytest.raises(AccessDeniedError) as caught:
        _World(NOTHING_MORE, GOOD).verify(API, user="bob")
    what = "bob can sign in, but has no access to private packages in my-org."
    assert caught.value.what == what
    assert "--label" in caught.value.cause
    assert "conda private share my-org/PACKAGE --with bob" in caught.value.next_step


def test_password_is_not_sent_to_the_api() -> None:
    world = _World(ACCESS, GOOD)
    assert world.verify(API, schemes=(BasicScheme("bob"),)) == Finding(ACCESS, None)
    assert world.asked == []


def test_access_takes_precedence_over_what_the_api_reports() -> None:
    assert _World(ACCESS, NARROW).verify(API) == Finding(ACCESS, NARROW)


def test_api_that_does_not_know_the_token_changes_nothing() -> None:
    assert _World(ACCESS, None).verify(API) == Finding(ACCESS, None)
    _World(NOTHING_MORE, None).refusal(API)


def test_error_of_the_channel_is_not_hidden_by_the_api() -> None:
    class Denied(_World):
        def compare(
            self, address: Address, schemes: Iterable[Scheme], secret: Secret
        ) -> Comparison:
            raise AccessDeniedError("no")

    with pytest.raises(AccessDeniedError):
        Denied(ACCESS, GOOD).verify(API)


@pytest.mark.parametrize(
    "url", ["http://conda.example.org/a", "http://127.0.0.2/a", "http://localhost.example.org/a"]
)
def test_plain_http_is_refused_on_other_machines_unless_allowed(url: str) -> None:
    with pytest.raises(InsecureUrlError) as caught:
        refuse_plain_http(Address.parse(url), allow_http=False)
    assert url.replace("http:", "https:") in caught.value.next_step
    refuse_plain_http(Address.parse(url), allow_http=True)


@pytest.mark.parametrize(
    "url", ["https://conda.example.org/a", "http://localhost:8080/a", "http://127.0.0.1/a"]
)
def test_tls_and_this_machine_need_no_permission(url: str) -> None:
    refuse_plain_http(Address.parse(url), allow_http=False)
