"""What the owners' verbs share: which API, asked with whose account, and how it is told."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import NoReturn

from conda_private.composition import machine, servers
from conda_private.model.address import ChannelUrl, refuse_plain_http
from conda_private.model.exceptions import AccountMissingError, UsageError
from conda_private.model.known_servers import ANACONDA_API, server_of
from conda_private.model.login import Account
from conda_private.model.records import TokenFacts
from conda_private.model.secret import Secret


def add_api(parser: ArgumentParser) -> None:
    """``--api-url``."""
    parser.add_argument(
        "--api-url",
        dest="private_api",
        metavar="URL",
        help="the server's API (default: the one you have an account at, else anaconda.org's)",
    )


def api_from(args: Namespace, scope: ChannelUrl | None = None) -> ChannelUrl:
    """The API that a command means: the one named, else the channel's; without one the account's.

    Raises:
        UsageError: there are several, or none is known for the channel.
    """
    if args.private_api:
        return ChannelUrl.parse(args.private_api)
    if scope is None:
        return _only(servers.accounts())
    return api_of_channel(scope) or _unknown(scope)


def api_of_channel(scope: ChannelUrl) -> ChannelUrl | None:
    """The API of a channel's server; None where nobody told."""
    logins = (login for login in machine.logins() if login.api and login.scope.covers(scope))
    told = next((login.api for login in logins), server_of(scope).api)
    if told:
        return ChannelUrl.parse(told)
    same_host = (each.api for each in servers.accounts() if each.api.host == scope.host)
    return next(same_host, None)


def _unknown(scope: ChannelUrl) -> NoReturn:
    # Any other API is another server's: it must not see this channel's token, nor this channel its.
    raise UsageError(
        f"Which API does the server of {scope} have?",
        cause="Nobody told, and a token of one server is not for another.",
        next_step="repeat the command with  --api-url https://HOST/api",
    )


def _only(accounts: tuple[Account, ...]) -> ChannelUrl:
    if len(accounts) > 1:
        raise UsageError(
            "Which server is meant?",
            cause="You have accounts at " + ", ".join(str(each.api) for each in accounts) + ".",
            next_step=f"repeat the command with  --api-url {accounts[0].api}",
        )
    return accounts[0].api if accounts else ChannelUrl.parse(ANACONDA_API)


def find_account(api: ChannelUrl) -> Account | None:
    """The user's account at an API, or anaconda-client's."""
    return next((each for each in servers.accounts() if each.api == api), None)


def account_at(api: ChannelUrl) -> tuple[Account, Secret]:
    """The account at an API, and its token.

    Raises:
        AccountMissingError: there is none.
        CondaPrivateError: its token cannot be had.
    """
    account = find_account(api)
    if account is None:
        place = "" if str(api) == ANACONDA_API else f" {api}"
        raise AccountMissingError(
            f"There is no account for {api} here.",
            cause="Owners' commands ask the server's API with a token of yours that may do more"
            " than download.",
            next_step=f"conda private login --account{place}",
        )
    refuse_plain_http(api, allow_http=account.allow_http, login="conda private login --account")
    return account, servers.secret_of(account)


def uses(token: TokenFacts, api: ChannelUrl) -> list[str]:
    """The scopes and the account that this machine has this very token for."""

    def same(note: str, token_id: str) -> bool:
        by_name = bool(note) and note == token.note
        return token_id == token.token_id if token_id and token.token_id else by_name

    logins = (login for login in machine.logins() if login.api == str(api))
    used = [str(login.scope) for login in logins if same(login.note, login.token_id)]
    accounts = (each for each in machine.index().accounts() if each.api == api)
    return used + ["owners' commands" for each in accounts if same(each.note, each.token_id)]
