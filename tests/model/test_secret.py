"""A secret is masked everywhere but in ``reveal()`` and on the wire."""

from __future__ import annotations

import copy
import http.client
import io
import json
import logging
import pickle
import pprint
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from string import Template

import pytest
import requests
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from conda_private.model.exceptions import SecretFormatError
from conda_private.model.secret import MASK, MAX_SECRET_LENGTH, HeaderValue, Secret

CANARY = "canary-5d0c"


@dataclass(frozen=True)
class _Holder:
    secret: Secret
    header: str


SHOWS: dict[str, Callable[[object], str]] = {
    "str": str,
    "repr": repr,
    "ascii": ascii,
    "f-string": lambda value: f"{value}",
    "f-string with repr": lambda value: f"{value!r}",
    "f-string with a spec": lambda value: f"{value:>80}",
    "f-string that says its name": lambda value: f"{value=}",
    "format": format,
    "str.format": "{}".format,
    "str.format with str": "{!s:.40}".format,
    "%s": lambda value: "%s" % (value,),  # noqa: UP031
    "%r": lambda value: "%r" % (value,),  # noqa: UP031
    "%.9s": lambda value: "%.9s" % (value,),  # noqa: UP031
    "template": lambda value: Template("$x").substitute(x=value),
    "print": lambda value: _printed(value),
    "in a list": lambda value: str([value]),
    "as a key": lambda value: str({value: value}),
    "in a tuple": lambda value: "%s" % ((value,),),  # noqa: UP031
    "pprint": pprint.pformat,
    "headers of requests": lambda value: repr(requests.structures.CaseInsensitiveDict(a=value)),
    "in an error": lambda value: str(ValueError(value)) + repr(ValueError(value)),
    "log": lambda value: _logged(value),
}


def _printed(value: object) -> str:
    file = io.StringIO()
    print(value, file=file)
    return file.getvalue()


def _logged(value: object) -> str:
    record = logging.LogRecord("x", logging.DEBUG, "x", 1, "%s %r", (value, value), None)
    return logging.Formatter().format(record)


@pytest.mark.parametrize("show", SHOWS.values(), ids=SHOWS)
def test_secret_is_masked_in(show: Callable[[object], str]) -> None:
    shown = show(Secret(CANARY))
    assert CANARY[:6] not in shown
    assert MASK in shown


@pytest.mark.parametrize("show", SHOWS.values(), ids=SHOWS)
def test_value_of_a_header_is_masked_in(show: Callable[[object], str]) -> None:
    shown = show(HeaderValue(CANARY))
    assert CANARY[:6] not in shown
    assert MASK in shown


def test_traceback_with_all_variables_contains_no_secret() -> None:
    def fail(secret: Secret) -> None:
        header = HeaderValue(secret.reveal())
        holder = _Holder(secret, header)
        raise ValueError(f"{secret} {header} {holder}")

    try:
        fail(Secret(CANARY))
    except ValueError as error:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    text = "".join(shown)
    assert "holder = " in text
    assert CANARY not in text


def test_record_with_a_secret_masks_it() -> None:
    holder = _Holder(Secret(CANARY), HeaderValue(CANARY))
    assert repr(holder) == "_Holder(secret=****, header=****)"
    assert CANARY not in repr(replace(holder, header="x"))


def test_secret_has_no_variables_to_dump() -> None:
    secret = Secret(CANARY)
    with pytest.raises(TypeError):
        vars(secret)
    with pytest.raises(AttributeError):
        secret.other = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "take",
    [
        json.dumps,
        lambda secret: json.dumps({"secret": secret}),
        pickle.dumps,
        lambda secret: pickle.dumps(secret, protocol=0),
        lambda secret: pickle.dumps({"secret": [secret]}),
        copy.copy,
        copy.deepcopy,
        lambda secret: asdict(_Holder(secret, "")),
        lambda secret: "" + secret,
        lambda secret: "".join([secret]),
        bytes,
        list,
        len,
    ],
    ids=[
        "json",
        "json inside",
        "pickle",
        "old pickle",
        "pickle inside",
        "copy",
        "deepcopy",
        "asdict",
        "concatenation",
        "join",
        "bytes",
        "list",
        "length",
    ],
)
def test_secret_is_not_text_for(take: Callable[[Secret], object]) -> None:
    with pytest.raises(TypeError) as caught:
        take(Secret(CANARY))
    assert CANARY not in str(caught.value)


def test_secrets_are_equal_by_value_and_to_no_text() -> None:
    assert Secret(CANARY) == Secret(CANARY)
    assert hash(Secret(CANARY)) == hash(Secret(CANARY))
    assert Secret(CANARY) != Secret(CANARY + "x")
    assert Secret(CANARY) != CANARY
    assert Secret(CANARY).reveal() == CANARY


@pytest.mark.parametrize("end", ["", "\n", "\r\n"], ids=["none", "LF", "CRLF"])
def test_one_line_break_at_the_end_is_removed(end: str) -> None:
    assert Secret.parse(CANARY + end).reveal() == CANARY


@pytest.mark.parametrize(
    "text",
    ["a", "a b", "al-0b1c/+=~!\"'\\%$", "x" * MAX_SECRET_LENGTH, "Schl\u00fcssel", "\u5bc6\u7801"],
)
def test_text_that_people_use_as_a_token_or_password_is_a_secret(text: str) -> None:
    assert Secret.parse(text).reveal() == text


INVALID = {
    "empty": ("", "is empty"),
    "line end alone": ("\n", "is empty"),
    "Windows line end alone": ("\r\n", "is empty"),
    "too long": (CANARY * MAX_SECRET_LENGTH, "is longer"),
    "a megabyte": (CANARY + "x" * 1_000_000, "is longer"),
    "one too long": (CANARY + "x" * (MAX_SECRET_LENGTH - len(CANARY) + 1), "is longer"),
    "line break inside": (f"{CANARY}\nX-Evil: 1", "line break"),
    "two line ends": (f"{CANARY}\n\n", "line break"),
    "CR inside": (f"{CANARY}\rX-Evil: 1", "line break"),
    "CRLF inside": (f"{CANARY}\r\nX-Evil: 1", "line break"),
    "LF before": (f"\n{CANARY}", "line break"),
    "NUL": (f"{CANARY}\0", "control"),
    "escape": (f"{CANARY}\x1b[31m", "control"),
    "delete": (f"{CANARY}\x7f", "control"),
    "space before": (f" {CANARY}", "spaces"),
    "space after": (f"{CANARY} \n", "spaces"),
    "tab after": (f"{CANARY}\t", "spaces"),
    "space alone": (" ", "spaces"),
    "no-break space after": (f"{CANARY}\u00a0", "spaces"),
    "byte order mark": (f"\ufeff{CANARY}", "not text"),
    "lone surrogate": (f"{CANARY}\udc80", "not text"),
    "replaced bytes": (f"{CANARY}\ufffd", "not text"),
    "line separator": (f"{CANARY}\u2028{CANARY}", "control"),
    "control of ISO 8859": (f"{CANARY}\x85{CANARY}", "control"),
}


@pytest.mark.parametrize(("text", "reason"), INVALID.values(), ids=INVALID)
def test_invalid_secret_is_refused_with_the_reason_and_without_the_text(
    text: str, reason: str
) -> None:
    with pytest.raises(SecretFormatError) as caught:
        Secret.parse(text)
    assert reason in caught.value.cause
    assert CANARY not in f"{caught.value} {caught.value!r} {caught.value.dump_map()}"
    assert caught.value.return_code == 2


@given(st.text(max_size=30))
def test_every_secret_can_go_into_one_line_of_a_header(text: str) -> None:
    try:
        value = Secret.parse(text).reveal()
    except SecretFormatError:
        return
    assert value.encode().strip() == value.encode() != b""
    assert not set(value) & set("\r\n\0")


@pytest.mark.parametrize("word", ["token", "password"])
def test_error_calls_a_credential_by_its_name(word: str) -> None:
    with pytest.raises(SecretFormatError) as caught:
        Secret.parse("", word)
    assert caught.value.what == f"This is not a valid {word}."
    assert f"copy only the {word} itself" in caught.value.next_step


def test_header_value_encodes_to_the_unmasked_text() -> None:
    value = HeaderValue(f"token {CANARY}")
    assert value.encode("latin-1") == f"token {CANARY}".encode()
    assert (len(value), value == f"token {CANARY}") == (len(f"token {CANARY}"), True)


@pytest.fixture
def wire() -> Iterator[tuple[int, list[bytes]]]:
    """A port of the loopback, and the raw requests that came in there."""
    received: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            data = b""
            while b"\r\n\r\n" not in data:
                data += connection.recv(65536)
            received.append(data)
            connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    with listener:
        yield listener.getsockname()[1], received
    thread.join(5)


def _by_http_client(port: int, headers: dict[str, str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/", headers=headers)
    connection.getresponse().read()
    connection.close()


def _by_urllib3(port: int, headers: dict[str, str]) -> None:
    with urllib3.PoolManager() as pool:
        pool.request("GET", f"http://127.0.0.1:{port}/", headers=headers)


def _by_urllib3_with_its_own_dict(port: int, headers: dict[str, str]) -> None:
    _by_urllib3(port, urllib3.HTTPHeaderDict(headers))  # type: ignore[arg-type]


def _by_requests(port: int, headers: dict[str, str]) -> None:
    with requests.Session() as session:
        session.trust_env = False
        request = requests.Request("GET", f"http://127.0.0.1:{port}/").prepare()
        request.headers.update(headers)
        session.send(request.copy())


def _by_a_proxy(port: int, headers: dict[str, str]) -> None:
    with requests.Session() as session:
        session.trust_env = False
        request = requests.Request("GET", "http://conda.example.org/").prepare()
        request.headers.update(headers)
        session.send(request, proxies={"http": f"http://127.0.0.1:{port}"})


@pytest.mark.parametrize(
    "send",
    [_by_http_client, _by_urllib3, _by_urllib3_with_its_own_dict, _by_requests, _by_a_proxy],
)
def test_header_value_is_whole_on_the_wire(
    wire: tuple[int, list[bytes]], send: Callable[[int, dict[str, str]], None]
) -> None:
    port, received = wire
    send(port, {"Authorization": HeaderValue(f"token {CANARY}")})
    (request,) = received
    assert f"\r\nAuthorization: token {CANARY}\r\n".encode() in request
    assert MASK.encode() not in request


@pytest.mark.parametrize(
    "form",
    [
        " {} ", "\t{}\r\n", "\ufeff{}\n", '"{}"', "'{}'", "`{}`", "token {}", "Token: {}",
        "bearer  {}", 'Bearer "{}"', "Authorization: token {}", "TOKEN={}", '" {} "',
    ],
)  # fmt: skip
def test_pasted_token_loses_what_no_token_has(form: str) -> None:
    assert Secret.pasted(form.format(CANARY)) == Secret(CANARY)


@pytest.mark.parametrize("token", ["token-1", "tokens", "bearer", "bearer.x", "a=b", "a:b", "t"])
def test_token_that_only_begins_like_such_a_word_is_unchanged(token: str) -> None:
    assert Secret.pasted(token) == Secret(token)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        (" \ufeff\n", "is empty"),
        ('""', "is empty"),
        (f'"{CANARY}', "begins or ends with a quotation mark"),
        (f"my token is {CANARY}", "contains a space"),
        (f"{CANARY}\nx", "contains a line break"),
        (f"{CANARY}\u00e4", "only a password with --username"),
        (f"\u201c{CANARY}\u201d", "outside ASCII"),
    ],
)
def test_pasted_text_that_is_no_token_is_named_and_not_repeated(text: str, why: str) -> None:
    with pytest.raises(SecretFormatError) as caught:
        Secret.pasted(text)
    assert why in caught.value.cause
    assert CANARY not in str(caught.value)
