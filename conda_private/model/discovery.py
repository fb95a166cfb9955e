"""What a server says about authentication to its channels: parsed, and nothing more.

The format is proposed in ``docs/development/cep.md``. What it says is a proposal to the user.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from conda_private.model.address import Address, refuse_plain_http
from conda_private.model.exceptions import AddressError, CondaPrivateError, ServerError
from conda_private.model.identity import Identity
from conda_private.model.schemes import Scheme, parse_scheme
from conda_private.model.sign_in import Client

LOCATION = "/.well-known/conda-authentication"
MAX_SIZE = 65_536  # bytes
VERSION = 1
_MAX_ITEMS = 100
# RFC 6749, section 3.3, without characters that a shell or conda's settings would expand.
_SCOPE = re.compile(r"[A-Za-z0-9:._/+-]{1,100}")
_CLIENT_ID = re.compile(r"[A-Za-z0-9:._/@+-]{1,255}")
_LABEL = re.compile(r"[A-Za-z0-9._~+=-]{1,100}")


class DiscoveryError(ServerError):
    """A server does not say how its channels are used, or says it in a form that is not safe."""

    @classmethod
    def unusable(cls, url: str, cause: str) -> DiscoveryError:
        """Create the error for a document that is not used."""
        return cls(
            f"What {url} says cannot be used.",
            cause=f"{cause} Nothing was sent or stored.",
            next_step="ask the server's administrator, or log in without --discover",
        )


class Discovered(NamedTuple):
    """What a server says about one channel.

    Attributes:
        schemes: how a credential can be sent, best first; empty if the server does not say.
        username_needed: whether ``basic`` is among them, which needs a username.
        api: an API like that of anaconda.org, or None.
        tokens: the web page where users create a token, or "".
        client: who signs in where, or None.
        identity: how a CI job gets a credential, or None.
        scopes: what a token for this label of the channel needs.
    """

    schemes: tuple[Scheme, ...] = ()
    username_needed: bool = False
    api: Address | None = None
    tokens: str = ""
    client: Client | None = None
    identity: Identity | None = None
    scopes: tuple[str, ...] = ()


def location(address: Address) -> str:
    """Return where the server of an address says it: at the origin, whatever the channel's path.

    Raises:
        DiscoveryError: the address has no TLS, so anyone on the network path could answer.
    """
    url = f"{address.origin}{LOCATION}"
    if address.scheme == "http" and not address.is_loopback:
        raise DiscoveryError.unusable(url, "It has no TLS, so anyone on the network could say it.")
    return url


def parse(text: str, address: Address) -> Discovered:
    """Parse a document, and return what it says about a channel.

    Raises:
        DiscoveryError: it is not valid, or says nothing about the channel.
    """
    url = location(address)
    try:
        return _entry(_content(text), address)
    except CondaPrivateError as error:
        problem = error.what
    except ValueError as error:
        problem = str(error)
    raise DiscoveryError.unusable(url, problem)


def _content(text: str) -> list[Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise ValueError(f"It is not a JSON object with the version {VERSION}.")
    entries = content.get("channels")
    if not isinstance(entries, list) or len(entries) > _MAX_ITEMS:
        raise ValueError(f"It has no list of channels, or more than {_MAX_ITEMS}.")
    return entries


def _entry(entries: list[Any], address: Address) -> Discovered:
    """Return the entry with the longest path that covers the address."""
    found = [(_base(each, address), each) for each in entries]
    covering = [(base, each) for base, each in found if base.covers(address)]
    if not covering:
        raise ValueError(f"It says nothing about {address}.")
    base, entry = max(covering, key=lambda pair: len(pair[0].path))
    return _discovered(entry, address, base)


def _base(entry: Any, address: Address) -> Address:
    path = entry.get("path") if isinstance(entry, dict) else None
    if not isinstance(path, str) or not path.startswith("/"):
        raise ValueError("One of its channels has no path that begins with a slash.")
    return Address.parse(f"{address.origin}{path}")


def _discovered(entry: Mapping[str, Any], address: Address, base: Address) -> Discovered:
    words = _texts(entry, "schemes")
    oauth, identity = _object(entry, "oauth"), _object(entry, "identity")
    api = _url(entry, "api")
    return Discovered(
        schemes=tuple(parse_scheme(word) for word in words if word != "basic"),
        username_needed="basic" in words,
        api=Address.parse(api) if api else None,
        tokens=_url(entry, "tokens"),
        client=_client(oauth) if oauth else None,
        identity=_identity(identity) if identity else None,
        scopes=_scopes(_object(entry, "scopes"), _label(address, base)),
    )


def _client(oauth: Mapping[str, Any]) -> Client:
    issuer, client_id = _url(oauth, "issuer"), _text(oauth, "client_id")
    if not _CLIENT_ID.fullmatch(client_id):
        raise ValueError("Its client_id is not a plain word.")
    if not issuer:
        raise ValueError("Its key oauth has no issuer.")
    return Client.parse(f"{issuer} {client_id}")


def _identity(identity: Mapping[str, Any]) -> Identity:
    audience, mint = _text(identity, "audience"), _url(identity, "mint")
    if not _CLIENT_ID.fullmatch(audience):
        raise ValueError("Its audience is not a plain word.")
    if not mint:
        raise ValueError("Its key identity has no mint.")
    return Identity.given(audience, mint)


def _label(address: Address, base: Address) -> str:
    """Return the label of an address: the word behind ``label``, or ``main``."""
    path = address.path[len(base.path) :]
    return path[path.index("label") + 1] if "label" in path[:-1] else "main"


def _scopes(by_label: Mapping[str, Any], label: str) -> tuple[str, ...]:
    """Return the scopes for a label, or else those for all labels (``*``)."""
    for name in by_label:
        if name != "*" and not _LABEL.fullmatch(name):
            raise ValueError("One of its labels is not a plain word.")
        if not all(map(_SCOPE.fullmatch, _texts(by_label, name))):
            raise ValueError("One of its scopes is not a plain word.")
    return tuple(_texts(by_label, label if label in by_label else "*"))


def _object(entry: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = entry.get(key, {})
    if not isinstance(value, dict) or len(value) > _MAX_ITEMS:
        raise ValueError(f"Its key {key} is not an object.")
    return value


def _texts(entry: Mapping[str, Any], key: str) -> list[str]:
    value = entry.get(key, [])
    if not isinstance(value, list) or len(value) > _MAX_ITEMS:
        raise ValueError(f"Its key {key} is not a list.")
    if not all(isinstance(each, str) for each in value):
        raise ValueError(f"Its key {key} is not a list of texts.")
    return value


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f"Its key {key} is not a text.")
    return value


def _url(entry: Mapping[str, Any], key: str) -> str:
    """Return an address with TLS, in the narrow grammar that every parser reads alike; or ""."""
    text = _text(entry, key)
    try:
        address = Address.parse(text) if text else None
    except AddressError:
        address = None
    if text and address is None:
        raise ValueError(f"Its key {key} is not a plain address.")
    if address:
        refuse_plain_http(address, allow_http=False)
    return str(address or "")
