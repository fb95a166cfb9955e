"""What is known of servers by their host's name."""

from __future__ import annotations

from dataclasses import dataclass

from conda_private.channels import ChannelUrl
from conda_private.schemes import BEARER, PATH, TOKEN, BasicScheme, Scheme, parse_scheme


@dataclass(frozen=True)
class KnownServer:
    """How a server takes credentials, and where its API is ("" for none)."""

    schemes: tuple[Scheme, ...]
    api: str = ""


_ANY = KnownServer(schemes=(TOKEN, BEARER, PATH))
_KNOWN = {
    "conda.anaconda.org": KnownServer(
        schemes=(TOKEN, BEARER, PATH), api="https://api.anaconda.org"
    ),
    "repo.prefix.dev": KnownServer(schemes=(BEARER,)),
}


def server_of(scope: ChannelUrl) -> KnownServer:
    """What is known of the server of a scope; the forms to try one after the other else."""
    return _KNOWN.get(scope.host, _ANY)


def schemes_to_try(choice: str, username: str, scope: ChannelUrl) -> tuple[Scheme, ...]:
    """The schemes that ``--scheme`` and ``--username`` leave to try, likeliest first.

    Raises:
        UsageError: the choice is no scheme, or contradicts the user name.
    """
    if choice == "auto":
        return (BasicScheme(username),) if username else server_of(scope).schemes
    return (parse_scheme(choice, username),)
