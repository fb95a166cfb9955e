"""What a server says about authentication: read strictly, or not used."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conda_private.model.address import Address
from conda_private.model.discovery import Discovered, DiscoveryError, location, parse
from conda_private.model.identity import Identity
from conda_private.model.schemes import BEARER, HeaderScheme
from conda_private.model.sign_in import Client
from tests.wording import assert_reads_well

CHANNEL = Address.parse("https://conda.example.org/get/my-channel")
URL = "https://conda.example.org/.well-known/conda-authentication"
ENTRY: dict[str, Any] = {
    "path": "/get",
    "schemes": ["bearer", "header:X-API-Key", "basic"],
    "api": "https://conda.example.org/api",
    "tokens": "https://conda.example.org/settings/tokens",
    "oauth": {"issuer": "https://sso.example.org/realm", "client_id": "conda"},
    "identity": {"audience": "conda.example.org", "mint": "https://conda.example.org/mint"},
    "scopes": {"*": ["conda:download"], "dev": ["conda:download", "label:dev"]},
}


def document(*entries: Any, **more: Any) -> str:
    """A document with these entries."""
    return json.dumps({"version": 1, "channels": entries, **more})


def refused(text: str, address: Address = CHANNEL) -> DiscoveryError:
    """The error for a document."""
    with pytest.raises(DiscoveryError) as caught:
        parse(text, address)
    assert URL in caught.value.what
    assert "Nothing was sent or stored." in caught.value.cause
    assert_reads_well(caught.value)
    return caught.value


def test_every_key_is_read() -> None:
    assert parse(document(ENTRY), CHANNEL) == Discovered(
        schemes=(BEARER, HeaderScheme("X-API-Key")),
        username_needed=True,
        api=Address.parse("https://conda.example.org/api"),
        tokens="https://conda.example.org/settings/tokens",
        client=Client("https://sso.example.org/realm", "conda"),
        identity=Identity("conda.example.org", Address.parse("https://conda.example.org/mint")),
        scopes=("conda:download",),
    )


def test_path_alone_says_nothing_more() -> None:
    assert parse(document({"path": "/"}), CHANNEL) == Discovered()


@pytest.mark.parametrize(
    ("channel", "scopes"),
    [
        ("/get/my-channel/label/dev", ("conda:download", "label:dev")),
        ("/get/my-channel/label/main", ("conda:download",)),
        ("/get/my-channel", ("conda:download",)),
        ("/get/my-channel/label/other", ("conda:download",)),
    ],
)
def test_scopes_are_those_of_the_label(channel: str, scopes: tuple[str, ...]) -> None:
    found = parse(document(ENTRY), Address.parse(f"https://conda.example.org{channel}"))
    assert found.scopes == scopes


def test_longest_path_that_covers_the_channel_counts() -> None:
    entries = [
        {"path": "/", "tokens": "https://a.example/1"},
        {"path": "/get/my-channel", "tokens": "https://a.example/3"},
        {"path": "/get", "tokens": "https://a.example/2"},
        {"path": "/get/my-channel2", "tokens": "https://a.example/4"},
    ]
    assert parse(document(*entries), CHANNEL).tokens == "https://a.example/3"


@pytest.mark.parametrize("path", ["/get/other", "/get/my", "/ge", "/my-channel"])
def test_other_channels_entry_is_not_used(path: str) -> None:
    assert f"says nothing about {CHANNEL}" in refused(document({"path": path})).cause


def test_unknown_keys_are_ignored() -> None:
    assert parse(document({"path": "/", "later": [1]}, later={}), CHANNEL) == Discovered()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "3", '"text"', "[" * 20_000, "{}", '{"version": 2, "channels": []}',
     '{"version": "1", "channels": []}', '{"version": 1}', '{"version": 1, "channels": {}}',
     '{"version": 1, "channels": null}', "<html>"],
    ids=lambda text: repr(text[:30]),
)  # fmt: skip
def test_text_that_is_no_document_is_refused(text: str) -> None:
    refused(text)


def test_lists_have_a_limit() -> None:
    refused(document(*[{"path": "/"}] * 101))
    refused(document({"path": "/", "schemes": ["bearer"] * 101}))
    refused(document({"path": "/", "scopes": {f"label{n}": [] for n in range(101)}}))


@pytest.mark.parametrize(
    "entry",
    ["/", {}, {"path": 3}, {"path": "get"}, {"path": "//evil.example"}, {"path": "/get/../x"},
     {"path": "/t/token/x"}, {"path": "/a?b"}, {"path": "/get#x"}, {"path": "/\u202e"}],
    ids=repr,
)  # fmt: skip
def test_entry_without_a_plain_path_is_refused(entry: Any) -> None:
    refused(document({"path": "/"}, entry))


ODD = ["$HOME", "${TOKEN}", "$(id)", "`id`", "a'b", 'a"b', "a b", "a\nb", "a\x1b[2Kb", "a\u202eb",
       "a;b", "a|b", "a\\b", "é", "%(x)s", "{0}"]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_text_that_a_shell_a_terminal_or_conda_would_change_is_refused(odd: str) -> None:
    url = f"https://a.example/{odd}"
    for change in (
        {"schemes": [odd]},
        {"schemes": [f"header:{odd}"]},
        {"api": url},
        {"tokens": url},
        {"oauth": {"issuer": url, "client_id": "conda"}},
        {"oauth": {"issuer": "https://a.example", "client_id": odd}},
        {"identity": {"audience": odd, "mint": "https://a.example/mint"}},
        {"identity": {"audience": "conda", "mint": url}},
        {"scopes": {"*": [odd]}},
        {"scopes": {odd: ["conda:download"]}},
    ):
        assert odd not in str(refused(document({"path": "/", **change}))), change


@pytest.mark.parametrize(
    "change",
    [{"schemes": "bearer"}, {"schemes": [1]}, {"schemes": None}, {"schemes": ["basic:x"]},
     {"schemes": ["header:Host"]}, {"schemes": ["auto"]}, {"api": 3}, {"api": "http://a.example"},
     {"api": "https://alice:x@a.example"}, {"tokens": ["https://a.example"]},
     {"tokens": "http://a.example"}, {"tokens": "javascript:alert(1)"}, {"oauth": "x"},
     {"oauth": {"issuer": "https://a.example"}}, {"oauth": {"client_id": "conda"}},
     {"oauth": {"issuer": "http://a.example", "client_id": "conda"}},
     {"oauth": {"issuer": 3, "client_id": "conda"}}, {"identity": []},
     {"identity": {"audience": "a", "mint": "http://a.example"}}, {"identity": {"audience": "a"}},
     {"identity": {"audience": 3, "mint": "https://a.example"}}, {"scopes": []},
     {"scopes": {"*": "conda:download"}}, {"scopes": {"*": [None]}}],
    ids=repr,
)  # fmt: skip
def test_value_of_another_kind_or_without_tls_is_refused(change: dict[str, Any]) -> None:
    refused(document({"path": "/", **change}))


def test_server_without_tls_is_not_asked() -> None:
    with pytest.raises(DiscoveryError, match="cannot be used"):
        location(Address.parse("http://conda.example.org/my-channel"))
    own = location(Address.parse("http://127.0.0.1:8080/my-channel"))
    assert own == "http://127.0.0.1:8080/.well-known/conda-authentication"
    assert location(CHANNEL) == URL
