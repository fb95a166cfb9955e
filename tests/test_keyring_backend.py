"""The keyring backend answers pip and uv for package indexes of logins, and stores nothing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from conda.base.context import reset_context
from keyring import core
from keyring.errors import PasswordDeleteError, PasswordSetError

from conda_private.composition import machine
from conda_private.keyring_backend import IndexKeyring
from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialMissingError
from conda_private.model.schemes import BEARER, PATH, BasicScheme, Scheme
from conda_private.stores import backends
from tests.home import CANARY, Home, home_in

CHANNEL, INDEX = "https://repo.example.org/conda/team", "https://repo.example.org/pypi/team"
INDEX_AS_TYPED = INDEX.replace("://", "://__token__@")
NAME = "conda_private.keyring_backend.IndexKeyring"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A user with no login yet."""
    with home_in(tmp_path) as home:
        yield home
        reset_context()


def log_in(home: Home, scheme: Scheme = BEARER, secret: str = CANARY) -> None:
    """Log in to a channel with a package index."""
    login = home.log_in(CHANNEL, scheme=scheme, secret=secret)
    machine.records().add(login._replace(pypi=Address.parse(INDEX)))
    machine.resolver.cache_clear()


@pytest.mark.parametrize(
    "url", [INDEX, f"{INDEX}/simple", f"{INDEX}/simple/", f"{INDEX}/x.whl", INDEX_AS_TYPED]
)
def test_index_of_a_login_gets_its_credential(home: Home, url: str) -> None:
    log_in(home)
    assert IndexKeyring().get_password(url, "__token__") == CANARY
    found = IndexKeyring().get_credential(url, None)
    assert found is not None
    assert (found.username, found.password) == ("__token__", CANARY)


@pytest.mark.parametrize(
    "url", [CHANNEL, f"{INDEX}s", "repo.example.org", "https://repo.example.org", "x y", ""]
)
def test_anything_else_gets_nothing(home: Home, url: str) -> None:
    log_in(home)
    home.log_in("https://repo.example.org", secret="of-the-whole-host")
    assert IndexKeyring().get_password(url, "__token__") is None
    assert IndexKeyring().get_credential(url, None) is None


def test_user_name_of_the_login_is_the_only_one(home: Home) -> None:
    log_in(home, BasicScheme("alice"))
    backend = IndexKeyring()
    assert backend.get_password(INDEX, "alice") == CANARY
    assert backend.get_password(INDEX, "bob") is None
    found = backend.get_credential(INDEX, None)
    assert found is not None
    assert found.username == "alice"


def test_token_that_an_index_takes_in_its_url_alone_is_not_handed_out(home: Home) -> None:
    log_in(home, PATH)
    assert IndexKeyring().get_password(INDEX, "__token__") is None


def test_missing_credential_is_an_error(home: Home) -> None:
    log_in(home, secret="")
    with pytest.raises(CredentialMissingError):
        IndexKeyring().get_password(INDEX, "__token__")


def test_nothing_is_stored_or_deleted() -> None:
    with pytest.raises(PasswordSetError, match="conda private login"):
        IndexKeyring().set_password(INDEX, "alice", "x")
    with pytest.raises(PasswordDeleteError, match="logout"):
        IndexKeyring().delete_password(INDEX, "alice")


def test_library_finds_it_only_where_the_user_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [each.value for each in entry_points(group="keyring.backends")]
    assert not [each for each in found if each.startswith("conda_private")]
    monkeypatch.setenv(backends.VARIABLE, NAME)
    assert isinstance(core.load_env(), IndexKeyring)


def test_it_is_no_place_for_our_own_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(backends.VARIABLE, NAME)
    told: list[str] = []
    try:
        used = backends.class_of(backends.find(told.append))
    except backends.NoBackendError:
        used = ""
    assert used != NAME
