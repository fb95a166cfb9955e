"""The first private index with a project is used, and the public one only on request."""

from __future__ import annotations

from pathlib import Path

import pytest

from conda_private.gateway.upstream import PrivateIndex
from conda_private.model.address import Address
from conda_private.model.channel import with_label
from conda_private.model.schemes import BEARER, PATH
from conda_private.model.secret import Secret
from tests.gateway.conftest import Open
from tests.server import Anaconda, Answer, Fault, Server
from tests.server.asking import get

ROOT = "https://pypi.anaconda.org/my-org"
SECRET = Secret.parse("al-3f9c17e2")
INDEX = PrivateIndex(Address.parse(ROOT), PATH, SECRET, "my-org")


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
def test_url_of_the_index_has_a_path_without_the_credential(url: str) -> None:
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
def test_url_outside_of_the_index_has_no_path(url: str) -> None:
    assert INDEX.local_path(url) is None


@pytest.mark.parametrize(
    "path",
    [
        *("other/hello.whl", "my-org/../other", "my-org/%2e%2e/other", "my-org//x", "../my-org"),
        *("@evil.example/my-org/x", "my-org%2Fx", "my-org\\..\\other", "", "my-org/\x00"),
        "my-org/t/al-other/simple/x",
    ],
)
def test_path_outside_of_the_index_has_no_url(path: str) -> None:
    assert INDEX.address_of(path) is None


def test_query_is_passed_on_and_not_interpreted() -> None:
    path = INDEX.local_path(f"{ROOT}/hello.whl?key=../../other")
    assert path == "my-org/hello.whl?key=../../other"
    assert INDEX.address_of(path) == f"{ROOT}/hello.whl?key=../../other"


def test_scheme_with_a_header_has_the_same_paths() -> None:
    index = PrivateIndex(Address.parse(ROOT), BEARER, SECRET, "my-org")
    assert index.local_path(f"{ROOT}/hello.whl") == "my-org/hello.whl"


@pytest.fixture
def other(world: Anaconda, server: Server, wheels: dict[str, Path]) -> PrivateIndex:
    """Another private index, with a higher version and another project."""
    world.add_organization("other-org", owners=["alice"])
    world.add_package("other-org", wheels["hello-wheel-9.0"], private=True)
    world.add_package("other-org", wheels["only-public-1.0"], private=True)
    secret = Secret.parse(world.add_token("alice", scopes=["pypi:download"]))
    return PrivateIndex(Address.parse(f"{server.pypi}/other-org"), PATH, secret, "other-org")


def test_first_index_with_a_project_is_used(
    open_gateway: Open, index: PrivateIndex, other: PrivateIndex, server: Server
) -> None:
    with open_gateway(index, other) as address:
        page = get(f"{address}/simple/hello-wheel/").text
        assert "hello_wheel-1.0" in page
        assert "9.0" not in page
        second = get(f"{address}/simple/only-public/").text
        assert f"{address}/1/other-org/simple/only-public/1.0/" in second
        # Each index gets its own credential.
        for each in server.requests:
            owner = index if "/my-org/" in each.path else other
            assert f"/t/{owner.secret.reveal()}/" in each.path
        file = get(second.split('href="')[1].split("#")[0])
        assert file.content[:2] == b"PK"


def test_first_index_that_refuses_stops_the_search(
    open_gateway: Open, index: PrivateIndex, other: PrivateIndex, server: Server, told: list[str]
) -> None:
    server.fail("/my-org/", "pypi", how=Fault(answer=Answer(401)))
    with open_gateway(index, other) as address:
        assert get(f"{address}/simple/hello-wheel/").status_code == 403
    assert not [each for each in server.requests if "/other-org/" in each.path]
    assert f"--for {index.login} --pypi" in told[0]


def test_public_index_gets_no_request_by_default(
    open_gateway: Open, public: Server, told: list[str]
) -> None:
    with open_gateway() as address:
        assert get(f"{address}/simple/only-public/").status_code == 404
        assert get(f"{address}/simple/hello-wheel/").status_code == 200
    assert public.requests == []
    assert told == []


def test_name_that_is_not_private_is_redirected_to_the_public_index(
    open_gateway: Open, public: Server, server: Server
) -> None:
    simple = f"{public.pypi}/pypi/simple"
    with open_gateway(public=f"{simple}/") as address:
        answer = get(f"{address}/simple/only-public/")
    assert (answer.status_code, answer.headers["Location"]) == (307, f"{simple}/only-public/")
    assert answer.content == b""


def test_namesake_is_reported_and_the_private_package_is_used(
    open_gateway: Open, public: Server, told: list[str], token: str
) -> None:
    simple = f"{public.pypi}/pypi/simple"
    with open_gateway(public=simple) as address:
        page = get(f"{address}/simple/hello-wheel/").text
    assert "1.0" in page
    assert "9.0" not in page
    assert "hello-wheel is in" in told[0]
    assert simple in told[0]
    (asked,) = public.requests
    assert (asked.method, asked.credential) == ("HEAD", "none")
    assert token not in str(asked.headers) + asked.path


def test_password_of_a_mirror_is_not_shown(
    open_gateway: Open, public: Server, told: list[str]
) -> None:
    mirror = public.pypi.replace("http://", "http://reader:mirror-password@")
    with open_gateway(public=f"{mirror}/pypi/simple") as address:
        get(f"{address}/simple/hello-wheel/")
    assert f"{public.pypi}/pypi/simple" in told[0]
    assert "mirror-password" not in told[0]


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_failure_of_a_private_index_never_leads_to_the_public_one(
    open_gateway: Open, server: Server, public: Server, status: int
) -> None:
    server.fail("/simple/", "pypi", how=Fault(answer=Answer(status)))
    with open_gateway(public=f"{public.pypi}/pypi/simple") as address:
        assert get(f"{address}/simple/hello-wheel/").status_code in (403, 502)
    assert public.requests == []


def test_unreachable_private_index_never_leads_to_the_public_one(
    open_gateway: Open, server: Server, public: Server
) -> None:
    server.fail("/simple/", "pypi", how=Fault(hang_up="before"))
    with open_gateway(public=f"{public.pypi}/pypi/simple") as address:
        assert get(f"{address}/simple/hello-wheel/").status_code == 502
    assert public.requests == []


def test_unreachable_public_index_does_not_stop_the_private_one(
    open_gateway: Open, public: Server, told: list[str]
) -> None:
    public.fail("", how=Fault(hang_up="before"))
    with open_gateway(public=f"{public.pypi}/pypi/simple") as address:
        assert get(f"{address}/simple/hello-wheel/").status_code == 200
    assert told == []


def test_list_of_projects_is_that_of_the_first_index(
    open_gateway: Open, index: PrivateIndex, other: PrivateIndex, public: Server
) -> None:
    with open_gateway(index, other, public=f"{public.pypi}/pypi/simple") as address:
        assert "only-public" not in get(f"{address}/simple/").text
    assert public.requests == []


def test_label_is_an_index_of_its_own(
    open_gateway: Open, server: Server, index: PrivateIndex
) -> None:
    root = with_label(index.root, "dev")
    dev = PrivateIndex(root, PATH, index.secret, "dev")
    with open_gateway(dev) as address:
        page = get(f"{address}/simple/hello-wheel/").text
        assert f"{address}/0/my-org/label/dev/simple/hello-wheel/1.0/" in page
        assert get(f"{address}/0/my-org/simple/hello-wheel/1.0/x.whl").status_code == 404


def test_header_scheme_signs_pages_and_files(
    open_gateway: Open, server: Server, index: PrivateIndex
) -> None:
    bearer = PrivateIndex(index.root, BEARER, index.secret, "my-org")
    with open_gateway(bearer) as address:
        page = get(f"{address}/simple/hello-wheel/").text
        assert get(page.split('href="')[1].split("#")[0]).status_code == 200
    signed = [each.credential for each in server.requests if each.origin == "pypi"]
    assert set(signed) == {"bearer"}
    assert all("Authorization" not in e.headers for e in server.requests if e.origin == "files")
