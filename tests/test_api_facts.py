"""What an API says of a token, read."""

from __future__ import annotations

import pytest

from conda_private.server.facts import token_facts


@pytest.mark.parametrize(
    ("said", "scopes", "wider"),
    [
        ({"scopes": []}, (), ("everything",)),
        ({"scopes": None}, (), ("everything",)),
        ({}, (), ("everything",)),
        ({"scopes": "conda:download"}, ("conda:download",), ()),
        ({"scopes": ["conda:download", "api"]}, ("conda:download", "api"), ("api",)),
    ],
)
def test_scopes_of_a_token(
    said: dict[str, object], scopes: tuple[str, ...], wider: tuple[str, ...]
) -> None:
    facts = token_facts(said)
    assert (facts.scopes, facts.wider, facts.may_download) == (scopes, wider, True)
