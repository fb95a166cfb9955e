"""Which addresses are an index's, and which path stands for them."""

from __future__ import annotations

import pytest

from conda_private.gateway.upstream import PrivateIndex
from conda_private.model.address import ChannelUrl
from conda_private.model.schemes import BEARER, PATH
from conda_private.model.secret import Secret

ROOT = "https://pypi.anaconda.org/my-org"
SECRET = Secret.parse("al-3f9c17e2")
INDEX = PrivateIndex(ChannelUrl.parse(ROOT), PATH, SECRET, "my-org")


def test_page_of_a_project_is_below_simple() -> None:
    assert INDEX.simple == f"{ROOT}/simple"
    assert INDEX.page("hello") == f"{ROOT}/simple/hello/"


@pytest.mark.parametrize(
    "url",
    [
        f"{ROOT}/simple/hello/1.0/hello.whl",
        "https://pypi.anaconda.org/t/al-3f9c17e2/my-org/simple/hello/1.0/hello.whl",
        "https://PYPI.anaconda.org:443/my-org/simple/hello/1.0/hello.whl",
    ],
)
def test_address_of_the_index_has_a_path_without_the_secret(url: str) -> None:
    path = INDEX.local_path(url)
    assert path == "my-org/simple/hello/1.0/hello.whl"
    assert INDEX.address_of(path) == f"{ROOT}/simple/hello/1.0/hello.whl"


@pytest.mark.parametrize(
    "url",
    [
        "https://pypi.anaconda.org/my-org2/hello.whl",
        "https://pypi.anaconda.org/other/hello.whl",
        "http://pypi.anaconda.org/my-org/hello.whl",
        "https://files.example.org/my-org/hello.whl",
        "https://pypi.anaconda.org:8443/my-org/hello.whl",
        f"{ROOT}/../other/hello.whl",
        f"{ROOT}/%2e%2e/other/hello.whl",
        f"{ROOT}/..%2Fother",
        f"{ROOT}//other",
        "https://pypi.anaconda.org@evil.example/my-org/hello.whl",
        "javascript:alert(1)",
        "",
    ],
)
def test_address_elsewhere_has_none(url: str) -> None:
    assert INDEX.local_path(url) is None


@pytest.mark.parametrize(
    "path",
    [
        *("other/hello.whl", "my-org/../other", "my-org/%2e%2e/other", "my-org//x", "../my-org"),
        *("@evil.example/my-org/x", "my-org%2Fx", "my-org\\..\\other", "", "my-org/\x00"),
        "my-org/t/al-other/simple/x",
    ],
)
def test_path_outside_of_the_index_stands_for_nothing(path: str) -> None:
    assert INDEX.address_of(path) is None


def test_query_goes_along_and_decides_nothing() -> None:
    path = INDEX.local_path(f"{ROOT}/hello.whl?key=../../other")
    assert path == "my-org/hello.whl?key=../../other"
    assert INDEX.address_of(path) == f"{ROOT}/hello.whl?key=../../other"


def test_scheme_with_a_header_has_the_same_addresses() -> None:
    index = PrivateIndex(ChannelUrl.parse(ROOT), BEARER, SECRET, "my-org")
    assert index.local_path(f"{ROOT}/hello.whl") == "my-org/hello.whl"
