"""One run: its certificate authority, its gateway, and the variables that lead a command there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from conda_private.composition import machine
from conda_private.gateway.access import check_index
from conda_private.gateway.answering import Answering
from conda_private.gateway.authority import Authority
from conda_private.gateway.bundle import merged, of_system_store, trusted_files
from conda_private.gateway.credentials import Credentials, unreadable
from conda_private.gateway.environment import Route, for_command
from conda_private.gateway.forwarding import Forwarder
from conda_private.gateway.indexes import PYPI, Indexes
from conda_private.gateway.leftovers import folder_of_run
from conda_private.gateway.peers import Peers
from conda_private.gateway.server import Gateway, serving
from conda_private.gateway.settings import index_urls, refuse_other_proxies
from conda_private.model.address import Address
from conda_private.model.login import Login
from conda_private.output import notice

_ANY = (("Accept", "*/*"),)


@contextmanager
def variables_of_run(
    command: Sequence[str],
    logins: Sequence[Login],
    environment: Mapping[str, str],
    *,
    with_pypi: bool,
) -> Iterator[dict[str, str]]:
    """Serve the gateway of a run, and yield the variables of its command.

    Args:
        command: the command.
        logins: the logins that it may use, in their order.
        environment: the user's variables.
        with_pypi: whether it may use public package indexes.

    Raises:
        UsageError: a setting would lead the command around the gateway.
    """
    peers, tell = _peers(), _teller()
    refuse_other_proxies(command, environment, can_settle_pip=peers is not None)
    credentials = Credentials(logins, machine.resolver().secret)
    default = _default_index(environment, credentials.indexes)
    public = [default, *index_urls(command, environment, Path.cwd())]
    answering = _answering(credentials, public, tell, with_pypi=with_pypi)
    with folder_of_run() as folder:
        authority = Authority((host for host, _ in answering.opened), folder)
        bundle = _bundle(folder, authority, environment)
        with serving(Gateway(authority, answering, peers)) as proxy:
            used = credentials.indexes, [default] if with_pypi else []
            yield for_command(environment, Route(proxy, bundle, *used, peers is not None))


def _peers() -> Peers | None:
    try:
        return Peers()
    except OSError:
        return None


def _teller() -> Callable[[str], None]:
    told: set[str] = set()

    def tell(text: str) -> None:
        if text and text not in told:
            told.add(text)
            notice(f"conda-private: {text}")

    return tell


def _default_index(environment: Mapping[str, str], private: Collection[str]) -> str:
    index = environment.get("PIP_INDEX_URL") or environment.get("UV_DEFAULT_INDEX") or PYPI
    index = index.rstrip("/")
    return PYPI if index in private else index


def _answering(
    credentials: Credentials, public: Sequence[str], tell: Callable[[str], None], *, with_pypi: bool
) -> Answering:
    for error in unreadable(credentials.logins, machine.resolver().secret):
        tell(str(error))
    forwarder, roots = Forwarder(), credentials.index_roots

    def status_of(url: str) -> int:
        credential = credentials.find(url)
        with forwarder.send("GET", url, _ANY, credential=credential) as response:
            return response.status_code

    def check(root: Address) -> None:
        where = " and ".join(f"{each}/simple" for each in roots)
        more = "" if with_pypi else "  (--with-pypi adds PyPI)"
        tell(f"pip and uv use {where}{more}")
        if credential := credentials.find(f"{root}/simple/"):
            check_index(root, credential, forwarder, with_public=with_pypi)

    indexes = Indexes(roots, public, with_public=with_pypi, status_of=status_of, check=check)
    return Answering(credentials, indexes, forwarder, tell)


def _bundle(folder: Path, authority: Authority, environment: Mapping[str, str]) -> str:
    from conda.base.context import context

    text, wrong = merged(trusted_files(environment, context.ssl_verify))
    for file in wrong:
        notice(f"conda-private: {file} has a certificate that is not valid, so it is left out.")
    bundle = folder / "certificates.pem"
    bundle.write_text(authority.pem + text + of_system_store())
    return str(bundle)
