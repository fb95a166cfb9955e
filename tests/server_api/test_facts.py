"""What an API reports about a token, in any format."""

from __future__ import annotations

from typing import Any

import pytest
from requests import Response

from conda_private.http.client import Signer
from conda_private.model.address import Address
from conda_private.model.exceptions import ConnectionFailedError, ServerError
from conda_private.model.facts import TokenFacts
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
    token_name="laptop",
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
def test_scopes_in_any_format_are_read(scopes: Any, read: tuple[str, ...]) -> None:
    assert token_facts({"scopes": scopes}).scopes == read


@pytest.mark.parametrize("record", [None, [], "token", 5, [RECORD]])
def test_answer_in_another_format_is_a_clear_error(record: Any) -> None:
    with pytest.raises(ServerError) as caught:
        token_facts(record)
    assert "did not return a token" in caught.value.what
    assert "--api-url" in caught.value.next_step


def test_names_are_safe_for_a_terminal() -> None:
    facts = token_facts({"application": "\x1b]0;x\x07" + "y" * 5000, "id": {"a": 1}})
    assert facts.token_name.isprintable()
    assert len(facts.token_name) == 200
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
def test_scopes_beyond_downloading_are_known(
    scopes: tuple[str, ...], wider: tuple[str, ...], may_download: bool
) -> None:
    facts = TokenFacts(scopes=scopes)
    assert (facts.wider, facts.may_download) == (wider, may_download)


@pytest.fixture
def asked() -> list[tuple[Address, Secret]]:
    """The APIs that were opened, with their tokens."""
    return []


@pytest.fixture
def inquiry(wire: Wire, asked: list[tuple[Address, Secret]]) -> TokenInquiry:
    """Inquires over the fake connection."""

    def open_api(address: Address, secret: Secret) -> Api:
        asked.append((address, secret))
        return Api(address, secret, send=wire, warn=wire.warned.append)

    return TokenInquiry(open_api=open_api)


def test_inquiry_sends_the_request_that_needs_no_scope(
    inquiry: TokenInquiry, wire: Wire, asked: list[tuple[Address, Secret]]
) -> None:
    wire.says(RECORD)
    assert inquiry.facts(ADDRESS, Secret(CANARY)) == FACTS
    assert asked == [(ADDRESS, Secret(CANARY))]
    assert wire.sent == [("GET", "/authentication", None)]


@pytest.mark.parametrize(
    "said", [answer({"error": "no"}, 401), answer(b"<html>"), answer({}, 503), answer([])]
)
def test_inquiry_that_is_refused_returns_nothing(
    inquiry: TokenInquiry, wire: Wire, said: Any
) -> None:
    wire.says(said)
    assert inquiry.facts(ADDRESS, Secret(CANARY)) is None


def test_inquiry_without_a_connection_returns_nothing() -> None:
    def send(method: str, url: str, signer: Signer, content: object = None) -> Response:
        raise ConnectionFailedError("api.example.org could not be reached.")

    inquiry = TokenInquiry(
        open_api=lambda address, secret: Api(address, secret, send=send, warn=print)
    )
    assert inquiry.facts(ADDRESS, Secret(CANARY)) is None


def test_account_reads_its_own_channel_without_a_request(inquiry: TokenInquiry, wire: Wire) -> None:
    assert inquiry.reads(ADDRESS, Secret(CANARY), "alice", "alice")
    assert wire.sent == []


@pytest.mark.parametrize(("owner", "is_reader"), [("my-org", True), ("other", False)])
def test_account_reads_the_channels_of_its_organizations(
    inquiry: TokenInquiry, wire: Wire, owner: str, is_reader: bool
) -> None:
    wire.says(answer([{"login": "my-org"}]))
    assert inquiry.reads(ADDRESS, Secret(CANARY), "alice", owner) is is_reader
    assert wire.sent == [("GET", "/users/alice/orgs", None)]


@pytest.mark.parametrize(
    ("owner", "is_reader"), [("alice", True), ("my-org", True), ("other", False)]
)
def test_account_that_is_not_known_is_asked_for(
    inquiry: TokenInquiry, wire: Wire, owner: str, is_reader: bool
) -> None:
    wire.says(answer({"login": "alice"}), answer([{"login": "my-org"}]))
    assert inquiry.reads(ADDRESS, Secret(CANARY), "", owner) is is_reader


@pytest.mark.parametrize("refusal", [answer({"error": "no"}, 401), answer([], 404), answer({})])
def test_account_that_the_api_does_not_report_reads_nothing(
    inquiry: TokenInquiry, wire: Wire, refusal: Any
) -> None:
    wire.says(refusal)
    assert not inquiry.reads(ADDRESS, Secret(CANARY), "", "my-org")


def test_only_so_many_scopes_are_read_as_a_token_can_have() -> None:
    scopes = [f"scope:{number}" for number in range(1000)]
    assert token_facts({"scopes": scopes}).scopes == tuple(scopes[:100])
