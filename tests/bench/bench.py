"""What every benchmark works with."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.channel import Site
from tests.bench.environments import Environment
from tests.bench.users import User


@dataclass(frozen=True)
class Bench:
    """The environments, the channel, and how often things are measured.

    Attributes:
        plain: conda without a plugin.
        ours: the same conda with this one.
        peers: with another one each.
        rounds: of most; the slowest make a third.
    """

    plain: Environment
    ours: Environment
    peers: tuple[Environment, ...]
    rounds: int
    folder: Path
    site: Site

    @property
    def with_plugin(self) -> tuple[Environment, ...]:
        """All but the plain one, ours first."""
        return (self.ours, *self.peers)

    @property
    def few(self) -> int:
        """The rounds of what takes seconds."""
        return max(3, self.rounds // 3)

    def user(self, environment: Environment, addresses: Sequence[str] = ()) -> User:
        """A new user who is logged in to these."""
        folder = Path(tempfile.mkdtemp(dir=self.folder, prefix=f"{environment.name}-"))
        return User(environment, folder, addresses, self.site.ca_file)

    def labels(self, count: int, owner: str = "private") -> list[str]:
        """The addresses of some labels of one channel."""
        return [f"{self.site.url}/{owner}/label/v{number}" for number in range(count)]
