"""The stored grant: one renewal for everybody, and nothing lost that is in hand."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from conda_private.model.address import Address
from conda_private.model.exceptions import ConnectionFailedError, FileWriteError, StoreError
from conda_private.model.secret import Secret
from conda_private.model.sign_in import Client, SignInError
from conda_private.signin.grant import Grant
from conda_private.signin.renewals import Renewals
from conda_private.signin.store import SignInStore
from conda_private.stores.file import FileStore
from conda_private.stores.once import Once
from tests.server.issuer import Issuer

ADDRESS = Address.parse("https://conda.example.org/private")
New = Callable[[], SignInStore]
# As in another process: renew, and print the access token.
PROGRAM = """
import sys
from pathlib import Path
from conda_private.model.address import Address
from conda_private.model.sign_in import Client
from conda_private.model.source import FILE
from conda_private.signin.renewals import Renewals
from conda_private.signin.store import SignInStore
from conda_private.stores.file import FileStore
from conda_private.stores.once import Once
folder, issuer, client_id, address = sys.argv[1:]
kept = FileStore(Path(folder) / "secrets.json")
renewals = Renewals(Path(folder) / "sign-in")
store = SignInStore(Client(issuer, client_id), FILE, lambda: kept, Once(), renewals)
print(store.get(Address.parse(address)).reveal())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the grant is."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def new(folder: Path, client: Client) -> New:
    """Opens the store as in a process of its own."""
    kept = FileStore(folder / "secrets.json")
    renewals = Renewals(folder / "sign-in")
    return lambda: SignInStore(client, kept.source, lambda: kept, Once(), renewals)


def signed_in(store: SignInStore, issuer: Issuer, client: Client, seconds: int = 0) -> Grant:
    """Store a grant whose access token expires in so many seconds."""
    _, fields = issuer._granted("family")
    fields["expires_in"] = seconds
    now = datetime.now(timezone.utc)
    grant = Grant.answered(client, f"{issuer.url}/token", fields, now)
    store.take(grant)
    store.put(ADDRESS, grant.access)
    return grant


def processes(folder: Path, client: Client, count: int) -> list[subprocess.Popen[str]]:
    """Start so many processes that need the token."""
    words = [sys.executable, "-c", PROGRAM, str(folder), *client, str(ADDRESS)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return [subprocess.Popen(words, text=True, **pipes) for _ in range(count)]  # type: ignore[call-overload]


def test_twenty_threads_cause_one_request(new: New, issuer: Issuer, client: Client) -> None:
    signed_in(new(), issuer, client)
    found: list[Secret | None] = []
    threads = [threading.Thread(target=lambda: found.append(new().get(ADDRESS))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found)), len(issuer.of("refresh_token"))) == (20, 1, 1)
    assert new().get(ADDRESS) == found[0]


@pytest.mark.hard
def test_twenty_processes_cause_one_request(
    new: New, folder: Path, issuer: Issuer, client: Client
) -> None:
    signed_in(new(), issuer, client)
    started = processes(folder, client, 20)
    outputs = [each.communicate(timeout=120) for each in started]
    assert [each.returncode for each in started] == [0] * 20, outputs
    assert len({out for out, _ in outputs}) == 1
    assert len(issuer.of("refresh_token")) == 1


def test_valid_token_costs_one_read_and_no_request(
    new: New, issuer: Issuer, client: Client, folder: Path
) -> None:
    grant = signed_in(new(), issuer, client, 3600)
    store = new()
    assert store.get(ADDRESS) == grant.access
    (folder / "secrets.json").unlink()
    assert store.get(ADDRESS) == grant.access
    assert (store.stamp(), issuer.forms) == (0, [])


def test_token_that_expires_in_the_process_is_noticed(
    new: New, issuer: Issuer, client: Client
) -> None:
    signed_in(new(), issuer, client, 3600)
    store = new()
    store.get(ADDRESS)
    before = store.stamp()
    later = datetime.now(timezone.utc) + timedelta(hours=2)
    store._answers.now = lambda: later
    assert store.stamp() != before
    assert store.get(ADDRESS)
    assert len(issuer.of("refresh_token")) == 1


def test_process_that_is_killed_loses_nothing_but_its_own_sign_in(
    new: New, folder: Path, issuer: Issuer, client: Client
) -> None:
    signed_in(new(), issuer, client)
    other = ADDRESS.child("other")
    FileStore(folder / "secrets.json").put(other, Secret("another"))
    asked = threading.Event()
    issuer.before = lambda: (asked.set(), time.sleep(1))[0]  # type: ignore[assignment, func-returns-value]
    (process,) = processes(folder, client, 1)
    assert asked.wait(30)
    process.kill()
    process.communicate()
    issuer.before = lambda: None
    time.sleep(1.2)  # the issuer has answered nobody
    with pytest.raises(SignInError, match="is no longer valid") as caught:
        new().get(ADDRESS)
    assert caught.value.next_step.startswith(f"conda private login {ADDRESS} --web --issuer")
    assert FileStore(folder / "secrets.json").get(other) == Secret("another")


def test_interrupt_does_not_lose_the_answer(new: New, issuer: Issuer, client: Client) -> None:
    signed_in(new(), issuer, client)
    issuer.before = lambda: time.sleep(0.3)
    waiting = threading.Thread(target=lambda: new().get(ADDRESS), daemon=True)
    waiting.start()
    deadline = time.monotonic() + 5
    renewing: list[threading.Thread] = []
    while not renewing and time.monotonic() < deadline:
        renewing = [each for each in threading.enumerate() if "renewal" in each.name]
    # Python waits for it at the end of the process, also after Ctrl-C.
    assert [each.daemon for each in renewing] == [False]
    waiting.join()


def test_answer_that_cannot_be_stored_is_used(
    new: New, issuer: Issuer, client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    store = new()
    signed_in(store, issuer, client)
    kept = store._open_kept()

    class Full:
        source, get = kept.source, kept.get

        def put(self, address: Address, secret: Secret) -> None:
            raise StoreError("The store is full.", cause="It has no room.", next_step="empty it")

    store._open_kept = Full  # type: ignore[assignment]
    secret = store.get(ADDRESS)
    assert secret
    assert secret.reveal() in issuer.world.tokens
    text = capfd.readouterr().err
    assert "was not stored" in text
    assert "The store is full." in text
    assert f"then  conda private login {ADDRESS} --web" in text


def test_issuer_that_is_away_takes_nothing(new: New, issuer: Issuer, client: Client) -> None:
    signed_in(new(), issuer, client)
    issuer.answers["/realm/token"] = (502, {}, b"")
    with pytest.raises(Exception, match="failed with status 502"):
        new().get(ADDRESS)
    issuer.answers.clear()
    assert new().get(ADDRESS)


def test_offline_says_so_and_keeps_the_grant(
    new: New, issuer: Issuer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conda.base.context import context, reset_context

    signed_in(new(), issuer, client)
    monkeypatch.setenv("CONDA_OFFLINE", "true")
    reset_context()
    assert context.offline
    with pytest.raises(ConnectionFailedError, match="offline"):
        new().get(ADDRESS)
    monkeypatch.delenv("CONDA_OFFLINE")
    reset_context()
    assert new().get(ADDRESS)


def test_wait_for_another_process_is_bounded(
    folder: Path, new: New, issuer: Issuer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conda_private.signin import renewals

    signed_in(new(), issuer, client)
    monkeypatch.setattr(renewals, "TIMEOUT", 0.05)
    with Renewals(folder / "sign-in").locked(ADDRESS), pytest.raises(FileWriteError):
        new().get(ADDRESS)
    assert issuer.forms == []


def test_issuer_that_does_not_rotate_keeps_its_refresh_token(
    new: New, issuer: Issuer, client: Client
) -> None:
    issuer.rotates = False
    grant = signed_in(new(), issuer, client)
    assert new().get(ADDRESS) != grant.access
    found = new()._kept(ADDRESS)
    assert found
    assert (found.refresh, found.access == grant.access) == (grant.refresh, False)


def test_grant_of_another_client_is_not_deleted(
    new: New, folder: Path, issuer: Issuer, client: Client
) -> None:
    signed_in(new(), issuer, client)
    kept = FileStore(folder / "secrets.json")
    renewals = Renewals(folder / "sign-in")
    other = SignInStore(Client(client.issuer, "b"), kept.source, lambda: kept, Once(), renewals)
    assert other.delete(ADDRESS) is False
    assert new().get(ADDRESS)


def test_text_that_is_no_grant_counts_as_missing(new: New, folder: Path) -> None:
    FileStore(folder / "secrets.json").put(ADDRESS.child("(signed-in)"), Secret("{}"))
    store = new()
    assert store.get(ADDRESS) is None
    assert "--web --issuer" in store.missing(ADDRESS).next_step


def test_time_is_counted_from_the_answer_so_a_wrong_clock_does_no_harm(client: Client) -> None:
    for now in (
        datetime(2001, 1, 1, tzinfo=timezone.utc),
        datetime(2099, 1, 1, tzinfo=timezone.utc),
    ):
        fields = {"access_token": "a", "expires_in": "600", "refresh_token": "b"}
        grant = Grant.answered(client, "https://a", fields, now)
        assert grant.ends == now + timedelta(seconds=600)
        assert Grant.parse(grant.stored) == grant
