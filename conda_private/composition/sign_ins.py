"""Compose what signs in: the store of a grant, and the two ways to get one."""

from __future__ import annotations

from conda_private.composition import machine
from conda_private.files import paths
from conda_private.model.login import Login
from conda_private.model.sign_in import Client
from conda_private.model.source import Source
from conda_private.signin.grant import Grant
from conda_private.signin.renewals import Renewals
from conda_private.signin.store import SignInStore
from conda_private.stores.once import answers


def open_sign_in(source: Source, *, for_login: bool = False, dry_run: bool = False) -> SignInStore:
    """Open the store of a sign-in.

    Raises:
        StoreError: the store that has the grant cannot be used here.
    """
    place = Source.parse(source.kept_in)
    store = machine.store_for_login(place, dry_run=dry_run) if for_login else None
    return SignInStore(
        Client.parse(source.name),
        store.source if store else place,
        lambda: store or machine.open_store(place),
        answers(),
        Renewals(paths.sign_ins()),
    )


def sign_in(client: Client, *, opens_browser: bool) -> Grant:
    """Sign in: with a browser, or with a code where there is none.

    Raises:
        SignInError: it was denied, or not finished in time.
        IssuerError: the issuer cannot be used.
        ConnectionFailedError: it did not answer, or conda is offline.
    """
    from conda_private.signin import browser, device
    from conda_private.signin.issuer import discover

    issuer = discover(client)
    client = client._replace(issuer=issuer.name)
    has_browser = opens_browser and bool(issuer.authorization) and browser.has_browser()
    if has_browser:
        return browser.sign_in(issuer, client)
    return device.sign_in(issuer, client)


def renews_until(login: Login) -> str:
    """Return until when a login renews itself, ISO 8601; "" if that is not known."""
    until = Renewals(paths.sign_ins()).until(login.address) if login.source.signs_in else None
    return until.isoformat(timespec="seconds") if until else ""
