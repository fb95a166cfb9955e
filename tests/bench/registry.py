"""All benchmarks, in the order of the table."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench import (
    command,
    finding,
    gateway,
    growth,
    instructions,
    login,
    memory,
    pairs,
    reads,
    real_keyring,
    start,
    throughput,
    watch,
    wired,
)
from tests.bench.bench import Bench
from tests.bench.rows import Outcome

BENCHMARKS: dict[str, Callable[[Bench], Outcome]] = {
    "start": start.run,
    "resolver": finding.resolver,
    "session": finding.session,
    "labels": wired.labels,
    "channels": wired.channels,
    "reads": reads.run,
    "throughput": throughput.run,
    "command": command.run,
    "login": login.run,
    "memory": memory.run,
    "growth": growth.run,
    "gateway": gateway.run,
}
# Measured only when they are named.
ON_DEMAND: dict[str, Callable[[Bench], Outcome]] = {
    "instructions": instructions.run,
    "keyring": real_keyring.run,
    "pairs": pairs.run,
    "watch": watch.run,
}
