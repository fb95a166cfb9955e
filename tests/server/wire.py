"""What travels: a request as it came, the answer to it, and the record that tests read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit


class Site(Protocol):
    """Where the four origins are; every URL without a trailing slash."""

    api: str
    conda: str
    pypi: str
    files: str


@dataclass(frozen=True)
class Call:
    """One request, before it is understood."""

    method: str
    origin: str
    target: str
    headers: Message
    body: bytes
    site: Site
    client: str = "127.0.0.1"

    @property
    def raw_path(self) -> str:
        """The path as it was sent, still quoted, without the query."""
        return urlsplit(self.target).path

    @property
    def segments(self) -> list[str]:
        """The segments of the path; unquoted one by one, so a quoted slash stays inside its own."""
        return [unquote(part) for part in self.raw_path.split("/")[1:]]

    @property
    def query(self) -> dict[str, str]:
        """The query; of a repeated name the last value."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def json(self) -> Any:
        """The body as JSON; an empty one is an empty object.

        Raises:
            Refusal: 400 when it is no JSON.
        """
        try:
            return json.loads(self.body or b"{}")
        except ValueError as error:
            raise Refusal(400, "The body is not JSON") from error


@dataclass(frozen=True)
class Answer:
    """One answer; ``Content-Length`` is added when it is sent."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What the server received, and the status it gave (0 when it hung up instead)."""

    method: str
    origin: str
    host: str
    path: str
    headers: Message
    status: int
    credential: str = "none"
    body: bytes = b""


class Refusal(Exception):
    """Ends a request with a status and an ``{"error": ...}``."""

    def __init__(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = headers or {}

    def answer(self) -> Answer:
        """The refusal as an answer of the API."""
        return as_json({"error": self.text}, self.status, self.headers)


def as_json(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """An answer in JSON."""
    headers = {"Content-Type": "application/json", **(headers or {})}
    return Answer(status, json.dumps(data).encode(), headers)


def redirect(location: str, status: int = 302) -> Answer:
    """An answer that sends the client elsewhere."""
    return Answer(status, b"", {"Location": location})
