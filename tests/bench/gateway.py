"""The gateway of `conda private run`, beside a tunnel and a direct connection, on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import trustme

from tests.bench.bench import Bench
from tests.bench.rows import OURS, Outcome, Row

_INSIDE = Path(__file__).parent / "inside"
_ROUNDS = 10
_GB, _MB, _FILES = 1 << 30, 1 << 20, 5_000
_CPU, _WALL, _MEMORY = 2.5, 1.5, 20


class Site:
    """The server, the gateway, and a client.

    Args:
        folder: for the certificates.
        port: of the server.
        near: the process of the gateway.
    """

    def __init__(self, folder: Path, port: int, near: subprocess.Popen[str]) -> None:
        self._folder, self.port, self._near = folder, port, near
        self.proxy = _line(near)
        text = (folder / "ca.pem").read_text() + (folder / "authority.pem").read_text()
        (folder / "bundle.pem").write_text(text)

    def used(self) -> dict[str, Any]:
        """The CPU seconds and the memory of the gateway."""
        assert self._near.stdin
        self._near.stdin.write("\n")
        self._near.stdin.flush()
        data: dict[str, Any] = json.loads(_line(self._near))
        return data

    def get(self, host: str, size: int, times: int = 1) -> dict[str, Any]:
        """Read files at once with curl, and return what the gateway used for them."""
        urls = self._folder / "urls"
        url = f"https://{host}:{self.port}/files"
        lines = (f'url = "{url}/{n}/{size}"\noutput = "/dev/null"\n' for n in range(times))
        urls.write_text("".join(lines))
        bundle = str(self._folder / "bundle.pem")
        words = ["curl", "--silent", "--fail", "--cacert", bundle, "--proxy", self.proxy]
        words += ["--config", str(urls)]
        return self._measured(words + (["--parallel", "--parallel-max", "64"] if times > 1 else []))

    def read_many(self, *, direct: bool) -> dict[str, Any]:
        """Read small files as conda does."""
        url, bundle = f"https://127.0.0.1:{self.port}/files", str(self._folder / "bundle.pem")
        words = [sys.executable, str(_INSIDE / "many.py"), url, str(_FILES), bundle]
        return self._measured(words if direct else [*words, self.proxy])

    def _measured(self, words: Sequence[str]) -> dict[str, Any]:
        before, begin = self.used(), time.perf_counter()
        subprocess.run(words, check=True, env={"PATH": os.environ["PATH"]})
        wall, after = time.perf_counter() - begin, self.used()
        return {"wall": wall, "cpu": after["cpu"] - before["cpu"], "peak": after["peak"]}


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@contextmanager
def _site(bench: Bench) -> Iterator[Site]:
    folder = bench.folder / f"gateway-{time.monotonic_ns()}"
    folder.mkdir()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(
        folder / "server.pem"
    )
    far = _start("far.py", str(folder / "server.pem"))
    port = int(_line(far))
    environment = {**os.environ, "REQUESTS_CA_BUNDLE": str(folder / "ca.pem")}
    near = _start("near.py", str(port), str(folder), env=environment)
    try:
        yield Site(folder, port, near)
    finally:
        near.kill()
        far.kill()


def _start(name: str, *words: str, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(_INSIDE / name), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=env,
    )


def run(bench: Bench) -> Outcome:
    """CPU of a large file, time of many small ones, and the memory for both."""
    rounds = min(_ROUNDS, bench.rounds)
    samples: dict[str, list[Any]] = {}
    with _site(bench) as site:
        for _ in range(rounds):
            samples.setdefault("opened", []).append(site.get("127.0.0.1", _GB))
            samples.setdefault("tunnel", []).append(site.get("localhost", _GB))
    with _site(bench) as site:
        for _ in range(rounds):
            samples.setdefault("small", []).append(site.read_many(direct=False))
            samples.setdefault("small direct", []).append(site.read_many(direct=True))
    for name, size, times in (("10 MB", 10 * _MB, 1), ("1 GB", _GB, 1), ("64", 16 * _MB, 64)):
        samples[f"memory {name}"] = [_grown(bench, size, times)]
    return Outcome(_rows(samples), samples)


def _grown(bench: Bench, size: int, times: int) -> float:
    with _site(bench) as site:
        site.get("127.0.0.1", 1000)  # what is loaded once
        before = site.used()["memory"]
        return float(site.get("127.0.0.1", size, times)["peak"] - before) / _MB


def _rows(samples: dict[str, list[Any]]) -> Sequence[Row]:
    cpu = _ratio(samples["opened"], samples["tunnel"], "cpu")
    wall = _ratio(samples["small"], samples["small direct"], "wall")
    memory = {name[7:]: each[0] for name, each in samples.items() if name.startswith("memory ")}
    shown = ", ".join(f"{name}: {value:.0f} MB" for name, value in memory.items())
    speed = 1024 / median(each["wall"] for each in samples["opened"])
    return [
        Row(
            "gateway: 1 GB authenticated : tunneled, CPU of the gateway",
            f"x{_CPU} at most",
            cpu <= _CPU,
            {OURS: f"x{cpu:.2f}, {speed:.0f} MB/s"},
        ),
        Row(
            f"gateway: {_FILES:,} small files : direct, time",
            f"x{_WALL} at most",
            wall <= _WALL,
            {OURS: f"x{wall:.2f}"},
        ),
        Row(
            "gateway: memory above idle for 10 MB, 1 GB, and 64 files at once",
            f"{_MEMORY} MB at most",
            max(memory.values()) <= _MEMORY,
            {OURS: shown},
        ),
    ]


def _ratio(ours: list[Any], theirs: list[Any], kind: str) -> float:
    return median(each[kind] for each in ours) / median(each[kind] for each in theirs)
