"""The calls of the Credential Manager that ``keyring`` makes, with the limits of Windows.

Wine takes credentials of any size, and has no sessions without a manager.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from keyring.backends import Windows

_NOT_FOUND, _INVALID, BAD_DATA, NO_SESSION = 1168, 87, 1783, 1312
_BLOB, _USER_NAME = 2560, 513  # bytes and characters, at most


class Error(Exception):
    """As ``pywintypes.error``."""

    def __init__(self, winerror: int, funcname: str) -> None:
        super().__init__(winerror, funcname)
        self.winerror, self.funcname = winerror, funcname


class CredentialManager:
    """The items of one user, by their target; the case of a target does not matter.

    Args:
        delay: seconds before each call, in which other threads go on.
    """

    CRED_TYPE_GENERIC = 1
    CRED_PERSIST_LOCAL_MACHINE, CRED_PERSIST_ENTERPRISE = 2, 3

    def __init__(self, delay: float = 0) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.delay, self.error = delay, 0

    def CredRead(self, Type: int, TargetName: str) -> dict[str, Any]:
        """Return an item; its credential is in UTF-16."""
        self._begin("CredRead")
        item = self.items.get(TargetName.lower())
        if item is None:
            raise Error(_NOT_FOUND, "CredRead")
        return {**item, "CredentialBlob": item["CredentialBlob"].encode("utf-16")}

    def CredWrite(self, item: dict[str, Any], flags: int) -> None:
        """Store an item in the place of any other with its target."""
        self._begin("CredWrite")
        if len(item["CredentialBlob"].encode("utf-16-le")) > _BLOB:
            raise Error(BAD_DATA, "CredWrite")
        if len(item["UserName"]) > _USER_NAME:
            raise Error(_INVALID, "CredWrite")
        self.items[item["TargetName"].lower()] = item

    def CredDelete(self, Type: int, TargetName: str) -> None:
        """Delete an item."""
        self._begin("CredDelete")
        if self.items.pop(TargetName.lower(), None) is None:
            raise Error(_NOT_FOUND, "CredDelete")

    def _begin(self, call: str) -> None:
        time.sleep(self.delay)
        if self.error:
            raise Error(self.error, call)


class _Types:
    error = Error


def installed(patch: pytest.MonkeyPatch, delay: float = 0) -> CredentialManager:
    """Let ``keyring`` use a new Credential Manager, as on Windows."""
    manager = CredentialManager(delay)
    for name, value in (("win32cred", manager), ("pywintypes", _Types), ("missing_deps", None)):
        patch.setattr(Windows, name, value, raising=False)
    return manager
