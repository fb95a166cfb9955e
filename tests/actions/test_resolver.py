"""Which login signs which request, and that its secret is read once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest

from conda_private.actions.resolver import Resolver, Scopes
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import CredentialMissingError, FileFormatError, StoreError
from conda_private.model.login import Login
from conda_private.model.ports import SecretStore
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret

HOST = "https://conda.example.org"


def _login(scope: str, source: str = "memory") -> Login:
    return Login(ChannelUrl.parse(scope), TOKEN, source)


def _scope(login: Login | None) -> str | None:
    return str(login.scope) if login else None


class _CountingStore:
    """A store whose secrets are the scopes; it counts its reads, and takes its time for them."""

    source = "memory"
    description = "counting"

    def __init__(self, error: Exception | None = None) -> None:
        self.reads: Counter[str] = Counter()
        self.error = error
        self.written: object = None

    def get(self, scope: ChannelUrl) -> Secret | None:
        self.reads[str(scope)] += 1
        time.sleep(0.01)
        if self.error:
            raise self.error
        return Secret(f"secret-of-{scope}")

    def put(self, scope: ChannelUrl, secret: Secret) -> None:
        raise NotImplementedError

    def delete(self, scope: ChannelUrl) -> None:
        raise NotImplementedError

    def stamp(self) -> object:
        return self.written


class _EmptyStore(_CountingStore):
    def get(self, scope: ChannelUrl) -> Secret | None:
        self.reads[str(scope)] += 1
        return None


def _resolver(logins: Iterable[Login], store: SecretStore | None = None) -> Resolver:
    kept = list(logins)
    return Resolver(logins=lambda: kept, open_store=lambda source: store or _CountingStore())


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/private/label/dev/noarch/x.conda", "/private/label/dev"),
        ("/private/label/dev", "/private/label/dev"),
        ("/private/label/main/noarch/x.conda", "/private"),
        ("/private/label/dev2/noarch/x.conda", "/private"),
        ("/private/noarch/x.conda", "/private"),
        ("/private", "/private"),
        ("/private2/noarch/x.conda", ""),
        ("/other/label/dev/noarch/x.conda", ""),
        ("/", ""),
    ],
)
def test_most_specific_scope_wins(path: str, scope: str) -> None:
    logins = [_login(HOST + scope) for scope in ("", "/private", "/private/label/dev")]
    for ordered in (logins, logins[::-1]):
        assert _scope(_resolver(ordered).find(HOST + path)) == HOST + scope


def test_label_token_is_not_sent_to_sibling_label_nor_to_the_channel() -> None:
    resolver = _resolver([_login(f"{HOST}/private/label/dev")])
    for path in ("/private/label/main/noarch/x", "/private/noarch/x", "/private/label", "/private"):
        assert resolver.find(HOST + path) is None


def test_login_of_another_origin_is_not_taken_when_none_matches() -> None:
    resolver = _resolver([_login(f"{HOST}:8443/private"), _login("https://a.example/private")])
    assert resolver.find(f"{HOST}/private/noarch/x") is None


def test_of_all_logins_that_cover_the_most_specific_is_given() -> None:
    others = ["https://a.example/a", f"{HOST}/a/b/c/d"]
    covering = [f"{HOST}/a/b", HOST, f"{HOST}/a"]
    url = ChannelUrl.parse(f"{HOST}/a/b/c")
    given = []
    while covering:
        closest = Scopes(map(_login, [*covering, *others])).closest(url)
        given.append(_scope(closest))
        covering.remove(given[-1])
    assert given == [f"{HOST}/a/b", f"{HOST}/a", HOST]
    assert Scopes(map(_login, others)).closest(url) is None


def test_finding_among_ten_thousand_logins_costs_as_finding_among_ten() -> None:
    def seconds(count: int) -> float:
        resolver = _resolver(_login(f"{HOST}/channel-{number}") for number in range(count))
        url = f"{HOST}/channel-7/label/dev/noarch/x-1.0-0.conda"
        assert _scope(resolver.find(url)) == f"{HOST}/channel-7"
        times = []
        for _ in range(5):
            start = time.perf_counter()
            for _ in range(200):
                resolver.find(url)
            times.append(time.perf_counter() - start)
        return min(times)

    assert seconds(10_000) < 5 * seconds(10)


def test_index_is_read_once_and_not_before_the_first_request() -> None:
    reads: list[int] = []

    def logins() -> list[Login]:
        reads.append(1)
        return [_login(f"{HOST}/private")]

    resolver = Resolver(logins=logins, open_store=lambda source: _CountingStore())
    assert reads == []
    for number in range(50):
        resolver.find(f"{HOST}/channel-{number}/noarch/x")
    assert reads == [1]


def test_index_is_not_read_for_a_url_that_is_never_signed() -> None:
    def logins() -> list[Login]:
        raise AssertionError("read")

    resolver = Resolver(logins=logins, open_store=lambda source: _CountingStore())
    assert resolver.find("https://user@conda.example.org/private") is None


def test_index_that_cannot_be_read_is_an_error_at_every_request() -> None:
    def logins() -> list[Login]:
        raise FileFormatError("broken")

    resolver = Resolver(logins=logins, open_store=lambda source: _CountingStore())
    for _ in range(2):
        with pytest.raises(FileFormatError, match="broken"):
            resolver.find(f"{HOST}/private")


def test_store_is_not_opened_to_find_a_login() -> None:
    def open_store(source: str) -> SecretStore:
        raise AssertionError("opened")

    resolver = Resolver(logins=lambda: [_login(f"{HOST}/private")], open_store=open_store)
    assert _scope(resolver.find(f"{HOST}/private/noarch/x")) == f"{HOST}/private"


def _in_threads(count: int, work: Callable[[], None]) -> None:
    barrier = threading.Barrier(count)

    def together() -> None:
        barrier.wait(10)
        work()

    with ThreadPoolExecutor(count) as pool:
        for job in [pool.submit(together) for _ in range(count)]:
            job.result()


def test_each_secret_is_read_once_by_eight_threads_with_four_hundred_urls() -> None:
    scopes = [f"{HOST}/channel-{number}" for number in range(4)]
    scopes.append(f"{HOST}/channel-0/label/dev")
    urls = [f"{scope}/noarch/x-{number}-0.conda" for number in range(80) for scope in scopes]
    store = _CountingStore()
    resolver = _resolver(map(_login, scopes), store)
    wrong: list[str] = []

    def sign_all() -> None:
        for url in urls:
            login = resolver.find(url)
            scope = url.rpartition("/noarch/")[0]
            if login is None or resolver.secret(login).reveal() != f"secret-of-{scope}":
                wrong.append(url)

    _in_threads(8, sign_all)
    assert len(urls) == 400
    assert wrong == []
    assert store.reads == dict.fromkeys(scopes, 1)


def test_error_of_a_store_is_remembered_and_raised_again_in_every_thread() -> None:
    store = _CountingStore(StoreError("the keyring is locked"))
    login = _login(f"{HOST}/private", "keyring")
    resolver = _resolver([login], store)
    errors: list[StoreError] = []

    def ask() -> None:
        for _ in range(5):
            with pytest.raises(StoreError, match="the keyring is locked") as caught:
                resolver.secret(login)
            errors.append(caught.value)

    _in_threads(8, ask)
    assert len(errors) == 40
    assert store.reads == {f"{HOST}/private": 1}


def test_secret_is_read_again_when_its_place_was_written_since() -> None:
    store = _CountingStore()
    login = _login(f"{HOST}/private", "secret-file:/run/secrets/x")
    resolver = _resolver([login], store)
    for written in (1, 1, 2, 2):
        store.written = written
        resolver.secret(login)
    assert store.reads == {f"{HOST}/private": 2}


def test_error_is_forgotten_when_its_place_was_written_since() -> None:
    store = _CountingStore(StoreError("half written"))
    login = _login(f"{HOST}/private", "secret-file:/run/secrets/x")
    resolver = _resolver([login], store)
    with pytest.raises(StoreError):
        resolver.secret(login)
    store.error, store.written = None, 2
    assert resolver.secret(login).reveal() == f"secret-of-{HOST}/private"


def test_error_is_kept_by_process_for_as_long_as_nothing_tells_otherwise() -> None:
    store = _CountingStore(StoreError("locked"))
    login = _login(f"{HOST}/private", "keyring")
    resolver = _resolver([login], store)
    with pytest.raises(StoreError):
        resolver.secret(login)
    store.error = None
    with pytest.raises(StoreError, match="locked"):
        resolver.secret(login)


def test_error_that_is_raised_often_does_not_grow() -> None:
    login = _login(f"{HOST}/private", "keyring")
    resolver = _resolver([login], _CountingStore(StoreError("locked")))
    lengths = []
    for _ in range(20):
        with pytest.raises(StoreError) as caught:
            resolver.secret(login)
        lengths.append(len(caught.traceback))
    assert max(lengths[1:]) <= lengths[0]


def test_error_of_one_login_does_not_keep_others_from_signing() -> None:
    broken, good = _login(f"{HOST}/broken", "keyring"), _login(f"{HOST}/good", "file")
    stores = {"keyring": _CountingStore(StoreError("locked")), "file": _CountingStore()}
    resolver = Resolver(logins=lambda: [broken, good], open_store=lambda source: stores[source])
    with pytest.raises(StoreError):
        resolver.secret(broken)
    assert resolver.secret(good).reveal() == f"secret-of-{HOST}/good"


def test_store_that_cannot_be_opened_is_asked_once() -> None:
    opened: list[str] = []

    def open_store(source: str) -> SecretStore:
        opened.append(source)
        raise StoreError("no such place")

    login = _login(f"{HOST}/private", "vault")
    resolver = Resolver(logins=lambda: [login], open_store=open_store)
    for _ in range(3):
        with pytest.raises(StoreError, match="no such place"):
            resolver.secret(login)
    assert opened == ["vault"]


@pytest.mark.parametrize(
    ("source", "cause", "next_step"),
    [
        ("keyring", "The keyring that should hold it", f"conda private login {HOST}/private"),
        ("file", "The file that should hold it", f"conda private login {HOST}/private"),
        ("env:MY_ORG_TOKEN", "The variable MY_ORG_TOKEN is not set", "export MY_ORG_TOKEN=..."),
        (
            "secret-file:/run/secrets/my org",
            "There is no file /run/secrets/my org",
            "ls -l '/run/secrets/my org'",
        ),
        (
            "helper:pass",
            f"The credential helper pass has nothing for {HOST}/private.",
            "see what it has:  docker-credential-pass list",
        ),
    ],
)
def test_missing_secret_names_the_place_and_the_next_command(
    source: str, cause: str, next_step: str
) -> None:
    login = _login(f"{HOST}/private", source)
    store = _EmptyStore()
    resolver = _resolver([login], store)
    for _ in range(3):
        with pytest.raises(CredentialMissingError) as caught:
            resolver.secret(login)
    assert f"{HOST}/private" in caught.value.what
    assert cause in caught.value.cause
    assert caught.value.next_step == next_step
    assert caught.value.return_code == 4
    assert store.reads == {f"{HOST}/private": 1}
