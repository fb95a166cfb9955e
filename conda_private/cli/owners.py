"""Find the API and the account for the owners' commands."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private.cli.prompt import choose
from conda_private.cli.which_server import add_on
from conda_private.composition import machine, servers
from conda_private.model.address import Address, is_segment, refuse_plain_http
from conda_private.model.anaconda import (
    COM,
    COM_API,
    COM_CHANNELS,
    ORG,
    ChannelName,
    channel_named,
    is_channel_api,
)
from conda_private.model.exceptions import AccountMissingError, AddressError, UsageError
from conda_private.model.facts import PackageName, TokenFacts
from conda_private.model.known_servers import ANACONDA_API, server_of, server_word
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


def add_package_or_channel(parser: ArgumentParser) -> None:
    """Add OWNER/PACKAGE or NAMESPACE/CHANNEL, and ``--on``."""
    parser.add_argument(
        "private_package",
        metavar="NAME",
        help="OWNER/PACKAGE on anaconda.org, or NAMESPACE/CHANNEL on anaconda.com",
    )
    add_on(parser)


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

    It is always one like the API of anaconda.org.

    Raises:
        UsageError: there are several accounts, or the channel's API is not known, or is another.
    """
    if named := api_option(args):
        return _with_packages(named)
    if address is None:
        accounts = (each for each in servers.accounts() if not is_channel_api(each.api))
        return _api_of_only_account(tuple(accounts))
    if found := api_of_channel(address):
        return _with_packages(found)
    # Any other API belongs to another server, which must not see a token for this channel.
    raise UsageError(
        f"The API of the server of {address} is not known.",
        cause="No login names it, and a token for one server is not sent to another.",
        next_step="repeat the command with the API's address, on Anaconda Server usually"
        f"  --api-url {address.origin}/api",
    )


def _with_packages(api: Address) -> Address:
    if not is_channel_api(api):
        return api
    raise UsageError(
        f"{api.netloc} has no tokens and no groups that this command could use.",
        cause="It shares whole channels with users, who create API keys on its website.",
        next_step="conda private share my-namespace/my-channel --with USER --on anaconda.com",
    )


def api_for_name(args: Namespace, name: PackageName, rest: str) -> Address:
    """Return the API for a name that can be a package or a channel.

    ``--api-url``, ``--on``, or the only account decides; otherwise the user is asked.

    Args:
        args: the arguments.
        name: the name.
        rest: the rest of the command, to repeat it.

    Raises:
        UsageError: there are accounts at several servers, and nothing says which one is meant.
    """
    if named := api_option(args) or api_on(args):
        return named
    accounts = servers.accounts()
    if {each.api for each in accounts} != {ANACONDA_API, COM_API}:
        return _api_of_only_account(accounts)
    about = [f"the channel {name} on {COM}", f"the package {name} on {ORG}"]
    chosen = choose(f"{name} can be on two servers:", about)
    if chosen is None:
        command = f"conda private {args.private_verb} {name} {rest}".rstrip()
        raise UsageError(
            f"{name} can be on {COM} or on {ORG}.",
            cause=f"You have accounts at both. On {COM}, it is a channel; on {ORG}, it is the"
            " package of an owner. Nothing was sent.",
            next_step=f"{command} --on {COM}\nor\n{command} --on {ORG}",
        )
    return (COM_API, ANACONDA_API)[chosen]


def package_or_channel(args: Namespace, rest: str) -> tuple[Address, PackageName | ChannelName]:
    """Return the API for the name in the arguments, and what the name is there.

    Args:
        args: the arguments.
        rest: the rest of the command, to repeat it: ``--with USER``.

    Raises:
        UsageError: it is not a name that the server allows, or it can be on two servers.
    """
    text, verb = args.private_package, args.private_verb
    if text.startswith(f"{COM_CHANNELS}/"):
        return api_option(args) or COM_API, channel_named(text, verb)
    package = package_from(args, "--with USER" if rest else "")
    api = api_for_name(args, package, rest)
    return api, channel_named(str(package), verb) if is_channel_api(api) else package


def api_of_account(args: Namespace) -> Address:
    """Return the API of ``--api-url``, of ``--on``, or of the only account.

    Raises:
        UsageError: there are several accounts.
    """
    return api_option(args) or api_on(args) or _api_of_only_account(servers.accounts())


def api_on(args: Namespace) -> Address | None:
    """Return the API that ``--on`` names, if it is given."""
    return {COM: COM_API, ORG: ANACONDA_API}.get(args.private_on)


def api_of_channel(address: Address) -> Address | None:
    """Return the API of a channel's server, if it is known."""
    logins = (login for login in machine.logins() if login.api and login.address.covers(address))
    server = server_of(address)
    known = next((login.api for login in logins), server.api or server.channel_api)
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
        server = server_word(api)
        raise AccountMissingError(
            f"There is no account for {api}.",
            cause="The owners' commands call the server's API with your own token, which needs more"
            " scopes than a download.",
            next_step=f"conda private login --account {server}".rstrip(),
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
