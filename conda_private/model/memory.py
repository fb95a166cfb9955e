"""What a login remembers of its channel: a few names that only the credential shows, hashed.

An index that shows none of them was read without access, whatever its status says. The hashes are
keyed with the credential, so that they tell nothing to a reader of the file who does not have it.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from conda_private.model.address import Address
from conda_private.model.login import Login
from conda_private.model.schemes import BasicScheme
from conda_private.model.secret import Secret

# Names of packages that an index does not show any more, and that may have been withdrawn.
MAX_MISSED = 64
_SIZE = 8  # bytes of each hash
# No package has this name: a hash of it recognizes the credential.
_OWN = "\0"


class Memory(NamedTuple):
    """What is stored for one login; every hash is a hexadecimal text.

    Attributes:
        own: recognizes the credential that the hashes are keyed with.
        names: by subdir, the names that the credential showed.
        missed: names that it showed once and has not shown since.
        mixed: names of packages that have public files, too. Their names prove no access.
    """

    own: str
    names: Mapping[str, tuple[str, ...]]
    missed: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()


class Recognizer:
    """Recognizes remembered names.

    Args:
        memory: what is stored.
        hashed: hashes a name with the credential of the login.
    """

    def __init__(self, memory: Memory, hashed: Hasher) -> None:
        self._hashed = hashed
        self._by_subdir = {subdir: frozenset(names) for subdir, names in memory.names.items()}
        self._all = frozenset(memory.missed).union(*self._by_subdir.values())
        self._mixed = frozenset(memory.mixed)

    @property
    def subdirs(self) -> frozenset[str]:
        """The subdirs in which a name is remembered."""
        return frozenset(self._by_subdir)

    def finds_any(self, subdir: str, names: Iterable[str]) -> bool:
        """Whether one of the names is remembered for this subdir."""
        known, hashed = self._by_subdir[subdir], self._hashed
        return any(hashed(name) in known for name in names)

    def knows(self, name: str) -> bool:
        """Whether a name is remembered for any subdir."""
        return self._hashed(name) in self._all

    def knows_in_part(self, name: str) -> bool:
        """Whether a name is remembered of which there are public files, too."""
        return self._hashed(name) in self._mixed


class Hasher:
    """Hashes names (RFC 7693) with a key that is derived from a credential and an address."""

    def __init__(self, address: Address, secret: Secret) -> None:
        key = secret.key_for(f"conda-private: names in {address}")
        # A copy of a keyed state costs a seventh of HMAC-SHA256, and an index has many names.
        self._keyed = blake2b(key=key, digest_size=_SIZE)

    def __call__(self, name: str) -> str:
        """Return the hash."""
        state = self._keyed.copy()
        state.update(name.encode())
        return state.hexdigest()


def is_remembered(login: Login) -> bool:
    """Whether names are remembered for a login.

    A login for a whole server has no index of its own. A password may be guessed, and with a fast
    hash that it is a key of, whoever reads the file could try millions in a second.
    """
    return bool(login.address.path) and not isinstance(login.scheme, BasicScheme)


def remember(
    address: Address,
    secret: Secret,
    names: Mapping[str, Sequence[str]],
    before: Memory | None = None,
    mixed: Sequence[str] = (),
) -> Memory:
    """Return what to store for these names.

    Args:
        address: the login's address.
        secret: its credential.
        names: by subdir, names that only the credential shows.
        before: what was stored; names of it that are not shown any more are kept as missed.
        mixed: names of packages that have public files, too.
    """
    hashed = Hasher(address, secret)
    by_subdir = {subdir: tuple(map(hashed, found)) for subdir, found in names.items() if found}
    shown = {each for found in by_subdir.values() for each in found} | set(map(hashed, mixed))
    known = [each for found in before.names.values() for each in found] if before else []
    missed = dict.fromkeys((*known, *(before.missed if before else ())))
    kept = [each for each in missed if each not in shown]
    in_part = dict.fromkeys((*map(hashed, mixed), *(before.mixed if before else ())))
    return Memory(hashed(_OWN), by_subdir, tuple(kept[:MAX_MISSED]), tuple(in_part)[:MAX_MISSED])


def recognizer(address: Address, secret: Secret, memory: Memory | None) -> Recognizer | None:
    """Return the recognizer; None if nothing is stored, or for another credential."""
    hashed = Hasher(address, secret)
    if memory is None or not hmac.compare_digest(memory.own, hashed(_OWN)):
        return None
    return Recognizer(memory, hashed)
