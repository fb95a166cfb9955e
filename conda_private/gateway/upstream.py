"""The indexes behind the gateway: the private ones, and the public one for all other names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from conda_private.gateway.pages import relinked
from conda_private.http.client import Signer
from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.schemes import Scheme
from conda_private.model.secret import Secret

if TYPE_CHECKING:
    from requests import Response

Stream: TypeAlias = Callable[[str, str, Signer, Mapping[str, str]], "Response"]
MAX_PAGE = 256 * 1024 * 1024  # bytes; the list of all projects on PyPI has about 30 MB


@dataclass(frozen=True)
class PrivateIndex:
    """A private index of Python packages (PEP 503) and the credential for it.

    Attributes:
        root: the address of the index, without ``/simple``.
        scheme: how the credential is sent.
        secret: the credential.
        login: the address of the login that the index belongs to, for messages.
    """

    root: Address
    scheme: Scheme
    secret: Secret
    login: str

    @property
    def simple(self) -> str:
        """The URL of the index as users know it."""
        return f"{self.root}/simple"

    @property
    def signer(self) -> Signer:
        """Authenticates requests below the root."""
        return Signer(self.root, self.scheme, self.secret)

    def page(self, name: str) -> str:
        """Return the URL of a project's page."""
        return f"{self.simple}/{quote(name)}/"

    def local_path(self, url: str) -> str | None:
        """Return the path of a URL of this index, without the credential; None for other URLs."""
        clean = self.scheme.clean(url, self.secret)
        target = Address.of_request(clean)
        if target is None or not self.root.covers(target):
            return None
        return clean.partition("://")[2].partition("/")[2]

    def address_of(self, path: str) -> str | None:
        """Return the URL for a path; None if that is outside of this index."""
        url = f"{self.root.origin}/{path}"
        target = Address.of_request(url)
        return url if target and self.root.covers(target) else None


@dataclass(frozen=True)
class Answer:
    """The gateway's own answer to a request of the command."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] | None = None


class Upstream:
    """Answers the command's requests from the indexes.

    Args:
        indexes: the private indexes. If several have a project, the first one is used.
        public: the public index for names that no private index has, or "".
        stream: sends a request.
        tell: shows a message to the user. It may get the same message several times.
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
        """Return the page of a project; with an empty name, the first index's list of projects.

        Args:
            name: the project, as the command spells it.
            accept: the ``Accept`` header of the command.
            link: returns the gateway's URL for the number of an index and a path in it.
        """
        for number, index in enumerate(self.indexes):
            url = index.page(name) if name else f"{index.simple}/"
            with self._stream("GET", url, index.signer, {"Accept": accept}) as response:
                if response.status_code == 200:
                    self._warn_of_namesake(name, index)
                    return self._relinked(number, response, link)
                if response.status_code != 404:
                    # A failure is not "not found": a public namesake must not be used instead.
                    return self._refused(index, response.status_code)
        return self._from_public(name)

    def file(
        self, number: int, path: str, method: str, headers: Mapping[str, str]
    ) -> Response | None:
        """Return the response for a file; None if the path is outside of the index."""
        if number >= len(self.indexes):
            return None
        index = self.indexes[number]
        url = index.address_of(path)
        return self._stream(method, url, index.signer, headers) if url else None

    def _relinked(self, number: int, response: Response, link: Callable[[int, str], str]) -> Answer:
        index = self.indexes[number]

        def to_gateway(url: str) -> str:
            path = index.local_path(url)
            # The command fetches files of other servers itself, without the credential.
            return index.scheme.clean(url, index.secret) if path is None else link(number, path)

        kind = response.headers.get("content-type", "text/html")
        body = response.raw.read(MAX_PAGE + 1, decode_content=True)
        if len(body) > MAX_PAGE:
            # A truncated page lacks files, so the command would install another version.
            self._tell(f"{index.root.netloc} sent a page of more than {MAX_PAGE} bytes.")
            return Answer(502, b"The page of the private index is too large.")
        page = relinked(body, kind, response.url, to_gateway)
        return Answer(200, page, {"Content-Type": kind})

    def _refused(self, index: PrivateIndex, status: int) -> Answer:
        if status not in (401, 403):
            self._tell(f"{index.root.netloc} failed with status {status}.")
            return Answer(502, b"The private index failed.")
        self._tell(
            f"{index.root.netloc} refused the credential for {index.login} for PyPI packages"
            f" (status {status}).\n"
            "Cause: It has expired or was revoked, or it gives no access to PyPI packages (on"
            " anaconda.org, that requires the scope pypi:download).\n"
            f"Next:  conda private token create --for {index.login} --pypi"
        )
        # Not 401, because the command would ask the user for a username.
        return Answer(403, b"The private index refused the credential.")

    def _from_public(self, name: str) -> Answer:
        if not (self._public and name):
            return Answer(404, b"Not found in the private index.")
        # The command follows the redirect with its own cache, proxy and certificates.
        return Answer(307, b"", {"Location": f"{self._public}/{quote(name)}/"})

    def _warn_of_namesake(self, name: str, index: PrivateIndex) -> None:
        if not (self._public and name):
            return
        url = f"{self._public}/{quote(name)}/"
        try:
            with self._stream("HEAD", url, Signer(), {}) as response:
                exists = response.status_code == 200
        except CondaPrivateError:
            return  # nothing can be installed from the public index now
        if exists:
            # The URL of a mirror may contain a password.
            public = re.sub(r"//[^/@]*@", "//", self._public)
            self._tell(
                f"{name} is in {index.simple} and also in {public}. The private package is used,"
                " even if the public one has a higher version."
            )
