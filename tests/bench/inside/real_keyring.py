"""Reads an item of the system's keyring once, and prints what that took; ``store`` creates it."""

import json
import resource
import sys
import time

# What conda has loaded by then.
import conda.gateways.connection.download
import conda.plugins.types  # noqa: F401

ADDRESS = "https://conda.example.org/my-org"
TOKEN = "my-37ddc9bc-0d9b-4b4e-9c5f-0b0a6e4b5d9c"


def spent():
    """The seconds of CPU until now, with those of programs that were started."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def ours():
    from conda_private.composition.machine import open_store
    from conda_private.model.address import Address
    from conda_private.model.source import Source

    # As the login has recorded it.
    recorded = Source("keyring", "keyring.backends.SecretService.Keyring")
    return open_store(recorded).get(Address.parse(ADDRESS)).reveal()


def searched():
    from conda_private.composition.machine import open_store
    from conda_private.model.address import Address
    from conda_private.model.source import KEYRING

    return open_store(KEYRING).get(Address.parse(ADDRESS)).reveal()


def library():
    import keyring

    return keyring.get_password("conda-private", ADDRESS)


if sys.argv[1] == "store":
    import keyring

    keyring.set_password("conda-private", ADDRESS, TOKEN)
else:
    begin, cpu = time.perf_counter(), spent()
    assert {"ours": ours, "searched": searched, "library": library}[sys.argv[1]]() == TOKEN
    print(json.dumps({"cpu": spent() - cpu, "wall": time.perf_counter() - begin}))
