"""Finds the private package indexes of the logins, checks them, and serves them for a command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from conda_private.composition import servers
from conda_private.gateway.server import serving
from conda_private.gateway.upstream import PrivateIndex, Upstream
from conda_private.http.client import stream
from conda_private.model.address import Address
from conda_private.model.exceptions import AccessDeniedError
from conda_private.model.known_servers import pypi_scheme
from conda_private.model.login import Login
from conda_private.model.secret import Secret
from conda_private.output import notice

PYPI = "https://pypi.org/simple"


def private_indexes(signed: Sequence[tuple[Login, Secret]]) -> list[PrivateIndex]:
    """Return the indexes of the logins that have one, in the order of the logins.

    Args:
        signed: the logins with their credentials.
    """
    return [
        PrivateIndex(login.pypi, pypi_scheme(login), secret, str(login.address))
        for login, secret in signed
        if login.pypi
    ]


def check_indexes(signed: Sequence[tuple[Login, Secret]], *, with_pypi: bool) -> None:
    """Check that the credentials give access to the indexes.

    An index may hide private packages from an invalid token instead of refusing it, and the tool
    would take packages of those names from PyPI. So the server's API is asked about the token. A
    server without an API is asked for the list of its packages, if PyPI is used as well.

    Args:
        signed: the logins with their credentials.
        with_pypi: whether names that no private index has are looked up on PyPI.

    Raises:
        TokenRefusedError: the API refuses a token.
        AccessDeniedError: a token gives no access to PyPI packages.
    """
    for login, secret in signed:
        if login.pypi and login.api:
            _check_scopes(login.api, login, secret)
        elif login.pypi and with_pypi:
            _check_list(login, secret)


def _check_scopes(api: Address, login: Login, secret: Secret) -> None:
    facts = servers.tokens(api, secret).current()
    if not facts.may_download_pypi:
        raise AccessDeniedError(
            f"The token for {login.address} gives no access to PyPI packages.",
            cause=f"It lacks the scope pypi:download. Its scopes: {', '.join(facts.scopes)}.",
            next_step=f"conda private token create --for {login.address} --pypi",
        )


def _check_list(login: Login, secret: Secret) -> None:
    (index,) = private_indexes([(login, secret)])
    with stream("GET", f"{index.simple}/", index.signer, {"Accept": "*/*"}) as response:
        status = response.status_code
    if status != 200:
        raise AccessDeniedError(
            f"{index.simple} does not list its packages (status {status}).",
            cause="If it hides a private package, pip and uv would install a package of the same"
            " name from PyPI instead.",
            next_step=f"conda private check {login.address}\nor omit --with-pypi",
        )


@contextmanager
def gateway(
    indexes: Sequence[PrivateIndex], environment: Mapping[str, str], with_pypi: bool
) -> Iterator[str]:
    """Serve the indexes on loopback, and yield the gateway's URL.

    Args:
        indexes: the private indexes.
        environment: the user's variables; ``PIP_INDEX_URL`` replaces PyPI.
        with_pypi: whether names that no private index has are looked up on PyPI.
    """
    told: set[str] = set()

    def tell(text: str) -> None:
        if text not in told:
            told.add(text)
            notice(f"conda-private: {text}")

    public = environment.get("PIP_INDEX_URL") or environment.get("UV_DEFAULT_INDEX") or PYPI
    with serving(Upstream(indexes, public if with_pypi else "", stream=stream, tell=tell)) as url:
        yield url


def known_addresses(gateway: str, indexes: Sequence[PrivateIndex]) -> dict[str, str]:
    """Map each URL prefix of the gateway to the index that users know, for the child's output."""
    files = {f"{gateway}/{n}/": f"{each.root.origin}/" for n, each in enumerate(indexes)}
    return {**files, gateway: str(indexes[0].root)}
