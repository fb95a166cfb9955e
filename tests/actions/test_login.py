"""A login is verified, then kept: the secret first, the entry next, the channel list last."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from conda_private.actions.login import Edges, LoginRequest, LoginResult, log_in
from conda_private.actions.verify import Finding
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import (
    ChannelNotFoundError,
    CondaPrivateError,
    CondarcError,
    FileFormatError,
    FileWriteError,
    InsecureUrlError,
    KeyringLockedError,
    KeyringUnavailableError,
    ServerError,
    StoreError,
    TokenRefusedError,
)
from conda_private.model.login import Login
from conda_private.model.ports import Comparison, Position, SecretStore
from conda_private.model.records import TokenFacts
from conda_private.model.schemes import BEARER, PATH, TOKEN, Scheme
from conda_private.model.secret import Secret
from conda_private.stores.memory import MemoryStore

CANARY = "ca-nary-l0"
SECRET = Secret(CANARY)
SCOPE = ChannelUrl.parse("https://conda.example.org/my-org/label/dev")
API = "https://api.example.org"
NOW = datetime(2026, 11, 22, 12, 30, 15, 999, tzinfo=timezone.utc)
REQUEST = LoginRequest(SCOPE, SECRET, (TOKEN, BEARER, PATH), "my-org/label/dev")
PACKAGES = frozenset({"noarch/a-1-0.conda", "noarch/b-1-0.conda"})
PUBLIC = frozenset({"noarch/a-1-0.conda"})
OPENS = Comparison(BEARER, PACKAGES, PUBLIC, closed=False)
OPENS_NOTHING = Comparison(TOKEN, PUBLIC, PUBLIC, closed=False)
EMPTY = Comparison(TOKEN, frozenset(), frozenset(), closed=False)
FACTS = TokenFacts(
    note="laptop",
    account="alice",
    expires="2027-03-01T00:00:00+00:00",
    scopes=("conda:download",),
)


class _World:
    """Everything that a login asks and changes; says in which order that happened."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.errors: dict[str, Exception] = {}
        self.comparison = OPENS
        self.facts: TokenFacts | None = None
        self.shown: list[tuple[ChannelUrl, tuple[Scheme, ...], Secret]] = []
        self.asked: list[tuple[str, Secret]] = []
        self.kept: dict[ChannelUrl, Login] = {}
        self.listed: list[str] = ["defaults"]
        self.stores: dict[str, MemoryStore] = {}
        self.path = "/home/alice/.condarc"

    def do(self, what: str) -> None:
        if error := self.errors.get(what):
            raise error
        self.done.append(what)

    @property
    def written(self) -> list[str]:
        return [what for what in self.done if what.split()[0] in ("put", "delete", "add", "list")]

    def log_in(
        self, request: LoginRequest = REQUEST, source: str = "keyring", **changes: Any
    ) -> LoginResult:
        edges = Edges(
            probe=_Probe(self),
            server=_Server(self),
            store=_Store(self, source),
            open_store=self.open_store,
            index=_Index(self),
            open_list=lambda path: _List(self),
            now=lambda: NOW,
        )
        return log_in(replace(request, **changes), edges)

    def open_store(self, source: str) -> SecretStore:
        self.do(f"open {source}")
        return _Store(self, source)

    def secret(self, source: str = "keyring") -> Secret | None:
        return self.stores.setdefault(source, MemoryStore()).get(SCOPE)


class _Probe:
    def __init__(self, world: _World) -> None:
        self.world = world

    def compare(self, scope: ChannelUrl, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        self.world.do("probe")
        self.world.shown.append((scope, tuple(schemes), secret))
        return self.world.comparison


class _Server:
    def __init__(self, world: _World) -> None:
        self.world = world

    def facts(self, api: str, secret: Secret) -> TokenFacts | None:
        self.world.do("api")
        self.world.asked.append((api, secret))
        return self.world.facts


class _Store:
    def __init__(self, world: _World, source: str) -> None:
        self.world, self.source = world, source
        self.description = f"the place {source}"
        self.memory = world.stores.setdefault(source, MemoryStore())

    def get(self, scope: ChannelUrl) -> Secret | None:
        return self.memory.get(scope)

    def put(self, scope: ChannelUrl, secret: Secret) -> None:
        self.world.do(f"put {self.source}")
        self.memory.put(scope, secret)

    def delete(self, scope: ChannelUrl) -> None:
        self.world.do(f"delete {self.source}")
        self.memory.delete(scope)

    def stamp(self) -> object:
        return None


class _Index:
    def __init__(self, world: _World) -> None:
        self.world = world

    def logins(self) -> tuple[Login, ...]:
        self.world.do("read index")
        return tuple(self.world.kept.values())

    def add(self, login: Login) -> None:
        self.world.do("add to index")
        self.world.kept[login.scope] = login

    def remove(self, scope: ChannelUrl) -> Login | None:
        raise NotImplementedError


class _List:
    def __init__(self, world: _World) -> None:
        self.world = world

    @property
    def path(self) -> str:
        return self.world.path

    def lists(self, channel: str) -> bool:
        return channel in self.world.listed

    def add(self, channel: str, position: Position) -> bool:
        self.world.do(f"list {position}")
        if position == "none" or self.lists(channel):
            return False
        self.world.listed.insert(0 if position == "prepend" else len(self.world.listed), channel)
        return True

    def remove(self, channel: str) -> bool:
        raise NotImplementedError


@pytest.fixture
def world() -> _World:
    """A channel that the token opens, and a machine without logins."""
    return _World()


def test_secret_is_kept_before_the_entry_and_the_list_comes_last(world: _World) -> None:
    world.log_in()
    assert world.written == ["put keyring", "add to index", "list prepend"]
    assert world.done.index("probe") < world.done.index("put keyring")


def test_result_says_what_was_found_and_done(world: _World) -> None:
    result = world.log_in()
    login = Login(
        scope=SCOPE,
        scheme=BEARER,
        source="keyring",
        verified="2026-11-22T12:30:15+00:00",
        channel="my-org/label/dev",
        condarc="/home/alice/.condarc",
    )
    assert result == LoginResult(login, "the place keyring", Finding(OPENS, None), listed=True)
    assert world.kept == {SCOPE: login}
    assert world.secret() == SECRET
    assert world.listed == ["my-org/label/dev", "defaults"]


def test_secret_is_shown_for_exactly_the_scope_in_the_forms_to_try(world: _World) -> None:
    world.log_in()
    assert world.shown == [(SCOPE, (TOKEN, BEARER, PATH), SECRET)]
    assert world.asked == []


def test_nothing_of_the_result_shows_the_secret(world: _World) -> None:
    world.facts = FACTS
    result = world.log_in(api=API)
    assert CANARY not in f"{result} {world.kept} {world.listed}"
    assert CANARY not in repr(replace(REQUEST, api=API))


@pytest.mark.parametrize(
    "error",
    [
        TokenRefusedError("refused"),
        ChannelNotFoundError("not found"),
        ServerError("failed with status 503"),
    ],
)
def test_nothing_is_written_when_the_server_refuses(
    world: _World, error: CondaPrivateError
) -> None:
    world.errors["probe"] = error
    with pytest.raises(type(error)) as caught:
        world.log_in()
    assert error.what in str(caught.value)
    assert "Nothing was stored." in str(caught.value)
    assert world.written == []


@pytest.mark.parametrize("comparison", [OPENS_NOTHING, EMPTY], ids=["all public", "empty"])
def test_nothing_is_written_when_the_secret_opens_nothing(
    world: _World, comparison: Comparison
) -> None:
    world.comparison = comparison
    with pytest.raises(TokenRefusedError) as caught:
        world.log_in()
    assert world.written == []
    assert "Nothing was stored." in caught.value.cause
    assert "conda private login my-org/label/dev" in caught.value.next_step
    assert CANARY not in str(caught.value)


def test_channel_that_is_closed_to_others_is_opened_even_when_it_is_empty(world: _World) -> None:
    world.comparison = replace(EMPTY, closed=True)
    assert world.log_in().login.scheme == TOKEN
    assert world.secret() == SECRET


def test_api_that_vouches_lets_a_login_to_an_empty_channel_be_kept(world: _World) -> None:
    world.comparison, world.facts = EMPTY, FACTS
    result = world.log_in(api=API)
    assert world.asked == [(API, SECRET)]
    assert result.finding == Finding(EMPTY, FACTS)
    login = world.kept[SCOPE]
    assert (login.account, login.note, login.expires) == ("alice", "laptop", FACTS.expires)
    assert (login.api, login.scheme) == (API, TOKEN)
    assert login.verified == "2026-11-22T12:30:15+00:00"


def test_token_that_the_api_vouches_for_is_shown_in_one_form(world: _World) -> None:
    world.facts = FACTS
    world.log_in(api=API)
    assert [schemes for _, schemes, _ in world.shown] == [(TOKEN,)]


@pytest.mark.parametrize("facts", [None, replace(FACTS, scopes=("api:read",))])
def test_token_that_the_api_does_not_vouch_for_is_tried_in_all_forms(
    world: _World, facts: TokenFacts | None
) -> None:
    world.facts = facts
    world.log_in(api=API)
    assert [schemes for _, schemes, _ in world.shown] == [(TOKEN, BEARER, PATH)]


def test_token_without_the_right_to_download_is_refused_with_its_rights(world: _World) -> None:
    world.comparison = OPENS_NOTHING
    world.facts = replace(FACTS, scopes=("api:read", "pypi"))
    with pytest.raises(TokenRefusedError) as caught:
        world.log_in(api=API)
    assert "api:read, pypi" in caught.value.cause
    assert "conda:download" in caught.value.cause
    assert world.written == []


def test_api_that_vouches_does_not_overrule_a_channel_that_refuses(world: _World) -> None:
    world.facts = FACTS
    world.errors["probe"] = TokenRefusedError("refused")
    with pytest.raises(TokenRefusedError):
        world.log_in(api=API)
    assert world.written == []


def test_dry_run_asks_the_server_and_writes_nothing(world: _World) -> None:
    result = world.log_in(dry_run=True)
    assert world.shown
    assert world.written == []
    assert (world.kept, world.secret(), world.listed) == ({}, None, ["defaults"])
    assert (result.finding.comparison, result.listed) == (OPENS, False)


def test_dry_run_refuses_what_the_login_would_refuse(world: _World) -> None:
    world.comparison = OPENS_NOTHING
    with pytest.raises(TokenRefusedError):
        world.log_in(dry_run=True)


def test_login_without_verification_asks_nobody(world: _World) -> None:
    result = world.log_in(verify=False, api=API)
    assert (world.shown, world.asked) == ([], [])
    assert result.finding == Finding(None, None)
    assert (result.login.verified, result.login.scheme) == ("", TOKEN)
    assert world.secret() == SECRET


def test_reference_that_is_not_read_now_is_neither_verified_nor_put(world: _World) -> None:
    result = world.log_in(secret=None, source="env:MY_ORG_TOKEN")
    assert (world.shown, world.asked) == ([], [])
    assert world.written == ["add to index", "list prepend"]
    assert (result.login.source, result.login.verified) == ("env:MY_ORG_TOKEN", "")


PLAIN = ChannelUrl.parse("http://conda.example.org/my-org")


@pytest.mark.parametrize("changes", [{}, {"verify": False}, {"dry_run": True}])
def test_http_is_refused_before_anything_is_sent_or_written(
    world: _World, changes: dict[str, bool]
) -> None:
    with pytest.raises(InsecureUrlError) as caught:
        world.log_in(scope=PLAIN, api=API, **changes)
    assert (world.shown, world.asked, world.written) == ([], [], [])
    assert "conda private login https://conda.example.org/my-org" in caught.value.next_step
    assert "--allow-http" in caught.value.next_step


@pytest.mark.parametrize("host", ["localhost.evil.example", "127.0.0.1.evil.example", "127.1"])
def test_http_is_refused_for_what_only_looks_like_loopback(world: _World, host: str) -> None:
    with pytest.raises(InsecureUrlError):
        world.log_in(scope=ChannelUrl.parse(f"http://{host}/my-org"))
    assert world.shown == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080"])
def test_http_on_this_machine_needs_no_leave(world: _World, host: str) -> None:
    result = world.log_in(scope=ChannelUrl.parse(f"http://{host}/my-org"))
    assert not result.login.allow_http


def test_http_that_is_allowed_is_recorded_and_https_is_not(world: _World) -> None:
    assert world.log_in(scope=PLAIN, allow_http=True).login.allow_http
    assert not world.log_in(allow_http=True).login.allow_http


def test_date_that_the_user_gives_wins_over_the_one_of_the_server(world: _World) -> None:
    world.facts = FACTS
    given = "2027-01-01T00:00:00+00:00"
    assert world.log_in(api=API, expires=given).login.expires == given
    assert world.log_in(api=API).login.expires == FACTS.expires


def test_date_in_the_token_itself_is_taken_when_nobody_else_tells(world: _World) -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": 1803859200}).encode()).decode().rstrip("=")
    token = Secret(f"e30.{claims}.c2ln")
    assert world.log_in(secret=token).login.expires == "2027-03-01T00:00:00+00:00"
    assert world.log_in().login.expires == ""


@pytest.mark.parametrize(
    ("position", "listed"),
    [
        ("prepend", ["my-org/label/dev", "defaults"]),
        ("append", ["defaults", "my-org/label/dev"]),
        ("none", ["defaults"]),
    ],
)
def test_channel_goes_where_it_was_asked_to(
    world: _World, position: Position, listed: list[str]
) -> None:
    result = world.log_in(position=position)
    assert world.listed == listed
    assert result.listed is (position != "none")
    written = (result.login.channel, result.login.condarc)
    assert written == (("", "") if position == "none" else ("my-org/label/dev", world.path))


def test_channel_that_somebody_else_listed_is_not_ours_to_take_out(world: _World) -> None:
    world.listed.append("my-org/label/dev")
    result = world.log_in()
    assert not result.listed
    assert (result.login.channel, result.login.condarc) == ("", "")
    assert world.listed == ["defaults", "my-org/label/dev"]


@pytest.mark.parametrize("position", ["prepend", "append", "none"])
def test_channel_that_the_login_before_listed_stays_ours(world: _World, position: Position) -> None:
    world.log_in()
    login = world.log_in(position=position).login
    assert (login.channel, login.condarc) == ("my-org/label/dev", "/home/alice/.condarc")
    assert world.listed == ["my-org/label/dev", "defaults"]


def test_second_login_takes_the_place_of_the_first(world: _World) -> None:
    world.log_in()
    world.done.clear()
    world.log_in(secret=Secret("new"))
    assert world.written == ["put keyring", "add to index", "list prepend"]
    assert world.secret() == Secret("new")


def test_login_from_another_source_deletes_the_old_secret_last(world: _World) -> None:
    world.log_in(source="keyring")
    world.done.clear()
    assert world.log_in(source="file").left == ""
    assert world.written == ["put file", "add to index", "list prepend", "delete keyring"]
    assert (world.secret("keyring"), world.secret("file")) == (None, SECRET)
    assert world.kept[SCOPE].source == "file"


def test_login_from_another_source_in_a_dry_run_deletes_nothing(world: _World) -> None:
    world.log_in(source="keyring")
    world.done.clear()
    world.log_in(source="file", dry_run=True)
    assert world.written == []
    assert world.secret("keyring") == SECRET


@pytest.mark.parametrize("what", ["open keyring", "delete keyring"])
@pytest.mark.parametrize(
    "error", [KeyringLockedError("locked"), KeyringUnavailableError("no keyring")]
)
def test_login_away_from_a_broken_keyring_succeeds(
    world: _World, what: str, error: StoreError
) -> None:
    # What the error of a broken keyring advises: --storage file.
    world.log_in(source="keyring")
    world.errors[what] = error
    result = world.log_in(source="file")
    assert result.login.source == "file"
    assert world.secret("file") == SECRET
    assert result.left == str(error)


def test_login_of_another_scope_leaves_the_others_alone(world: _World) -> None:
    world.log_in(source="keyring")
    world.done.clear()
    world.log_in(source="file", scope=SCOPE.child("x"))
    assert "delete keyring" not in world.done
    assert world.secret("keyring") == SECRET


def test_index_that_is_broken_stops_the_login_before_the_secret_is_shown(world: _World) -> None:
    world.errors["read index"] = FileFormatError("broken")
    with pytest.raises(FileFormatError):
        world.log_in(api=API)
    assert (world.shown, world.asked, world.written) == ([], [], [])


def test_store_that_fails_leaves_no_entry_and_no_listed_channel(world: _World) -> None:
    world.errors["put keyring"] = KeyringLockedError("locked")
    with pytest.raises(KeyringLockedError):
        world.log_in()
    assert (world.kept, world.listed) == ({}, ["defaults"])


def test_index_that_fails_leaves_no_listed_channel(world: _World) -> None:
    world.errors["add to index"] = FileWriteError("no space")
    with pytest.raises(FileWriteError):
        world.log_in()
    assert world.listed == ["defaults"]


def test_index_that_fails_in_a_second_login_keeps_the_old_secret_of_the_other_source(
    world: _World,
) -> None:
    world.log_in(source="keyring")
    world.errors["add to index"] = FileWriteError("no space")
    with pytest.raises(FileWriteError):
        world.log_in(source="file", secret=Secret("new"))
    assert world.kept[SCOPE].source == "keyring"
    assert world.secret("keyring") == SECRET


def test_list_that_fails_leaves_a_login_that_signs_and_can_be_logged_out(world: _World) -> None:
    world.errors["list prepend"] = CondarcError("odd")
    with pytest.raises(CondarcError):
        world.log_in()
    assert world.secret() == SECRET
    assert world.kept[SCOPE].condarc == world.path
