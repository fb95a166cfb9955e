"""Makes what speaks with a server's API, and finds the account that it is asked with."""

from __future__ import annotations

from functools import cache

from conda_private.actions.login import Edges
from conda_private.composition import machine
from conda_private.composition.machine import index, open_store
from conda_private.files.logins import JsonIndex
from conda_private.http.client import send
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import CredentialMissingError
from conda_private.model.login import Account
from conda_private.model.ports import SecretStore
from conda_private.model.schemes import TOKEN, Scheme
from conda_private.model.secret import Secret
from conda_private.server.api import Api
from conda_private.server.packages import AnacondaPackages
from conda_private.server.people import AnacondaPeople
from conda_private.server.tokens import AnacondaTokens, TokenInquiry


@cache
def server_words() -> list[str]:
    """What servers said beside their answers, in this process; each text once."""
    return []


def _warn(text: str) -> None:
    if text not in server_words():
        server_words().append(text)


def open_api(address: ChannelUrl, secret: Secret | None, scheme: Scheme = TOKEN) -> Api:
    """The API at an address, asked with a secret; with None as anybody."""
    return Api(address, secret, send=send, warn=_warn, scheme=scheme)


def token_server() -> TokenInquiry:
    """Asks APIs what a token is."""
    return TokenInquiry(open_api=open_api)


def tokens(address: ChannelUrl, secret: Secret | None, scheme: Scheme = TOKEN) -> AnacondaTokens:
    """The token calls of an API."""
    return AnacondaTokens(open_api(address, secret, scheme))


def people(address: ChannelUrl, secret: Secret | None) -> AnacondaPeople:
    """The calls of an API about users, organizations and groups."""
    return AnacondaPeople(open_api(address, secret))


def packages(address: ChannelUrl, secret: Secret | None) -> AnacondaPackages:
    """The calls of an API about packages."""
    return AnacondaPackages(open_api(address, secret))


def accounts() -> tuple[Account, ...]:
    """The user's own accounts, and anaconda-client's where there is no own one."""
    from conda_private.stores.anaconda_client import AnacondaClientStore

    own = index().accounts()
    known = {account.api for account in own}
    theirs = (api for api in AnacondaClientStore().apis() if api not in known)
    return (*own, *(Account(api, source="anaconda-client") for api in theirs))


def secret_of(account: Account) -> Secret:
    """The secret of an account.

    Raises:
        CredentialMissingError: it is not where the index says.
        StoreError: the place could not be read.
    """
    secret = open_store(account.source).get(account.key)
    if secret is None:
        raise CredentialMissingError(
            f"The token of your account at {account.api} is missing.",
            cause=f"It is not in its place: {account.source}.",
            next_step=f"conda private login --account {account.api}",
        )
    return secret


def login_edges(store: SecretStore, index: JsonIndex) -> Edges:
    """The real edges, with this store and this index."""
    return Edges(
        probe=machine.probe(),
        server=token_server(),
        store=store,
        open_store=machine.open_store,
        index=index,
        open_list=lambda path: machine.channel_list(path, index),
    )
