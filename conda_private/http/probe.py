"""Reads a channel with and without a credential, and says what the credential opens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conda_private.http.client import Ask, Signer
from conda_private.http.errors import not_a_channel, status_error
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import SecretFormatError
from conda_private.model.login import Login
from conda_private.model.ports import Comparison
from conda_private.model.schemes import PathScheme, Scheme, can_be_in_path
from conda_private.model.secret import Secret

if TYPE_CHECKING:
    from requests import Response

_REFUSALS = (404, 401, 403)  # the last one says most: there the credential itself is known


@dataclass(frozen=True)
class _Reading:
    """The answer for one subdir: its packages, or the status that refused them."""

    status: int
    packages: frozenset[str] = frozenset()
    challenge: str = ""


class RepodataProbe:
    """Compares the ``repodata.json`` of noarch and of the platform's subdir.

    Args:
        subdirs: which ones are read, noarch among them.
        ask: gets a URL; it is called from several threads.
    """

    def __init__(self, *, subdirs: Sequence[str], ask: Ask) -> None:
        self._subdirs = subdirs
        self._ask = ask

    def compare(self, scope: ChannelUrl, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        """Try the schemes in order until one opens something; else the first not refused.

        The channel is read once without the credential, and once for each scheme tried.

        Raises:
            CondaPrivateError: every scheme was refused, or the channel could not be read.
        """
        public: list[_Reading] = []
        tried: list[Comparison] = []
        refused: list[_Reading] = []
        for scheme in _usable(schemes, secret):
            if isinstance(scheme, PathScheme) and any(each.challenge for each in refused):
                continue  # it asks for a header, so a token in the URL would only reach its log
            signer = Signer(Login(scope, scheme, source=""), secret)
            signers = [signer] if public else [signer, Signer(None, None)]
            signed, *rest = self._read(scope, signers)
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
        raise status_error(scope, worst.status, worst.challenge)

    def _read(self, scope: ChannelUrl, signers: Sequence[Signer]) -> list[list[_Reading]]:
        jobs = [(scope, subdir, signer) for signer in signers for subdir in self._subdirs]
        with ThreadPoolExecutor(len(jobs)) as pool:
            readings = list(pool.map(lambda job: self._read_one(*job), jobs))
        size = len(self._subdirs)
        return [readings[start : start + size] for start in range(0, len(readings), size)]

    def _read_one(self, scope: ChannelUrl, subdir: str, signer: Signer) -> _Reading:
        response = self._ask(str(scope.child(subdir, "repodata.json")), signer)
        challenge = "" if signer.is_basic else response.headers.get("www-authenticate", "")
        if response.status_code in _REFUSALS:
            return _Reading(response.status_code, challenge=challenge)
        if response.status_code != 200:
            raise status_error(scope, response.status_code)
        names = (f"{subdir}/{name}" for name in _package_names(scope, response))
        return _Reading(200, frozenset(names))


def _usable(schemes: Iterable[Scheme], secret: Secret) -> Iterator[Scheme]:
    # Each is asked for when the one before it was tried: who gives them may know more by then.
    usable = False
    for scheme in schemes:
        if _fits(scheme, secret):
            usable = True
            yield scheme
    if not usable:
        raise SecretFormatError(
            "This token cannot be sent in the path of a URL.",
            cause="There only letters, digits and - are certain to be taken, and hidden, as a"
            " token.",
            next_step="leave --scheme out, so that headers are tried:  conda private login CHANNEL",
        )


def _fits(scheme: Scheme, secret: Secret) -> bool:
    return not isinstance(scheme, PathScheme) or can_be_in_path(secret)


def _package_names(scope: ChannelUrl, response: Response) -> Iterable[str]:
    try:
        repodata = response.json()
        return [*repodata["packages"], *repodata.get("packages.conda", ())]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        kind = response.headers.get("content-type", "of no type").partition(";")[0]
    raise not_a_channel(scope, f"{kind}, not repodata")


def _comparison(
    scheme: Scheme, signed: Sequence[_Reading], public: Sequence[_Reading]
) -> Comparison:
    return Comparison(
        scheme=scheme,
        packages=frozenset().union(*(reading.packages for reading in signed)),
        public=frozenset().union(*(reading.packages for reading in public)),
        closed=all(reading.status != 200 for reading in public),
    )
