"""Which login would sign a request, and why the others would not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_private.actions.explain import explain
from conda_private.actions.resolver import Resolver
from conda_private.model.address import ChannelUrl
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.stores.memory import MemoryStore

HOST = "https://conda.example.org"


def _logins(*scopes: str) -> list[Login]:
    return [Login(ChannelUrl.parse(scope), TOKEN, "keyring") for scope in scopes]


def _reasons(url: str, *scopes: str) -> dict[str, str]:
    return {str(each.login.scope): each.why for each in explain(url, _logins(*scopes))}


def test_most_specific_scope_signs_and_stands_first() -> None:
    scopes = [HOST, f"{HOST}/private/label/dev", f"{HOST}/private"]
    first, *others = explain(f"{HOST}/private/label/dev/noarch/x.conda", _logins(*scopes))
    assert str(first.login.scope) == f"{HOST}/private/label/dev"
    assert first.signs
    assert first.why == "the most specific scope that covers the URL"
    assert [str(each.login.scope) for each in others] == [HOST, f"{HOST}/private"]
    assert not any(each.signs for each in others)
    assert {each.why for each in others} == {
        f"covers the URL, but {HOST}/private/label/dev is more specific"
    }


@pytest.mark.parametrize(
    ("scope", "why"),
    {
        "label": (f"{HOST}/private/label/main", "another channel or label of the same host"),
        "channel": (f"{HOST}/private2", "another channel or label of the same host"),
        "host": ("https://a.example/private", "another host: a.example, not conda.example.org"),
        "port": (f"{HOST}:8443/private", f"another origin: {HOST}:8443, not {HOST}"),
        "scheme": (
            "http://conda.example.org/private",
            f"another origin: http://conda.example.org, not {HOST}",
        ),
    }.values(),
)
def test_login_that_does_not_cover_says_in_what_it_differs(scope: str, why: str) -> None:
    assert _reasons(f"{HOST}/private/noarch/x.conda", scope) == {scope: why}


@pytest.mark.parametrize(
    "url",
    [
        "https://user@conda.example.org/private/x",
        f"{HOST}/private/../other",
        f"{HOST}/t/token/private/x",
        f"{HOST}\\private",
        "private",
        "",
    ],
)
def test_odd_url_is_signed_by_none(url: str) -> None:
    candidates = explain(url, _logins(HOST, f"{HOST}/private"))
    assert [each.signs for each in candidates] == [False, False]
    assert all("odd or has a credential in it" in each.why for each in candidates)


def test_all_logins_are_explained_in_order() -> None:
    scopes = ["https://z.example/a", f"{HOST}/private", "https://a.example/b", HOST]
    found = [str(each.login.scope) for each in explain(f"{HOST}/private", _logins(*scopes))]
    assert found == [f"{HOST}/private", "https://a.example/b", HOST, "https://z.example/a"]


def test_no_login_explains_nothing() -> None:
    assert explain(f"{HOST}/private", []) == ()


words = st.sampled_from(["private", "private2", "label", "dev", "..", "t", "noarch", "x.conda"])
origins = st.sampled_from([HOST, f"{HOST}:443", f"{HOST}:8443", "http://localhost", "https://a@b"])
SCOPES = (HOST, f"{HOST}/private", f"{HOST}/private/label/dev", "http://localhost/private")


@given(origins, st.lists(words, max_size=5), st.sets(st.sampled_from(SCOPES)))
def test_explanation_agrees_with_what_signs(origin: str, path: list[str], scopes: set[str]) -> None:
    url = "/".join([origin, *path])
    logins = _logins(*scopes)
    resolver = Resolver(logins=lambda: logins, open_store=lambda source: MemoryStore())
    signing = [each.login for each in explain(url, logins) if each.signs]
    found = resolver.find(url)
    assert signing == ([found] if found else [])
