"""A server with TLS on a real socket, and the gateway of a run in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from conda_private.gateway.answering import Answering
from conda_private.gateway.authority import Authority
from conda_private.gateway.credentials import Credentials
from conda_private.gateway.forwarding import Forwarder
from conda_private.gateway.indexes import Indexes
from conda_private.gateway.peers import Peers
from conda_private.gateway.server import Gateway, serving
from conda_private.model.address import Address
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN, Scheme
from conda_private.model.secret import Secret
from conda_private.model.source import FILE
from tests.home import Home, home_in
from tests.server import Anaconda, Server, build_package, build_wheel, serve

TEXT = {"Content-Type": "text/html"}


class Client:
    """A program that uses the gateway.

    Args:
        gateway: the gateway.
        bundle: the certificates that it trusts.
    """

    def __init__(self, gateway: Gateway, bundle: Path) -> None:
        self.gateway, self.bundle = gateway, bundle

    def ask(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send one request; no redirect is followed."""
        with requests.Session() as session:
            session.trust_env = False
            session.verify = str(self.bundle)
            session.proxies = {"http": self.gateway.url, "https": self.gateway.url}
            return session.request(method, url, allow_redirects=False, timeout=10, **options)

    def get(self, url: str, **options: Any) -> requests.Response:
        """Get a URL."""
        return self.ask("GET", url, **options)


Open = Callable[..., AbstractContextManager[Client]]


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A user without logins."""
    with home_in(tmp_path_factory.mktemp("home")) as home:
        yield home


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Wheels, by name and version."""
    folder = tmp_path_factory.mktemp("wheels")
    names = [("hello-wheel", "1.0"), ("hello-wheel", "9.0"), ("only-public", "1.0")]
    return {f"{name}-{version}": build_wheel(folder, name, version) for name, version in names}


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A conda package."""
    return build_package(tmp_path_factory.mktemp("packages"), "hello", "1.0")


@pytest.fixture
def world(wheels: dict[str, Path], package: Path) -> Anaconda:
    """``my-org`` with a private package and wheel; ``other`` and ``pypi`` with public wheels."""
    world = Anaconda()
    world.add_user("alice")
    for name in ("my-org", "other", "pypi"):
        world.add_organization(name, owners=["alice"])
    world.add_package("my-org", package, private=True)
    world.add_package("my-org", wheels["hello-wheel-1.0"], private=True)
    for name in ("hello-wheel-9.0", "only-public-1.0"):
        world.add_package("pypi", wheels[name])
    return world


@pytest.fixture
def server(world: Anaconda, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The world on its ports, with TLS; this process trusts it."""
    with serve(world, tls=True) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.ca_file))
        yield server
        assert not server.errors


@pytest.fixture
def token(world: Anaconda) -> str:
    """A token that gives access to the package and the wheel."""
    return world.add_token("alice", scopes=["conda:download", "pypi:download"])


@pytest.fixture
def login(server: Server) -> Callable[..., Login]:
    """A function that returns a login for a channel."""

    def make(owner: str = "my-org", scheme: Scheme = TOKEN, index: bool = False) -> Login:
        address = Address.parse(f"{server.conda}/{owner}".rstrip("/"))
        pypi = Address.parse(f"{server.pypi}/{owner}") if index else None
        api = Address.parse(server.api) if index else None
        return Login(address, scheme, FILE, pypi=pypi, api=api)

    return make


@pytest.fixture
def told() -> list[str]:
    """The messages to the user."""
    return []


@pytest.fixture
def open_gateway(server: Server, token: str, tmp_path: Path, told: list[str]) -> Open:
    """A function that opens a gateway for some logins, which all have the token."""

    @contextmanager
    def opened(
        *logins: Login,
        public: tuple[str, ...] = (),
        with_public: bool = False,
        read: Callable[[Login], Secret] = lambda login: Secret(token),
        check: Callable[[Address], None] = lambda root: None,
        peers: Peers | None = None,
        **options: Any,
    ) -> Iterator[Client]:
        credentials, forwarder = Credentials(logins, read), Forwarder()

        def status_of(url: str) -> int:
            credential = credentials.find(url)
            with forwarder.send("GET", url, [], credential=credential) as response:
                return response.status_code

        indexes = Indexes(
            credentials.index_roots,
            public,
            with_public=with_public,
            status_of=status_of,
            check=check,
        )
        answering = Answering(credentials, indexes, forwarder, told.append)
        authority = Authority([host for host, _ in answering.opened], tmp_path)
        assert server.ca_file
        bundle = tmp_path / "bundle.pem"
        bundle.write_text(authority.pem + server.ca_file.read_text())
        with ExitStack() as stack:
            gateway = Gateway(authority, answering, peers, **options)
            stack.enter_context(serving(gateway))
            yield Client(gateway, bundle)

    return opened
