"""A backend of the library ``keyring`` for pip and uv: it answers for package indexes of logins.

It only reads, and only who names it in ``PYTHON_KEYRING_BACKEND`` uses it: it is no entry point,
so the library does not find it by itself, and it never stores anybody's credentials.
"""

from __future__ import annotations

import re

from keyring.backend import KeyringBackend
from keyring.credentials import Credential, SimpleCredential
from keyring.errors import PasswordDeleteError, PasswordSetError

from conda_private.composition import machine
from conda_private.gateway import credentials
from conda_private.model.address import Address
from conda_private.model.schemes import BasicScheme, PathScheme

_ONLY_READS = "conda-private only answers pip and uv; use `conda private login` and `logout`"
_ANY_USER = "__token__"
# pip asks for the index as it was typed, with the user name.
_USER_IN_URL = re.compile("(?<=://)[^/@]*@")


class IndexKeyring(KeyringBackend):
    """Answers for the package indexes of the logins."""

    priority = 0.0

    def get_password(self, service: str, username: str) -> str | None:
        """Return the credential for an index, or None.

        Args:
            service: a URL of the index. A host alone is not enough.
            username: the user name in the URL. One that is not the login's gets no answer, if the
                login has one.
        """
        found = self.get_credential(service, username)
        return found.password if found else None

    def get_credential(self, service: str, username: str | None) -> Credential | None:
        """Return the user name and the credential for an index, or None."""
        url = _USER_IN_URL.sub("", service)
        logins = tuple(login for login in machine.logins() if _is_index(login.pypi, url))
        found = credentials.Credentials(logins, machine.resolver().secret).find(url)
        if found is None or isinstance(found.scheme, PathScheme):
            return None
        own = found.scheme.username if isinstance(found.scheme, BasicScheme) else ""
        if own and username and username != own:
            return None
        return SimpleCredential(own or username or _ANY_USER, found.secret.reveal())

    def set_password(self, service: str, username: str, password: str) -> None:
        """Raise PasswordSetError: nothing is stored here."""
        raise PasswordSetError(_ONLY_READS)

    def delete_password(self, service: str, username: str) -> None:
        """Raise PasswordDeleteError: nothing is stored here."""
        raise PasswordDeleteError(_ONLY_READS)


def _is_index(index: Address | None, url: str) -> bool:
    address = Address.of_request(url)
    return index is not None and address is not None and index.covers(address)
