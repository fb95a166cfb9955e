"""Find the API and the account for the owners' commands."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.composition import machine, servers
from conda_private.model.address import Address, is_segment, refuse_plain_http
from conda_private.model.exceptions import AccountMissingError, AddressError, UsageError
from conda_private.model.facts import PackageName, TokenFacts
from conda_private.model.known_servers import ANACONDA_API, server_of
from conda_private.model.login import Account
from conda_private.model.secret import Secret
from conda_private.model.typed import Typed, parse


def add_api(parser: ArgumentParser) -> None:
    """Add ``--api-url``."""
    parser.add_argument(
        "--api-url",
        dest="private_api",
        metavar="URL",
        help="the server's API (default: the API of your account, or else of anaconda.org)",
    )


def add_package(parser: ArgumentParser) -> None:
    """Add OWNER/PACKAGE."""
    parser.add_argument("private_package", metavar="OWNER/PACKAGE", help="the package")


def package_from(args: Namespace, example: str) -> PackageName:
    """Return the package that OWNER/PACKAGE names.

    Args:
        args: the arguments.
        example: the rest of an example of the command: ``--with USER``.

    Raises:
        UsageError: it is not a package name with its owner.
    """
    try:
        # An owner's name may have a dot, and a package may have the name of a subdir.
        typed = parse(
            args.private_package, "share", subdirs=(), is_name=lambda word: ":" not in word
        )
    except AddressError:
        typed = Typed("", None)
    channel = typed.address.path if typed.address else tuple(typed.name.split("/"))
    # A web page and OWNER::PACKAGE have the package apart.
    words = (*channel, typed.package) if typed.package else channel
    if len(words) == 2 and all(map(is_segment, words)):
        return PackageName(*words)
    raise UsageError(
        "This is not a package name with its owner.",
        cause="A package is written OWNER/PACKAGE.",
        next_step=f"conda private {args.private_verb} my-org/my-package {example}".rstrip(),
    )


def api_option(args: Namespace) -> Address | None:
    """Return the API that ``--api-url`` names, if it is given.

    Raises:
        AddressError: it is not a valid address.
    """
    text = args.private_api
    return Address.parse(text, "--api-url", "https://HOST/api") if text else None


def api_from(args: Namespace, address: Address | None = None) -> Address:
    """Return the API of ``--api-url``, else of the channel, or of the account without a channel.

    Raises:
        UsageError: there are several accounts, or the channel's API is not known.
    """
    if named := api_option(args):
        return named
    if address is None:
        return _api_of_only_account(servers.accounts())
    if found := api_of_channel(address):
        return found
    # Any other API belongs to another server, which must not see a token for this channel.
    raise UsageError(
        f"The API of the server of {address} is not known.",
        cause="No login names it, and a token for one server is not sent to another.",
        next_step="repeat the command with  --api-url https://HOST/api",
    )


def api_of_channel(address: Address) -> Address | None:
    """Return the API of a channel's server, if it is known."""
    logins = (login for login in machine.logins() if login.api and login.address.covers(address))
    known = next((login.api for login in logins), server_of(address).api)
    same_host = (each.api for each in servers.accounts() if each.api.host == address.host)
    return known or next(same_host, None)


def _api_of_only_account(accounts: tuple[Account, ...]) -> Address:
    if len(accounts) > 1:
        raise UsageError(
            "No server given.",
            cause="You have accounts at " + ", ".join(str(each.api) for each in accounts) + ".",
            next_step=f"repeat the command with  --api-url {accounts[0].api}",
        )
    return accounts[0].api if accounts else ANACONDA_API


def find_account(api: Address) -> Account | None:
    """Return the user's account at an API, or else anaconda-client's."""
    return next((each for each in servers.accounts() if each.api == api), None)


def account_at(api: Address) -> tuple[Account, Secret]:
    """Return the account at an API, and its token.

    Raises:
        AccountMissingError: there is no account.
        CondaPrivateError: its token is missing or cannot be read.
    """
    account = find_account(api)
    if account is None:
        server = "" if api == ANACONDA_API else f" {api}"
        raise AccountMissingError(
            f"There is no account for {api}.",
            cause="The owners' commands call the server's API with your own token, which needs more"
            " scopes than a download.",
            next_step=f"conda private login --account{server}",
        )
    refuse_plain_http(api, allow_http=account.allow_http, login="conda private login --account")
    return account, servers.secret_of(account)


def uses(token: TokenFacts, api: Address) -> list[str]:
    """Return what this machine uses a token for: addresses, and the owners' commands."""

    def same(token_name: str, token_id: str) -> bool:
        by_name = bool(token_name) and token_name == token.token_name
        return token_id == token.token_id if token_id and token.token_id else by_name

    logins = (login for login in machine.logins() if login.api == api)
    used = [str(login.address) for login in logins if same(login.token_name, login.token_id)]
    accounts = (each for each in machine.records().accounts() if each.api == api)
    return used + ["owners' commands" for each in accounts if same(each.token_name, each.token_id)]
