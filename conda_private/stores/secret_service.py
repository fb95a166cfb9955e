"""The short way to a credential in an unlocked Secret Service (GNOME Keyring, KWallet).

conda waits for the first request of a command. Most of the time of the library ``keyring`` is for
imports that a read does not need, and for the encryption of ``secretstorage``, which protects from
nobody: the socket of the session bus is the user's own, and who can read it can also ask.
"""

from __future__ import annotations

from typing import Any

CLASS = "keyring.backends.SecretService.Keyring"
# https://specifications.freedesktop.org/secret-service/latest/
_NAME = "org.freedesktop.secrets"
_SERVICE = "/org/freedesktop/secrets"
_DEFAULT = f"{_SERVICE}/aliases/default"


def read_unlocked(service: str, username: str) -> str | None:
    """Return the password of an item that ``CLASS`` stored in the default collection.

    Returns:
        The password; None if there is none, or if the service is locked or fails. Only ``CLASS``
        itself unlocks it, or says what is wrong.
    """
    attributes = {"service": service, "username": username}
    try:
        from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]

        # It only knows Unix sockets, so nothing is sent over a network.
        with open_dbus_connection("SESSION") as bus:
            _, session = _call(bus, _SERVICE, "Service.OpenSession", "sv", "plain", ("s", ""))
            (items,) = _call(bus, _DEFAULT, "Collection.SearchItems", "a{ss}", attributes)
            # A locked item is an error of the service, not a question to the user.
            ((_, _, value, _),) = _call(bus, items[0], "Item.GetSecret", "o", session)
            password: str = value.decode()
            return password
    # Without the library, the bus, the service or the item, the errors have many types.
    except Exception:
        return None


def _call(bus: Any, path: str, method: str, signature: str, *body: object) -> Any:
    from jeepney import (  # type: ignore[import-untyped]
        DBusAddress,
        DBusErrorResponse,
        MessageType,
        new_method_call,
    )

    interface, _, member = f"org.freedesktop.Secret.{method}".rpartition(".")
    address = DBusAddress(path, _NAME, interface)
    reply = bus.send_and_get_reply(new_method_call(address, member, signature, body))
    if reply.header.message_type is MessageType.error:
        raise DBusErrorResponse(reply)
    return reply.body
