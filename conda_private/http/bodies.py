"""Reads the bodies of answers, up to the size that a channel's index can have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conda_private.model.exceptions import ServerError

if TYPE_CHECKING:
    from requests import Response

_MIB = 1 << 20
_CHUNK = 1 << 16  # bytes


@dataclass(frozen=True)
class BodyReader:
    """A response hook that reads the body before requests does, which has no size limit.

    Attributes:
        limit: the maximum size, in bytes after decompression. The indexes of the largest public
            channels have a few hundred million bytes.
        harmless: the size, in bytes after decompression, below which the ratio is not checked.
        ratio: the maximum number of bytes that one compressed byte may expand to. For an index
            it is about 10, for a thousand equal bytes 1000.
    """

    limit: int = 1024 * _MIB
    harmless: int = 64 * _MIB
    ratio: int = 200

    def __call__(self, response: Response, **kwargs: Any) -> Response:
        """Read the body.

        Raises:
            ServerError: the body is too large, or it was compressed too much.
        """
        response._content = b"".join(self.limited(response, response.iter_content(_CHUNK)))
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
                raise _too_large(response.url.split("/")[2], size)
            yield block


def _too_large(host: str, size: int) -> ServerError:
    return ServerError(
        f"{host} sent more data than a channel's index can have.",
        cause=f"After {size // _MIB} MiB the answer had not ended, or it was compressed more than"
        " an index can be. The rest was not read.",
        next_step="check the address in a browser, then run:\n"
        "conda private login https://HOST/CHANNEL",
    )
