"""Which login authenticates a request, and why the others do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_private.actions.explain import explain
from conda_private.actions.resolver import Resolver
from conda_private.model.address import Address
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.model.source import KEYRING
from tests.stores.memory import MemoryStore

HOST = "https://conda.example.org"


def _logins(*addresses: str) -> list[Login]:
    return [Login(Address.parse(address), TOKEN, KEYRING) for address in addresses]


def _reasons(url: str, *addresses: str) -> dict[str, str]:
    return {str(each.login.address): each.why for each in explain(url, _logins(*addresses))}


def test_most_specific_address_authenticates_and_is_first() -> None:
    addresses = [HOST, f"{HOST}/private/label/dev", f"{HOST}/private"]
    first, *others = explain(f"{HOST}/private/label/dev/noarch/x.conda", _logins(*addresses))
    assert str(first.login.address) == f"{HOST}/private/label/dev"
    assert first.authenticates
    assert first.why == "the most specific address that covers the URL"
    assert [str(each.login.address) for each in others] == [HOST, f"{HOST}/private"]
    assert not any(each.authenticates for each in others)
    assert {each.why for each in others} == {
        f"covers the URL, but {HOST}/private/label/dev is more specific"
    }


@pytest.mark.parametrize(
    ("address", "why"),
    {
        "label": (f"{HOST}/private/label/main", "another channel or label on the same host"),
        "channel": (f"{HOST}/private2", "another channel or label on the same host"),
        "host": ("https://a.example/private", "another host: a.example, not conda.example.org"),
        "port": (f"{HOST}:8443/private", f"another origin: {HOST}:8443, not {HOST}"),
        "scheme": (
            "http://conda.example.org/private",
            f"another origin: http://conda.example.org, not {HOST}",
        ),
    }.values(),
)
def test_login_that_does_not_cover_the_url_names_the_difference(address: str, why: str) -> None:
    assert _reasons(f"{HOST}/private/noarch/x.conda", address) == {address: why}


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
def test_odd_url_is_authenticated_by_no_login(url: str) -> None:
    candidates = explain(url, _logins(HOST, f"{HOST}/private"))
    assert [each.authenticates for each in candidates] == [False, False]
    assert all("not plain or already has a credential" in each.why for each in candidates)


def test_all_logins_are_explained_in_order() -> None:
    addresses = ["https://z.example/a", f"{HOST}/private", "https://a.example/b", HOST]
    found = [str(each.login.address) for each in explain(f"{HOST}/private", _logins(*addresses))]
    assert found == [f"{HOST}/private", "https://a.example/b", HOST, "https://z.example/a"]


def test_no_login_explains_nothing() -> None:
    assert explain(f"{HOST}/private", []) == ()


words = st.sampled_from(["private", "private2", "label", "dev", "..", "t", "noarch", "x.conda"])
origins = st.sampled_from([HOST, f"{HOST}:443", f"{HOST}:8443", "http://localhost", "https://a@b"])
ADDRESSES = (HOST, f"{HOST}/private", f"{HOST}/private/label/dev", "http://localhost/private")


@given(origins, st.lists(words, max_size=5), st.sets(st.sampled_from(ADDRESSES)))
def test_explanation_agrees_with_the_resolver(
    origin: str, path: list[str], addresses: set[str]
) -> None:
    url = "/".join([origin, *path])
    logins = _logins(*addresses)
    resolver = Resolver(logins=lambda: logins, open_store=lambda source: MemoryStore())
    authenticating = [each.login for each in explain(url, logins) if each.authenticates]
    found = resolver.find(url)
    assert authenticating == ([found] if found else [])


@pytest.mark.parametrize("placeholder", ["<TOKEN>", "%3CTOKEN%3E", "$MY_TOKEN", "${MY_TOKEN}"])
def test_placeholder_for_a_token_is_named_with_the_url_without_it(placeholder: str) -> None:
    url = f"{HOST}/t/{placeholder}/private/noarch/x.conda"
    (why,) = _reasons(url, f"{HOST}/private").values()
    assert why == (
        f"the URL has /t/{placeholder}/ in the place of a token; use  {HOST}/private/noarch/x.conda"
    )


def test_token_in_a_url_is_not_a_placeholder() -> None:
    (why,) = _reasons(f"{HOST}/t/al-1/private/noarch/x.conda", f"{HOST}/private").values()
    assert "already has a credential" in why
    assert "al-1" not in why
