"""Reads the bodies of answers, and no more than an index of a channel can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conda_private.model.exceptions import ServerError

if TYPE_CHECKING:
    from requests import Response

_MIB = 1 << 20
_PIECE = 1 << 16  # bytes


@dataclass(frozen=True)
class BodyReader:
    """A response hook: reads the body before requests would, which knows no limit.

    Attributes:
        limit: bytes, unpacked; indexes of the biggest public channels have some hundred millions.
        harmless: bytes, unpacked, up to which it does not matter how well they were packed.
        ratio: above that, how many bytes one that was sent may unpack to; for an index it is
            about ten, and for a thousand times the same byte a thousand.
    """

    limit: int = 1024 * _MIB
    harmless: int = 64 * _MIB
    ratio: int = 200

    def __call__(self, response: Response, **kwargs: Any) -> Response:
        """Read it, or give up.

        Raises:
            ServerError: it is too big.
        """
        pieces, size = [], 0
        for piece in response.iter_content(_PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > self.limit or size > max(self.harmless, self.ratio * response.raw.tell()):
                response.close()
                raise _too_big(response.url.split("/")[2], size)
        response._content = b"".join(pieces)
        return response


def _too_big(host: str, size: int) -> ServerError:
    return ServerError(
        f"{host} answers with more than the index of a channel can have.",
        cause=f"After {size // _MIB} MiB there was still more, or it was packed too tightly to be"
        " one. The rest was not read.",
        next_step="check the address in a browser, then  conda private login https://HOST/CHANNEL",
    )
