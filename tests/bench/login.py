"""A login: the requests that it sends, and how many of them it waits for one after the other."""

from __future__ import annotations

import time
from collections import Counter
from statistics import median

from tests.bench.bench import Bench
from tests.bench.measuring import interleave
from tests.bench.rows import OURS, Outcome, Row, milli
from tests.bench.users import User
from tests.server import Anaconda, Fault, Server, build_package, serve

DELAY = 0.5  # seconds: a server far away


def run(bench: Bench) -> Outcome:
    """With an API and without, from a server that answers at once and from one far away."""
    world = Anaconda()
    world.add_user("alice")
    world.add_organization("my-org", owners=["alice"])
    world.add_package("my-org", build_package(bench.folder, "hello", "1.0"), private=True)
    token = world.add_token("alice", scopes=["conda:download"])
    with serve(world) as server:
        user = bench.user(bench.ours)
        found = interleave(
            bench.few,
            {
                "near": lambda: once(user, server, token),
                "far": lambda: _far(user, server, token),
            },
        )
        requests = sent(server)
    wall = {name: median(series) for name, series in found.items()}
    trips = (wall["far"] - wall["near"]) / DELAY
    row = Row(
        "login: wall, requests, and how many round trips it waits for",
        goal="4 to the channel and 1 to the API, all at once",
        reached=requests == {"conda": 4, "api": 1} and trips < 1.5,
        figures={
            OURS: f"{milli(wall['near'])}, {requests['conda']} + {requests['api']},"
            f" {trips:.1f} round trips"
        },
    )
    return Outcome([row], {"wall": found, "requests": requests, "delay": DELAY})


def once(user: User, server: Server, token: str) -> float:
    """The seconds of one login."""
    server.clear()
    begin = time.perf_counter()
    channel = f"{server.conda}/my-org"
    words = (channel, "--api-url", server.api, "--storage", "file")
    user.login(*words, "--add-channel", "none", token=token)
    return time.perf_counter() - begin


def sent(server: Server) -> dict[str, int]:
    """The requests that came, by origin."""
    return dict(Counter(request.origin for request in server.requests))


def _far(user: User, server: Server, token: str) -> float:
    server.fail("", how=Fault.slow(DELAY))
    try:
        return once(user, server, token)
    finally:
        server.heal()
