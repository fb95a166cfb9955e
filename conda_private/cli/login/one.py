"""Run a single login: read the credential, verify it, store it, configure conda."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from conda_private.actions.login import Edges, LoginResult, log_in
from conda_private.actions.new_token import create_token, revoked_on_failure
from conda_private.cli import prompt
from conda_private.cli.login.web import log_in_signed
from conda_private.cli.password import sign_in, token_name
from conda_private.composition import machine, servers
from conda_private.conda_config.channels import refuse_if_not_allowed
from conda_private.files import policy_file
from conda_private.http.errors import status_error
from conda_private.model import shell
from conda_private.model.exceptions import CondaPrivateError, NotFoundError, UsageError
from conda_private.model.facts import NewToken
from conda_private.model.login_request import LoginRequest
from conda_private.model.ports import ChannelProbe, SecretStore, UserNames
from conda_private.model.schemes import BasicScheme
from conda_private.model.secret import Secret
from conda_private.signin.store import SignInStore

LEAST = ("conda:download",)


def log_in_one(request: LoginRequest) -> LoginResult:
    """Read or ask for the credential, and log in with it.

    Raises:
        CondaPrivateError: the login failed; nothing is half-written.
    """
    request.refuse_plain_http()
    policy_file.in_force().refuse_servers(request, request.source)
    refuse_if_not_allowed(request.address)
    records = machine.records(for_all=request.for_all)
    store = machine.store_for_login(request.source, dry_run=request.dry_run)
    _refuse_store_of_one_user(request, store)
    records.logins()  # a file that cannot be read is an error before a credential is asked for
    edges = servers.login_edges(store, records)
    edges.policy.refuse_source(store.source)  # before a credential is asked for
    asks = store.source.is_stored_by_us and prompt.is_asked(from_stdin=request.from_stdin)
    asks = asks or (store.source.signs_in and not request.dry_run)
    if asks and request.verify:
        _look(request, edges.probe)
    if isinstance(store, SignInStore):
        return log_in_signed(request, store, edges)
    if request.user:
        return _with_password(request, edges)
    secret = _secret(request, store)
    if secret and isinstance(store, UserNames) and not request.takes_password:
        # A helper may have a username for the credential, which can then be a password.
        name = store.username(request.address)
        basic = (BasicScheme(name),) if name and len(request.schemes) > 1 else ()
        request = replace(request, schemes=(*request.schemes, *basic))
    return log_in(request, secret, edges)


def _refuse_store_of_one_user(request: LoginRequest, store: SecretStore) -> None:
    if request.for_all and store.source.is_written_to:
        raise UsageError(
            "A login for all users cannot store a credential of its own.",
            cause="A keyring or a private file belongs to one user; others cannot read it.",
            next_step=f"conda private login {request.name} --all-users --from-file /path/to/secret",
        )


def _look(request: LoginRequest, probe: ChannelProbe) -> None:
    """Read the channel before the user is asked for a credential, which verification needs anyway.

    Many servers hide a private channel, so only an API tells that there is none.

    Raises:
        ChannelNotFoundError: the server's API has no account with the channel's name.
        CondaPrivateError: the server cannot be reached, or fails.
    """
    is_there = probe.look(request.address)
    if is_there or request.api is None or not request.address.path:
        return
    try:
        servers.people(request.api, None).profile(request.address.path[0])
    except NotFoundError:
        raise status_error(request.address, 404) from None
    except CondaPrivateError:
        return  # the API does not say


def _secret(request: LoginRequest, store: SecretStore) -> Secret | None:
    if store.source.is_stored_by_us:
        word = "Password" if request.takes_password else "Token"
        return prompt.read_secret(request.address, word=word, from_stdin=request.from_stdin)
    if store.source.renews and not request.verify:
        return None  # an image is built where no secret manager is
    secret = store.get(request.address)
    if secret is None and request.verify:
        raise store.missing(request.address).adding(
            "It is needed for verification; use --no-verify to skip it."
        )
    return secret


def _with_password(request: LoginRequest, edges: Edges) -> LoginResult:
    """Exchange the password for a token with the least scopes, and log in with that."""
    command = f"conda private login {request.name} --username {shell.word(request.user)}"
    if edges.store.source.is_reference:
        raise UsageError(
            "This server gives a token for a password, and the token needs to be stored.",
            cause=f"{edges.store.source} is only read, so nothing can be stored there.",
            next_step=f"{command} --password-stdin\n"
            "or, if the server accepts the password itself, add --scheme basic",
        )
    if request.dry_run or request.api is None:
        return log_in(replace(request, verify=False), None, edges)
    tokens = sign_in(request.api, request.user, from_stdin=request.from_stdin, command=command)
    wanted = NewToken(token_name(*request.address.path), LEAST)
    secret, name = create_token(tokens, wanted, now=datetime.now(timezone.utc), exact_name=False)
    with revoked_on_failure(servers.tokens(request.api, secret), name):
        return log_in(request, secret, edges)
