"""The identity of a CI job, exchanged for a credential. Nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from conda_private.model.address import Address
from conda_private.model.answer import Answer, parse_answer
from conda_private.model.exceptions import (
    CredentialMissingError,
    SecretFormatError,
    ServerError,
    TokenRefusedError,
)
from conda_private.model.expiry import claims
from conda_private.model.identity import Identity
from conda_private.model.secret import Secret, SecretText
from conda_private.model.source import Source
from conda_private.stores.ci import System, refused, system, variable_of_gitlab
from conda_private.stores.once import answers

if TYPE_CHECKING:
    from requests import Response

_LONGEST = 200  # characters of a claim that are shown


def open_store(source: Source, tell: Callable[[str], None]) -> OidcStore:
    """Open the identity that a source names."""
    return OidcStore(source.name)


class OidcStore:
    """The credential that a server mints for the ID token of this job.

    Args:
        name: ``AUDIENCE ADDRESS``.

    Raises:
        UsageError: the name has another form, or its address has no TLS.
    """

    def __init__(self, name: str) -> None:
        self._identity = Identity.parse(name)
        self.source = Source("oidc", name)

    @property
    def description(self) -> str:
        """Where the credential comes from."""
        return f"nowhere: {self._identity.mint.netloc} mints it for each job's ID token"

    def get(self, address: Address) -> Secret | None:
        """Return the credential, for any address. It is minted once in a process.

        Raises:
            CredentialMissingError: this is no CI job, or it has no ID token for the audience.
            TokenRefusedError: the server does not accept the job.
            ServerError: the CI system or the server could not be reached, or failed.
        """
        answer = answers().get(str(self.source), self._mint)
        return answer.secret if answer else None

    def put(self, address: Address, secret: Secret) -> None:
        """Do nothing: the credential is in memory only."""

    def delete(self, address: Address) -> bool:
        """Delete nothing: the credential is in memory only."""
        return False

    def missing(self, address: Address) -> CredentialMissingError:
        """Create the error for a server that mints nothing."""
        cause = f"{self._identity.mint} mints no credential."
        return CredentialMissingError.not_in(address, cause)

    def stamp(self) -> object:
        """Return how many of its credentials have expired in this process."""
        return answers().stamp(str(self.source))

    def _mint(self) -> Answer:
        from conda_private.http.client import Signer, send

        job, mint = id_token(self._identity.audience), self._identity.mint
        content = {"token": SecretText(job.reveal())}
        # Not even to another path: a redirect would get the ID token, which is as good as the job.
        response = send("POST", str(mint), Signer(), content, follows=False)
        if response.status_code == 429 or response.status_code >= 500:
            raise _mint_fails(mint, response.status_code)
        if not response.ok or response.is_redirect:
            raise _mint_refused(mint, response, job)
        now = datetime.now(timezone.utc)
        try:
            return parse_answer(response.content.decode(errors="replace"), now)
        except SecretFormatError as error:
            reason = error.cause.partition(". ")[0]
        raise ServerError(
            f"{mint} did not answer with a credential. {reason}.",
            cause="It accepted the ID token of this job.",
            next_step="check the address:  --from-oidc --audience AUDIENCE --mint-url URL",
        )


def id_token(audience: str) -> Secret:
    """Return an ID token of this job for an audience.

    Raises:
        CredentialMissingError: this is no CI job, or it has no ID token for the audience.
        ServerError: the CI system could not be reached.
    """
    here = system()
    token = Secret(here.id_token(audience).strip())
    if not token.reveal():
        raise _no_permission(here, audience)
    stated = claims(token).get("aud")
    if audience not in (stated if isinstance(stated, list) else [stated]):
        answer = "with one for another audience" if claims(token) else "with something else"
        raise refused(here.name, audience, answer)
    return token


def _no_permission(here: System, audience: str) -> CredentialMissingError:
    variable = variable_of_gitlab(audience)
    return CredentialMissingError(
        f"This job of {here.name} may not have an ID token for the audience {audience}.",
        cause="The login gets its credential for one, and the job does not ask for it.",
        next_step=here.permission.format(audience=audience, variable=variable),
    )


def _mint_fails(mint: Address, status: int) -> ServerError:
    return ServerError(
        f"{mint.netloc} could not exchange the ID token of this job.",
        cause=f"{mint} answered with {status}.",
        next_step="repeat the command later",
    )


def _mint_refused(mint: Address, response: Response, job: Secret) -> TokenRefusedError:
    known = (str(claims(job).get(name, "")) for name in ("sub", "iss"))
    subject, issuer = (text[:_LONGEST] if text.isprintable() else "" for text in known)
    status = response.status_code
    how = f"redirects (status {status})" if response.is_redirect else f"answered with {status}"
    return TokenRefusedError(
        f"{mint.netloc} gave no credential for the ID token of this job.",
        cause=f"{mint} {how}. The job is {subject} of {issuer}.",
        next_step="ask an owner of the channel to add this job as a trusted publisher, with these"
        " names\nor, if the address is wrong, log in again with another --mint-url",
    )
