"""Reads the bodies of answers, up to the size that they can have, each and together."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import finalize

from conda_private.model.exceptions import ServerError

if TYPE_CHECKING:
    from requests import Response

_MIB = 1 << 20
_CHUNK = 1 << 16  # bytes


class Budget:
    """What the requests of this process may hold in memory together.

    Args:
        limit: the maximum of all sizes at one time.
    """

    def __init__(self, limit: int) -> None:
        self.limit, self._used = limit, 0
        # Reentrant, because the garbage collector can run at any time, also below.
        self._lock = threading.RLock()

    def add(self, owner: object, size: int) -> bool:
        """Count a size until its owner is garbage; False if it is too much."""
        with self._lock:
            if self._used + size > self.limit:
                return False
            self._used += size
        finalize(owner, self._remove, size).atexit = False
        return True

    def _remove(self, size: int) -> None:
        with self._lock:
            self._used -= size


# The answers of APIs, which are in memory as a whole: of the largest public account, the list of
# packages takes less than this.
ANSWERS = Budget(128 * _MIB)
# The names of files that are public, of all indexes that are compared at the same time. The largest
# public channel has about a million in each subdir; each takes up to 16 bytes.
NAMES = Budget(32 * _MIB)


@dataclass(frozen=True)
class BodyReader:
    """A response hook that reads the body before requests does, which has no size limit.

    Attributes:
        limit: the maximum size, in bytes after decompression. The indexes of the largest public
            channels have a few hundred million bytes.
        harmless: the size, in bytes after decompression, below which the ratio is not checked.
        ratio: the maximum number of bytes that one compressed byte may expand to. For an index
            it is about 10, for a thousand equal bytes 1000.
        budget: what the bodies that are in memory may have together.
    """

    limit: int = 1024 * _MIB
    harmless: int = 64 * _MIB
    ratio: int = 200
    budget: Budget = ANSWERS

    def __call__(self, response: Response, **kwargs: Any) -> Response:
        """Read the body.

        Raises:
            ServerError: the body is too large, alone or together with others, or it was compressed
                too much.
        """
        body = []
        for block in self.limited(response, response.iter_content(_CHUNK)):
            if not self.budget.add(response, len(block)):
                response.close()
                raise _too_large_together(_host(response), self.budget.limit)
            body.append(block)
        response._content = b"".join(body)
        return response

    def limited(self, response: Response, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Hand on the blocks of a body, or of what it is decompressed to, up to the limits.

        Raises:
            ServerError: the body is too large, or it was compressed too much.
        """
        size = 0
        for block in blocks:
            size += len(block)
            if size > self.limit or size > max(self.harmless, self.ratio * response.raw.tell()):
                response.close()
                raise _too_large(_host(response), size)
            yield block


def _host(response: Response) -> str:
    return response.url.split("/")[2]


def _too_large_together(host: str, limit: int) -> ServerError:
    return ServerError(
        f"{host} sent more data than an API needs.",
        cause=f"All answers that are in use at the same time can have {limit // _MIB} MiB. The rest"
        " was not read.",
        next_step=f"check that {host} is the server that you mean:  conda private list",
    )


def too_many_names() -> ServerError:
    """The error for an index with more names than are compared."""
    return ServerError(
        "An index has more names than can be compared.",
        cause=f"Indexes that are compared at the same time may have {NAMES.limit} public names.",
        next_step="check one channel at a time, or use --no-verify to skip verification at login",
    )


def _too_large(host: str, size: int) -> ServerError:
    return ServerError(
        f"{host} sent more data than a channel's index can have.",
        cause=f"After {size // _MIB} MiB the answer had not ended, or it was compressed more than"
        " an index can be. The rest was not read.",
        next_step="check the address in a browser, then run:\n"
        f"conda private login https://{host}/my-org",
    )
