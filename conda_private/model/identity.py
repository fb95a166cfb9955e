"""The identity of a CI job: who its ID token is for, and where it is exchanged (OpenID Connect)."""

from __future__ import annotations

from typing import NamedTuple

from conda_private.model.address import Address
from conda_private.model.exceptions import InsecureUrlError, UsageError

_EXAMPLE = "conda private login https://HOST/CHANNEL --from-oidc --audience NAME --mint-url https://HOST/PATH"


class Identity(NamedTuple):
    """What a login asks the CI system for, and which address gets it.

    Attributes:
        audience: who the ID token is for; the server accepts no other one.
        mint: the address that exchanges the ID token for a credential.
    """

    audience: str
    mint: Address

    @classmethod
    def given(cls, audience: str, mint: str) -> Identity:
        """Parse what the user gave.

        Raises:
            UsageError: one of the two is missing or not valid.
            InsecureUrlError: the address has no TLS.
        """
        if not (audience and mint):
            raise UsageError(
                "--audience and --mint-url belong together.",
                cause="The ID token is exchanged at the one, and only for the other.",
                next_step=_EXAMPLE,
            )
        if not (audience.isascii() and audience.isprintable()) or " " in audience:
            raise UsageError(
                "This is not a valid audience.",
                cause="It is a name or a URL, in ASCII and without blanks.",
                next_step=_EXAMPLE,
            )
        address = Address.parse(mint, "--mint-url", "https://HOST/PATH")
        if address.scheme == "http" and not address.is_loopback:
            raise InsecureUrlError(
                f"{address} has no TLS: anyone on the network path could read the ID token.",
                cause="Whoever has an ID token is the job. --allow-http does not apply to it.",
                next_step=f"repeat the command with  --mint-url https{str(address)[4:]}",
            )
        return cls(audience, address)

    @classmethod
    def parse(cls, name: str) -> Identity:
        """Parse ``AUDIENCE ADDRESS``, the name of a source.

        Raises:
            UsageError: it has another form.
            InsecureUrlError: the address has no TLS.
        """
        audience, _, mint = name.partition(" ")
        return cls.given(audience, mint)

    @classmethod
    def of_none(cls, address: Address) -> Identity:
        """Refuse an address for which no identity is known.

        Raises:
            UsageError: always.
        """
        raise UsageError(
            f"It is not known how {address.netloc} accepts the identity of a CI job.",
            cause="Only prefix.dev is known. The documentation of another server names the audience"
            " and the address, under OpenID Connect (OIDC) or trusted publishing.",
            next_step=_EXAMPLE.replace("https://HOST/CHANNEL", str(address)),
        )

    def __str__(self) -> str:
        return f"{self.audience} {self.mint}"
