"""A login is verified, then stored: credential first, then the record, then the channel list."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from conda_private.actions.login import Edges, LoginResult, log_in
from conda_private.actions.verify import Finding
from conda_private.model.address import Address
from conda_private.model.exceptions import (
    AccessDeniedError,
    ChannelNotFoundError,
    CondaPrivateError,
    CondarcError,
    CredentialMissingError,
    FileFormatError,
    FileWriteError,
    InsecureUrlError,
    KeyringLockedError,
    KeyringUnavailableError,
    NoTerminalError,
    ServerError,
    StoreError,
    TokenRefusedError,
    UsageError,
)
from conda_private.model.facts import TokenFacts
from conda_private.model.login import Leftover, Login
from conda_private.model.login_request import LoginRequest, Position
from conda_private.model.ports import Comparison, SecretStore
from conda_private.model.schemes import BEARER, PATH, TOKEN, Scheme
from conda_private.model.secret import Secret
from conda_private.model.source import FILE, KEYRING, Source
from tests.stores.memory import MemoryStore

CANARY = "ca-nary-l0"
SECRET = Secret(CANARY)
ADDRESS = Address.parse("https://conda.example.org/my-org/label/dev")
API = Address.parse("https://api.example.org")
CONDARC = "/home/alice/.condarc"
NOW = datetime(2026, 11, 22, 12, 30, 15, 999, tzinfo=timezone.utc)
REQUEST = LoginRequest(
    address=ADDRESS, name="my-org/label/dev", schemes=(TOKEN, BEARER, PATH), condarc=CONDARC
)
ACCESS = Comparison(BEARER, gives_access=True, packages=2, private=1)
NO_ACCESS = Comparison(TOKEN, gives_access=False, packages=1, private=0)
EMPTY = Comparison(TOKEN, gives_access=False, packages=0, private=0)
FACTS = TokenFacts(
    token_name="laptop",
    account="alice",
    expires="2027-03-01T00:00:00+00:00",
    scopes=("conda:download",),
)


class _World:
    """Everything that a login asks and changes; records the calls in order."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.errors: dict[str, Exception] = {}
        self.comparison = ACCESS
        self.facts: TokenFacts | None = None
        self.is_reader = False
        self.answer: bool | None = None
        self.questions: list[str] = []
        self.shown: list[tuple[Address, tuple[Scheme, ...], Secret]] = []
        self.asked: list[tuple[Address, Secret]] = []
        self.recorded: dict[Address, Login] = {}
        self.lists = {CONDARC: ["defaults"], "/etc/condarc": []}
        self.stores: dict[Source, MemoryStore] = {}
        self.leftovers: list[Leftover] = []
        self.resolves: dict[Source, Source] = {}

    def do(self, what: str) -> None:
        if error := self.errors.get(what):
            raise error
        self.done.append(what)

    @property
    def listed(self) -> list[str]:
        return self.lists[CONDARC]

    @property
    def written(self) -> list[str]:
        return [what for what in self.done if what.split()[0] in ("put", "delete", "add", "list")]

    def log_in(
        self, secret: Secret | None = SECRET, source: Source = KEYRING, **changes: Any
    ) -> LoginResult:
        edges = Edges(
            probe=_Probe(self),
            server=_Server(self),
            store=_Store(self, source),
            open_store=self.open_store,
            records=_Records(self),
            open_list=lambda path: _List(self, path),
            drop_index=lambda address: self.do(f"drop {address}"),
            remember=lambda login, secret, found: self.do(f"remember {login.address}"),
            confirm=self.confirm,
            now=lambda: NOW,
        )
        return log_in(replace(REQUEST, **changes), secret, edges)

    def confirm(self, about: str, question: str) -> bool | None:
        self.questions.append(about)
        return self.answer

    def open_store(self, source: Source) -> SecretStore:
        self.do(f"open {source}")
        return _Store(self, self.resolves.get(source, source))

    def secret(self, source: Source = KEYRING) -> Secret | None:
        return self.stores.setdefault(source, MemoryStore()).get(ADDRESS)


class _Probe:
    def __init__(self, world: _World) -> None:
        self.world = world

    def look(self, address: Address) -> bool:
        raise NotImplementedError

    def compare(self, address: Address, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        self.world.do("probe")
        self.world.shown.append((address, tuple(schemes), secret))
        return self.world.comparison


class _Server:
    def __init__(self, world: _World) -> None:
        self.world = world

    def facts(self, api: Address, secret: Secret) -> TokenFacts | None:
        self.world.do("api")
        self.world.asked.append((api, secret))
        return self.world.facts

    def reads(self, api: Address, secret: Secret, account: str, owner: str) -> bool:
        assert (account, owner) == ("alice", "my-org")
        return self.world.is_reader


class _Store:
    def __init__(self, world: _World, source: Source) -> None:
        self.world, self.source = world, source
        self.description = f"the store {source}"
        self.memory = world.stores.setdefault(source, MemoryStore())

    def get(self, address: Address) -> Secret | None:
        return self.memory.get(address)

    def put(self, address: Address, secret: Secret) -> None:
        self.world.do(f"put {self.source}")
        self.memory.put(address, secret)

    def delete(self, address: Address) -> bool:
        self.world.do(f"delete {self.source}")
        return self.memory.delete(address)

    def missing(self, address: Address) -> CredentialMissingError:
        raise NotImplementedError

    def stamp(self) -> object:
        return None


class _Records:
    def __init__(self, world: _World) -> None:
        self.world = world

    def logins(self) -> tuple[Login, ...]:
        self.world.do("read records")
        return tuple(self.world.recorded.values())

    @contextmanager
    def changing(self) -> Iterator[None]:
        self.world.do("lock")
        yield
        self.world.do("unlock")

    def add(self, login: Login) -> None:
        self.world.do("add to records")
        self.world.recorded[login.address] = login

    def remove(self, address: Address) -> Login | None:
        raise NotImplementedError

    def leave(self, leftover: Leftover) -> None:
        self.world.leftovers.append(leftover)


class _List:
    def __init__(self, world: _World, path: str) -> None:
        self.world, self.path = world, path
        self.channels = world.lists[path]

    def lists(self, channel: str) -> bool:
        return channel in self.channels

    def add(self, channel: str, position: Position) -> bool:
        self.world.do(f"list {position}")
        if position == "none" or self.lists(channel):
            return False
        self.channels.insert(0 if position == "prepend" else len(self.channels), channel)
        return True

    def remove(self, channel: str) -> bool:
        self.world.do(f"unlist in {self.path}")
        self.channels.remove(channel)
        return True


@pytest.fixture
def world() -> _World:
    """A channel that the token gives access to, and a machine without logins."""
    return _World()


def test_credential_is_stored_before_the_record_and_the_list_comes_last(world: _World) -> None:
    world.log_in()
    assert world.written == ["put keyring", "add to records", "list prepend"]
    assert world.done.index("probe") < world.done.index("put keyring")


def test_result_says_what_was_found_and_done(world: _World) -> None:
    result = world.log_in()
    login = Login(
        address=ADDRESS,
        scheme=BEARER,
        source=KEYRING,
        verified="2026-11-22T12:30:15+00:00",
        listed_as="my-org/label/dev",
        listed_in=CONDARC,
    )
    assert result == LoginResult(
        REQUEST, login, "the store keyring", Finding(ACCESS, None), listed=True
    )
    assert world.recorded == {ADDRESS: login}
    assert world.secret() == SECRET
    assert world.listed == ["my-org/label/dev", "defaults"]


def test_credential_is_sent_to_exactly_the_address_with_the_schemes_to_try(world: _World) -> None:
    world.log_in()
    assert world.shown == [(ADDRESS, (TOKEN, BEARER, PATH), SECRET)]
    assert world.asked == []


def test_result_does_not_show_the_credential(world: _World) -> None:
    world.facts = FACTS
    result = world.log_in(api=API)
    assert CANARY not in f"{result} {world.recorded} {world.listed}"
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


@pytest.mark.parametrize("comparison", [NO_ACCESS, EMPTY], ids=["all public", "empty"])
def test_nothing_is_written_when_the_credential_has_no_access(
    world: _World, comparison: Comparison
) -> None:
    world.comparison = comparison
    with pytest.raises(TokenRefusedError) as caught:
        world.log_in()
    assert world.written == []
    assert "Nothing was stored." in caught.value.cause
    assert caught.value.next_step
    assert CANARY not in str(caught.value)


def test_access_to_a_closed_channel_is_enough_even_if_it_is_empty(world: _World) -> None:
    world.comparison = replace(EMPTY, gives_access=True, closed=True)
    assert world.log_in().login.scheme == TOKEN
    assert world.secret() == SECRET


def test_owner_can_log_in_to_an_empty_channel(world: _World) -> None:
    world.comparison, world.facts, world.is_reader = EMPTY, FACTS, True
    result = world.log_in(api=API)
    assert world.asked == [(API, SECRET)]
    assert result.finding == Finding(EMPTY, FACTS)
    login = world.recorded[ADDRESS]
    assert (login.account, login.token_name, login.expires) == ("alice", "laptop", FACTS.expires)
    assert (login.api, login.scheme) == (API, TOKEN)
    assert login.verified == "2026-11-22T12:30:15+00:00"


def test_channel_without_private_packages_is_listed_behind_the_others(world: _World) -> None:
    world.comparison, world.facts, world.is_reader = EMPTY, FACTS, True
    assert world.log_in(api=API).request.position == "append"
    assert world.listed == ["defaults", "my-org/label/dev"]


def test_channel_without_private_packages_is_listed_first_if_the_user_says_so(
    world: _World,
) -> None:
    world.comparison, world.facts, world.is_reader = EMPTY, FACTS, True
    world.log_in(api=API, position_is_certain=True)
    assert world.listed == ["my-org/label/dev", "defaults"]


@pytest.mark.parametrize("comparison", [EMPTY, NO_ACCESS])
def test_valid_token_of_another_account_replaces_nothing(
    world: _World, comparison: Comparison
) -> None:
    world.log_in()
    before = dict(world.recorded)
    world.done.clear()
    world.comparison, world.facts = comparison, FACTS
    with pytest.raises(AccessDeniedError) as caught:
        world.log_in(Secret("new"), api=API)
    assert "Nothing was stored." in caught.value.cause
    assert world.written == []
    assert (world.recorded, world.secret()) == (before, SECRET)


BOB = replace(FACTS, account="bob", token_name="bobs")


def logged_in_as_bob(world: _World) -> None:
    """Start with a login with a token of bob."""
    world.facts = BOB
    world.log_in(Secret("bobs"), api=API)
    world.facts = FACTS
    world.done.clear()


def test_login_of_another_account_is_replaced_after_a_question(world: _World) -> None:
    logged_in_as_bob(world)
    world.answer = True
    world.log_in(api=API)
    (about,) = world.questions
    assert 'already has a login with bob\'s credential "bobs"' in about
    assert 'The new one has alice\'s credential "laptop"' in about
    assert (world.secret(), world.recorded[ADDRESS].account) == (SECRET, "alice")


@pytest.mark.parametrize(
    ("answer", "error"), [(False, UsageError), (None, NoTerminalError)], ids=["no", "no terminal"]
)
@pytest.mark.parametrize("verify", [True, False], ids=["another account", "unverified"])
def test_working_login_is_not_replaced_without_the_users_consent(
    world: _World, answer: bool | None, error: type[CondaPrivateError], verify: bool
) -> None:
    logged_in_as_bob(world)
    world.answer = answer
    with pytest.raises(error):
        world.log_in(api=API, verify=verify)
    assert world.written == []
    assert (world.secret(), world.recorded[ADDRESS].account) == (Secret("bobs"), "bob")


@pytest.mark.parametrize("verify", [True, False])
def test_yes_replaces_a_login_without_a_question(world: _World, verify: bool) -> None:
    logged_in_as_bob(world)
    world.log_in(api=API, verify=verify, assume_yes=True)
    assert (world.secret(), world.questions) == (SECRET, [])


def test_verified_credential_of_the_same_account_replaces_without_a_question(
    world: _World,
) -> None:
    world.facts = FACTS
    world.log_in(Secret("old"), api=API)
    world.log_in(api=API)
    assert (world.secret(), world.questions) == (SECRET, [])


def test_verified_credential_replaces_one_of_an_unknown_account_without_a_question(
    world: _World,
) -> None:
    world.log_in(Secret("old"))
    world.facts = FACTS
    world.log_in(api=API)
    assert (world.secret(), world.questions) == (SECRET, [])


def test_login_whose_credential_is_missing_is_completed_without_a_question(world: _World) -> None:
    logged_in_as_bob(world)
    world.stores.clear()
    world.log_in(api=API)
    assert (world.secret(), world.questions) == (SECRET, [])


def test_same_credential_is_stored_again_without_a_question(world: _World) -> None:
    logged_in_as_bob(world)
    world.log_in(Secret("bobs"), verify=False)
    assert world.questions == []


def test_token_that_the_api_confirms_is_sent_with_one_scheme(world: _World) -> None:
    world.facts = FACTS
    world.log_in(api=API)
    assert [schemes for _, schemes, _ in world.shown] == [(TOKEN,)]


@pytest.mark.parametrize("facts", [None, replace(FACTS, scopes=("api:read",))])
def test_token_that_the_api_does_not_confirm_is_tried_with_all_schemes(
    world: _World, facts: TokenFacts | None
) -> None:
    world.facts = facts
    world.log_in(api=API)
    assert [schemes for _, schemes, _ in world.shown] == [(TOKEN, BEARER, PATH)]


def test_token_that_cannot_download_is_refused_with_its_scopes(world: _World) -> None:
    world.comparison = NO_ACCESS
    world.facts = replace(FACTS, scopes=("api:read", "pypi"))
    with pytest.raises(TokenRefusedError) as caught:
        world.log_in(api=API)
    assert "api:read, pypi" in caught.value.cause
    assert "conda:download" in caught.value.cause
    assert world.written == []


def test_api_that_confirms_does_not_overrule_a_channel_that_refuses(world: _World) -> None:
    world.facts = FACTS
    world.errors["probe"] = TokenRefusedError("refused")
    with pytest.raises(TokenRefusedError):
        world.log_in(api=API)
    assert world.written == []


def test_dry_run_asks_the_server_and_writes_nothing(world: _World) -> None:
    result = world.log_in(dry_run=True)
    assert world.shown
    assert world.written == []
    assert (world.recorded, world.secret(), world.listed) == ({}, None, ["defaults"])
    assert (result.finding.comparison, result.listed) == (ACCESS, False)


def test_dry_run_refuses_what_the_login_would_refuse(world: _World) -> None:
    world.comparison = NO_ACCESS
    with pytest.raises(TokenRefusedError):
        world.log_in(dry_run=True)


def test_login_without_verification_asks_no_server(world: _World) -> None:
    result = world.log_in(verify=False, api=API)
    assert (world.shown, world.asked) == ([], [])
    assert result.finding == Finding(None, None)
    assert (result.login.verified, result.login.scheme) == ("", TOKEN)
    assert world.secret() == SECRET


def test_reference_that_is_not_read_now_is_neither_verified_nor_stored(world: _World) -> None:
    result = world.log_in(None, source=Source("env", "MY_ORG_TOKEN"))
    assert (world.shown, world.asked) == ([], [])
    assert world.written == ["add to records", "list prepend"]
    assert (result.login.source, result.login.verified) == (Source("env", "MY_ORG_TOKEN"), "")


PLAIN = Address.parse("http://conda.example.org/my-org")


@pytest.mark.parametrize("changes", [{}, {"verify": False}, {"dry_run": True}])
def test_http_is_refused_before_anything_is_sent_or_written(
    world: _World, changes: dict[str, Any]
) -> None:
    with pytest.raises(InsecureUrlError) as caught:
        world.log_in(address=PLAIN, api=API, **changes)
    assert (world.shown, world.asked, world.written) == ([], [], [])
    assert "conda private login https://conda.example.org/my-org" in caught.value.next_step
    assert "--allow-http" in caught.value.next_step


@pytest.mark.parametrize("host", ["localhost.evil.example", "127.0.0.1.evil.example", "127.1"])
def test_http_is_refused_for_hosts_that_only_look_like_loopback(world: _World, host: str) -> None:
    with pytest.raises(InsecureUrlError):
        world.log_in(address=Address.parse(f"http://{host}/my-org"))
    assert world.shown == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080"])
def test_http_on_this_machine_needs_no_permission(world: _World, host: str) -> None:
    result = world.log_in(address=Address.parse(f"http://{host}/my-org"))
    assert not result.login.allow_http


def test_http_that_is_allowed_is_recorded_and_https_is_not(world: _World) -> None:
    assert world.log_in(address=PLAIN, allow_http=True).login.allow_http
    assert not world.log_in(allow_http=True).login.allow_http


def test_expiry_that_the_user_gives_takes_precedence(world: _World) -> None:
    world.facts = FACTS
    given = "2027-01-01T00:00:00+00:00"
    assert world.log_in(api=API, expires=given).login.expires == given
    assert world.log_in(api=API).login.expires == FACTS.expires


def test_expiry_in_the_token_itself_is_used_if_no_other_is_known(world: _World) -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": 1803859200}).encode()).decode().rstrip("=")
    token = Secret(f"e30.{claims}.c2ln")
    assert world.log_in(token).login.expires == "2027-03-01T00:00:00+00:00"
    assert world.log_in().login.expires == ""


@pytest.mark.parametrize(
    ("position", "listed"),
    [
        ("prepend", ["my-org/label/dev", "defaults"]),
        ("append", ["defaults", "my-org/label/dev"]),
        ("none", ["defaults"]),
    ],
)
def test_channel_is_listed_where_the_user_asked(
    world: _World, position: Position, listed: list[str]
) -> None:
    result = world.log_in(position=position)
    assert world.listed == listed
    assert result.listed is (position != "none")
    written = (result.login.listed_as, result.login.listed_in)
    assert written == (("", "") if position == "none" else ("my-org/label/dev", CONDARC))


def test_channel_that_was_listed_before_is_not_ours_to_remove(world: _World) -> None:
    world.listed.append("my-org/label/dev")
    result = world.log_in()
    assert not result.listed
    assert (result.login.listed_as, result.login.listed_in) == ("", "")
    assert world.listed == ["defaults", "my-org/label/dev"]


@pytest.mark.parametrize("position", ["prepend", "append", "none"])
def test_channel_that_the_previous_login_listed_stays_ours(
    world: _World, position: Position
) -> None:
    world.log_in()
    login = world.log_in(position=position).login
    assert (login.listed_as, login.listed_in) == ("my-org/label/dev", CONDARC)
    assert world.listed == ["my-org/label/dev", "defaults"]


def test_second_login_replaces_the_first(world: _World) -> None:
    world.log_in()
    world.done.clear()
    world.log_in(Secret("new"))
    assert world.written == ["put keyring", "add to records", "list prepend"]
    assert world.secret() == Secret("new")


def test_login_with_another_source_deletes_the_old_credential_last(world: _World) -> None:
    world.log_in(source=KEYRING)
    world.done.clear()
    assert world.log_in(source=FILE).left == ""
    assert world.written == ["put file", "add to records", "list prepend", "delete keyring"]
    assert (world.secret(KEYRING), world.secret(FILE)) == (None, SECRET)
    assert world.recorded[ADDRESS].source == FILE


def test_dry_run_with_another_source_deletes_nothing(world: _World) -> None:
    world.log_in(source=KEYRING)
    world.done.clear()
    world.log_in(source=FILE, dry_run=True)
    assert world.written == []
    assert world.secret(KEYRING) == SECRET


@pytest.mark.parametrize("what", ["open keyring", "delete keyring"])
@pytest.mark.parametrize(
    "error", [KeyringLockedError("locked"), KeyringUnavailableError("no keyring")]
)
def test_login_away_from_a_broken_keyring_succeeds(
    world: _World, what: str, error: StoreError
) -> None:
    # What the error of a broken keyring advises: --storage file.
    world.log_in(source=KEYRING)
    world.errors[what] = error
    result = world.log_in(source=FILE)
    assert result.login.source == FILE
    assert world.secret(FILE) == SECRET
    assert result.left == str(error)
    assert world.leftovers == [Leftover(ADDRESS, KEYRING, result.login.api)]


def test_new_credential_is_not_deleted_as_the_older_one_of_the_same_keyring(world: _World) -> None:
    # A login of an early version does not say which backend of the keyring has its credential.
    backend = Source("keyring", "keyring.backends.SecretService.Keyring")
    world.log_in(source=backend)
    world.recorded[ADDRESS] = world.recorded[ADDRESS]._replace(source=KEYRING)
    world.resolves[KEYRING] = backend
    assert world.log_in(source=backend).left == ""
    assert world.secret(backend) == SECRET
    assert world.leftovers == []


def test_login_to_another_address_does_not_change_the_others(world: _World) -> None:
    world.log_in(source=KEYRING)
    world.done.clear()
    world.log_in(source=FILE, address=ADDRESS.child("x"))
    assert "delete keyring" not in world.done
    assert world.secret(KEYRING) == SECRET


def test_broken_records_stop_the_login_before_the_credential_is_sent(world: _World) -> None:
    world.errors["read records"] = FileFormatError("broken")
    with pytest.raises(FileFormatError):
        world.log_in(api=API)
    assert (world.shown, world.asked, world.written) == ([], [], [])


def test_store_that_fails_leaves_no_record_and_no_listed_channel(world: _World) -> None:
    world.errors["put keyring"] = KeyringLockedError("locked")
    with pytest.raises(KeyringLockedError):
        world.log_in()
    assert (world.recorded, world.listed) == ({}, ["defaults"])


def test_records_that_fail_leave_no_listed_channel(world: _World) -> None:
    world.errors["add to records"] = FileWriteError("no space")
    with pytest.raises(FileWriteError):
        world.log_in()
    assert world.listed == ["defaults"]


def test_records_that_fail_in_a_second_login_keep_the_old_credential(
    world: _World,
) -> None:
    world.log_in(source=KEYRING)
    world.errors["add to records"] = FileWriteError("no space")
    with pytest.raises(FileWriteError):
        world.log_in(Secret("new"), source=FILE)
    assert world.recorded[ADDRESS].source == KEYRING
    assert world.secret(KEYRING) == SECRET


def test_list_that_fails_leaves_a_working_login_that_can_be_logged_out(world: _World) -> None:
    world.errors["list prepend"] = CondarcError("odd")
    with pytest.raises(CondarcError):
        world.log_in()
    assert world.secret() == SECRET
    assert world.recorded[ADDRESS].listed_in == CONDARC


def test_record_and_list_are_changed_under_one_lock(world: _World) -> None:
    world.log_in()
    locked = world.done[world.done.index("lock") + 1 : world.done.index("unlock")]
    assert locked == ["add to records", "list prepend"]


def test_login_with_another_list_removes_the_channel_from_the_old_one(world: _World) -> None:
    world.log_in()
    login = world.log_in(condarc="/etc/condarc").login
    assert (login.listed_as, login.listed_in) == ("my-org/label/dev", "/etc/condarc")
    assert world.lists == {CONDARC: ["defaults"], "/etc/condarc": ["my-org/label/dev"]}
    last = [f"unlist in {CONDARC}", "unlock", f"remember {ADDRESS}", f"drop {ADDRESS}"]
    assert world.done[-4:] == last


def test_channel_with_wheels_has_its_index_below_itself() -> None:
    address = Address.parse("https://repo.anaconda.cloud/repo/my-ns/wheels")
    index = LoginRequest.to(address).pypi
    for packages, recorded in ((0, index), (2, None), (None, None)):
        world = _World()
        world.comparison = Comparison(BEARER, gives_access=True, closed=True, packages=packages)
        login = world.log_in(address=address, pypi=index).login
        assert login.pypi == recorded
    assert _World().log_in(None, address=address, pypi=index, verify=False).login.pypi is None
    certain = _World().log_in(address=address, pypi=index, pypi_is_certain=True).login
    assert certain.pypi == index == address
