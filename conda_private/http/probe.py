"""Reads a channel with and without a credential, to find out what the credential adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conda_private.http.client import Ask, Signer
from conda_private.http.errors import not_a_channel, status_error
from conda_private.model.address import Address
from conda_private.model.exceptions import SecretFormatError
from conda_private.model.ports import Comparison
from conda_private.model.schemes import PathScheme, Scheme, can_be_in_path
from conda_private.model.secret import Secret

if TYPE_CHECKING:
    from requests import Response

# Least telling first: a server that answers 403 has recognized the credential.
_REFUSALS = (404, 401, 403)


@dataclass(frozen=True)
class _Reading:
    """The answer for one subdir: its packages, or the status of a refusal.

    Attributes:
        status: the HTTP status.
        packages: paths below the channel: ``noarch/hello-1.0-0.conda``.
        challenge: the value of ``WWW-Authenticate``, or "".
    """

    status: int
    packages: frozenset[str] = frozenset()
    challenge: str = ""


class RepodataProbe:
    """Compares the ``repodata.json`` of a channel's subdirs with and without a credential.

    Args:
        subdirs: the subdirs to read, including noarch.
        ask: gets a URL. It is called from several threads.
    """

    def __init__(self, *, subdirs: Sequence[str], ask: Ask) -> None:
        self._subdirs = subdirs
        self._ask = ask

    def compare(self, address: Address, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        """Try the schemes in order until the credential gives access to more than is public.

        The channel is read once without the credential, and once for each scheme tried. If the
        credential makes no difference with any of them, the first scheme that the server did not
        refuse is returned.

        Raises:
            CondaPrivateError: every scheme was refused, or the channel could not be read.
        """
        public: list[_Reading] = []
        tried: list[Comparison] = []
        refused: list[_Reading] = []
        for scheme in _usable(schemes, secret):
            if isinstance(scheme, PathScheme) and any(each.challenge for each in refused):
                continue  # the server expects a header; a token in the URL would reach its log
            signer = Signer(address, scheme, secret)
            signers = [signer] if public else [signer, Signer()]
            signed, *rest = self._read(address, signers)
            public = public or rest[0]
            if all(reading.status != 200 for reading in signed):
                refused += signed
                continue
            tried.append(_comparison(scheme, signed, public))
            if tried[-1].opens:
                return tried[-1]
        if tried:
            return tried[0]
        worst = max(refused, key=lambda reading: _REFUSALS.index(reading.status))
        raise status_error(address, worst.status, worst.challenge)

    def _read(self, address: Address, signers: Sequence[Signer]) -> list[list[_Reading]]:
        jobs = [(address, subdir, signer) for signer in signers for subdir in self._subdirs]
        with ThreadPoolExecutor(len(jobs)) as pool:
            readings = list(pool.map(lambda job: self._read_one(*job), jobs))
        size = len(self._subdirs)
        return [readings[start : start + size] for start in range(0, len(readings), size)]

    def _read_one(self, address: Address, subdir: str, signer: Signer) -> _Reading:
        response = self._ask(str(address.child(subdir, "repodata.json")), signer)
        challenge = "" if signer.is_basic else response.headers.get("www-authenticate", "")
        if response.status_code in _REFUSALS:
            return _Reading(response.status_code, challenge=challenge)
        if response.status_code != 200:
            raise status_error(address, response.status_code)
        names = (f"{subdir}/{name}" for name in _package_names(address, response))
        return _Reading(200, frozenset(names))


def _usable(schemes: Iterable[Scheme], secret: Secret) -> Iterator[Scheme]:
    # Lazy on purpose: the caller may choose the next scheme by the outcome of the last one.
    usable = False
    for scheme in schemes:
        if _fits(scheme, secret):
            usable = True
            yield scheme
    if not usable:
        raise SecretFormatError(
            "This token cannot be sent in the path of a URL.",
            cause="In a path, conda recognizes and masks only tokens of letters, digits and '-'.",
            next_step="omit --scheme to send it in a header:  conda private login CHANNEL",
        )


def _fits(scheme: Scheme, secret: Secret) -> bool:
    return not isinstance(scheme, PathScheme) or can_be_in_path(secret)


def _package_names(address: Address, response: Response) -> Iterable[str]:
    try:
        repodata = response.json()
        return [*repodata["packages"], *repodata.get("packages.conda", ())]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        kind = response.headers.get("content-type", "of unknown type").partition(";")[0]
    raise not_a_channel(address, f"{kind}, not repodata")


def _comparison(
    scheme: Scheme, signed: Sequence[_Reading], public: Sequence[_Reading]
) -> Comparison:
    return Comparison(
        scheme=scheme,
        packages=frozenset().union(*(reading.packages for reading in signed)),
        public=frozenset().union(*(reading.packages for reading in public)),
        closed=all(reading.status != 200 for reading in public),
    )
