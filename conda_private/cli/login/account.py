"""``conda private login --account``: the credential of the owners' verbs."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from datetime import datetime, timezone

from conda_private.actions.account import AccountResult, identify, keep
from conda_private.actions.new_token import ended_on_failure, make
from conda_private.cli import prompt
from conda_private.cli.password import sign_in, token_name
from conda_private.cli.report import report_account
from conda_private.composition import machine, servers
from conda_private.model.address import ChannelUrl, refuse_plain_http
from conda_private.model.exceptions import CredentialMissingError, UsageError
from conda_private.model.known_servers import api_at
from conda_private.model.login import Account
from conda_private.model.records import TokenFacts, TokenWish
from conda_private.model.secret import Secret

_LOGIN = "conda private login --account"
# What the owners' verbs ask for, and no more.
SCOPES = ("api:read", "api:write", "api:modify-group")


def log_in_account(args: Namespace, source: str) -> int:
    """Find or ask for the token, ask the server whose it is, and keep it.

    Args:
        args: the options of ``login``.
        source: where the secret is, or shall be.
    """
    if args.private_channel or args.private_all is not None or args.private_label:
        raise UsageError(
            "An account is not for a channel.",
            cause="--account takes a server, or nothing for anaconda.org.",
            next_step="conda private login --account",
        )
    account = _account(args, source)
    refuse_plain_http(account.api, allow_http=account.allow_http, login=_LOGIN)
    machine.index().accounts()  # one that cannot be read is an error before a secret is sent
    if args.private_username:
        result = _with_password(args, account)
    else:
        result = _log_in(args, account, _secret(args, account))
    report_account(result, dry_run=args.dry_run)
    return 0


def _account(args: Namespace, source: str) -> Account:
    api = ChannelUrl.parse(args.private_api or api_at(args.private_account))
    given = args.private_stdin or args.private_username
    if source == "auto" and not given and _client_has(api):
        source = "anaconda-client"
    else:
        source = machine.store_for_login(source).source
    http = args.private_allow_http and api.scheme == "http"
    return Account(api, source, expires=args.private_expires or "", allow_http=http)


def _client_has(api: ChannelUrl) -> bool:
    return machine.open_store("anaconda-client").get(api) is not None


def _secret(args: Namespace, account: Account) -> Secret:
    if account.source in ("keyring", "file") or account.source.startswith("helper-store:"):
        return prompt.read_secret(
            account.api, word="Token", from_stdin=args.private_stdin, command=_command(account)
        )
    secret = machine.open_store(account.source).get(account.key)
    if secret is None:
        raise CredentialMissingError(
            f"There is no token in {account.source}.",
            cause="It is wanted now, to ask the server whose it is.",
            next_step=_command(account),
        )
    return secret


def _command(account: Account) -> str:
    return f"{_LOGIN} {account.api}"


def _with_password(args: Namespace, account: Account) -> AccountResult:
    if account.source.partition(":")[0] in ("env", "secret-file", "helper"):
        raise UsageError(
            "A password is not kept, so it is not read from there either.",
            cause="It is exchanged for a token once; the token is kept.",
            next_step=f"pipe it:  ... | {_command(account)} --username USER --password-stdin",
        )
    if args.dry_run:
        return AccountResult(account, machine.open_store(account.source).description, None)
    command = f"{_command(account)} --username {args.private_username}"
    tokens = sign_in(
        account.api, args.private_username, from_stdin=args.private_stdin, command=command
    )
    wish = TokenWish(token_name("account"), SCOPES)
    secret, name = make(tokens, wish, now=datetime.now(timezone.utc), exact_name=False)
    with ended_on_failure(servers.tokens(account.api, secret), name):
        return _log_in(args, account, secret)


def _log_in(args: Namespace, account: Account, secret: Secret) -> AccountResult:
    facts: TokenFacts | None = None
    api = account.api
    if not args.private_no_verify:
        tokens, people = servers.tokens(api, secret), servers.people(api, secret)
        known, facts = identify(account, tokens, people, datetime.now(timezone.utc))
        account = replace(known, expires=known.expires or account.expires)
    store = machine.open_store(account.source)
    if args.dry_run:
        return AccountResult(account, store.description, facts)
    return keep(
        account,
        secret,
        facts,
        index=machine.index(),
        store=store,
        open_store=machine.open_store,
    )
