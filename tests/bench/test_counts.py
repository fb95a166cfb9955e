"""What the plugin costs in numbers that do not depend on the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from conda_private.conda_config.channel_settings import patterns
from conda_private.model.address import Address
from tests.bench import login, reads
from tests.bench.channel import Site, site
from tests.bench.environments import here
from tests.bench.start import OWN, foreign, modules
from tests.bench.users import User
from tests.server import Anaconda, Server, build_package, serve

NewUser = Callable[[Sequence[str]], User]
MAX_MODULES = 5


@pytest.fixture(scope="module")
def channel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A small channel, open and closed."""
    with site(tmp_path_factory.mktemp("site"), packages=10, records=10) as served:
        yield served


@pytest.fixture
def new_user(tmp_path: Path, channel: Site) -> NewUser:
    """Makes users who are logged in to some addresses."""
    made: list[User] = []

    def make(addresses: Sequence[str]) -> User:
        made.append(User(here(), tmp_path / str(len(made)), addresses, channel.ca_file))
        return made[-1]

    return make


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with an API and a channel that is partly closed."""
    world = Anaconda()
    world.add_user("alice")
    world.add_organization("my-org", owners=["alice"])
    world.add_package("my-org", build_package(tmp_path, "hello", "1.0"), private=True)
    with serve(world) as served:
        yield served


def labels(channel: Site, count: int) -> list[str]:
    """The addresses of labels of the closed channel."""
    return [f"{channel.url}/private-small/label/v{number}" for number in range(count)]


def test_search_elsewhere_loads_our_hooks_alone_and_reads_no_secret(
    new_user: NewUser, channel: Site
) -> None:
    user = new_user(labels(channel, 1_000))
    words = ("search", "--override-channels", "-c", f"{channel.url}/open-small", "part-1")
    loaded = modules(user, *words)
    user.environment["WITHOUT"] = "conda-private"
    without = modules(user, *words)
    ours = [name for name in loaded - without if name.partition(".")[0] == OWN]
    assert 0 < len(ours) <= MAX_MODULES
    assert foreign(loaded, without) == set()
    assert user.reads == 0


def test_secret_is_read_once_for_all_labels_of_a_channel(new_user: NewUser, channel: Site) -> None:
    user = new_user([f"{channel.url}/private-small"])
    five = labels(channel, reads.LABELS)
    user.inside("downloads", "2", "5", *five).answer()
    assert user.reads == 1


def test_secret_is_read_once_for_many_threads(new_user: NewUser, channel: Site) -> None:
    address = labels(channel, 1)[0]
    user = new_user([address])
    user.inside("threads", "16", "200", address).answer()
    assert user.reads == 1


def test_closed_channel_is_asked_no_more_than_an_open_one(new_user: NewUser, channel: Site) -> None:
    asked = {}
    for owner in ("private", "open"):
        user = new_user([f"{channel.url}/private-small"])
        before = channel.requests
        user.inside("downloads", "10", "1", f"{channel.url}/{owner}-small").answer()
        asked[owner] = channel.requests - before
    assert asked["private"] == asked["open"] > 10


def test_login_asks_the_channel_four_times_and_the_api_once(
    new_user: NewUser, server: Server
) -> None:
    token = server.world.add_token("alice", scopes=["conda:download"])
    login.once(new_user([]), server, token)
    assert login.sent(server) == {"conda": 4, "api": 1}


def test_each_further_form_costs_two_requests(new_user: NewUser, server: Server) -> None:
    server.world.forms = {"bearer"}
    token = server.world.add_token("alice", scopes=["conda:download"])
    words = (f"{server.conda}/my-org", "--storage", "file", "--add-channel", "none")
    new_user([]).login(*words, token=token)
    # Without a credential, with `token`, with `bearer`; noarch and the platform each time.
    assert login.sent(server) == {"conda": 6}


@pytest.mark.parametrize(
    ("addresses", "settings"),
    [
        ([f"https://conda.example.org/my-org/label/v{number}" for number in range(1_000)], 1),
        ([f"https://conda.example.org/org-{number}" for number in range(1_000)], 1),
        ([f"https://conda.example.org/org-{number}" for number in range(4)], 1),
    ],
    ids=["1000 labels", "1000 channels", "4 channels"],
)
def test_channel_settings_do_not_grow_with_the_logins(addresses: list[str], settings: int) -> None:
    assert len(patterns(map(Address.parse, addresses))) == settings
