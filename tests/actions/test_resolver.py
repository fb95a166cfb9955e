"""Which login authenticates which request, and that its credential is read once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest

from conda_private.actions.resolver import LoginsByAddress, Resolver
from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialMissingError, FileFormatError, StoreError
from conda_private.model.login import Login
from conda_private.model.ports import SecretStore
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret
from conda_private.model.source import Source

HOST = "https://conda.example.org"


def _login(address: str, source: str = "memory") -> Login:
    return Login(Address.parse(address), TOKEN, Source.parse(source))


def _address(login: Login | None) -> str | None:
    return str(login.address) if login else None


class _CountingStore:
    """A slow store that has a credential for each address and counts its reads."""

    source = Source("memory")
    description = "counting"

    def __init__(self, error: Exception | None = None) -> None:
        self.reads: Counter[str] = Counter()
        self.error = error
        self.written: object = None

    def get(self, address: Address) -> Secret | None:
        self.reads[str(address)] += 1
        time.sleep(0.01)
        if self.error:
            raise self.error
        return Secret(f"secret-of-{address}")

    def put(self, address: Address, secret: Secret) -> None:
        raise NotImplementedError

    def delete(self, address: Address) -> None:
        raise NotImplementedError

    def missing(self, address: Address) -> CredentialMissingError:
        return CredentialMissingError.not_in(address, "The store is empty.")

    def stamp(self) -> object:
        return self.written


class _EmptyStore(_CountingStore):
    def get(self, address: Address) -> Secret | None:
        super().get(address)
        return None


def _resolver(logins: Iterable[Login], store: SecretStore | None = None) -> Resolver:
    recorded = list(logins)
    return Resolver(logins=lambda: recorded, open_store=lambda source: store or _CountingStore())


@pytest.mark.parametrize(
    ("path", "address"),
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
def test_most_specific_address_is_found(path: str, address: str) -> None:
    logins = [_login(HOST + address) for address in ("", "/private", "/private/label/dev")]
    for ordered in (logins, logins[::-1]):
        assert _address(_resolver(ordered).find(HOST + path)) == HOST + address


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
    url = Address.parse(f"{HOST}/a/b/c")
    given = []
    while covering:
        closest = LoginsByAddress(map(_login, [*covering, *others])).closest(url)
        given.append(_address(closest))
        covering.remove(given[-1])
    assert given == [f"{HOST}/a/b", f"{HOST}/a", HOST]
    assert LoginsByAddress(map(_login, others)).closest(url) is None


def test_finding_among_ten_thousand_logins_costs_as_finding_among_ten() -> None:
    def seconds(count: int) -> float:
        resolver = _resolver(_login(f"{HOST}/channel-{number}") for number in range(count))
        url = f"{HOST}/channel-7/label/dev/noarch/x-1.0-0.conda"
        assert _address(resolver.find(url)) == f"{HOST}/channel-7"
        times = []
        for _ in range(5):
            start = time.perf_counter()
            for _ in range(200):
                resolver.find(url)
            times.append(time.perf_counter() - start)
        return min(times)

    assert seconds(10_000) < 5 * seconds(10)


def test_logins_are_read_once_and_not_before_the_first_request() -> None:
    reads: list[int] = []

    def logins() -> list[Login]:
        reads.append(1)
        return [_login(f"{HOST}/private")]

    resolver = Resolver(logins=logins, open_store=lambda source: _CountingStore())
    assert reads == []
    for number in range(50):
        resolver.find(f"{HOST}/channel-{number}/noarch/x")
    assert reads == [1]


def test_logins_are_not_read_for_a_url_that_never_gets_a_credential() -> None:
    def logins() -> list[Login]:
        raise AssertionError("read")

    resolver = Resolver(logins=logins, open_store=lambda source: _CountingStore())
    assert resolver.find("https://user@conda.example.org/private") is None


def test_logins_that_cannot_be_read_are_an_error_at_every_request() -> None:
    def logins() -> list[Login]:
        raise FileFormatError("broken")

    resolver = Resolver(logins=logins, open_store=lambda source: _CountingStore())
    for _ in range(2):
        with pytest.raises(FileFormatError, match="broken"):
            resolver.find(f"{HOST}/private")


def test_store_is_not_opened_to_find_a_login() -> None:
    def open_store(source: Source) -> SecretStore:
        raise AssertionError("opened")

    resolver = Resolver(logins=lambda: [_login(f"{HOST}/private")], open_store=open_store)
    assert _address(resolver.find(f"{HOST}/private/noarch/x")) == f"{HOST}/private"


def _in_threads(count: int, work: Callable[[], None]) -> None:
    barrier = threading.Barrier(count)

    def together() -> None:
        barrier.wait(10)
        work()

    with ThreadPoolExecutor(count) as pool:
        for job in [pool.submit(together) for _ in range(count)]:
            job.result()


def test_each_credential_is_read_once_by_eight_threads_with_four_hundred_urls() -> None:
    addresses = [f"{HOST}/channel-{number}" for number in range(4)]
    addresses.append(f"{HOST}/channel-0/label/dev")
    urls = [f"{address}/noarch/x-{number}-0.conda" for number in range(80) for address in addresses]
    store = _CountingStore()
    resolver = _resolver(map(_login, addresses), store)
    wrong: list[str] = []

    def authenticate_all() -> None:
        for url in urls:
            login = resolver.find(url)
            address = url.rpartition("/noarch/")[0]
            if login is None or resolver.secret(login).reveal() != f"secret-of-{address}":
                wrong.append(url)

    _in_threads(8, authenticate_all)
    assert len(urls) == 400
    assert wrong == []
    assert store.reads == dict.fromkeys(addresses, 1)


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


def test_credential_is_read_again_if_its_store_has_changed() -> None:
    store = _CountingStore()
    login = _login(f"{HOST}/private", "secret-file:/run/secrets/x")
    resolver = _resolver([login], store)
    for written in (1, 1, 2, 2):
        store.written = written
        resolver.secret(login)
    assert store.reads == {f"{HOST}/private": 2}


def test_store_is_read_again_after_an_error_if_it_has_changed() -> None:
    store = _CountingStore(StoreError("half written"))
    login = _login(f"{HOST}/private", "secret-file:/run/secrets/x")
    resolver = _resolver([login], store)
    with pytest.raises(StoreError):
        resolver.secret(login)
    store.error, store.written = None, 2
    assert resolver.secret(login).reveal() == f"secret-of-{HOST}/private"


def test_error_is_remembered_if_the_store_reports_no_change() -> None:
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


def test_error_of_one_login_does_not_affect_others() -> None:
    broken, good = _login(f"{HOST}/broken", "keyring"), _login(f"{HOST}/good", "file")
    stores = {"keyring": _CountingStore(StoreError("locked")), "file": _CountingStore()}
    resolver = Resolver(
        logins=lambda: [broken, good], open_store=lambda source: stores[source.kind]
    )
    with pytest.raises(StoreError):
        resolver.secret(broken)
    assert resolver.secret(good).reveal() == f"secret-of-{HOST}/good"


def test_store_that_cannot_be_opened_is_asked_once() -> None:
    opened: list[str] = []

    def open_store(source: Source) -> SecretStore:
        opened.append(source.kind)
        raise StoreError("no such store")

    login = _login(f"{HOST}/private", "vault")
    resolver = Resolver(logins=lambda: [login], open_store=open_store)
    for _ in range(3):
        with pytest.raises(StoreError, match="no such store"):
            resolver.secret(login)
    assert opened == ["vault"]


def test_missing_credential_is_the_error_of_its_store_and_read_once() -> None:
    login, store = _login(f"{HOST}/private"), _EmptyStore()
    resolver = _resolver([login], store)
    for _ in range(3):
        with pytest.raises(CredentialMissingError) as caught:
            resolver.secret(login)
    assert f"{HOST}/private" in caught.value.what
    assert caught.value.cause == "The store is empty."
    assert caught.value.next_step == f"conda private login {HOST}/private"
    assert caught.value.return_code == 4
    assert store.reads == {f"{HOST}/private": 1}


def test_path_of_thousands_of_segments_is_compared_as_far_as_logins_reach() -> None:
    deep, shallow = _login(f"{HOST}/a/a/a"), _login(f"{HOST}/a")
    logins = LoginsByAddress([deep, shallow])
    more = ["b"] * 100_000
    start = time.perf_counter()
    assert logins.closest(deep.address.child(*more)) == deep
    assert logins.closest(shallow.address.child(*more)) == shallow
    assert time.perf_counter() - start < 0.5  # it was 30 s
