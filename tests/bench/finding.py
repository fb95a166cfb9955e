"""What each new URL costs: our resolver alone, and with conda's own matching and the signature."""

from __future__ import annotations

from statistics import median
from typing import Any

from tests.bench.bench import Bench
from tests.bench.environments import Environment
from tests.bench.measuring import interleave
from tests.bench.rows import OURS, Outcome, Row, micro

ADDRESSES, URLS = (1, 100, 10_000), 10_000
MAX_FIND, MAX_SLOPE, MAX_SESSION = 30e-6, 1.2, 120e-6
LABELS = 1_000
# Others take up to a hundred milliseconds for each URL.
URLS_OF_PEERS = 20


def resolver(bench: Bench) -> Outcome:
    """The median over new URLs, with few and with many addresses."""
    user = bench.user(bench.ours)
    jobs = {str(n): user.inside("resolver", str(n), str(URLS)) for n in ADDRESSES}
    taken = interleave(3, {name: job.answer for name, job in jobs.items()}, warm=False)
    # In each round the median of many; of the rounds the one that others disturbed least.
    found = {name: min(median(series) for series in taken[name]) / 1e9 for name in taken}
    slope = found[str(ADDRESSES[-1])] / found[str(ADDRESSES[0])]
    times = ", ".join(micro(each) for each in found.values())
    row = Row(
        f"resolver, per new URL, at {', '.join(f'{n:,}' for n in ADDRESSES)} addresses",
        goal="30 us at most, 10,000 : 1 at most x1.2",
        reached=max(found.values()) <= MAX_FIND and slope <= MAX_SLOPE,
        figures={OURS: f"{times} (x{slope:.2f})"},
    )
    return Outcome([row], {"medians": found, "all": _quantiles(taken)})


def session(bench: Bench) -> Outcome:
    """``get_session`` and the handler on new URLs, with many labels logged in."""
    taken = {each.name: per_url(bench, each, LABELS) for each in bench.with_plugin}
    found = {name: median(each["session"]) / 1e9 for name, each in taken.items()}
    signed = {name: median(each["sign"]) / 1e9 for name, each in taken.items()}
    row = Row(
        f"`get_session` on a new URL, {LABELS:,} labels logged in",
        goal="120 us at most",
        reached=found[OURS] <= MAX_SESSION,
        figures={
            each: f"{micro(found[each])}, and {micro(signed[each])} to sign" for each in found
        },
    )
    return Outcome([row], {"session": found, "sign": signed, "all": taken})


def per_url(bench: Bench, environment: Environment, labels: int) -> Any:
    """The nanoseconds of ``get_session`` and of signing, for each of some new URLs."""
    user = bench.user(environment, bench.labels(labels))
    count = 1_000 if environment == bench.ours else URLS_OF_PEERS
    address = f"{bench.site.url}/private/label/v{{}}"
    return user.inside("signing", address, str(labels), str(count)).answer()


def _quantiles(taken: dict[str, list[Any]]) -> dict[str, list[list[float]]]:
    """A tenth, the median, nine tenths of each round; ten thousand samples are too many to keep."""
    every = {name: [sorted(series) for series in rounds] for name, rounds in taken.items()}
    return {
        name: [[series[len(series) * part // 10] for part in (1, 5, 9)] for series in rounds]
        for name, rounds in every.items()
    }
