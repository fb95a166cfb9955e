"""Asks the private indexes, and the public one for names that they do not have."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from conda_private.gateway.pages import relinked
from conda_private.http.client import Signer
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.login import Login
from conda_private.model.schemes import Scheme
from conda_private.model.secret import Secret

if TYPE_CHECKING:
    from requests import Response

Stream: TypeAlias = Callable[[str, str, Signer, Mapping[str, str]], "Response"]
MAX_PAGE = 256 * 1024 * 1024  # bytes; the list of all of PyPI has about 30 MB


@dataclass(frozen=True)
class PrivateIndex:
    """One index.

    Attributes:
        root: what stands before ``simple/``.
        scheme: how the secret is shown.
        secret: what is shown.
        login: the scope of the login that it belongs to, for messages.
    """

    root: ChannelUrl
    scheme: Scheme
    secret: Secret
    login: str

    @property
    def simple(self) -> str:
        """The address that people know it by."""
        return f"{self.root}/simple"

    @property
    def signer(self) -> Signer:
        """Signs what lies below the root."""
        return Signer(Login(self.root, self.scheme, source=""), self.secret)

    def page(self, name: str) -> str:
        """The address of a project's page."""
        return f"{self.simple}/{quote(name)}/"

    def local_path(self, url: str) -> str | None:
        """The path of an address of this index, without its secret; None for other addresses."""
        clean = self.scheme.clean(url, self.secret)
        target = ChannelUrl.of_request(clean)
        if target is None or not self.root.covers(target):
            return None
        return clean.partition("://")[2].partition("/")[2]

    def address_of(self, path: str) -> str | None:
        """The address that a path stands for; None when it is none of this index's."""
        url = f"{self.root.origin}/{path}"
        target = ChannelUrl.of_request(url)
        return url if target and self.root.covers(target) else None


@dataclass(frozen=True)
class Answer:
    """What the command gets."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] | None = None


class Upstream:
    """The indexes behind the gateway.

    Args:
        indexes: private ones; of a name that several have, the first one's files are given.
        public: the public index for names that none of them has, or "".
        stream: sends a request.
        tell: told what the user has to know, once for each text.
    """

    def __init__(
        self,
        indexes: Sequence[PrivateIndex],
        public: str,
        *,
        stream: Stream,
        tell: Callable[[str], None],
    ) -> None:
        self.indexes = indexes
        self._public, self._stream, self._tell = public.rstrip("/"), stream, tell

    def page(self, name: str, accept: str, link: Callable[[int, str], str]) -> Answer:
        """The page of a project, or with "" the list of the first index.

        Args:
            name: the project, as the command asks for it.
            accept: the types that the command takes.
            link: gives for an index and a path in it the address to put into the page.
        """
        for number, index in enumerate(self.indexes):
            url = index.page(name) if name else f"{index.simple}/"
            with self._stream("GET", url, index.signer, {"Accept": accept}) as response:
                if response.status_code == 200:
                    self._warn_of_namesake(name, index)
                    return self._relinked(number, response, link)
                if response.status_code != 404:
                    # Not knowing is not "not there": a namesake must not be taken instead.
                    return self._refused(index, response.status_code)
        return self._from_public(name)

    def file(
        self, number: int, path: str, method: str, headers: Mapping[str, str]
    ) -> Response | None:
        """A file of an index; None for a path that is not in it."""
        if number >= len(self.indexes):
            return None
        index = self.indexes[number]
        url = index.address_of(path)
        return self._stream(method, url, index.signer, headers) if url else None

    def _relinked(self, number: int, response: Response, link: Callable[[int, str], str]) -> Answer:
        index = self.indexes[number]

        def to_us(url: str) -> str:
            path = index.local_path(url)
            # What is elsewhere is fetched from there, unsigned; no secret goes along.
            return index.scheme.clean(url, index.secret) if path is None else link(number, path)

        kind = response.headers.get("content-type", "text/html")
        body = response.raw.read(MAX_PAGE, decode_content=True)
        return Answer(200, relinked(body, kind, response.url, to_us), {"Content-Type": kind})

    def _refused(self, index: PrivateIndex, status: int) -> Answer:
        if status not in (401, 403):
            self._tell(f"{index.root.netloc} failed with status {status}.")
            return Answer(502, b"The private index failed.")
        self._tell(
            f"{index.root.netloc} refuses the credential of {index.login} for PyPI packages"
            f" (status {status}).\nCause: it has ended, or lacks the right (on anaconda.org:"
            " the scope pypi:download).\n"
            f"Next:  conda private token create --for {index.login} --pypi"
        )
        # Not 401: the command would ask for a user name.
        return Answer(403, b"The private index refuses the credential.")

    def _from_public(self, name: str) -> Answer:
        if not (self._public and name):
            return Answer(404, b"Not found in the private index.")
        # The command asks there by itself: its own cache, proxy and certificates.
        return Answer(307, b"", {"Location": f"{self._public}/{quote(name)}/"})

    def _warn_of_namesake(self, name: str, index: PrivateIndex) -> None:
        if not (self._public and name):
            return
        nobody = Signer(None, None)
        try:
            with self._stream("HEAD", f"{self._public}/{quote(name)}/", nobody, {}) as response:
                exists = response.status_code == 200
        except CondaPrivateError:
            return  # without it nothing public can be installed either
        if exists:
            # A mirror's address may hold a password of the user's.
            public = re.sub(r"//[^/@]*@", "//", self._public)
            self._tell(
                f"{name} is in {index.simple} and in {public}, too."
                " The private one is taken, whatever versions the other has."
            )
