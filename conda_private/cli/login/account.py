"""``conda private login --account``: the credential for the owners' commands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone

from conda_private.actions.account import AccountResult
from conda_private.actions.new_token import create_token, revoked_on_failure
from conda_private.cli import prompt
from conda_private.cli.password import sign_in, token_name
from conda_private.composition import machine, servers
from conda_private.model.address import refuse_plain_http
from conda_private.model.anaconda import is_channel_api
from conda_private.model.exceptions import UsageError
from conda_private.model.facts import NewToken
from conda_private.model.known_servers import server_word
from conda_private.model.login import Account
from conda_private.model.secret import Secret
from conda_private.model.source import AUTO

_LOGIN = "conda private login --account"
# The least scopes that the owners' commands need.
SCOPES = ("api:read", "api:write", "api:modify-group")


@dataclass(frozen=True, kw_only=True)
class AccountRequest:
    """What the user asks for.

    Attributes:
        account: the API, the store, and what the user states about the credential.
        username: the user to sign in with a password, or "".
        from_stdin: whether the credential is piped.
        verify: whether the server is asked.
        dry_run: whether nothing is changed.
        is_auto: whether the credential goes to a file if the keyring does not take it.
    """

    account: Account
    username: str
    from_stdin: bool
    verify: bool
    dry_run: bool
    is_auto: bool = False

    @property
    def command(self) -> str:
        """The command to repeat on an error."""
        return f"{_LOGIN} {self.account.api}"


def log_in_account(request: AccountRequest) -> AccountResult:
    """Read or ask for the token, ask the server whose it is, and store it.

    Raises:
        CondaPrivateError: the login failed; nothing is half-written.
    """
    account = request.account
    refuse_plain_http(account.api, allow_http=account.allow_http, login=_LOGIN)
    if request.username and is_channel_api(account.api):
        raise UsageError(
            "This server creates no API key for a password.",
            cause=f"The API of {account.api.netloc} accepts the API keys that you create on its"
            " website.",
            next_step=f"create one there, then run\n{_LOGIN} {server_word(account.api)}",
        )
    servers.refuse_account(account)
    machine.records().accounts()  # an unreadable file is an error before a credential is sent
    return _with_password(request) if request.username else _log_in(request, _secret(request))


def _secret(request: AccountRequest) -> Secret:
    account = request.account
    if account.source.is_stored_by_us:
        return prompt.read_secret(
            account.api, word="Token", from_stdin=request.from_stdin, command=request.command
        )
    store = machine.open_store(account.source)
    secret = store.get(account.key)
    if secret is None:
        raise store.missing(account.api).adding("It is needed to ask the server whose token it is.")
    return secret


def _with_password(request: AccountRequest) -> AccountResult:
    account = request.account
    if account.source.is_reference:
        raise UsageError(
            f"A password cannot be read from {account.source}.",
            cause="It is exchanged for a token once, and only the token is stored.",
            next_step=f"pipe it:  ... | {request.command} --username USER --password-stdin",
        )
    if request.dry_run:
        return AccountResult(account, machine.open_store(account.source).description, None)
    command = f"{request.command} --username {request.username}"
    tokens = sign_in(account.api, request.username, from_stdin=request.from_stdin, command=command)
    wanted = NewToken(token_name("account"), SCOPES)
    secret, name = create_token(tokens, wanted, now=datetime.now(timezone.utc), exact_name=False)
    with revoked_on_failure(servers.tokens(account.api, secret), name):
        return _log_in(request, secret)


def _log_in(request: AccountRequest, secret: Secret) -> AccountResult:
    account, facts = request.account, None
    if request.verify:
        known, facts = servers.identified(account, secret)
        account = replace(known, expires=known.expires or account.expires)
    is_auto = request.is_auto and not request.dry_run
    store = machine.store_for_login(AUTO) if is_auto else machine.open_store(account.source)
    return servers.store_account(account, secret, facts, store, dry_run=request.dry_run)
