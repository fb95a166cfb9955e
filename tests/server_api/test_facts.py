"""What an API says of a token, in whatever shape."""

from __future__ import annotations

from typing import Any

import pytest

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import ServerError
from conda_private.model.records import TokenFacts
from conda_private.model.secret import Secret
from conda_private.server.api import Api
from conda_private.server.tokens import TokenInquiry, token_facts
from tests.server_api.conftest import ADDRESS, CANARY, Wire, answer

RECORD = {
    "id": "5f1e8a",
    "application": "laptop",
    "user": "alice",
    "scopes": ["conda:download", "api:read"],
    "expires": "2027-03-01 00:00:00+00:00",
    "created_at": "2026-11-22 00:00:00+00:00",
}
FACTS = TokenFacts(
    note="laptop",
    token_id="5f1e8a",
    account="alice",
    created="2026-11-22 00:00:00+00:00",
    expires="2027-03-01 00:00:00+00:00",
    scopes=("conda:download", "api:read"),
)


def test_record_becomes_facts() -> None:
    assert token_facts(RECORD) == FACTS
    assert token_facts({**RECORD, "user": None, "login": "acme"}).account == "acme"
    assert token_facts({**RECORD, "created_at": "", "created": "x"}).created == "x"


@pytest.mark.parametrize(
    ("scopes", "read"),
    [(None, ()), ([], ()), ("all", ("all",)), (["a\x1b", 5, None], ("a", "5", "")), (7, ("7",))],
)
def test_scopes_of_any_shape_are_read(scopes: Any, read: tuple[str, ...]) -> None:
    assert token_facts({"scopes": scopes}).scopes == read


@pytest.mark.parametrize("record", [None, [], "token", 5, [RECORD]])
def test_answer_of_another_shape_is_a_clear_error(record: Any) -> None:
    with pytest.raises(ServerError) as caught:
        token_facts(record)
    assert "a token makes no sense" in caught.value.what


def test_names_are_made_fit_for_a_terminal() -> None:
    facts = token_facts({"application": "\x1b]0;x\x07" + "y" * 5000, "id": {"a": 1}})
    assert facts.note.isprintable()
    assert len(facts.note) == 200
    assert facts.token_id == "{'a': 1}"


@pytest.mark.parametrize(
    ("scopes", "wider", "may_download"),
    [
        ((), ("everything",), True),
        (("conda:download",), (), True),
        (("conda:download", "pypi:download"), (), True),
        (("conda",), ("conda",), True),
        (("api:read",), ("api:read",), False),
        (("pypi:download",), (), False),
    ],
)
def test_what_is_more_than_downloading_is_known(
    scopes: tuple[str, ...], wider: tuple[str, ...], may_download: bool
) -> None:
    facts = TokenFacts(scopes=scopes)
    assert (facts.wider, facts.may_download) == (wider, may_download)


@pytest.fixture
def asked() -> list[tuple[ChannelUrl, Secret]]:
    """Which API was opened with what."""
    return []


@pytest.fixture
def inquiry(wire: Wire, asked: list[tuple[ChannelUrl, Secret]]) -> TokenInquiry:
    """Asks by the fake wire."""

    def open_api(address: ChannelUrl, secret: Secret) -> Api:
        asked.append((address, secret))
        return Api(address, secret, send=wire, warn=wire.warned.append)

    return TokenInquiry(open_api=open_api)


def test_inquiry_asks_what_a_download_token_may_ask(
    inquiry: TokenInquiry, wire: Wire, asked: list[tuple[ChannelUrl, Secret]]
) -> None:
    wire.says(RECORD)
    assert inquiry.facts(str(ADDRESS), Secret(CANARY)) == FACTS
    assert asked == [(ADDRESS, Secret(CANARY))]
    assert wire.sent == [("GET", "/authentication", None)]


@pytest.mark.parametrize(
    "said", [answer({"error": "no"}, 401), answer(b"<html>"), answer({}, 503), answer([])]
)
def test_inquiry_that_gets_no_answer_knows_nothing(
    inquiry: TokenInquiry, wire: Wire, said: Any
) -> None:
    wire.says(said)
    assert inquiry.facts(str(ADDRESS), Secret(CANARY)) is None


def test_inquiry_at_an_address_that_cannot_be_knows_nothing(inquiry: TokenInquiry) -> None:
    assert inquiry.facts("https://alice@api.example.org", Secret(CANARY)) is None
