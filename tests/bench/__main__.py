"""``python -m tests.bench``: run the benchmarks, print the table, keep the samples."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.bench import Bench
from tests.bench.channel import site
from tests.bench.environments import CHECKOUT, Environment, machine, ours, plain
from tests.bench.likeness import refusal
from tests.bench.registry import BENCHMARKS, ON_DEMAND
from tests.bench.rows import OURS, Row, table
from tests.bench.users import LOGINS


def main() -> None:
    """Run what was asked for."""
    options = _options()
    environments = (options.plain, options.ours, *options.peer)
    missing = [str(each.conda) for each in environments if not each.conda.exists()]
    if missing:
        sys.exit(f"There is no {missing[0]}: run `make bench`, or name another Python.")
    if told := refusal(options.plain, options.ours, options.peer):
        sys.exit(told)
    results: dict[str, Any] = {
        "machine": machine(),
        "versions": {each.name: each.versions() for each in environments},
        "rounds": options.rounds,
        "samples": {},
        "rows": [],
    }
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name, site(Path(name)) as served:
        bench = Bench(*environments[:2], environments[2:], options.rounds, Path(name), served)
        for each in options.only or BENCHMARKS:
            begin = time.monotonic()
            outcome = (BENCHMARKS | ON_DEMAND)[each](bench)
            print(f"{each}: {time.monotonic() - begin:.0f} s", file=sys.stderr)
            rows += outcome.rows
            results["samples"][each] = outcome.samples
            results["rows"] = [vars(row) for row in rows]
            _keep(options.out, results)
    print(table(rows))
    print(f"\nSamples: {options.out}")


def _keep(path: Path, results: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n")


def _environment(name: str) -> Callable[[str], Environment]:
    return lambda python: Environment(name, Path(python).absolute())


def _peer(text: str) -> Environment:
    name, _, python = text.partition("=")
    known = LOGINS.keys() - {OURS}
    if not python or name not in known:
        known_names = " or ".join(sorted(known))
        raise argparse.ArgumentTypeError(f"give NAME=PYTHON; NAME is {known_names}")
    return _environment(name)(python)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=45, help="of each measurement; 45")
    parser.add_argument(
        "--only",
        action="append",
        choices=[*BENCHMARKS, *ON_DEMAND],
        metavar="NAME",
        help=f"one of {', '.join([*BENCHMARKS, *ON_DEMAND])}; may be repeated",
    )
    parser.add_argument(
        "--plain",
        type=_environment("plain"),
        default=plain(),
        metavar="PYTHON",
        help="that of another conda, without any plugin",
    )
    parser.add_argument(
        "--ours",
        type=_environment(OURS),
        default=ours(),
        metavar="PYTHON",
        help="that of the same conda, with this plugin",
    )
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        type=_peer,
        metavar="NAME=PYTHON",
        help="another plugin to measure beside: conda-auth, anaconda-auth, and the Python of a"
        " conda that has it",
    )
    parser.add_argument("--out", type=Path, default=CHECKOUT / "build" / "bench.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
