"""The private package indexes of the logins, and the gateway to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from conda_private.composition import servers
from conda_private.gateway.server import serving
from conda_private.gateway.upstream import PrivateIndex, Upstream
from conda_private.http.client import stream
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import AccessDeniedError
from conda_private.model.known_servers import pypi_scheme
from conda_private.model.login import Login
from conda_private.model.secret import Secret
from conda_private.output import notice

PYPI = "https://pypi.org/simple"


def private_indexes(signed: Sequence[tuple[Login, Secret]]) -> list[PrivateIndex]:
    """The indexes of those logins that have one, in their order."""
    return [
        PrivateIndex(ChannelUrl.parse(login.pypi), pypi_scheme(login), secret, str(login.scope))
        for login, secret in signed
        if login.pypi
    ]


def check_indexes(signed: Sequence[tuple[Login, Secret]], *, with_pypi: bool) -> None:
    """Ask whether the tokens still count: an index may leave out what a dead one hides.

    Where there is no API, the list of the index is asked for, if a name that it does not have
    would be looked for elsewhere.

    Raises:
        TokenRefusedError: one does not.
        AccessDeniedError: one may not download PyPI packages.
    """
    for login, secret in signed:
        if login.pypi and login.api:
            _check_scope(login, secret)
        elif login.pypi and with_pypi:
            _check_list(login, secret)


def _check_scope(login: Login, secret: Secret) -> None:
    facts = servers.tokens(ChannelUrl.parse(login.api), secret).current()
    if not facts.may_download_pypi:
        raise AccessDeniedError(
            f"The token for {login.scope} may not download PyPI packages.",
            cause=f"It may: {', '.join(facts.scopes)}; the scope pypi:download is missing.",
            next_step=f"conda private token create --for {login.scope} --pypi",
        )


def _check_list(login: Login, secret: Secret) -> None:
    (index,) = private_indexes([(login, secret)])
    with stream("GET", f"{index.simple}/", index.signer, {"Accept": "*/*"}) as response:
        status = response.status_code
    if status != 200:
        raise AccessDeniedError(
            f"{index.simple} does not show what it has (status {status}).",
            cause="So a private package that is missing there would be taken from PyPI, if"
            " somebody has put one of that name there.",
            next_step=f"conda private check {login.scope}      or leave --with-pypi out",
        )


@contextmanager
def gateway(
    indexes: Sequence[PrivateIndex], environment: Mapping[str, str], with_pypi: bool
) -> Iterator[str]:
    """Serve the indexes on loopback; gives the address."""
    told: set[str] = set()

    def tell(text: str) -> None:
        if text not in told:
            told.add(text)
            notice(f"conda-private: {text}")

    public = environment.get("PIP_INDEX_URL") or environment.get("UV_DEFAULT_INDEX") or PYPI
    with serving(Upstream(indexes, public if with_pypi else "", stream=stream, tell=tell)) as url:
        yield url


def known_addresses(gateway: str, indexes: Sequence[PrivateIndex]) -> dict[str, str]:
    """For each address of the gateway the one that people know."""
    files = {f"{gateway}/{n}/": f"{each.root.origin}/" for n, each in enumerate(indexes)}
    return {**files, gateway: str(indexes[0].root)}
