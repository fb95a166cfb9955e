"""Authentication schemes: what is sent, and what is shown to people."""

from __future__ import annotations

import base64
from urllib.parse import urlsplit

import pytest
from conda.common.url import split_anaconda_token
from hypothesis import given
from hypothesis import strategies as st

from conda_private.model.exceptions import SecretFormatError, UsageError
from conda_private.model.schemes import (
    BEARER,
    PATH,
    TOKEN,
    BasicScheme,
    HeaderScheme,
    PathScheme,
    Scheme,
    can_send,
    parse_scheme,
)
from conda_private.model.secret import MASK, Secret

CANARY = "ca-nary-71"
SECRET = Secret(CANARY)
URL = "https://conda.example.org/private/noarch/repodata.json"
SCHEMES: dict[str, Scheme] = {
    "token": TOKEN,
    "bearer": BEARER,
    "basic": BasicScheme("alice"),
    "header": HeaderScheme("X-API-Key"),
    "path": PATH,
    "path behind a base": PathScheme("/api/repo"),
}


def _on_the_wire(scheme: Scheme) -> dict[str, str]:
    return {
        name: value.encode("latin-1").decode() for name, value in scheme.headers(SECRET).items()
    }


def test_each_scheme_sends_its_headers() -> None:
    pair = base64.b64encode(f"alice:{CANARY}".encode()).decode()
    assert _on_the_wire(TOKEN) == {"Authorization": f"token {CANARY}"}
    assert _on_the_wire(BEARER) == {"Authorization": f"Bearer {CANARY}"}
    assert _on_the_wire(BasicScheme("alice")) == {"Authorization": f"Basic {pair}"}
    assert _on_the_wire(HeaderScheme("X-API-Key")) == {"X-API-Key": CANARY}
    assert _on_the_wire(PATH) == {}


def test_user_name_of_basic_can_be_unicode() -> None:
    (value,) = BasicScheme("b\u00fccher").headers(SECRET).values()
    encoded = value.encode("latin-1").removeprefix(b"Basic ")
    assert base64.b64decode(encoded).decode() == f"b\u00fccher:{CANARY}"


@pytest.mark.parametrize("typed", ["Schl\u00fcssel", "Schlu\u0308ssel"], ids=["composed", "in two"])
def test_password_is_sent_as_utf_8_in_its_composed_form(typed: str) -> None:
    (value,) = BasicScheme("alice").headers(Secret(typed)).values()
    encoded = value.encode("ascii").removeprefix(b"Basic ")
    assert base64.b64decode(encoded) == "alice:Schl\u00fcssel".encode()


@pytest.mark.parametrize("name", ["token", "bearer", "header"])
def test_header_with_a_token_carries_ascii_only(name: str) -> None:
    assert can_send(SCHEMES[name], SECRET)
    assert not can_send(SCHEMES[name], Secret("Schl\u00fcssel"))
    with pytest.raises(SecretFormatError) as caught:
        SCHEMES[name].headers(Secret(f"{CANARY}\u00fc"))
    assert "--username" in caught.value.cause
    assert CANARY not in str(caught.value)


def test_basic_carries_every_password() -> None:
    assert can_send(BasicScheme("alice"), Secret("Schl\u00fcssel"))


def test_only_the_path_scheme_changes_the_url() -> None:
    changed = {name: scheme.url(URL, SECRET) for name, scheme in SCHEMES.items()}
    assert changed.pop("path") == (
        f"https://conda.example.org/t/{CANARY}/private/noarch/repodata.json"
    )
    changed.pop("path behind a base")
    assert set(changed.values()) == {URL}


@pytest.mark.parametrize(
    ("path", "signed"),
    [
        ("/api/repo/private/x.conda", f"/api/repo/t/{CANARY}/private/x.conda"),
        ("/api/repo/private?a=b", f"/api/repo/t/{CANARY}/private?a=b"),
        ("/api/repo/api/repo/x", f"/api/repo/t/{CANARY}/api/repo/x"),
    ],
)
def test_token_follows_the_base_of_its_server(path: str, signed: str) -> None:
    scheme = PathScheme("/api/repo")
    url = f"https://conda.example.org:8443{path}"
    assert scheme.url(url, SECRET) == f"https://conda.example.org:8443{signed}"
    assert scheme.clean(scheme.url(url, SECRET), SECRET) == url


@pytest.mark.parametrize("path", ["/api/repo2/x", "/api/repository", "/private", "/api", ""])
def test_url_outside_the_base_of_its_server_gets_no_token(path: str) -> None:
    url = f"https://conda.example.org{path}"
    assert CANARY not in PathScheme("/api/repo").url(url, SECRET)


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_nothing_that_people_see_of_a_scheme_contains_the_secret(scheme: Scheme) -> None:
    headers = scheme.headers(SECRET)
    encoded = base64.b64encode(f"alice:{CANARY}".encode()).decode()
    for shown in (scheme.description, scheme.text, repr(scheme), str(headers), f"{headers}"):
        assert CANARY not in shown
        assert encoded not in shown
    assert MASK in scheme.description


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_scheme_is_read_back_from_its_name(scheme: Scheme) -> None:
    username = scheme.username if isinstance(scheme, BasicScheme) else ""
    assert parse_scheme(scheme.text, username) == scheme


@pytest.mark.parametrize(
    ("text", "username"),
    {
        "empty": ("", ""),
        "auto is a choice, not a scheme": ("auto", ""),
        "unknown": ("digest", ""),
        "capitals": ("Bearer", ""),
        "basic without a user name": ("basic", ""),
        "basic, user name with a colon": ("basic", "alice:x"),
        "basic, user name with a line break": ("basic", "alice\r\nX-Evil: 1"),
        "basic, user name with NUL": ("basic", "alice\0"),
        "header without a name": ("header:", ""),
        "header without a colon": ("header", ""),
        "header with a value": ("header:X-API-Key: secret", ""),
        "header with a line break": ("header:X-API-Key\r\nX-Evil", ""),
        "header with a line break at its end": ("header:X-API-Key\n", ""),
        "header with a blank": ("header:X API", ""),
        "header not in ASCII": ("header:X-K\u00e9y", ""),
        "header Host": ("header:Host", ""),
        "header Cookie": ("header:COOKIE", ""),
        "header Content-Length": ("header:content-length", ""),
        "header Transfer-Encoding": ("header:Transfer-Encoding", ""),
        "header Connection": ("header:Connection", ""),
        "header Range": ("header:Range", ""),
        "header User-Agent": ("header:User-Agent", ""),
        "path with a base that is not one": ("path:api", ""),
        "path with a base that ends in a slash": ("path:/api/", ""),
        "path with an empty base": ("path:", ""),
        "path with dots": ("path:/api/../x", ""),
        "path with a query": ("path:/api?x", ""),
        "header of the proxy": ("header:Proxy-Authorization", ""),
    }.values(),
)
def test_invalid_scheme_is_refused_with_the_valid_ones(text: str, username: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_scheme(text, username)
    assert "token, bearer, path, basic" in caught.value.cause
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["X-API-Key", "x-jfrog-art-api", "X-Auth", "PRIVATE-TOKEN"])
def test_header_of_a_known_server_is_a_scheme(name: str) -> None:
    assert parse_scheme(f"header:{name}") == HeaderScheme(name)


@pytest.mark.parametrize("token", ["al-0b1c2d3e", "A1", "x" * 400])
def test_token_that_conda_would_mask_can_be_in_a_path(token: str) -> None:
    assert can_send(PATH, Secret(token))


@pytest.mark.parametrize(
    "token", ["pfx_abc.def", "a/b", "a b", "a%2fb", "a?b", "a#b", "", "..", "a\n", "\u0661"]
)
def test_token_that_conda_would_show_or_misread_cannot_be_in_a_path(token: str) -> None:
    assert not can_send(PATH, Secret(token))


@given(st.from_regex(r"[A-Za-z0-9._~+/=%-]{8,20}", fullmatch=True) | st.uuids().map(str))
def test_conda_finds_every_token_that_can_be_in_a_path(token: str) -> None:
    secret = Secret(token)
    if can_send(PATH, secret) and token not in URL:
        clean, found = split_anaconda_token(PATH.url(URL, secret))
        assert (clean, found) == (URL, token)
        assert PATH.clean(PATH.url(URL, secret), secret) == URL


@pytest.mark.parametrize(
    "url",
    [
        "https://conda.example.org/",
        "https://conda.example.org",
        "http://localhost:8080/private/noarch/x-1.0-0.conda",
        "https://conda.example.org/private?a=/b//c#d",
        "https://conda.example.org/t/other/private",
    ],
)
def test_url_is_unchanged_after_the_token_was_added_and_removed(url: str) -> None:
    signed = PATH.url(url, SECRET)
    assert urlsplit(signed).netloc == urlsplit(url).netloc
    assert urlsplit(signed).path.startswith(f"/t/{CANARY}/")
    assert PATH.clean(signed, SECRET).rstrip("/") == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        f"https://cdn.example.net/t/{CANARY}/private/x.conda",
        f"https://cdn.example.net/get/t/{CANARY}/private/x.conda",
        f"https://cdn.example.net/t/{CANARY}",
        f"https://cdn.example.net/t/{CANARY}?a=b",
        f"https://cdn.example.net/t/{CANARY}/t/{CANARY}/private",
        f"https://cdn.example.net/t/{CANARY}/login?next=/t/{CANARY}/private/x.conda",
        f"https://cdn.example.net/login?next=%2Ft%2F{CANARY}%2Fprivate%2Fx.conda",
        f"https://cdn.example.net/login?next=https://conda.example.org/t/{CANARY}/private",
        f"https://cdn.example.net/login#/t/{CANARY}",
        f"https://cdn.example.net/x.conda?token={CANARY}",
    ],
)
def test_clean_url_contains_no_token_wherever_a_server_repeated_it(url: str) -> None:
    assert CANARY not in PATH.clean(url, SECRET)


@pytest.mark.parametrize("name", ["token", "bearer", "basic", "header"])
def test_clean_url_of_a_header_scheme_is_the_url(name: str) -> None:
    assert SCHEMES[name].clean(URL, SECRET) == URL
