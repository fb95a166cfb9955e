"""Verification is by comparison; an API may vouch for a credential that opens nothing yet."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest

from conda_private.actions.verify import Finding, Question, verify
from conda_private.model.address import ChannelUrl, refuse_plain_http
from conda_private.model.exceptions import AccessDeniedError, InsecureUrlError, TokenRefusedError
from conda_private.model.ports import Comparison
from conda_private.model.records import TokenFacts
from conda_private.model.schemes import BEARER, PATH, TOKEN, Scheme
from conda_private.model.secret import Secret

SECRET = Secret("ca-nary-v1")
SCOPE = ChannelUrl.parse("https://conda.example.org/my-org")
API = "https://api.example.org"
FORMS = (TOKEN, BEARER, PATH)
BOTH = frozenset({"noarch/a.conda", "noarch/b.conda"})
PUBLIC = frozenset({"noarch/a.conda"})
OPENS = Comparison(BEARER, BOTH, PUBLIC, closed=False)
NOTHING_MORE = Comparison(TOKEN, PUBLIC, PUBLIC, closed=False)
EMPTY = Comparison(TOKEN, frozenset(), frozenset(), closed=False)
CLOSED = Comparison(TOKEN, frozenset(), frozenset(), closed=True)
GOOD = TokenFacts(account="alice", scopes=("conda:download",))
NARROW = TokenFacts(account="alice", scopes=("api:read",))


class _World:
    """A channel and an API, and what they were shown."""

    def __init__(self, comparison: Comparison, facts: TokenFacts | None = None) -> None:
        self.comparison, self.answer = comparison, facts
        self.asked: list[str] = []
        self.shown: list[tuple[Scheme, ...]] = []

    def compare(self, scope: ChannelUrl, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        assert (scope, secret) == (SCOPE, SECRET)
        self.shown.append(tuple(schemes))
        return self.comparison

    def facts(self, api: str, secret: Secret) -> TokenFacts | None:
        assert secret == SECRET
        self.asked.append(api)
        return self.answer

    def verify(self, api: str = "") -> Finding:
        question = Question(SCOPE, FORMS, api, "my-org")
        return verify(question, SECRET, probe=self, server=self)

    def refusal(self, api: str = "") -> str:
        with pytest.raises(TokenRefusedError) as caught:
            self.verify(api)
        assert SECRET.reveal() not in str(caught.value)
        assert "conda private login my-org" in caught.value.next_step
        return str(caught.value)


@pytest.mark.parametrize("comparison", [OPENS, CLOSED])
def test_credential_that_makes_a_difference_is_good(comparison: Comparison) -> None:
    world = _World(comparison)
    assert world.verify() == Finding(comparison, None)
    assert (world.shown, world.asked) == ([FORMS], [])


def test_answer_200_with_the_public_packages_alone_is_a_refusal() -> None:
    words = _World(NOTHING_MORE).refusal()
    assert "everything in the channel is public" in words
    assert "conda.example.org" in words


def test_empty_channel_is_said_to_be_empty() -> None:
    assert "the channel is empty" in _World(EMPTY).refusal()


def test_credential_that_the_api_vouches_for_is_good_and_shown_in_one_form_only() -> None:
    world = _World(EMPTY, GOOD)
    assert world.verify(API) == Finding(EMPTY, GOOD)
    assert (world.shown, world.asked) == ([(TOKEN,)], [API])


def test_api_and_first_form_are_asked_at_the_same_time() -> None:
    first_form_is_tried = threading.Event()

    class Impatient(_World):
        def compare(
            self, scope: ChannelUrl, schemes: Iterable[Scheme], secret: Secret
        ) -> Comparison:
            forms = iter(schemes)
            first = next(forms)
            first_form_is_tried.set()
            return super().compare(scope, (first, *forms), secret)

        def facts(self, api: str, secret: Secret) -> TokenFacts | None:
            assert first_form_is_tried.wait(10)
            return super().facts(api, secret)

    world = Impatient(EMPTY, GOOD)
    assert world.verify(API) == Finding(EMPTY, GOOD)
    assert world.shown == [(TOKEN,)]


def test_token_that_is_alive_but_too_narrow_is_told_its_scopes() -> None:
    world = _World(NOTHING_MORE, NARROW)
    words = world.refusal(API)
    assert "api:read" in words
    assert "conda:download" in words
    assert world.shown == [FORMS]


def test_what_opens_counts_for_more_than_what_the_api_says() -> None:
    assert _World(OPENS, NARROW).verify(API) == Finding(OPENS, NARROW)


def test_api_that_does_not_know_the_token_changes_nothing() -> None:
    assert _World(OPENS, None).verify(API) == Finding(OPENS, None)
    _World(NOTHING_MORE, None).refusal(API)


def test_error_of_the_channel_is_not_hidden_by_the_api() -> None:
    class Denied(_World):
        def compare(
            self, scope: ChannelUrl, schemes: Iterable[Scheme], secret: Secret
        ) -> Comparison:
            raise AccessDeniedError("no")

    with pytest.raises(AccessDeniedError):
        Denied(OPENS, GOOD).verify(API)


@pytest.mark.parametrize(
    "url", ["http://conda.example.org/a", "http://127.0.0.2/a", "http://localhost.example.org/a"]
)
def test_plain_http_is_refused_on_other_machines_unless_allowed(url: str) -> None:
    with pytest.raises(InsecureUrlError) as caught:
        refuse_plain_http(ChannelUrl.parse(url), allow_http=False)
    assert url.replace("http:", "https:") in caught.value.next_step
    refuse_plain_http(ChannelUrl.parse(url), allow_http=True)


@pytest.mark.parametrize(
    "url", ["https://conda.example.org/a", "http://localhost:8080/a", "http://127.0.0.1/a"]
)
def test_tls_and_this_machine_need_no_permission(url: str) -> None:
    refuse_plain_http(ChannelUrl.parse(url), allow_http=False)
