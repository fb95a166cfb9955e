"""Compares the two halves of one index, with and without a credential, while they arrive."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import requests

from conda_private.http.bodies import BodyReader
from conda_private.http.client import Read, Signer
from conda_private.http.errors import not_a_channel
from conda_private.http.heads import Head
from conda_private.http.index_difference import Difference, PublicIndex, difference
from conda_private.http.index_names import JSON, SHARDS, ZST, Form, Names, NotThisFormError
from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError
from conda_private.output import Progress

if TYPE_CHECKING:
    from requests import Response

_CHUNK = 1 << 18  # bytes
_SMALL = 1 << 20  # bytes of an index for which no smaller form is searched for
_Result = TypeVar("_Result")


def compare_subdir(
    read: Read,
    subdir: Address,
    form: Form,
    signer: Signer,
    heads: tuple[Head, Head],
    progress: Progress,
) -> Difference | None:
    """Compare a subdir with and without a credential; None if it is closed and too large to count.

    Args:
        read: opens a file.
        subdir: the address of the subdir.
        form: the form of the index whose beginnings were read.
        signer: adds the credential.
        heads: these beginnings, with the credential and without it.
        progress: is told about the bytes of large indexes.

    Raises:
        CondaPrivateError: the index could not be read.
    """
    signed, public = heads
    if not public.is_index:
        count = None if signed.names is None else len(signed.names)
        return None if count is None else Difference(count, count, lists_files=form.lists_files)
    if signed.names is not None and public.names is not None:
        known = PublicIndex(form, iter([list(public.names)]))
        return difference(form, iter([list(signed.names)]), known)
    return _compared_as_streams(read, subdir, _forms(form, signed, public), signer, progress)


def _compared_as_streams(
    read: Read, subdir: Address, forms: Sequence[Form], signer: Signer, progress: Progress
) -> Difference:
    found = None
    for form in forms:
        url = str(subdir.child(form.file))
        found = _streamed(read, url, form, signer, progress) or found
        # A form that the server does not filter by credential proves nothing; the last one decides.
        if found and found.private:
            break
    if found is None:
        raise not_a_channel(subdir, "no longer repodata")
    return found


def _forms(form: Form, signed: Head, public: Head) -> tuple[Form, ...]:
    sizes = (signed.size, public.size)
    is_small = all(size is not None and size <= _SMALL for size in sizes)
    return (form,) if is_small or form is not JSON else (SHARDS, ZST, JSON)


def _streamed(
    read: Read, url: str, form: Form, signer: Signer, progress: Progress
) -> Difference | None:
    """Compare one index; None if it is not there in this form."""

    def names(signer: Signer, use: Callable[[Names], _Result]) -> _Result | None:
        def take(response: Response) -> _Result | None:
            is_there = response.status_code == 200
            return use(_names_of_answer(response, form, progress)) if is_there else None

        try:
            return read(url, signer, take)
        except NotThisFormError:
            return None

    # One after the other: the names that are public are known before the others arrive.
    public = names(Signer(), lambda found: PublicIndex(form, found))
    if public is None:
        return None
    return names(signer, lambda found: difference(form, found, public))


def _names_of_answer(response: Response, form: Form, progress: Progress) -> Names:
    """Return the names in an answer, whose body is read with the usual limits.

    Raises:
        NotThisFormError: the body is not an index in this form.
        ServerError: the body is too large.
    """
    reader = BodyReader()
    blocks = reader.limited(response, _counted(response, progress))
    try:
        yield from form.names(blocks, lambda plain: reader.limited(response, plain))
    except (requests.RequestException, CondaPrivateError):
        raise
    except Exception as error:  # each decoder has error classes of its own
        raise NotThisFormError(str(error)) from None


def _counted(response: Response, progress: Progress) -> Iterator[bytes]:
    """Hand on the blocks of a body, and count its bytes as they were sent."""
    length = response.headers.get("content-length", "")
    progress.expect(int(length) if length.isascii() and length.isdigit() else 0)
    done = 0
    for block in response.iter_content(_CHUNK):
        progress.advance(response.raw.tell() - done)
        done = response.raw.tell()
        yield block
