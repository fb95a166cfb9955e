"""Signing in at an issuer (OAuth 2.0, RFC 6749): who signs in where, and how that fails."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from conda_private.model.address import Address, refuse_plain_http
from conda_private.model.exceptions import CredentialError, ServerError, UsageError
from conda_private.model.known_servers import server_of
from conda_private.model.source import Source

_CLIENT_ID = re.compile(r"[!-~]{1,255}")  # RFC 6749, appendix A.1, without the blank
_LOGIN = "conda private login"


class SignInError(CredentialError):
    """A sign-in was denied or not finished, or the issuer no longer renews it."""


class IssuerError(ServerError):
    """An issuer cannot be used: it lacks what a sign-in needs, or its answer is not safe."""


class _Known(NamedTuple):
    """The issuer of a known server, and the public client id of another tool there."""

    issuer: str
    client_id: str
    tool: str


# By the name of the server. conda-private has no client id of its own at any of them.
_KNOWN = {"prefix.dev": _Known("https://prefix.dev", "rattler", "rattler and pixi")}


def known_issuer(address: Address) -> str:
    """Return the issuer that is known for the server of an address, or ""."""
    known = _KNOWN.get(server_of(address).name)
    return known.issuer if known else ""


class Client(NamedTuple):
    """Who signs in: a client of an issuer.

    Attributes:
        issuer: the issuer, as its tokens name it: an address without a query.
        client_id: the client's identifier there, which is no secret.
    """

    issuer: str
    client_id: str

    @classmethod
    def parse(cls, name: str) -> Client:
        """Parse the name of a source ``web``.

        Raises:
            UsageError: one of the two is missing or not valid.
            InsecureUrlError: the issuer has no TLS and is on another machine.
        """
        issuer, _, client_id = name.partition(" ")
        address = Address.parse(issuer, "--issuer", "https://HOST/REALM")
        refuse_plain_http(address, allow_http=False, login="repeat the command with  --issuer")
        if not _CLIENT_ID.fullmatch(client_id):
            raise UsageError(
                "This is not a valid client id.",
                cause="A client id is a word of ASCII characters without blanks.",
                next_step="copy it from the issuer's page about the client",
            )
        return cls(issuer, client_id)

    @classmethod
    def chosen(cls, address: Address, issuer: str, client_id: str) -> Client:
        """Complete what the user gave with what is known for the server of an address.

        The id of another tool is used only if the user names it.

        Raises:
            UsageError: the issuer or the client id is neither known nor given, or not valid.
        """
        known = _KNOWN.get(server_of(address).name)
        command = f"{_LOGIN} {address} --web"
        if not issuer and known is None:
            raise UsageError(
                f"The issuer that signs you in for {address.netloc} is not known.",
                cause="The server's administrator knows it, and the client id for conda-private.",
                next_step=f"{command} --issuer URL --client-id ID",
            )
        if not client_id:
            raise _without_client(address, issuer, known)
        return cls.parse(f"{issuer or (known and known.issuer)} {client_id}")

    @property
    def source(self) -> Source:
        """The source of a login that this client signs in for."""
        return Source("web", f"{self.issuer} {self.client_id}")


def _without_client(address: Address, issuer: str, known: _Known | None) -> UsageError:
    command = f"{_LOGIN} {address} --web"
    command += f" --issuer {shlex.quote(issuer)}" if issuer else ""
    ways = f"{command} --client-id ID"
    cause = "The administrator of the issuer registers one: a public client with the redirect"
    cause += " http://127.0.0.1, which can have any port."
    if known and issuer in ("", known.issuer):
        cause += f" The public client id of {known.tool} is {known.client_id}; with it, the issuer"
        cause += f" asks you to sign in to {known.tool}."
        ways += f"\nor, if that is what you want,\n{command} --client-id {known.client_id}"
    return UsageError(
        f"conda-private has no client id of its own at {issuer or (known and known.issuer)}.",
        cause=cause,
        next_step=ways,
    )


def again(address: object, client: Client) -> str:
    """Return the command that signs in again."""
    issuer, client_id = map(shlex.quote, client)
    return f"{_LOGIN} {address} --web --issuer {issuer} --client-id {client_id}"
