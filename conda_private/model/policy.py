"""The policy of an administrator: which logins the users of a machine can create."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.identity import Identity
from conda_private.model.known_servers import identity_of, pypi_of, server_of
from conda_private.model.login_request import LoginRequest
from conda_private.model.sign_in import known_issuer
from conda_private.model.source import FILE, SYSTEM_BACKENDS, Source

SERVERS, SOURCES, KEYRING = "allowed-servers", "allowed-sources", "require-keyring"


class PolicyError(CondaPrivateError):
    """The policy of this machine's administrator does not allow a login."""

    UNCHANGED = "Nothing was sent or stored."

    @classmethod
    def by(cls, file: str, what: str, cause: str) -> PolicyError:
        """Create the error for the file with the policy."""
        return cls(
            what,
            cause=f"{cause} {cls.UNCHANGED}",
            next_step=f"ask the administrator of this machine, or look at it:\n{shell.show(file)}",
        )


class ServerPattern(NamedTuple):
    """An entry of ``allowed-servers``.

    Attributes:
        address: a server, a channel, or a part of a server.
        has_hosts_below: whether it means all hosts below the host instead: ``*.example.org``.
    """

    address: Address
    has_hosts_below: bool = False

    @classmethod
    def parse(cls, text: str) -> ServerPattern:
        """Parse ``HOST``, ``*.HOST`` or an address; without a scheme, it is https.

        Raises:
            AddressError: it is none of them.
        """
        rest = text.removeprefix("*.")
        address = Address.parse(rest if "://" in rest else f"https://{rest}")
        return cls(address, rest != text)

    def covers(self, other: Address) -> bool:
        """Whether a credential can be sent to an address."""
        if not self.has_hosts_below:
            return self.address.covers(other)
        is_below = other.host.endswith(f".{self.address.host}")
        return is_below and self.address.covers(other._replace(host=self.address.host))


@dataclass(frozen=True)
class Policy:
    """What is allowed; without arguments, everything is.

    Attributes:
        file: the file that has it, for errors.
        servers: where credentials can be sent; None for everywhere.
        sources: where credentials can come from or be stored, by kind, or by kind and name; None
            for all.
        require_keyring: whether each stored credential must be in a keyring of the system.
    """

    file: str = ""
    servers: tuple[ServerPattern, ...] | None = None
    sources: tuple[Source, ...] | None = None
    require_keyring: bool = False

    def refuse(self, request: LoginRequest, source: Source) -> None:
        """Refuse a login that is not allowed; call this before anything is sent.

        Args:
            request: what the user asks for.
            source: where the credential is or will be stored.

        Raises:
            PolicyError: a server or the source is not allowed.
        """
        self.refuse_servers(request, source)
        self.refuse_source(source)

    def refuse_servers(self, request: LoginRequest, source: Source) -> None:
        """Refuse a login that would send a credential where that is not allowed.

        Raises:
            PolicyError: a server is not allowed.
        """
        for address in _recipients(request, source):
            self.refuse_server(address)

    def refuse_server(self, address: Address) -> None:
        """Refuse an address that no credential can be sent to.

        Raises:
            PolicyError: it is not allowed.
        """
        if self.servers is None or any(each.covers(address) for each in self.servers):
            return
        raise PolicyError.by(
            self.file,
            f"The policy of this machine does not allow logins to {address}.",
            f"The key {SERVERS} in {self.file} does not include it.",
        )

    def refuse_source(self, source: Source) -> None:
        """Refuse a source, or the store that keeps its credential.

        Raises:
            PolicyError: one of them is not allowed.
        """
        for each in _places(source):
            if not self._has_source(each):
                self._refuse_place(each, f"The key {SOURCES} in {self.file} does not include it.")
            if not self._is_safe(each):
                self._refuse_place(each, f"The key {KEYRING} is set in {self.file}.")

    def refuse_file(self, error: CondaPrivateError) -> None:
        """Refuse the file that would be used because there is no keyring.

        Args:
            error: why there is none.

        Raises:
            PolicyError: it is not allowed.
        """
        if not self.allows(FILE):
            raise PolicyError.by(
                self.file,
                "The policy of this machine does not allow credentials in a file.",
                f"{error.what} {error.cause} {self.file} does not allow a file in its place.",
            ) from error

    def allows(self, source: Source) -> bool:
        """Whether the credential can be there."""
        return all(self._has_source(each) and self._is_safe(each) for each in _places(source))

    def _has_source(self, source: Source) -> bool:
        return self.sources is None or not {source, Source(source.kind)}.isdisjoint(self.sources)

    def _is_safe(self, source: Source) -> bool:
        # A store that keeps credentials for another source is recorded without a system's backend.
        is_keyring = source.kind == "keyring" and source.backend in ("", *SYSTEM_BACKENDS)
        return not self.require_keyring or source.is_reference or is_keyring

    def _refuse_place(self, source: Source, cause: str) -> None:
        # A name can be a whole command, so only the kind is shown.
        what = f"The policy of this machine does not allow the source {source.kind}."
        raise PolicyError.by(self.file, what, cause)


ANYTHING = Policy()


def _places(source: Source) -> tuple[Source, ...]:
    """Return where a credential comes from, and the store that keeps it, if that is another."""
    alone = source._replace(kept_in="")
    return (alone, Source.parse(source.kept_in)) if source.kept_in else (alone,)


def _recipients(request: LoginRequest, source: Source) -> Iterator[Address]:
    """Yield every address that gets the credential, or what it is exchanged for.

    What is known for an address is allowed with it: the API of anaconda.org, its package index, and
    who signs in or exchanges an ID token for prefix.dev.
    """
    address = request.address
    yield address
    known = (server_of(address).api, pypi_of(address))
    yield from (each for each in (request.api, request.pypi) if each and each not in known)
    if source.kind == "oidc" and source.name != str(identity_of(address)):
        yield Identity.parse(source.name).mint
    if source.issuer and source.issuer != known_issuer(address):
        yield Address.parse(source.issuer)
