"""What remembers the additions to a ``.condarc``; the index does."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Memory(Protocol):
    """Where it is remembered, per file, what was added."""

    def changing(self) -> AbstractContextManager[None]:
        """Hold the lock of the memory."""

    def channel_list(self, file: str) -> Mapping[str, Any]:
        """What is remembered; empty for nothing."""

    def keep_channel_list(self, file: str, added: Mapping[str, Any]) -> None:
        """Remember, or with an empty mapping forget."""
