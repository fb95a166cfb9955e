"""Compose the objects that call a server's API, and find the account to call it with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from functools import cache, partial

from conda_private.actions.account import AccountResult, identify, identify_user
from conda_private.actions.account import store_account as store_credential
from conda_private.actions.login import Edges
from conda_private.composition import machine, settings
from conda_private.composition.machine import open_store, records
from conda_private.files import policy_file
from conda_private.files.logins import LoginsFile
from conda_private.http.client import send
from conda_private.model.address import Address
from conda_private.model.anaconda import is_channel_api
from conda_private.model.exceptions import StoreError
from conda_private.model.facts import TokenFacts
from conda_private.model.login import Account
from conda_private.model.ports import SecretStore
from conda_private.model.schemes import BEARER, TOKEN, Scheme
from conda_private.model.secret import Secret
from conda_private.model.source import ANACONDA_CLIENT
from conda_private.output import confirm
from conda_private.server.api import Api
from conda_private.server.channels import AnacondaComChannels
from conda_private.server.package_files import AnacondaPackageFiles
from conda_private.server.packages import AnacondaPackages
from conda_private.server.people import AnacondaPeople
from conda_private.server.tokens import AnacondaTokens, TokenInquiry


@cache
def server_warnings() -> list[str]:
    """Return the warnings that servers sent during this process, without duplicates."""
    return []


def _warn(text: str) -> None:
    if text not in server_warnings():
        server_warnings().append(text)


def open_api(address: Address, secret: Secret | None, scheme: Scheme = TOKEN) -> Api:
    """Return the API at an address, called with a credential, or anonymously with None."""
    return Api(address, secret, send=send, warn=_warn, scheme=scheme)


def token_server() -> TokenInquiry:
    """Return the object that asks APIs for facts about a token."""
    return TokenInquiry(open_api=open_api)


def tokens(address: Address, secret: Secret | None, scheme: Scheme = TOKEN) -> AnacondaTokens:
    """Return the token API: list, create and revoke tokens."""
    return AnacondaTokens(open_api(address, secret, scheme))


def people(address: Address, secret: Secret | None) -> AnacondaPeople:
    """Return the people API: users, organizations, groups and their package permissions."""
    return AnacondaPeople(open_api(address, secret))


def packages(address: Address, secret: Secret | None) -> AnacondaPackages:
    """Return the package API."""
    return AnacondaPackages(open_api(address, secret))


def package_files(address: Address, secret: Secret | None) -> AnacondaPackageFiles:
    """Return the API of the files of packages."""
    return AnacondaPackageFiles(open_api(address, secret))


def channels(address: Address, secret: Secret) -> AnacondaComChannels:
    """Return the channels API; ``address`` ends in ``/api/repo``, and the account is beside it."""
    base = address._replace(path=address.path[:-1])
    api = Api(address, secret, send=send, warn=_warn, scheme=BEARER, base=base)
    return AnacondaComChannels(api)


def accounts() -> tuple[Account, ...]:
    """Return the user's accounts, and anaconda-client's for APIs without one."""
    from conda_private.stores.anaconda_client import AnacondaClientStore

    own = records().accounts()
    known = {account.api for account in own}
    others = (api for api in AnacondaClientStore().apis() if api not in known)
    return (*own, *(Account(api, source=ANACONDA_CLIENT) for api in others))


def secret_of(account: Account) -> Secret:
    """Return the credential of an account.

    Raises:
        CredentialMissingError: its store has no credential for the account.
        StoreError: the store could not be read.
    """
    command = f"conda private login --account {account.api}"
    try:
        store = open_store(account.source)
        secret = store.get(account.key)
    except StoreError as error:
        raise error.needed_by(f"The account at {account.api}", command) from error
    if secret is None:
        raise store.missing(account.api).leading_to(command)
    return secret


def login_edges(store: SecretStore, records: LoginsFile) -> Edges:
    """Return what a login works with: this store, these records, and the real servers.

    Raises:
        UnsafeFileError: another user could have written to this machine's policy.
        FileFormatError: the policy is not valid.
    """
    return Edges(
        policy=policy_file.in_force(),
        probe=machine.probe(),
        server=token_server(),
        store=store,
        open_store=machine.open_store,
        records=records,
        open_list=lambda path: machine.channel_list(path, records),
        drop_index=machine.drop_index,
        in_use=settings.channels_in_use,
        remember=partial(machine.remember, for_all=records is not machine.records()),
        confirm=lambda about, question: confirm(about, question, assume_yes=False),
    )


def refuse_account(account: Account) -> None:
    """Refuse an account that this machine's policy does not allow.

    Raises:
        PolicyError: its API or its source is not allowed.
        CondaPrivateError: the policy cannot be read.
    """
    policy = policy_file.in_force()
    policy.refuse_server(account.api)
    policy.refuse_source(account.source)


def identified(account: Account, secret: Secret) -> tuple[Account, TokenFacts | None]:
    """Ask the account's API whose token it is; return the account with what it reports.

    The API of anaconda.com reports the user, and nothing about the API key.

    Raises:
        CondaPrivateError: the server refuses the token, or the token can only download.
    """
    refuse_account(account)
    api = account.api
    if is_channel_api(api):
        now = datetime.now(timezone.utc)
        return identify_user(account, channels(api, secret).profile, now), None
    return identify(account, tokens(api, secret), people(api, secret), datetime.now(timezone.utc))


def store_account(
    account: Account,
    secret: Secret,
    facts: TokenFacts | None,
    store: SecretStore,
    *,
    dry_run: bool,
) -> AccountResult:
    """Store an account and its token on this machine; with ``dry_run``, only say what it would be.

    Raises:
        CondaPrivateError: the store or the records could not be written.
    """
    refuse_account(replace(account, source=store.source))
    if dry_run:
        return AccountResult(account, store.description, facts)
    return store_credential(
        account, secret, facts, records=records(), store=store, open_store=open_store
    )
