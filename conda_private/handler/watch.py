"""Watches the indexes that conda reads: an answer 200 without access is not taken for the channel.

A server may answer an invalid credential with the public rest of a channel. A package of the same
name from another channel would then be installed without a word.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from conda_private.composition import machine
from conda_private.http.index_search import SHARDS, Search
from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError, TokenRefusedError
from conda_private.model.login import Login
from conda_private.model.secret import Secret

if TYPE_CHECKING:
    from requests import Response

_NAMES = frozenset(
    {f"{kind}repodata.json{end}" for kind in ("", "current_") for end in ("", ".zst")}
)
_WATCHED = _NAMES | {SHARDS}


def watch(response: Response, login: Login, secret: Secret, asked: str) -> None:
    """Watch the body of an answer if names are remembered for what was asked for.

    The body is never read here: conda reads it later, in its own way.

    Args:
        response: an answer with status 200.
        login: the login whose credential authenticated the request.
        secret: the credential.
        asked: the URL before any redirect.
    """
    file = _file_of(login, asked)
    names = machine.recognizer(login, secret) if file else None
    if names is None or file is None or file[0] not in names.subdirs:
        return
    subdir, name = file
    search = Search(name, lambda found: names.finds_any(subdir, found))
    if search.is_possible:
        response.raw = WatchedBody(response.raw, search, lambda: judge(login, secret))


def _file_of(login: Login, asked: str) -> tuple[str, str] | None:
    if asked.partition("?")[0].rpartition("/")[2] not in _WATCHED or not login.address.path:
        return None
    url = Address.of_request(asked)
    size = len(login.address.path)
    return (url.path[-2], url.path[-1]) if url and len(url.path) == size + 2 else None


class WatchedBody:
    """A body that is handed on as it is read, and searched on the way until a name is found.

    Args:
        raw: the body, as urllib3 has it.
        search: the search.
        judge: is called at the end if no name was found; it may raise.
    """

    def __init__(self, raw: Any, search: Search, judge: Callable[[], None]) -> None:
        self._raw, self._search, self._judge = raw, search, judge
        self._is_done = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    @property
    def decode_content(self) -> Any:
        """Whether urllib3 undoes the content encoding; conda sets it."""
        return self._raw.decode_content

    @decode_content.setter
    def decode_content(self, value: Any) -> None:
        self._raw.decode_content = value

    def read(self, amt: int | None = None, *args: Any, **options: Any) -> bytes:
        """Read a part of the body, or all of it."""
        block: bytes = self._raw.read(amt, *args, **options)
        self._see(block, is_last=not block or amt is None)
        return block

    def stream(self, *args: Any, **options: Any) -> Iterator[bytes]:
        """Read the body in blocks."""
        for block in self._raw.stream(*args, **options):
            self._see(block, is_last=False)
            yield block
        self._see(b"", is_last=True)

    def _see(self, block: bytes, *, is_last: bool) -> None:
        if self._is_done:
            return
        if block:
            self._search.feed(block)
        if is_last or self._search.ended:
            self._search.finish()
            self._is_done = True
            if not self._search.found:
                self._judge()
        self._is_done |= self._search.found


_judging = threading.Lock()
_judged: dict[Address, CondaPrivateError | None] = {}


def judge(login: Login, secret: Secret) -> None:
    """Compare the channel with and without the credential; once in a process for each login.

    Raises:
        TokenRefusedError: the credential gives access to nothing that is not public.
        CondaPrivateError: the channel could not be read.
    """
    with _judging:
        if login.address not in _judged:
            _judged[login.address] = _compare(login, secret)
        error = _judged[login.address]
    if error:
        # One error object serves several threads; it must not accumulate their tracebacks.
        raise error.with_traceback(None)


def _compare(login: Login, secret: Secret) -> CondaPrivateError | None:
    try:
        found = machine.probe().compare(login.address, (login.scheme,), secret)
    except CondaPrivateError as error:
        return error
    if found.gives_access:
        machine.remember(login, secret, found, keeps_missed=True)
        return None
    address = login.address
    return TokenRefusedError(
        f"{address.netloc} shows none of the private packages of {address} that it showed at the"
        " last login or check.",
        cause="The credential expired or was revoked, your access was withdrawn, or the owner"
        " removed the packages or made them public. Nothing was installed, because a package of"
        " the same name from another channel could take their place.",
        next_step=f"conda private check {address}",
    )
