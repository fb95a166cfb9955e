"""What a login is asked to do, and what it did."""

from __future__ import annotations

from dataclasses import dataclass

from conda_private.actions.verify import Finding, Question
from conda_private.model.address import ChannelUrl
from conda_private.model.login import Login
from conda_private.model.ports import Position
from conda_private.model.schemes import Scheme
from conda_private.model.secret import Secret


@dataclass(frozen=True)
class LoginRequest:
    """What the user asked for.

    Attributes:
        scope: the channel or label.
        secret: its token or password; None for a reference that is not read now.
        schemes: the forms to try, likeliest first.
        channel: the channel as it goes into a ``channels:`` list.
        position: where in the list, or ``none``.
        condarc: the file with the list.
        api: the server's API, or "".
        pypi: the package index that belongs to the channel, or "".
        pypi_for_certain: whether the user says that it does; else the token's scopes tell.
        user: who signed in for it with a password, or "".
        expires: what the user says of it, ISO 8601, or "".
        allow_http: whether a connection without TLS is wanted.
        verify: whether the server is asked.
        dry_run: whether everything but the changes is done.
    """

    scope: ChannelUrl
    secret: Secret | None
    schemes: tuple[Scheme, ...]
    channel: str
    position: Position = "prepend"
    condarc: str = ""
    api: str = ""
    pypi: str = ""
    pypi_for_certain: bool = False
    user: str = ""
    expires: str = ""
    allow_http: bool = False
    verify: bool = True
    dry_run: bool = False

    @property
    def question(self) -> Question:
        """What is to be verified."""
        return Question(self.scope, self.schemes, self.api, self.channel, self.user)


@dataclass(frozen=True)
class LoginResult:
    """What was found and done.

    Attributes:
        login: the entry of the index.
        stored_in: the place of the secret, for people.
        finding: what the credential opens, and what the API said of it.
        listed: whether the channel was added to the list now.
        left: why an older secret of this scope is still in another place, or "".
    """

    login: Login
    stored_in: str
    finding: Finding
    listed: bool
    left: str = ""
