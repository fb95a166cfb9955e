"""Reads the names of a channel's files in alphabetical order, while its indexes arrive.

An index has two sections, ``packages`` and ``packages.conda``, each in alphabetical order. All
sections are read at the same time and merged, so that none of them is held as a whole. A large
index is opened twice for that: once for each section.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from heapq import merge
from itertools import chain, groupby, islice, repeat
from operator import itemgetter
from typing import TYPE_CHECKING

import requests

from conda_private.http.bodies import BodyReader
from conda_private.http.client import Signer
from conda_private.http.errors import connection_error
from conda_private.http.heads import Head
from conda_private.http.index_names import JSON, SECTIONS, names_in_json
from conda_private.model.address import Address
from conda_private.model.exceptions import ServerError

if TYPE_CHECKING:
    from typing import TypeAlias

    from requests import Response

    Open: TypeAlias = Callable[[str, Signer], Response]

_CHUNK = 1 << 16  # bytes
_SMALL = 1 << 20  # bytes of an index that is read in one request
_AHEAD = 1 << 12  # names; more than a small index has
_KEY = re.compile(rb'"(packages(?:\.conda)?)"\s*:')
_LONGEST_KEY = 64  # bytes, with white space


def files_in_order(
    address: Address, signer: Signer, heads: Mapping[str, tuple[Head, Head]], open_file: Open
) -> Iterator[tuple[str, bool]]:
    """Yield the files in a channel's ``repodata.json``, and whether each one is public.

    Args:
        address: the address of the channel.
        signer: adds the credential.
        heads: the beginnings of the index of each subdir, with the credential and without it.
        open_file: opens a file for reading in blocks.

    Raises:
        ServerError: an index is not in alphabetical order, or too large.
        CondaPrivateError: an index could not be read.
    """
    signed, public = [], []
    for subdir, (with_it, without) in heads.items():
        url = str(address.child(subdir, JSON.file))
        signed += _sections(url, signer, with_it, open_file)
        public += _sections(url, Signer(), without, open_file) if without.is_index else []
    with ThreadPoolExecutor(len(signed) + len(public)) as pool:
        begun = list(pool.map(lambda names: _begun(names, address), [*signed, *public]))
    is_public = [*repeat(False, len(signed)), *repeat(True, len(public))]
    marked = (zip(names, repeat(mark)) for names, mark in zip(begun, is_public, strict=True))
    for name, group in groupby(merge(*marked), key=itemgetter(0)):
        found = {mark for _, mark in group}
        if False in found:
            yield name.decode(errors="replace"), True in found


def _sections(url: str, signer: Signer, head: Head, open_file: Open) -> list[Iterator[bytes]]:
    if head.names is not None:
        return [iter(head.names)]
    is_small = head.size is not None and head.size <= _SMALL
    wanted = (None,) if is_small else SECTIONS
    return [_names(url, signer, section, open_file) for section in wanted]


def _names(url: str, signer: Signer, section: bytes | None, open_file: Open) -> Iterator[bytes]:
    reader, host = BodyReader(), url.split("/")[2]
    response = open_file(url, signer)
    try:
        blocks: Iterable[bytes] = reader.limited(response, response.iter_content(_CHUNK))
        for names in names_in_json(in_section(blocks, section) if section else blocks):
            yield from names
    except requests.RequestException as error:
        problem = connection_error(host, error)
    else:
        return
    finally:
        response.close()
    raise problem  # not chained: the library's error holds the request and its credential


def in_section(blocks: Iterable[bytes], wanted: bytes) -> Iterator[bytes]:
    """Hand on what is in one of the sections of an index, and stop reading after it."""
    rest, inside = b"", False
    for block in blocks:
        text, *others = _KEY.split(rest + block)
        for key, after in zip(others[::2], others[1::2], strict=True):
            if inside:
                yield text
                return
            inside, text = key == wanted, after
        rest = text[-_LONGEST_KEY:]  # a key may be divided
        if inside:
            yield text[:-_LONGEST_KEY]
    if inside:
        yield rest


def _begun(names: Iterator[bytes], address: Address) -> Iterator[bytes]:
    """Read the first names, and return all of them in alphabetical order."""
    first = list(islice(names, _AHEAD))
    ordered = sorted(first)
    if len(first) < _AHEAD:
        return iter(ordered)
    return _checked(first, names, address) if first == ordered else iter(sorted([*first, *names]))


def _checked(first: list[bytes], names: Iterator[bytes], address: Address) -> Iterator[bytes]:
    last = b""
    for name in chain(first, names):
        if name < last:
            raise ServerError(
                f"The index of {address} is not in alphabetical order.",
                cause="So the packages cannot be listed while it arrives.",
                next_step=f'conda search --override-channels -c {address} "*"',
            )
        last = name
        yield name
