"""The request for a login: from the command line or a team's file to the action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from conda_private.model.address import Address, refuse_plain_http
from conda_private.model.identity import Identity
from conda_private.model.known_servers import identity_of, pypi_of, schemes_to_try, server_of
from conda_private.model.login import Login
from conda_private.model.schemes import BasicScheme, Scheme
from conda_private.model.source import AUTO, Source

Position = Literal["prepend", "append", "none"]


@dataclass(frozen=True, kw_only=True)
class LoginRequest:
    """What the user asks for.

    Attributes:
        address: the channel, the label, or a whole server.
        name: the channel as users write it, also in a ``channels:`` list.
        source: where the credential is or will be stored; ``auto`` for the best store available.
        schemes: the schemes to try, most likely first.
        user: the user whose password is exchanged for a token, or "".
        api: the server's API, if known.
        pypi: the package index of the channel, if known.
        pypi_is_certain: whether the user gave that index; otherwise the token's scopes decide.
        position: where to add the channel to the list, or ``none``.
        position_is_certain: whether the user gave that position; otherwise a channel without
            private packages is added behind the others.
        condarc: the file with the list.
        expires: the expiry date that the user gave, ISO 8601, or "".
        allow_http: whether the user accepts a connection without TLS.
        verify: whether to verify the credential with the server.
        from_stdin: whether the credential is read from standard input.
        opens_browser: whether a sign-in may open a browser on this machine.
        assume_yes: whether the user has confirmed that another account's login is replaced.
        for_all: whether the login is for all users of the machine.
        dry_run: whether to verify only, and change nothing.
    """

    address: Address
    name: str
    schemes: tuple[Scheme, ...]
    source: Source = AUTO
    user: str = ""
    api: Address | None = None
    pypi: Address | None = None
    pypi_is_certain: bool = False
    position: Position = "prepend"
    position_is_certain: bool = False
    condarc: str = ""
    expires: str = ""
    allow_http: bool = False
    verify: bool = True
    from_stdin: bool = False
    opens_browser: bool = True
    assume_yes: bool = False
    for_all: bool = False
    dry_run: bool = False

    @classmethod
    def to(
        cls,
        address: Address,
        *,
        scheme: str = "auto",
        username: str = "",
        api: Address | None = None,
        **others: Any,
    ) -> LoginRequest:
        """Create the request for an address, with what is known about its server.

        Args:
            address: the channel, the label, or a whole server.
            scheme: a scheme, or ``auto``.
            username: the user that the password belongs to, or "" for a token.
            api: the server's API, if the user gave it.
            others: more attributes of the request.

        Raises:
            UsageError: there is no such scheme, or it contradicts the username.
        """
        api = api or server_of(address).api
        # A server with such an API exchanges the password for a token, which is sent instead.
        user = username if api and scheme == "auto" else ""
        schemes = schemes_to_try(scheme, "" if user else username, address)
        source = _known(others.pop("source", AUTO), address)
        others = {"name": str(address), "pypi": pypi_of(address), "source": source, **others}
        return cls(address=address, schemes=schemes, user=user, api=api, **others)

    @classmethod
    def again(cls, login: Login) -> LoginRequest:
        """Create the request that repeats an existing login, with its scheme and its store."""
        return cls(
            address=login.address,
            name=str(login.address),
            schemes=(login.scheme,),
            source=login.source,
            api=login.api,
            pypi=login.pypi,
            pypi_is_certain=bool(login.pypi),
            position="none",
            allow_http=login.allow_http,
        )

    @property
    def takes_password(self) -> bool:
        """Whether the credential is a password, which is stored and sent unchanged."""
        first = self.schemes[0]
        return isinstance(first, BasicScheme) and not first.is_for_token

    def refuse_plain_http(self) -> None:
        """Refuse addresses without TLS; call this before asking for a credential.

        Raises:
            InsecureUrlError: one of them is on another machine, and ``allow_http`` is not set.
        """
        refuse_plain_http(self.address, allow_http=self.allow_http)
        for option, address in (("--api-url", self.api), ("--pypi-url", self.pypi)):
            if address:
                refuse_plain_http(
                    address, allow_http=self.allow_http, login=f"repeat the command with  {option}"
                )


def _known(source: Source, address: Address) -> Source:
    """Complete the identity of a CI job with what is known for the server.

    Raises:
        UsageError: nothing is known, and the user gave nothing.
    """
    if source != Source("oidc"):
        return source
    identity = identity_of(address) or Identity.of_none(address)
    return source._replace(name=str(identity))
