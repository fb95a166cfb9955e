"""A rotation: whatever fails, a token that works is in place, and it is said which are alive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from conda_private.actions.rotate import Rotation, RotationEdges, rotate
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import (
    AccessDeniedError,
    ConnectionFailedError,
    FileWriteError,
    KeyringLockedError,
    ServerError,
    TokenRefusedError,
)
from conda_private.model.login import Login
from conda_private.model.ports import Comparison
from conda_private.model.records import TokenFacts
from conda_private.model.schemes import TOKEN, Scheme
from conda_private.model.secret import Secret
from conda_private.stores.memory import MemoryStore
from tests.actions.fake_api import FakeServer, FakeTokens

API = "https://api.example.org"
SCOPE = ChannelUrl.parse("https://conda.example.org/my-org")
LABEL = SCOPE.with_label("dev")
OLD = "ol-d-1"
NOW = datetime(2026, 11, 22, 12, 30, 15, tzinfo=timezone.utc)
LOGIN = Login(SCOPE, TOKEN, "keyring", note="laptop", token_id="1", api=API, channel="my-org")
SIBLING = LOGIN._replace(scope=LABEL, source="file")
FACTS = TokenFacts(note="laptop", token_id="1", scopes=("conda:download",))
NEW_NAME = "laptop-2026-11-22"


class _Machine:
    """Two logins with one token, the server, and every place that can fail."""

    def __init__(self) -> None:
        self.server = FakeServer({OLD: FACTS})
        self.stores = {"keyring": _Store(self), "file": _Store(self)}
        self.kept = {login.scope: login for login in (LOGIN, SIBLING)}
        self.opens = True
        self.shown: list[ChannelUrl] = []
        for login in self.kept.values():
            self.stores[login.source].put(login.scope, Secret(OLD))
        self.server.done.clear()

    def rotate(self, *logins: Login, **options: Any) -> Rotation:
        edges = RotationEdges(
            maker=FakeTokens(self.server),
            user="alice",
            asked_with=lambda secret: FakeTokens(self.server, secret.reveal()),
            server=self,
            probe=self,
            open_store=self.open_store,
            index=self,
            now=NOW,
        )
        return rotate(logins or (LOGIN, SIBLING), Secret(OLD), edges, **options)

    def open_store(self, source: str) -> _Store:
        self.server.do(f"open {source}")
        return self.stores[source]

    def facts(self, api: str, secret: Secret) -> TokenFacts | None:
        return self.server.alive.get(secret.reveal())

    def compare(self, scope: ChannelUrl, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        self.server.do(f"probe {scope}")
        self.shown.append(scope)
        names = frozenset({"noarch/a-1-0.conda"})
        alive = secret.reveal() in self.server.alive
        return Comparison(TOKEN, names if alive and self.opens else frozenset(), frozenset(), False)

    def logins(self) -> tuple[Login, ...]:
        return tuple(self.kept.values())

    def add(self, login: Login) -> None:
        self.server.do(f"add {login.scope}")
        self.kept[login.scope] = login

    def remove(self, scope: ChannelUrl) -> Login | None:
        raise NotImplementedError

    def secrets(self) -> list[str]:
        """What signs now, login for login."""
        found = [self.stores[login.source].get(login.scope) for login in self.kept.values()]
        return [secret.reveal() if secret else "" for secret in found]

    def assert_each_login_works(self) -> None:
        assert set(self.secrets()) <= set(self.server.alive)


class _Store(MemoryStore):
    def __init__(self, machine: _Machine) -> None:
        super().__init__()
        self.machine = machine

    def put(self, scope: ChannelUrl, secret: Secret) -> None:
        self.machine.server.do(f"put {scope}")
        super().put(scope, secret)


@pytest.fixture
def machine() -> _Machine:
    """A machine on which all goes well."""
    return _Machine()


def test_new_token_is_verified_before_it_is_kept_and_the_old_one_ends_last(
    machine: _Machine,
) -> None:
    done = machine.rotate()
    assert machine.server.done == [
        "current",
        "create",
        f"probe {SCOPE}",
        f"probe {LABEL}",
        *("open keyring", f"put {SCOPE}", f"add {SCOPE}"),
        *("open file", f"put {LABEL}", f"add {LABEL}"),
        "revoke",
    ]
    assert machine.secrets() == ["ne-w-1", "ne-w-1"]
    assert set(machine.server.alive) == {"ne-w-1"}
    assert (done.old, done.new.note, done.left) == ("laptop", NEW_NAME, "")


def test_entries_say_what_the_server_says_and_keep_the_rest(machine: _Machine) -> None:
    done = machine.rotate(max_age=60, organization="acme")
    (wish,) = machine.server.wishes
    assert (wish.scopes, wish.max_age, wish.organization) == (("conda:download",), 60, "acme")
    assert done.logins == tuple(machine.kept.values())
    assert machine.kept[SCOPE] == LOGIN._replace(
        note=NEW_NAME,
        token_id="ne-w-1",
        expires="2027-05-01T00:00:00+00:00",
        verified="2026-11-22T12:30:15+00:00",
    )


def test_old_one_stays_alive_when_it_shall(machine: _Machine) -> None:
    assert machine.rotate(keep_old=True).left == ""
    assert set(machine.server.alive) == {OLD, "ne-w-1"}
    assert "revoke" not in machine.server.done


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("laptop", NEW_NAME),
        (NEW_NAME, f"{NEW_NAME}-20261122T123015"),
        ("laptop-2025-01-02", NEW_NAME),
        ("laptop-2025-01-02-20250102T101010", NEW_NAME),
        ("", "conda-private-2026-11-22"),
        ("2025-01-02", "2025-01-02-2026-11-22"),
    ],
)
def test_name_has_the_date_of_the_rotation_once(machine: _Machine, old: str, new: str) -> None:
    machine.server.alive[OLD] = replace(FACTS, note=old)
    assert machine.rotate().new.note == new


def test_token_that_may_do_everything_gets_a_successor_that_may_download(
    machine: _Machine,
) -> None:
    machine.server.alive[OLD] = replace(FACTS, scopes=())
    machine.rotate()
    assert machine.server.wishes[0].scopes == ("conda:download", "pypi:download")


@pytest.mark.parametrize(("whose", "organization"), [("my-org", "my-org"), ("alice", ""), ("", "")])
def test_token_of_an_organization_gets_a_successor_of_the_same(
    machine: _Machine, whose: str, organization: str
) -> None:
    machine.server.alive[OLD] = replace(FACTS, account=whose)
    machine.rotate()
    assert machine.server.wishes[0].organization == organization


def test_without_an_api_for_the_channel_the_entry_has_the_name(machine: _Machine) -> None:
    bare = LOGIN._replace(api="")
    machine.kept = {SCOPE: bare}
    done = machine.rotate(bare)
    assert done.logins[0].note == NEW_NAME
    assert machine.secrets() == ["ne-w-1"]


@pytest.mark.parametrize("step", ["current", "create"])
def test_before_a_token_is_made_a_failure_changes_nothing(machine: _Machine, step: str) -> None:
    machine.server.errors[step] = ConnectionFailedError("no answer", cause="The network.")
    with pytest.raises(ConnectionFailedError):
        machine.rotate()
    assert set(machine.server.alive) == {OLD}
    assert machine.secrets() == [OLD, OLD]


def test_old_token_that_does_not_count_any_more_is_not_rotated(machine: _Machine) -> None:
    machine.server.alive.clear()
    with pytest.raises(TokenRefusedError):
        machine.rotate()
    assert machine.server.wishes == []


@pytest.mark.parametrize("scope", [SCOPE, LABEL])
def test_new_token_that_fails_to_verify_is_ended_again(
    machine: _Machine, scope: ChannelUrl
) -> None:
    machine.server.errors[f"probe {scope}"] = AccessDeniedError("denied", cause="No right.")
    with pytest.raises(AccessDeniedError) as caught:
        machine.rotate()
    assert set(machine.server.alive) == {OLD}
    assert machine.secrets() == [OLD, OLD]
    assert caught.value.cause == (
        "No right. The token that was made for it was ended again. The old token is still in use."
    )


def test_new_token_that_cannot_be_ended_again_is_named(machine: _Machine) -> None:
    machine.server.errors |= {
        f"probe {SCOPE}": ServerError("failed", cause="Trouble."),
        "revoke": ServerError("failed"),
    }
    with pytest.raises(ServerError) as caught:
        machine.rotate()
    assert f"conda private token revoke {NEW_NAME}" in caught.value.cause
    assert "The old token is still in use." in caught.value.cause
    machine.assert_each_login_works()


def test_ctrl_c_while_it_is_verified_ends_the_new_token(machine: _Machine) -> None:
    machine.server.errors[f"probe {LABEL}"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        machine.rotate()
    assert set(machine.server.alive) == {OLD}
    assert machine.secrets() == [OLD, OLD]


@pytest.mark.parametrize(
    ("step", "error"),
    [
        *(
            (f"put {scope}", KeyringLockedError("locked", cause="Locked."))
            for scope in (SCOPE, LABEL)
        ),
        *((f"add {scope}", FileWriteError("full", cause="Full.")) for scope in (SCOPE, LABEL)),
        ("open file", KeyringLockedError("locked", cause="Locked.")),
    ],
)
def test_failure_while_it_is_kept_leaves_both_tokens_alive_and_says_so(
    machine: _Machine, step: str, error: Exception
) -> None:
    machine.server.errors[step] = error
    with pytest.raises(type(error)) as caught:
        machine.rotate()
    assert set(machine.server.alive) == {OLD, "ne-w-1"}
    machine.assert_each_login_works()
    assert f'"{NEW_NAME}"' in str(caught.value)
    assert "both work" in str(caught.value)
    assert "revoke" not in machine.server.done


def test_old_token_that_cannot_be_ended_is_told_of(machine: _Machine) -> None:
    machine.server.errors["revoke"] = ServerError("failed with status 503")
    assert "503" in machine.rotate().left
    assert machine.secrets() == ["ne-w-1", "ne-w-1"]
    machine.assert_each_login_works()


def test_old_token_that_is_refused_when_it_shall_end_has_ended(machine: _Machine) -> None:
    # The first try ended it and its answer was lost; the second one is refused.
    machine.server.errors["revoke"] = TokenRefusedError("unknown")
    assert machine.rotate().left == ""


def test_no_text_of_it_shows_a_token(machine: _Machine) -> None:
    done = machine.rotate()
    assert OLD not in repr(done)
    assert "Secret(" not in repr(done)
