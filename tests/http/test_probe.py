"""A channel whose index has any content."""

from __future__ import annotations

import pytest
import requests

from conda_private.http.client import Signer
from conda_private.http.probe import RepodataProbe
from conda_private.model.address import Address
from conda_private.model.exceptions import NotAChannelError
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret

ADDRESS = Address.parse("https://conda.example.org/my-org")


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b"[]", b"{}", b'{"packages": 5}', b"\xff", b"", b"null"]
)
def test_answer_in_another_format_is_a_clear_error(body: bytes) -> None:
    def ask(url: str, signer: Signer) -> requests.Response:
        response = requests.Response()
        response.status_code, response._content = 200, body
        return response

    probe = RepodataProbe(subdirs=("noarch",), ask=ask)
    with pytest.raises(NotAChannelError, match="not repodata"):
        probe.compare(ADDRESS, (TOKEN,), Secret("ca-nary"))
