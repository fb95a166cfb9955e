"""An API behind a fake connection, which returns given answers and records the requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from conda_private.http.client import Signer
from conda_private.model.address import Address
from conda_private.model.secret import Secret
from conda_private.server.api import Api

ADDRESS = Address.parse("https://api.example.org:8443/api")
CANARY = "ca-nary-a1"


def answer(content: Any = None, status: int = 200, **headers: str) -> requests.Response:
    """An answer: bytes unchanged, anything else as JSON."""
    response = requests.Response()
    response.status_code = status
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    response._content = body
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


@dataclass
class Wire:
    """Sends nothing. The answers come from a list; the last one is repeated."""

    answers: list[requests.Response] = field(default_factory=list)
    sent: list[tuple[str, str, Mapping[str, object] | None]] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)

    def __call__(
        self, method: str, url: str, signer: Signer, content: Mapping[str, object] | None = None
    ) -> requests.Response:
        self.sent.append((method, url.removeprefix(str(ADDRESS)), content))
        request = signer(requests.Request(method, url).prepare())
        self.signed.append(repr(dict(request.headers)))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def says(self, *contents: Any) -> None:
        """Set the answers."""
        self.answers = [
            each if isinstance(each, requests.Response) else answer(each) for each in contents
        ]


@pytest.fixture
def wire() -> Wire:
    """The connection of the API."""
    return Wire()


@pytest.fixture
def api(wire: Wire) -> Api:
    """An API, used with a token."""
    return Api(ADDRESS, Secret(CANARY), send=wire, warn=wire.warned.append)
