"""The options of ``conda private login``."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime, timezone

from conda_private.cli.arguments import add_storage


def add_sources(parser: ArgumentParser) -> None:
    """Where the secret comes from."""
    sources = parser.add_mutually_exclusive_group()
    sources.add_argument(
        "--token-stdin",
        "--password-stdin",
        dest="private_stdin",
        action="store_true",
        help="read the token or password from standard input",
    )
    sources.add_argument(
        "--from-env",
        dest="private_from_env",
        metavar="NAME",
        help="keep no secret; read the variable NAME whenever it is needed",
    )
    sources.add_argument(
        "--from-file",
        dest="private_from_file",
        metavar="FILE",
        help="keep no secret; read FILE, e.g. /run/secrets/NAME, whenever it is needed",
    )

    sources.add_argument(
        "--from-helper",
        dest="private_from_helper",
        metavar="NAME",
        help="keep no secret; ask the program docker-credential-NAME whenever it is needed",
    )


def add_ways(parser: ArgumentParser) -> None:
    """How the secret is sent, and where it is kept."""
    parser.add_argument(
        "--username",
        dest="private_username",
        metavar="USER",
        help="sign in with user name and password; asks for the password. On anaconda.org it is"
        " exchanged for a token, elsewhere it is kept and sent (Basic)",
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
    """What is verified, and what is permitted."""
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
        help="permit a server without TLS: anybody on the way can read the token",
    )
    parser.add_argument(
        "--expires",
        dest="private_expires",
        metavar="DATE",
        type=_date,
        help="when the token expires (2027-03-01), if the server does not tell",
    )


def add_addresses(parser: ArgumentParser) -> None:
    """What else the server has, and where."""
    parser.add_argument(
        "--api-url",
        dest="private_api",
        metavar="URL",
        help="the server's API, where it is like anaconda.org's and not known here",
    )
    parser.add_argument(
        "--pypi-url",
        dest="private_pypi_url",
        metavar="URL",
        help="the package index that belongs to the channel, for `conda private run pip`",
    )


def _date(text: str) -> str:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=timezone.utc).isoformat()
    except ValueError:
        raise ArgumentTypeError("a date is written 2027-03-01") from None
