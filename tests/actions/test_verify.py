"""Verification compares; an API can confirm a credential without private packages yet."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace

import pytest

from conda_private.actions.verify import Finding, verify
from conda_private.model.address import Address, refuse_plain_http
from conda_private.model.exceptions import (
    AccessDeniedError,
    InsecureUrlError,
    NotAChannelError,
    TokenRefusedError,
)
from conda_private.model.facts import TokenFacts
from conda_private.model.login_request import LoginRequest
from conda_private.model.ports import Comparison
from conda_private.model.schemes import BEARER, PATH, TOKEN, BasicScheme, Scheme
from conda_private.model.secret import Secret
from tests.wording import assert_reads_well

SECRET = Secret("ca-nary-v1")
ADDRESS = Address.parse("https://conda.example.org/my-org")
API = Address.parse("https://api.example.org")
SCHEMES = (TOKEN, BEARER, PATH)
ACCESS = Comparison(BEARER, gives_access=True, packages=2, private=1)
NOTHING_MORE = Comparison(TOKEN, gives_access=False, packages=1, private=0)
EMPTY = Comparison(TOKEN, gives_access=False, packages=0, private=0)
CLOSED = Comparison(TOKEN, gives_access=True, closed=True, packages=0, private=0)
GOOD = TokenFacts(token_name="laptop", account="alice", scopes=("conda:download",))
NARROW = TokenFacts(account="alice", scopes=("api:read",))


class _World:
    """A channel and an API; records what they were asked."""

    def __init__(self, comparison: Comparison, facts: TokenFacts | None = None) -> None:
        self.comparison, self.answer = comparison, facts
        self.asked: list[Address] = []
        self.readers: set[tuple[str, str]] = set()
        self.shown: list[tuple[Scheme, ...]] = []

    def compare(self, address: Address, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        assert (address, secret) == (ADDRESS, SECRET)
        self.shown.append(tuple(schemes))
        return self.comparison

    def facts(self, api: Address, secret: Secret) -> TokenFacts | None:
        assert secret == SECRET
        self.asked.append(api)
        return self.answer

    def look(self, address: Address) -> bool:
        raise NotImplementedError

    def reads(self, api: Address, secret: Secret, account: str, owner: str) -> bool:
        assert (api, secret) == (API, SECRET)
        return (account, owner) in self.readers

    def verify(
        self, api: Address | None = None, user: str = "", schemes: tuple[Scheme, ...] = SCHEMES
    ) -> Finding:
        request = LoginRequest(address=ADDRESS, name="my-org", schemes=schemes, api=api, user=user)
        return verify(request, SECRET, probe=self, server=self)

    def refusal(self, api: Address | None = None) -> TokenRefusedError:
        with pytest.raises(TokenRefusedError) as caught:
            self.verify(api)
        assert SECRET.reveal() not in str(caught.value)
        command = "token create --for" if api else "login"
        assert f"conda private {command} my-org" in caught.value.next_step
        return caught.value

    def denial(self, user: str = "") -> AccessDeniedError:
        with pytest.raises(AccessDeniedError) as caught:
            self.verify(API, user=user)
        assert SECRET.reveal() not in str(caught.value)
        return caught.value


@pytest.mark.parametrize("comparison", [ACCESS, CLOSED])
def test_credential_with_access_is_good(comparison: Comparison) -> None:
    world = _World(comparison)
    assert world.verify() == Finding(comparison, None)
    assert (world.shown, world.asked) == ([SCHEMES], [])


def test_answer_200_with_only_public_packages_is_a_refusal() -> None:
    error = _World(NOTHING_MORE).refusal()
    assert "Everything that the token shows in my-org is public" in error.what
    assert error.next_step.startswith("conda install -c my-org NAME")


def test_cause_mentions_an_empty_channel() -> None:
    error = _World(EMPTY).refusal()
    assert error.what == "The token gives access to no private packages in my-org."
    assert "the channel is empty" in error.cause


@pytest.mark.parametrize("account", ["alice", "my-org"])
def test_empty_channel_is_accepted_if_the_api_reports_that_the_account_reads_it(
    account: str,
) -> None:
    facts = replace(GOOD, account=account)
    world = _World(EMPTY, facts)
    world.readers = {(account, "my-org")}
    assert world.verify(API) == Finding(EMPTY, facts)
    assert (world.shown, world.asked) == ([(TOKEN,)], [API])


def test_valid_token_of_another_account_is_refused_and_told_whom_to_ask() -> None:
    error = _World(EMPTY, GOOD).denial()
    words = (
        'alice\'s token "laptop" is valid, but it gives no access to private packages in my-org.'
    )
    assert error.what == words
    assert "alice may not be in a group of my-org with read access" in error.cause
    assert "conda private share my-org/PACKAGE --with alice" in error.next_step


def test_valid_token_whose_account_is_not_reported_is_refused_too() -> None:
    error = _World(EMPTY, replace(GOOD, account="", token_name="")).denial()
    assert error.what.startswith("The token is valid, but it gives no access")
    assert "--with USER" in error.next_step


def test_channel_in_which_everything_is_public_needs_no_login() -> None:
    world = _World(NOTHING_MORE, GOOD)
    world.readers = {("alice", "my-org")}
    error = world.denial()
    assert error.what == "Everything in my-org is public; no login is needed."
    assert error.next_step == "conda install -c my-org NAME"


def test_what_a_stranger_sees_is_public_and_the_rest_needs_an_owner() -> None:
    error = _World(NOTHING_MORE, GOOD).denial()
    assert "everything that it shows in my-org is public; no login is needed" in error.what
    assert "conda private share my-org/PACKAGE --with alice" in error.next_step


@pytest.mark.parametrize("comparison", [NOTHING_MORE, EMPTY])
def test_token_of_an_owner_is_not_stored_for_a_mistyped_public_channel(
    comparison: Comparison,
) -> None:
    world = _World(replace(comparison, packages=None), GOOD)
    world.readers = {("alice", "my-org")}
    world.denial()


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

    world = Impatient(ACCESS, GOOD)
    assert world.verify(API) == Finding(ACCESS, GOOD)
    assert world.shown == [(TOKEN,)]


class _Pages(_World):
    """A server that answers with a sign-in page to every scheme but some."""

    known: tuple[Scheme, ...] = ()

    def compare(self, address: Address, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        tried = tuple(schemes)
        self.shown.append(tried)
        if not set(self.known) & set(tried):
            raise NotAChannelError("a page")
        return self.comparison


def test_sign_in_page_means_the_next_scheme_also_for_a_token_that_the_api_confirms() -> None:
    world = _Pages(ACCESS, GOOD)
    world.known = (BEARER,)
    assert world.verify(API) == Finding(ACCESS, GOOD)
    assert world.shown == [(TOKEN,), (BEARER,)]
    assert world.asked == [API]


@pytest.mark.parametrize(
    ("facts", "shown"),
    [(GOOD, [(TOKEN,), (BEARER,), (PATH,)]), (NARROW, [SCHEMES]), (None, [SCHEMES])],
)
def test_sign_in_page_for_every_scheme_is_an_error_and_each_is_tried_once(
    facts: TokenFacts | None, shown: list[tuple[Scheme, ...]]
) -> None:
    world = _Pages(ACCESS, facts)
    with pytest.raises(NotAChannelError):
        world.verify(API)
    assert world.shown == shown


def test_token_that_the_api_confirms_is_not_sent_in_another_form_after_an_answer() -> None:
    world = _Pages(NOTHING_MORE, GOOD)
    world.known = (BEARER, PATH)
    world.denial()
    assert world.shown == [(TOKEN,), (BEARER,)]


def test_valid_token_that_cannot_download_is_refused_with_its_scopes() -> None:
    world = _World(NOTHING_MORE, NARROW)
    cause = world.refusal(API).cause
    assert "api:read" in cause
    assert "conda:download" in cause
    assert world.shown == [SCHEMES]


def test_user_who_can_sign_in_without_access_learns_whom_to_ask() -> None:
    error = _World(EMPTY, GOOD).denial(user="bob")
    assert error.what == "bob can sign in, but has no access to private packages in my-org."
    assert "--label" in error.cause
    assert "conda private share my-org/PACKAGE --with bob" in error.next_step


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


@pytest.mark.parametrize("comparison", [EMPTY, NOTHING_MORE])
@pytest.mark.parametrize(("token", "is_told"), [("ca_nary", True), ("ca-nary", False)])
def test_form_that_was_not_tried_is_named(
    monkeypatch: pytest.MonkeyPatch, comparison: Comparison, token: str, is_told: bool
) -> None:
    monkeypatch.setitem(globals(), "SECRET", Secret(token))
    error = _World(comparison).refusal()
    assert ("The form /t/<TOKEN>/ in the URL was not tried" in error.cause) is is_told
    assert_reads_well(error)
