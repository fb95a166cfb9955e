"""The gateway of a run: ``near.py PORT FOLDER``; for each line, what it has used."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from conda_private.gateway.answering import Answering
from conda_private.gateway.authority import Authority
from conda_private.gateway.credentials import Credentials
from conda_private.gateway.forwarding import Forwarder
from conda_private.gateway.indexes import Indexes
from conda_private.gateway.peers import Peers
from conda_private.gateway.server import Gateway, serving
from conda_private.model.address import Address
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret
from conda_private.model.source import FILE


def main() -> None:
    """Serve as ``127.0.0.1`` with a login; ``localhost`` on the same port is tunneled."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    address = Address.parse(f"https://127.0.0.1:{port}/files")
    credentials = Credentials([Login(address, TOKEN, FILE)], lambda login: Secret("a-token"))
    indexes = Indexes([], [], with_public=False, status_of=lambda url: 404, check=lambda root: None)
    answering = Answering(credentials, indexes, Forwarder(), print)
    authority = Authority([address.host], folder)
    (folder / "authority.pem").write_text(authority.pem)
    with serving(Gateway(authority, answering, Peers())) as url:
        print(url, flush=True)
        for _ in sys.stdin:
            used = resource.getrusage(resource.RUSAGE_SELF)
            cpu = used.ru_utime + used.ru_stime
            # Not `ru_maxrss`: it begins with what the process had that started this one.
            data = {"cpu": cpu, "memory": _status("VmRSS"), "peak": _status("VmHWM")}
            print(json.dumps(data), flush=True)


def _status(key: str) -> int:
    """Return a number of the kernel about this process, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{key}:"))


if __name__ == "__main__":
    main()
