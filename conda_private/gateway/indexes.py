"""Decides which package index may provide a name, so that no other one takes its place.

The private indexes come first, in the order of the logins, then the public ones. pip compares the
versions of all indexes, and anyone can upload any name to a public one. So a name belongs to the
first index that has it, and for the command, the others do not have it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import unquote, urlsplit

from conda_private.gateway.credentials import Origin
from conda_private.model.address import DEFAULT_PORTS, Address

PYPI = "https://pypi.org/simple"
# Tools know them without being told.
_KNOWN = (PYPI, "https://pypi.org/pypi", "https://test.pypi.org/simple", "https://pypi.python.org")
# A wheel or a source archive; the version begins with a digit.
_FILE = re.compile(r"(.+?)-\d[^/]*\.(?:whl|tar\.gz|zip|whl\.metadata)")
_PAGE = re.compile(r".*/\+?simple/([^/]+)(?:/.*)?")
Result = TypeVar("Result")


class Refusal(NamedTuple):
    """Why the gateway does not forward a request to an index.

    Attributes:
        status: what the command gets instead of the index's answer.
        text: the reason, for the command and the user.
        is_namesake: whether it only matters if the index has the name, too.
    """

    status: int
    text: str
    is_namesake: bool = False


class Once(Generic[Result]):
    """Computes a value for each key once, while other threads that need it wait."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Future[Result]] = {}
        self._looking = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """Return the value for a key, or raise the error that computing it raised."""
        with self._looking:
            future = self._known.get(key)
            is_first = future is None
            if future is None:
                future = self._known[key] = Future()
        if is_first:
            try:
                future.set_result(compute())
            except Exception as error:
                future.set_exception(error)
        return future.result()


class Indexes:
    """The package indexes of one run.

    Args:
        private: the roots of the indexes of the logins, without ``/simple``, in their order.
        public: the URLs of other indexes that the user's settings name.
        with_public: whether the command may use them.
        status_of: asks a private index for a URL, and returns the status.
        check: checks, at the first request for a private index, that its credential is valid.
    """

    def __init__(
        self,
        private: Sequence[Address],
        public: Iterable[str],
        *,
        with_public: bool,
        status_of: Callable[[str], int],
        check: Callable[[Address], None],
    ) -> None:
        self._roots = tuple(private)
        self.private = [f"{root}/simple" for root in private]
        given = [without_password(url).rstrip("/") for url in public]
        others = [url for url in dict.fromkeys((*given, *_KNOWN)) if url not in self.private]
        self._public = others if private else []
        self._private_origins = {origin_of(url) for url in self.private}
        self._public_origins = {origin_of(url) for url in self._public} - self._private_origins
        self._with_public, self._status_of, self._check = with_public, status_of, check
        self._statuses: Once[int] = Once()
        self._checked: Once[None] = Once()

    @property
    def opened(self) -> frozenset[Origin]:
        """The public servers with TLS whose requests must be seen, to guard the names."""
        if not self._with_public:
            return frozenset()
        secure = {origin_of(url) for url in self._public if url.startswith("https:")}
        return frozenset(secure - self._private_origins)

    def refuses_server(self, origin: Origin) -> bool:
        """Whether a server has a public index, and the command may not use one."""
        return not self._with_public and origin in self._public_origins

    def refusal(self, url: str) -> Refusal | None:
        """Return why a request must not be forwarded; None if it may.

        Raises:
            CondaPrivateError: the credential of a private index is not valid, or not there.
        """
        place = self._place(url) if self.private else None
        if place is None:
            return None
        rank, name = place
        if rank < len(self.private):
            self._check_once(rank)
        elif not self._with_public:
            return Refusal(403, f"{host_of(url)} is not a private index. (--with-pypi adds PyPI)")
        return self._owned_by_other(url, rank, name) if name else None

    def learn(self, url: str, status: int) -> None:
        """Remember the status of a page that a private index has sent."""
        for rank, root in enumerate(self.private):
            name = _name(_below(url, root))
            if name and _below(url, root).strip("/").count("/") == 0:
                self._statuses.get((rank, name), lambda: status)

    def _owned_by_other(self, url: str, rank: int, name: str) -> Refusal | None:
        for other in range(min(rank, len(self.private))):
            self._check_once(other)
            ask = partial(self._status_of, f"{self.private[other]}/{name}/")
            status = self._statuses.get((other, name), ask)
            if status == 200:
                return Refusal(404, self._shadowed(name, other, rank, url), is_namesake=True)
            if status != 404:
                # A failure is not "not found": a namesake must not be used instead.
                text = f"{self.private[other]} failed with status {status} for {name}."
                return Refusal(403, text)
        return None

    def _check_once(self, rank: int) -> None:
        self._checked.get(rank, lambda: self._check(self._roots[rank]))

    def _shadowed(self, name: str, owner: int, rank: int, url: str) -> str:
        if rank < len(self.private):
            return (
                f"{name} is in {self.private[owner]} and also in {self.private[rank]}. That of the"
                " first login is used. (--for chooses the logins and their order)"
            )
        place = next((root for root in self._public if _below(url, root)), host_of(url))
        return (
            f"{name} is in {self.private[owner]} and also in {place}. The private package is used,"
            " even if the public one has a higher version."
        )

    def _place(self, url: str) -> tuple[int, str] | None:
        """Return the index that a request is for, and the project; None for no index."""
        roots = (*self.private, *self._public)
        # The longest first: the index of a label may be below that of its channel.
        for rank in sorted(range(len(roots)), key=lambda rank: -len(roots[rank])):
            if rest := _below(url, roots[rank]):
                return rank, _name(rest)
        path, origin = urlsplit(url).path, origin_of(url)
        if origin in self._public_origins:
            return len(roots), _name_of_file(path)
        page = _PAGE.fullmatch(path) if origin in self._private_origins else None
        return (len(roots), _normal(unquote(page[1]))) if page else None


def _below(url: str, root: str) -> str:
    """Return the rest of a URL below a root, with its slash; "" if it is not there."""
    path = url.partition("?")[0]
    return path[len(root) :] if path.startswith(f"{root}/") else ""


def _name(rest: str) -> str:
    """Return the project that the rest of a path is for: a page, or a file; "" for none."""
    first = next((part for part in rest.split("/") if part), "")
    return _name_of_file(rest) or _normal(unquote(first))


def _name_of_file(path: str) -> str:
    file = _FILE.fullmatch(unquote(path.rpartition("/")[2]))
    return _normal(file[1]) if file else ""


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def without_password(url: str) -> str:
    """Return a URL without a user name and a password."""
    return re.sub(r"//[^/@]*@", "//", url)


def origin_of(url: str) -> Origin:
    """Return host and port of a URL."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 0)


def host_of(url: str) -> str:
    """Return the host of a URL, and its port if it has one."""
    return without_password(url).split("/")[2]
