"""How often the keyring is read for the packages of several labels of one channel."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench.bench import Bench
from tests.bench.rows import OURS, Outcome, Row
from tests.bench.users import User

LABELS, PACKAGES = 5, 50


def run(bench: Bench) -> Outcome:
    """Ours is logged in to the channel; others need an entry for each label."""
    channels = bench.labels(LABELS, "private-small")
    reads = {}
    for environment in bench.with_plugin:
        own = [f"{bench.site.url}/private-small"]
        user = bench.user(environment, own if environment == bench.ours else channels)
        reads[environment.name] = count(user, channels)
    row = Row(
        f"store reads: {PACKAGES} packages from {LABELS} labels of one channel",
        goal="1",
        reached=reads[OURS] == 1,
        figures={name: str(number) for name, number in reads.items()},
    )
    return Outcome([row], {"reads": reads})


def count(user: User, channels: Sequence[str]) -> int:
    """The reads of one process that downloads the packages."""
    # In one thread, so that the number does not depend on who comes first.
    user.inside("downloads", str(PACKAGES // LABELS), "1", *channels).answer()
    return user.reads
