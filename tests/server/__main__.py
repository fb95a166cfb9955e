"""``python -m tests.server``: a world of two users and an organization, served until a signal."""

from __future__ import annotations

import argparse
import contextlib
import json
import secrets
import signal
import tempfile
from pathlib import Path

from . import PERSONALITIES, Anaconda, Request, Server, build_package, serve
from .discovery import document

USERS = ("alice", "bob")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.server", description=__doc__)
    parser.add_argument(
        "--personality", default="anaconda", choices=PERSONALITIES, help="the server to be like"
    )
    parser.add_argument("--style", choices=["left-out", "401", "403", "404"])
    parser.add_argument("--tls", action="store_true", help="serve https; ca_file is printed")
    parser.add_argument("--packages", action="store_true", help="publish a few packages")
    parser.add_argument(
        "--discovery", action="store_true", help="say how to log in, for `login --discover`"
    )
    return parser.parse_args()


def populate(world: Anaconda, folder: Path) -> None:
    """Publish one public and one private package of alice's, and one of acme's."""
    public = build_package(folder, "hello-public", "1.0", script="#!/bin/sh\necho public\n")
    world.add_package("alice", public)
    for owner in ("alice", "acme"):
        script = f"#!/bin/sh\necho private of {owner}\n"
        private = build_package(folder, f"hello-{owner}", "1.0", script=script)
        world.add_package(owner, private, labels=["main", "dev"], private=True)


def show(request: Request) -> None:
    """Log one request: what was received, but not the secret of a header."""
    line = (
        f"{request.method} {request.origin} {request.path} {request.status} "
        f"auth={request.credential} host={request.host}"
    )
    with contextlib.suppress(BrokenPipeError):
        print(line, flush=True)


def describe(server: Server, world: Anaconda) -> str:
    """The line that tells a client where the servers are and how to sign in."""
    accounts = world.accounts
    facts = {
        "api": server.api,
        "conda": server.conda,
        "pypi": server.pypi,
        "files": server.files,
        "channel": server.channel("alice"),
        "accounts": {login: accounts[login].password for login in USERS},
        "organizations": [login for login in accounts if accounts[login].kind == "org"],
    }
    if server.ca_file:
        facts["ca_file"] = str(server.ca_file)
    return json.dumps(facts)


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    signals = {signal.SIGINT, signal.SIGTERM}
    # Blocked before any thread starts, so that only this one ever takes them.
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    options = arguments()
    world = Anaconda(PERSONALITIES[options.personality])
    world.style = options.style or world.style
    for login in USERS:
        world.add_user(login, password=secrets.token_urlsafe(12))
    world.add_organization("acme", owners=["alice"])
    with tempfile.TemporaryDirectory(prefix="anaconda-packages-") as folder:
        if options.packages:
            populate(world, Path(folder))
        with serve(world, tls=options.tls, log=show) as server:
            if options.discovery:
                world.discovery = document(world, api=server.api)
            print(describe(server, world), flush=True)
            signal.sigwait(signals)


if __name__ == "__main__":
    main()
