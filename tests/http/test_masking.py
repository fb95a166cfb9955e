"""A credential that a server repeats is masked in what conda prints and caches of the answer."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import requests
from urllib3 import HTTPResponse

from conda_private.http.masking import MAX_BODY, mask_body, mask_head, masked
from conda_private.model.secret import Secret

CANARY = "ca-nary/m1"
SECRET = Secret(CANARY)
BASIC = base64.b64encode(f"alice:{CANARY}".encode()).decode()
FORMS = {"plain": CANARY, "capitals": CANARY.upper(), "quoted": quote(CANARY, safe="")}


def answer(body: bytes = b"", reason: str = "OK", **headers: str) -> requests.Response:
    """An answer whose body has not been read."""
    response = requests.Response()
    response.raw = HTTPResponse(io.BytesIO(body), preload_content=False)
    response.reason = reason
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_credential_is_masked_in_headers_and_in_the_reason(form: str) -> None:
    response = answer(reason=f"no {form}", ETag=f'"{form}"', X_Other="kept", **{f"X-{form}": "1"})
    mask_head(response, SECRET)
    assert response.reason == "no ****"
    assert dict(response.headers) == {"ETag": '"****"', "X-Other": "kept"}


def test_credential_in_the_base64_of_basic_is_masked() -> None:
    assert masked(f"x {BASIC} y", SECRET).startswith("x ")
    assert "****" in masked(BASIC, SECRET)
    decoded = base64.b64decode(masked(BASIC, SECRET).replace("****", "") + "==")
    assert CANARY.encode()[2:-2] not in decoded


def test_answer_that_repeats_nothing_is_unchanged() -> None:
    response = answer(reason="Not Found", ETag="caf\udce9", Date="x")
    mask_head(response, SECRET)
    assert (response.reason, response.headers["etag"]) == ("Not Found", "caf\udce9")


def test_headers_without_which_the_answer_cannot_be_read_are_unchanged() -> None:
    secret = Secret("identity")
    response = answer(Content_Encoding="identity", Location="/identity", Vary="identity")
    mask_head(response, secret)
    assert dict(response.headers) == {
        "Content-Encoding": "identity", "Location": "/identity", "Vary": "****"
    }  # fmt: skip


def test_credential_that_any_text_could_contain_is_not_searched_for() -> None:
    assert masked("12345 123456", Secret("12345")) == "12345 123456"
    assert masked("12345 123456", Secret("123456")) == "12345 ****"


def test_credential_in_the_body_of_an_error_is_masked() -> None:
    response = answer(f'{{"message": "no {CANARY} \u20ac"}}'.encode())
    mask_body(response, SECRET)
    assert response.json() == {"message": "no **** \u20ac"}


@pytest.mark.timeout(10)
def test_of_an_endless_body_only_the_beginning_is_read() -> None:
    response = answer(b"x" * 4_000 + CANARY.encode() + b" " * 50 * MAX_BODY)
    start = time.monotonic()
    mask_body(response, SECRET)
    assert CANARY.encode() not in response.content
    assert MAX_BODY <= len(response.content) < 2 * MAX_BODY
    assert response.raw.closed
    assert time.monotonic() - start < 1


def test_body_that_breaks_off_is_what_has_arrived() -> None:
    response = answer()

    def pieces(_size: int) -> Iterator[bytes]:
        yield f"a {CANARY}".encode()
        raise requests.exceptions.ChunkedEncodingError

    response.iter_content = pieces  # type: ignore[method-assign, assignment]
    mask_body(response, SECRET)
    assert response.content == b"a ****"
