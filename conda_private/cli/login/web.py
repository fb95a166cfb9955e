"""``conda private login --web``: sign in at an issuer, which then renews the credential."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _MutuallyExclusiveGroup
from dataclasses import replace

from conda_private.actions.login import Edges, LoginResult, log_in
from conda_private.composition import sign_ins
from conda_private.model.address import Address
from conda_private.model.exceptions import UsageError
from conda_private.model.login_request import LoginRequest
from conda_private.model.sign_in import Client
from conda_private.model.source import Source
from conda_private.signin.store import SignInStore

_OTHERS = ("--issuer", "--client-id", "--no-browser")


def add_web(parser: ArgumentParser, sources: _MutuallyExclusiveGroup) -> None:
    """Add how a person signs in without a token in hand."""
    sources.add_argument(
        "--web",
        dest="private_web",
        action="store_true",
        help="sign in with your browser, or with a code where there is none; the login renews"
        " itself",
    )
    parser.add_argument(
        "--issuer",
        dest="private_issuer",
        metavar="URL",
        help="with --web: the OpenID provider (default: known for prefix.dev)",
    )
    parser.add_argument(
        "--client-id",
        dest="private_client_id",
        metavar="ID",
        help="with --web: the client id that the issuer knows",
    )
    parser.add_argument(
        "--no-browser",
        dest="private_no_browser",
        action="store_true",
        help="with --web: show a code, to confirm on another device",
    )


def web_source(args: Namespace, address: Address) -> Source | None:
    """Return the source of a login that signs in; None without ``--web``.

    Raises:
        UsageError: an option contradicts another one, or the issuer or the client is not known.
    """
    if not args.private_web:
        _refuse_without_web(args)
        return None
    if args.private_username:
        raise UsageError(
            "--username cannot be combined with --web.",
            cause="You enter your username at the issuer.",
            next_step="use one of the two",
        )
    client = Client.chosen(address, args.private_issuer or "", args.private_client_id or "")
    return client.source._replace(kept_in=str(args.private_storage))


def refuse_web(args: Namespace) -> None:
    """Refuse the options with a login that is not for a single channel.

    Raises:
        UsageError: one of them was given.
    """
    if args.private_web:
        raise UsageError(
            "--web is for a single channel.",
            cause="Each channel has a sign-in of its own.",
            next_step="conda private login CHANNEL --web",
        )
    _refuse_without_web(args)


def _refuse_without_web(args: Namespace) -> None:
    given = (args.private_issuer, args.private_client_id, args.private_no_browser)
    if any(given):
        name = next(name for name, value in zip(_OTHERS, given, strict=True) if value)
        raise UsageError(f"{name} has no effect without --web.", next_step="add --web, or omit it")


def log_in_signed(request: LoginRequest, store: SignInStore, edges: Edges) -> LoginResult:
    """Sign in, and log in with the access token; what is not stored is revoked.

    Raises:
        CondaPrivateError: the sign-in or the login failed; nothing is half-written.
    """
    if request.dry_run:
        return log_in(replace(request, verify=False), None, edges)
    grant = sign_ins.sign_in(store.client, opens_browser=request.opens_browser)
    store.take(grant)
    if grant.ends and not grant.refresh and not request.expires:
        request = replace(request, expires=grant.ends.isoformat(timespec="seconds"))
    try:
        return log_in(request, grant.access, edges)
    except BaseException:
        store.give_up()
        raise
