"""What to do about a keyring that is locked or missing, by the keyring or the system."""

from __future__ import annotations

import sys

USE_A_FILE = "or use a file:  conda private login my-org --storage file"
_KEYCHAIN = "keyring.backends.macOS.Keyring"
_UNLOCK = {
    _KEYCHAIN: "unlock it and repeat the command:  security unlock-keychain\n",
    "keyring.backends.Windows.WinVaultKeyring": "repeat the command in a window of this machine,"
    " not over ssh\n",
}
_UNLOCK_A_SERVICE = (
    "unlock it (log in to the desktop, or `gnome-keyring-daemon --unlock`) and repeat the command\n"
)
_START = {
    "darwin": "unlock the keychain:  security unlock-keychain\n",
    "win32": "install what the Credential Manager needs:"
    "  conda install --name base pywin32-ctypes\n",
}
_START_A_SERVICE = (
    "start a keyring (on Linux a Secret Service, such as gnome-keyring, with D-Bus),\n"
)
_OTHERWISE = (
    "or name another backend of the library `keyring`:  --storage keyring:MODULE.CLASS\n"
    "or store the credential in a file:  conda private login my-org --storage file"
)
# errSecInteractionNotAllowed: the keychain is locked and cannot show a window.
_NOT_ALLOWED = -25308


def unlock(backend: str) -> str:
    """Return the next step for a keyring that is locked, or does not answer.

    Args:
        backend: the class of its backend, or "" if it is not known.
    """
    return _UNLOCK.get(backend, _UNLOCK_A_SERVICE) + USE_A_FILE


def start_one(platform: str = sys.platform) -> str:
    """Return the next step for a machine without a keyring that can be used."""
    return _START.get(platform, _START_A_SERVICE) + _OTHERWISE


def cannot_ask(backend: str, error: Exception) -> str:
    """Return why a keychain that is locked cannot be unlocked in a window here, or ""."""
    status = getattr(error.__cause__, "args", ())[:1]
    if backend != _KEYCHAIN or status != (_NOT_ALLOWED,):
        return ""
    return "It is locked, and here it cannot ask for its password, as over ssh or in a cron job."
