"""A private package index: where it is, and what signs for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from conda_private.http.client import Signer
from conda_private.model.address import ChannelUrl
from conda_private.model.login import Login
from conda_private.model.schemes import Scheme
from conda_private.model.secret import Secret

if TYPE_CHECKING:
    from requests import Response

Stream: TypeAlias = Callable[[str, str, Signer, Mapping[str, str]], "Response"]


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
