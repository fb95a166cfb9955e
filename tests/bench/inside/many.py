"""Reads many small files as conda does: ``many.py URL TIMES BUNDLE [PROXY]``."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import requests

_THREADS = 5


def read(part: range) -> None:
    """Read one part of the files, with a session of its own."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = sys.argv[3]
        session.proxies = {"https": sys.argv[4]} if len(sys.argv) > 4 else {}
        for number in part:
            session.get(f"{sys.argv[1]}/{number}/1000").raise_for_status()


def main() -> None:
    """Read all of them."""
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(read, [range(n, int(sys.argv[2]), _THREADS) for n in range(_THREADS)]))


if __name__ == "__main__":
    main()
