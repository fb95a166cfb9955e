"""Of several indexes the first one counts, and the public one only if it is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from conda_private.gateway.upstream import PrivateIndex
from conda_private.model.address import ChannelUrl
from conda_private.model.schemes import BEARER, PATH
from conda_private.model.secret import Secret
from tests.gateway.conftest import Open
from tests.server import Anaconda, Answer, Fault, Server
from tests.server.asking import get


@pytest.fixture
def other(world: Anaconda, server: Server, wheels: dict[str, Path]) -> PrivateIndex:
    """Another private index, with a higher version and a name of its own."""
    world.add_organization("other-org", owners=["alice"])
    world.add_package("other-org", wheels["hello-wheel-9.0"], private=True)
    world.add_package("other-org", wheels["only-public-1.0"], private=True)
    secret = Secret.parse(world.add_token("alice", scopes=["pypi:download"]))
    return PrivateIndex(ChannelUrl.parse(f"{server.pypi}/other-org"), PATH, secret, "other-org")


def test_first_index_that_has_a_name_wins(
    open_gateway: Open, index: PrivateIndex, other: PrivateIndex, server: Server
) -> None:
    with open_gateway(index, other) as address:
        page = get(f"{address}/simple/hello-wheel/").text
        assert "hello_wheel-1.0" in page
        assert "9.0" not in page
        second = get(f"{address}/simple/only-public/").text
        assert f"{address}/1/other-org/simple/only-public/1.0/" in second
        # Each is asked with its own secret.
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


def test_public_index_is_not_asked_unless_it_is_wanted(
    open_gateway: Open, public: Server, told: list[str]
) -> None:
    with open_gateway() as address:
        assert get(f"{address}/simple/only-public/").status_code == 404
        assert get(f"{address}/simple/hello-wheel/").status_code == 200
    assert public.requests == []
    assert told == []


def test_name_that_is_not_private_leads_to_the_public_index(
    open_gateway: Open, public: Server, server: Server
) -> None:
    simple = f"{public.pypi}/pypi/simple"
    with open_gateway(public=f"{simple}/") as address:
        answer = get(f"{address}/simple/only-public/")
    assert (answer.status_code, answer.headers["Location"]) == (307, f"{simple}/only-public/")
    assert answer.content == b""


def test_namesake_is_told_once_and_the_private_one_is_given(
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


def test_password_of_a_mirror_is_not_told(
    open_gateway: Open, public: Server, told: list[str]
) -> None:
    mirror = public.pypi.replace("http://", "http://reader:mirror-password@")
    with open_gateway(public=f"{mirror}/pypi/simple") as address:
        get(f"{address}/simple/hello-wheel/")
    assert f"{public.pypi}/pypi/simple" in told[0]
    assert "mirror-password" not in told[0]


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_private_index_that_fails_never_leads_to_the_public_one(
    open_gateway: Open, server: Server, public: Server, status: int
) -> None:
    server.fail("/simple/", "pypi", how=Fault(answer=Answer(status)))
    with open_gateway(public=f"{public.pypi}/pypi/simple") as address:
        assert get(f"{address}/simple/hello-wheel/").status_code in (403, 502)
    assert public.requests == []


def test_private_index_out_of_reach_never_leads_to_the_public_one(
    open_gateway: Open, server: Server, public: Server
) -> None:
    server.fail("/simple/", "pypi", how=Fault(hang_up="before"))
    with open_gateway(public=f"{public.pypi}/pypi/simple") as address:
        assert get(f"{address}/simple/hello-wheel/").status_code == 502
    assert public.requests == []


def test_public_index_out_of_reach_does_not_stop_the_private_one(
    open_gateway: Open, public: Server, told: list[str]
) -> None:
    public.fail("", how=Fault(hang_up="before"))
    with open_gateway(public=f"{public.pypi}/pypi/simple") as address:
        assert get(f"{address}/simple/hello-wheel/").status_code == 200
    assert told == []


def test_list_is_that_of_the_first_index(
    open_gateway: Open, index: PrivateIndex, other: PrivateIndex, public: Server
) -> None:
    with open_gateway(index, other, public=f"{public.pypi}/pypi/simple") as address:
        assert "only-public" not in get(f"{address}/simple/").text
    assert public.requests == []


def test_label_is_an_index_of_its_own(
    open_gateway: Open, server: Server, index: PrivateIndex
) -> None:
    root = index.root.with_label("dev")
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
