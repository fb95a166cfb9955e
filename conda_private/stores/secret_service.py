"""The short way to a credential in an unlocked Secret Service (GNOME Keyring, KWallet).

conda waits for the first request of a command, and the library `keyring` takes much of its time for
imports that this backend does not need.
"""

from __future__ import annotations

from contextlib import closing

CLASS = "keyring.backends.SecretService.Keyring"


def read_unlocked(service: str, username: str) -> str | None:
    """Return the password of an item that ``CLASS`` stored in the default collection.

    Returns:
        The password; None if there is none, or if the service is locked or fails. Only ``CLASS``
        itself unlocks it, or says what is wrong.
    """
    try:
        import secretstorage

        with closing(secretstorage.dbus_init()) as bus:
            collection = secretstorage.get_collection_by_alias(bus, "default")
            if collection.is_locked():
                return None
            for item in collection.search_items({"service": service, "username": username}):
                password: str = item.get_secret().decode()
                return password
    # Without the library, the bus or the service, the errors have many types.
    except Exception:
        return None
    return None
