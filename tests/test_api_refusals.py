"""What an API's refusal becomes; the pages of the reference show the whole texts."""

from __future__ import annotations

import pytest
from requests import Response

from conda_private.channels import ChannelUrl
from conda_private.exceptions import AccessDeniedError
from conda_private.server.refusals import refusal

API = ChannelUrl.parse("https://api.example.org")
NO_SCOPE = "Authentication token does not have the sufficient scope to perform this action"


@pytest.mark.parametrize(
    ("said", "scope"),
    [(f"{NO_SCOPE} expected: api:read", "scope api:read."), (NO_SCOPE, "scope that this needs.")],
)
def test_missing_scope_is_named_where_the_server_names_it(said: str, scope: str) -> None:
    response = Response()
    response.status_code = 401
    error = refusal(API, response, said=said)
    assert isinstance(error, AccessDeniedError)
    assert error.cause == f"The token lacks the {scope}"
