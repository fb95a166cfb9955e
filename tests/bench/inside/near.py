"""The gateway of a run: ``near.py PORT FOLDER``; for each line, what it has used."""

from __future__ import annotations

import json
import os
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
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            memory = pages * os.sysconf("SC_PAGE_SIZE")
            peak = used.ru_maxrss * 1024
            data = {"cpu": used.ru_utime + used.ru_stime, "memory": memory, "peak": peak}
            print(json.dumps(data), flush=True)


if __name__ == "__main__":
    main()
