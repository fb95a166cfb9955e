"""Credentials of anaconda-auth, stored by ``anaconda login`` or ``anaconda token install``.

They are in ``~/.anaconda/keyring``, a file with the JSON object ``{SERVICE: {DOMAIN: RECORD}}``, or
in the system's keyring. A record is a JSON object in base64. They are only read.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import StoreError
from conda_private.model.secret import SecretText
from conda_private.stores.others import Found, ReadItem, found, invalid, parsed

SERVICE = "Anaconda Cloud"
CHANNELS = Address.parse("https://repo.anaconda.cloud")
# The domain, and its two older names.
_DOMAINS = ("anaconda.com", "id.anaconda.cloud", "anaconda.cloud")
_VARIABLE = "ANACONDA_AUTH_KEYRING_PATH"


class Record(NamedTuple):
    """What is stored for one domain.

    Attributes:
        netloc: the host and port of the channels that it is for.
        api_key: the key of a user, or "". A dump of variables shows neither it nor the tokens.
        tokens: the token of each organization.
        where: where it is.
    """

    netloc: str
    api_key: SecretText
    tokens: dict[str, SecretText]
    where: str

    def channels(self) -> Sequence[Address]:
        """Return the channels of the organizations."""
        if self.netloc != CHANNELS.netloc:
            return ()
        return tuple(CHANNELS.child("repo", name) for name in self.tokens if name)

    def credentials(self, address: Address) -> list[Found]:
        """Return what anaconda-auth would send to a channel, and after that what it falls back to.

        Raises:
            FileFormatError: one of them is no credential.
        """
        if address.netloc != self.netloc:
            return []
        organization = address.path[1] if address.path[:1] == ("repo",) and address.path[1:] else ""
        # As in anaconda-auth, the token of any organization may be for Anaconda's own channels.
        token = self.tokens.get(organization) or next(iter(self.tokens.values()), None)
        return [
            *found(self.api_key, self.where, scheme="bearer"),
            *found(token, self.where, scheme="token"),
        ]


def file() -> Path:
    """Return the file in which anaconda-auth stores credentials by default."""
    given = os.environ.get(_VARIABLE)
    return Path(given).expanduser() if given else Path.home() / ".anaconda" / "keyring"


def records(read_item: ReadItem) -> Iterator[Record]:
    """Yield what anaconda-auth has stored: in its file, and in the keyring.

    Raises:
        StoreError: the file or the keyring could not be read.
        FileFormatError: a record is not valid.
    """
    stored = _in_file()
    for domain, text in stored.items():
        yield _record(domain, text, f"the file {file()}")
    if stored.keys() & {*_DOMAINS}:
        return  # anaconda-auth asks only one of the two
    for domain in _DOMAINS:
        if text := read_item(SERVICE, domain):
            yield _record(domain, text, f"the keyring, service {SERVICE}")


def _in_file() -> dict[str, Any]:
    try:
        text = SecretText(file().read_text(encoding="utf-8", errors="replace"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StoreError(
            f"anaconda-auth's file {file()} cannot be read.",
            cause=f"{error.strerror}.",
            next_step=shell.look_at(file()),
        ) from error
    where = f"the file {file()}"
    # anaconda-auth creates an empty file where it may store something later.
    stored = parsed(text, where).get(SERVICE, {}) if text.strip() else {}
    if not isinstance(stored, dict):
        raise invalid(where)
    return stored


def _record(domain: str, text: SecretText, where: str) -> Record:
    try:
        decoded = SecretText(base64.b64decode(text, validate=True).decode())
    except (ValueError, TypeError):
        decoded = SecretText()
    record = parsed(decoded, where)
    try:
        tokens = {(each.get("org_name") or "")[:]: each["token"] for each in _tokens(record)}
    except (KeyError, AttributeError, TypeError):
        tokens = None
    if tokens is None:
        raise invalid(where)
    netloc = CHANNELS.netloc if domain in _DOMAINS else domain
    return Record(netloc, record.get("api_key") or SecretText(), tokens, where)


def _tokens(record: dict[str, Any]) -> list[Any]:
    tokens: list[Any] = record.get("repo_tokens") or []
    return tokens
