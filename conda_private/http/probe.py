"""Reads a channel with and without a credential, to find out what the credential adds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from conda_private.http.challenges import offers_basic
from conda_private.http.client import Read, Signer
from conda_private.http.comparing import compare_subdir
from conda_private.http.errors import not_a_channel, status_error
from conda_private.http.heads import REFUSALS, Head, read_head
from conda_private.http.index_difference import Difference, private_names
from conda_private.http.index_names import JSON, SHARDS, Form
from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError, NotAChannelError, SecretFormatError
from conda_private.model.ports import Comparison
from conda_private.model.schemes import PATH_NOT_TRIED, PathScheme, Scheme, can_send
from conda_private.model.secret import Secret
from conda_private.output import Progress

_Job = TypeVar("_Job")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class _Half:
    """The beginnings of a channel's indexes in one form, in the order of the subdirs."""

    form: Form
    heads: tuple[Head, ...]

    @property
    def is_missing(self) -> bool:
        """Whether the server has no index in this form, or hides the channel."""
        return all(head.status == 404 for head in self.heads)

    @property
    def is_refused(self) -> bool:
        """Whether no subdir has an index."""
        return not any(head.is_index for head in self.heads)


class RepodataProbe:
    """Compares what a channel's subdirs show with and without a credential.

    The beginnings of the indexes tell whether the channel refuses requests without a credential;
    a credential with which it has an index then gives access. Only where both halves have one, the
    names in them are compared, while they arrive.

    Args:
        subdirs: the subdirs to read, including noarch.
        read: opens a file. It is called from several threads.
    """

    def __init__(self, *, subdirs: Sequence[str], read: Read) -> None:
        self._subdirs = subdirs
        self._read = read
        self._public: dict[tuple[Address, Form], _Half] = {}

    def look(self, address: Address) -> bool:
        """Read the beginnings of the indexes without a credential, for ``compare`` to use.

        Returns:
            False if the server says that there is no such channel; it can also be hidden.

        Raises:
            CondaPrivateError: the channel could not be read.
        """
        (public,) = self._halves(address, JSON, [Signer()])
        self._public[address, JSON] = public
        return not public.is_missing

    def compare(self, address: Address, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        """Try the schemes in order until the credential gives access to more than is public.

        The channel is read once without the credential, and once for each scheme tried. If the
        credential makes no difference with any of them, the first scheme that the server did not
        refuse is returned.

        Raises:
            CondaPrivateError: every scheme was refused, or the channel could not be read.
        """
        tried: list[Comparison] = []
        refused: list[Head] = []
        left_out: list[Scheme] = []
        for scheme in _worth_trying(schemes, secret, refused, left_out):
            signer = Signer(address, scheme, secret)
            signed, public = self._both_halves(address, signer)
            if signed.is_refused:
                refused += signed.heads
                continue
            tried.append(self._comparison(address, scheme, signer, signed, public))
            if tried[-1].gives_access:
                return tried[-1]
        if tried:
            return tried[0]
        raise _refusal(address, refused, left_out)

    def heads(self, address: Address, signer: Signer) -> dict[str, tuple[Head, Head]]:
        """Return the beginnings of ``repodata.json`` in each subdir, with a credential and without.

        Raises:
            CondaPrivateError: the credential was refused, or the channel could not be read.
        """
        signed, public = self._with_public(address, JSON, signer)
        if signed.is_refused:
            raise _server_refusal(address, signed.heads)
        halves = zip(self._subdirs, signed.heads, public.heads, strict=True)
        return {name: (with_it, without) for name, with_it, without in halves if with_it.is_index}

    def _both_halves(self, address: Address, signer: Signer) -> tuple[_Half, _Half]:
        """Read both halves, in the first form that the server has."""
        if (address, SHARDS) in self._public:
            return self._with_public(address, SHARDS, signer)
        signed, public = self._with_public(address, JSON, signer)
        if not (signed.is_missing and public.is_missing):
            return signed, public
        # conda requires an index of the first subdir, noarch, so its answer is enough.
        first = self._head(address, SHARDS, signer, self._subdirs[0])
        if not first.is_index:
            return signed, public
        return self._with_public(address, SHARDS, signer, first)

    def _with_public(
        self, address: Address, form: Form, signer: Signer, first: Head | None = None
    ) -> tuple[_Half, _Half]:
        """Read both halves in one form; ``first`` is what is known of the first subdir."""
        known = self._public.get((address, form))
        if known:
            (signed,) = self._halves(address, form, [signer])
            return signed, known
        signed, public = self._halves(address, form, [signer, Signer()], first)
        self._public[address, form] = public
        return signed, public

    def _halves(
        self, address: Address, form: Form, signers: Sequence[Signer], first: Head | None = None
    ) -> list[_Half]:
        jobs = [(signer, subdir) for signer in signers for subdir in self._subdirs]
        known = [first] if first else []
        heads = known + _at_once(lambda job: self._head(address, form, *job), jobs[len(known) :])
        size = len(self._subdirs)
        starts = range(0, len(heads), size)
        return [_Half(form, tuple(heads[start : start + size])) for start in starts]

    def _head(self, address: Address, form: Form, signer: Signer, subdir: str) -> Head:
        url = str(address.child(subdir, form.file))
        try:
            head = self._read(url, signer, lambda response: read_head(response, url, form))
        except NotAChannelError as error:
            return Head(200, page=error.what.rpartition(": the answer is ")[2].rstrip("."))
        if head.status not in (200, *REFUSALS):
            raise status_error(address, head.status, wait=head.wait)
        # A server that refuses a password has no use for the hint to send one.
        is_told = signer.is_basic and offers_basic(head.challenge)
        return replace(head, challenge="") if is_told else head

    def _comparison(
        self, address: Address, scheme: Scheme, signer: Signer, signed: _Half, public: _Half
    ) -> Comparison:
        halves = zip(self._subdirs, signed.heads, public.heads, strict=True)
        pairs = {name: (with_it, without) for name, with_it, without in halves if with_it.is_index}

        def compare(subdir: str) -> Difference | None:
            place = address.child(subdir)
            return compare_subdir(self._read, place, signed.form, signer, pairs[subdir], progress)

        with Progress(f"Reading {address}") as progress:
            found = dict(zip(pairs, _at_once(compare, list(pairs)), strict=True))
        refused = [not without.is_index for _, without in pairs.values()]
        differences = {name: each for name, each in found.items() if each}
        known = [each.counts for each in differences.values() if each.counts]
        is_counted = len(known) == len(found)
        return Comparison(
            scheme=scheme,
            closed=all(refused),
            gives_access=any(refused) or any(each.private for each in differences.values()),
            packages=sum(total for total, _ in known) if is_counted else None,
            private=sum(private for _, private in known) if is_counted else None,
            private_names={} if all(refused) else private_names(differences),
            names=tuple(
                dict.fromkeys(name for each in differences.values() for name in each.names)
            ),
        )


def _at_once(work: Callable[[_Job], _Result], jobs: Sequence[_Job]) -> list[_Result]:
    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(work, jobs))


def _worth_trying(
    schemes: Iterable[Scheme], secret: Secret, refused: Sequence[Head], left_out: list[Scheme]
) -> Iterator[Scheme]:
    # Lazy on purpose: what is worth trying depends on what was refused until then.
    for scheme in schemes:
        if isinstance(scheme, PathScheme) and any(each.challenge for each in refused):
            continue  # the server expects a header; a token in the URL would reach its log
        if can_send(scheme, secret):
            yield scheme
        else:
            left_out.append(scheme)


def _refusal(
    address: Address, heads: Sequence[Head], left_out: Sequence[Scheme]
) -> CondaPrivateError:
    """The error for a credential that no scheme could use, or that the server refused in each.

    Args:
        address: the channel.
        heads: the answers of the server; none if no scheme could carry the credential.
        left_out: the schemes that could not.
    """
    in_path = bool(left_out) and all(isinstance(scheme, PathScheme) for scheme in left_out)
    if heads:
        error = _server_refusal(address, heads)
        return error.adding(PATH_NOT_TRIED) if in_path else error
    if not in_path:
        return SecretFormatError.outside_ascii()
    return SecretFormatError(
        "This token cannot be sent in the path of a URL.",
        cause="In a path, conda recognizes and masks only tokens of letters, digits and '-'.",
        next_step=f"omit --scheme to send it in a header:  conda private login {address}",
    )


def _server_refusal(address: Address, heads: Sequence[Head]) -> CondaPrivateError:
    pages = [head.page for head in heads if head.page]
    refused = [head for head in heads if not head.page]
    worst = max(refused, key=lambda head: REFUSALS.index(head.status), default=None)
    # A page says more than "not found", and less than a refusal of the credential.
    if pages and (worst is None or worst.status == 404):
        return not_a_channel(address, pages[0])
    assert worst is not None
    return status_error(address, worst.status, worst.challenge)
