"""The options of ``conda private login``, and the requests that they describe."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import datetime, timezone
from typing import Any

from conda_private.cli.arguments import add_storage, condarc_from, listing_from
from conda_private.cli.login.account import AccountRequest
from conda_private.cli.login.discover import add_discover
from conda_private.cli.login.web import add_web, web_source
from conda_private.composition import machine
from conda_private.model.address import Address
from conda_private.model.exceptions import UsageError
from conda_private.model.identity import Identity
from conda_private.model.known_servers import api_at
from conda_private.model.login import Account
from conda_private.model.login_request import LoginRequest
from conda_private.model.source import ANACONDA_CLIENT, AUTO, KINDS, Source


def add_sources(parser: ArgumentParser) -> None:
    """Add where the credential comes from: an option for each store that is only read."""
    sources = parser.add_mutually_exclusive_group()
    sources.add_argument(
        "--token-stdin",
        "--password-stdin",
        dest="private_stdin",
        action="store_true",
        help="read the token or password from standard input",
    )
    for kind, row in KINDS.items():
        if row.option:
            has_value: dict[str, Any] = {"metavar": row.metavar}
            is_flag: dict[str, Any] = {"action": "store_const", "const": ""}
            sources.add_argument(
                row.option,
                dest=_dest(kind),
                default=None,
                help=row.help,
                **(has_value if row.metavar else is_flag),
            )
    add_web(parser, sources)
    add_discover(parser)
    _add_identity(parser)


def add_ways(parser: ArgumentParser) -> None:
    """Add how the credential is sent, and where it is stored."""
    parser.add_argument(
        "--username",
        dest="private_username",
        metavar="USER",
        help="sign in with a username and a password; asks for the password. On anaconda.org it is"
        " exchanged for a token, elsewhere it is stored and sent (Basic)",
    )
    parser.add_argument(
        "--scheme",
        dest="private_scheme",
        metavar="SCHEME",
        default="auto",
        help="auto (default), token, bearer, path, basic or header:NAME",
    )
    add_storage(parser)


def add_checks(parser: ArgumentParser) -> None:
    """Add what is verified, and what is permitted."""
    parser.add_argument(
        "--no-verify",
        dest="private_no_verify",
        action="store_true",
        help="do not ask the server",
    )
    parser.add_argument(
        "--allow-http",
        dest="private_allow_http",
        action="store_true",
        help="permit a server without TLS: anyone on the network path can read the token",
    )
    parser.add_argument(
        "--expires",
        dest="private_expires",
        metavar="DATE",
        type=_date,
        help="when the token expires (2027-03-01), if the server does not report it",
    )


def add_addresses(parser: ArgumentParser) -> None:
    """Add the addresses of the server's API and package index."""
    parser.add_argument(
        "--api-url",
        dest="private_api",
        metavar="URL",
        help="the server's API, if it is like the API of anaconda.org and not known here",
    )
    parser.add_argument(
        "--pypi-url",
        dest="private_pypi_url",
        metavar="URL",
        help="the package index of the channel, for `conda private run pip`",
    )


def _add_identity(parser: ArgumentParser) -> None:
    """Add what ``--from-oidc`` asks for, and where."""
    parser.add_argument(
        "--audience",
        dest="private_audience",
        metavar="AUDIENCE",
        help="with --from-oidc: who the job's ID token is for (default: known for prefix.dev)",
    )
    parser.add_argument(
        "--mint-url",
        dest="private_mint",
        metavar="URL",
        help="with --from-oidc: where the ID token is exchanged (default: known for prefix.dev)",
    )


def _identity(args: Namespace) -> str:
    """Return the identity that the options describe, as a source's name; "" if none is given.

    Raises:
        UsageError: only one of the two is given, or neither is of use.
    """
    audience, mint = args.private_audience, args.private_mint
    if (audience or mint) and getattr(args, _dest("oidc")) is None:
        raise UsageError(
            "--audience and --mint-url have no effect without --from-oidc.",
            next_step="add --from-oidc, or omit the two",
        )
    return str(Identity.given(audience or "", mint or "")) if audience or mint else ""


def _source(args: Namespace) -> Source:
    """Where the credential is, or will be stored."""
    identity = _identity(args)
    storage: Source = args.private_storage
    for kind in KINDS:
        name = getattr(args, _dest(kind), None)
        if name is not None:
            source = Source(kind, name or identity)
            # Of the user's own secrets, only the answer of a command is worth keeping.
            is_kept = kind == "command" and storage != AUTO
            return source._replace(kept_in=str(storage)) if is_kept else source
    return storage


def common_from(args: Namespace) -> dict[str, Any]:
    """Return the attributes of a request that all logins of a command share."""
    default = "system" if args.private_all_users else "user"
    return {
        "condarc": condarc_from(args, default),
        "expires": args.private_expires or "",
        "verify": not args.private_no_verify,
        "from_stdin": args.private_stdin,
        "assume_yes": bool(args.yes),
        "for_all": args.private_all_users,
        "dry_run": args.dry_run,
    }


def request_from(args: Namespace, address: Address) -> LoginRequest:
    """Return the request that the options describe for an address.

    Raises:
        UsageError: an option is not valid, or contradicts another one.
    """
    others = common_from(args)
    if args.private_pypi_url:
        url = args.private_pypi_url.rstrip("/").removesuffix("/simple")
        others["pypi"] = Address.parse(url, "--pypi-url", "https://HOST/INDEX")
        others["pypi_is_certain"] = True
    web, scheme = web_source(args, address), args.private_scheme
    return LoginRequest.to(
        address,
        # RFC 6750: an access token is a bearer token.
        scheme="bearer" if web and scheme == "auto" else scheme,
        username=args.private_username or "",
        api=_api(args),
        name=machine.name_for(address),
        source=web or _source(args),
        opens_browser=not args.private_no_browser,
        allow_http=args.private_allow_http,
        **listing_from(args, address),
        **others,
    )


def account_request_from(args: Namespace) -> AccountRequest:
    """Return the request that the options describe for a server's API.

    Raises:
        AddressError: the server or the API is not a valid address.
        StoreError: the store cannot be used.
    """
    api = _api(args) or api_at(args.private_account)
    source = _source(args)._replace(kept_in="")
    given = args.private_stdin or args.private_username
    is_auto = source == AUTO
    if source == AUTO and not given and machine.open_store(ANACONDA_CLIENT).get(api):
        source, is_auto = ANACONDA_CLIENT, False
    else:
        source = machine.store_for_login(source, dry_run=args.dry_run).source
    http = args.private_allow_http and api.scheme == "http"
    return AccountRequest(
        account=Account(api, source, expires=args.private_expires or "", allow_http=http),
        username=args.private_username or "",
        from_stdin=args.private_stdin,
        verify=not args.private_no_verify,
        dry_run=args.dry_run,
        is_auto=is_auto,
    )


def _api(args: Namespace) -> Address | None:
    text = args.private_api
    return Address.parse(text, "--api-url", "https://HOST/api") if text else None


def _dest(kind: str) -> str:
    return f"private_from_{kind.replace('-', '_')}"


def _date(text: str) -> str:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=timezone.utc).isoformat()
    except ValueError:
        raise ArgumentTypeError("use a date such as 2027-03-01") from None
