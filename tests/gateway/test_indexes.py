"""A name that a private index has comes from nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conda_private.gateway.credentials import Credentials
from conda_private.gateway.indexes import PYPI, Indexes
from conda_private.model.address import Address
from conda_private.model.exceptions import AccessDeniedError
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret
from conda_private.model.source import FILE
from tests.gateway.conftest import Client, Open
from tests.server import Anaconda, Answer, Fault, Server

ONE, TWO = "https://pypi.example.org/one", "https://pypi.example.org/two"
MIRROR = "https://mirror.example.org/root/simple"
Make = Callable[..., Login]


class Asked:
    """Two private indexes; the first has ``mine``, and fails for ``broken``."""

    def __init__(self, *, with_public: bool = True) -> None:
        self.asked: list[str] = []
        roots = [Address.parse(ONE), Address.parse(TWO)]
        self.indexes = Indexes(
            roots,
            [MIRROR, f"{ONE}/simple/"],
            with_public=with_public,
            status_of=self.status_of,
            check=lambda root: None,
        )

    def status_of(self, url: str) -> int:
        """Return the status of a page."""
        self.asked.append(url)
        return {"mine": 200, "broken": 500}.get(url.split("/")[-2], 404)

    def status(self, url: str) -> int:
        """Return what the command gets; 0 if the request is forwarded."""
        refusal = self.indexes.refusal(url)
        return refusal.status if refusal else 0


@pytest.mark.parametrize(
    "url",
    [
        *(f"{PYPI}/mine/", f"{PYPI}/Mine", f"{PYPI}/m%69ne/", "https://pypi.org/pypi/mine/json"),
        *("https://test.pypi.org/simple/mine/", f"{MIRROR}/mine/", f"{MIRROR}/mine/mine-9.whl"),
        *("https://mirror.example.org/files/mine-9.0-py3-none-any.whl", f"{TWO}/simple/mine/"),
        "https://mirror.example.org/files/mine-9.0.tar.gz",
        "https://pypi.example.org/attacker/simple/mine/",
    ],
)
def test_name_of_a_private_index_is_not_found_elsewhere(url: str) -> None:
    assert Asked().status(url) == 404


@pytest.mark.parametrize(
    "url",
    [
        *(f"{PYPI}/theirs/", f"{ONE}/simple/mine/", f"{ONE}/simple/mine/1.0/mine-1.0.whl"),
        *("https://files.example.org/mine-9.0.whl", f"{MIRROR}", "https://pypi.org/help"),
        "https://pypi.example.org/one/other/mine",
    ],
)
def test_other_requests_are_forwarded(url: str) -> None:
    assert Asked().status(url) == 0


def test_failure_of_a_private_index_is_not_not_found() -> None:
    assert Asked().status(f"{PYPI}/broken/") == 403


@pytest.mark.parametrize("url", [f"{PYPI}/theirs/", f"{MIRROR}/theirs/", f"{MIRROR}/"])
def test_public_index_is_refused_unless_it_is_allowed(url: str) -> None:
    asked = Asked(with_public=False)
    assert asked.status(url) == 403
    assert asked.asked == []
    assert asked.indexes.refuses_server(("mirror.example.org", 443))
    assert asked.indexes.refuses_server(("pypi.org", 443))
    assert not asked.indexes.refuses_server(("pypi.example.org", 443))
    assert not asked.indexes.refuses_server(("example.org", 443))
    assert asked.indexes.opened == frozenset()
    allowed = Asked().indexes
    assert not allowed.refuses_server(("pypi.org", 443))
    assert {("pypi.org", 443), ("mirror.example.org", 443)} <= allowed.opened
    assert ("pypi.example.org", 443) not in allowed.opened


def test_without_a_private_index_nothing_is_refused() -> None:
    indexes = Indexes(
        [], [MIRROR], with_public=False, status_of=lambda url: 200, check=lambda root: None
    )
    assert indexes.refusal(f"{PYPI}/mine/") is None
    assert not indexes.refuses_server(("pypi.org", 443))


def test_server_of_a_private_index_is_not_refused_for_a_public_one_there() -> None:
    indexes = Indexes(
        [Address.parse(ONE)],
        ["https://pypi.example.org/public/simple"],
        with_public=False,
        status_of=lambda url: 404,
        check=lambda root: None,
    )
    assert not indexes.refuses_server(("pypi.example.org", 443))


@pytest.mark.parametrize(
    ("url", "is_for_index"),
    [("https://a.example/one/pypi/simple/x/", True), ("https://a.example/one/noarch/x", False)],
)
def test_index_below_its_channel_has_its_own_credential(url: str, is_for_index: bool) -> None:
    address, pypi = (
        Address.parse("https://a.example/one"),
        Address.parse("https://a.example/one/pypi"),
    )
    login = Login(address, TOKEN, FILE, pypi=pypi)
    found = Credentials([login], lambda login: Secret("x")).find(url)
    assert found
    assert found.is_for_index == is_for_index


def test_every_page_is_asked_for_once_and_what_the_command_saw_counts() -> None:
    asked = Asked()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(asked.status, [f"{PYPI}/mine/"] * 8)) == {404}
    assert asked.asked == [f"{ONE}/simple/mine/"]
    asked.indexes.learn(f"{ONE}/simple/theirs/", 404)
    asked.indexes.learn(f"{TWO}/simple/theirs/", 200)
    asked.indexes.learn(f"{ONE}/simple/other/1.0/other-1.0.whl", 200)  # not a page
    assert asked.status(f"{PYPI}/theirs/") == 404
    assert asked.status(f"{PYPI}/other/") == 0
    assert f"{ONE}/simple/theirs/" not in asked.asked


def test_check_happens_once_and_its_error_is_that_of_every_request() -> None:
    checked: list[Address] = []

    def check(root: Address) -> None:
        checked.append(root)
        raise AccessDeniedError("No.")

    indexes = Indexes(
        [Address.parse(ONE)], [], with_public=True, status_of=lambda url: 404, check=check
    )
    for url in (f"{ONE}/simple/mine/", f"{PYPI}/mine/", f"{ONE}/simple/mine/"):
        with pytest.raises(AccessDeniedError):
            indexes.refusal(url)
    assert checked == [Address.parse(ONE)]


@pytest.fixture
def client(open_gateway: Open, login: Make, server: Server) -> Iterator[Client]:
    """A client of a gateway with a private index and a public one."""
    public = (f"{server.pypi}/pypi/simple",)
    with open_gateway(login(index=True), public=public, with_public=True) as client:
        yield client


def test_namesake_is_reported_and_not_shown(
    client: Client, server: Server, told: list[str], wheels: dict[str, Path]
) -> None:
    assert "hello_wheel-1.0" in client.get(f"{server.pypi}/my-org/simple/hello-wheel/").text
    assert client.get(f"{server.pypi}/pypi/simple/hello-wheel/").status_code == 404
    assert "The private package is used" in told[-1]
    assert client.get(f"{server.pypi}/pypi/simple/only-public/").status_code == 200
    # Nothing to report: the public index does not have it.
    told.clear()
    server.fail("/pypi/simple/hello", "pypi", how=Fault(answer=Answer(404)))
    assert client.get(f"{server.pypi}/pypi/simple/hello-wheel/").status_code == 404
    assert not any(told)


def test_request_to_an_index_is_signed_with_the_scheme_of_the_index(
    client: Client, server: Server, world: Anaconda
) -> None:
    client.get(f"{server.pypi}/my-org/simple/hello-wheel/")
    assert [each.credential for each in server.requests] == ["path"]


def test_shadowed_private_package_is_reported(
    open_gateway: Open, login: Make, server: Server, told: list[str], world: Anaconda,
    wheels: dict[str, Path],
) -> None:  # fmt: skip
    world.add_package("other", wheels["hello-wheel-9.0"], private=True)
    logins = (login("my-org", index=True), login("other", index=True))
    for order, used in ((logins, "my-org"), (logins[::-1], "other")):
        with open_gateway(*order) as client:
            pages = {
                owner: client.get(f"{server.pypi}/{owner}/simple/hello-wheel/").status_code
                for owner in ("my-org", "other")
            }
        assert [owner for owner, status in pages.items() if status == 200] == [used]
        assert "That of the first login is used" in told[-1]
