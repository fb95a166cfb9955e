"""One login: from what is wished to what was done."""

from __future__ import annotations

import shlex
from argparse import Namespace
from dataclasses import replace
from datetime import datetime, timezone

from conda_private.actions.login import Edges, LoginRequest, LoginResult, log_in
from conda_private.actions.new_token import ended_on_failure, make
from conda_private.actions.resolver import missing
from conda_private.cli import prompt
from conda_private.cli.password import sign_in, token_name
from conda_private.composition import machine, servers
from conda_private.conda_config.settings import condarc_path
from conda_private.files.team_file import Proposed
from conda_private.model.address import ChannelUrl, refuse_plain_http
from conda_private.model.exceptions import UsageError
from conda_private.model.known_servers import pypi_of, schemes_to_try, server_of
from conda_private.model.ports import SecretStore
from conda_private.model.records import TokenWish
from conda_private.model.schemes import BasicScheme, Scheme
from conda_private.model.secret import Secret

_REFERENCES = ("env", "secret-file", "helper")
LEAST = ("conda:download",)


def log_in_one(args: Namespace, wish: Proposed) -> tuple[LoginRequest, LoginResult]:
    """Find or ask for the secret, and log in with it.

    Args:
        args: the options that hold for every login of this command.
        wish: the login itself.
    """
    for_all = args.private_all_users
    refuse_plain_http(wish.scope, allow_http=wish.allow_http)
    request = _request(args, wish)
    store = machine.store_for_login(wish.source)
    _refuse_own_secret_for_all(store, for_all=for_all)
    index = machine.index(for_all=for_all)
    index.logins()  # one that cannot be read is an error before a secret is asked for
    edges = servers.login_edges(store, index)
    if request.user:
        return log_in_with_password(request, edges, from_stdin=args.private_stdin)
    secret = _secret(args, wish, store)
    schemes = _with_user_name(request.schemes, wish, store) if secret else request.schemes
    request = replace(request, secret=secret, schemes=schemes)
    return request, log_in(request, edges)


def _request(args: Namespace, wish: Proposed) -> LoginRequest:
    api = _api(wish)
    # Where the server gives a token for a password, the password is not what signs.
    by_password = bool(wish.username and api and wish.scheme == "auto")
    user = wish.username if by_password else ""
    return LoginRequest(
        scope=wish.scope,
        secret=None,
        schemes=schemes_to_try(wish.scheme, "" if user else wish.username, wish.scope),
        channel=machine.name_for(wish.scope),
        # A whole host is no channel, so it is not listed as one.
        position=wish.add_channel if wish.scope.path else "none",
        condarc=_condarc(args),
        api=api,
        pypi=_pypi(args, wish),
        pypi_for_certain=bool(args.private_pypi_url),
        user=user,
        expires=args.private_expires or "",
        allow_http=wish.allow_http,
        verify=not args.private_no_verify,
        dry_run=args.dry_run,
    )


def _condarc(args: Namespace) -> str:
    default = "system" if args.private_all_users else "user"
    return condarc_path(args.private_condarc or default, args.private_condarc_file)


def _is_reference(store: SecretStore) -> bool:
    return store.source.partition(":")[0] in _REFERENCES


def _refuse_own_secret_for_all(store: SecretStore, *, for_all: bool) -> None:
    if for_all and not _is_reference(store):
        raise UsageError(
            "A login for all users cannot keep a secret of its own.",
            cause="A keyring or a private file is one user's; the others could not read it.",
            next_step="conda private login CHANNEL --all-users --from-file /path/to/secret",
        )


def _with_user_name(
    schemes: tuple[Scheme, ...], wish: Proposed, store: SecretStore
) -> tuple[Scheme, ...]:
    name = machine.user_name(store, wish.scope) if wish.scheme == "auto" else ""
    return (*schemes, BasicScheme(name)) if name and not wish.username else schemes


def _secret(args: Namespace, wish: Proposed, store: SecretStore) -> Secret | None:
    scope = wish.scope
    if not _is_reference(store):
        word = "Password" if wish.username else "Token"
        return prompt.read_secret(scope, word=word, from_stdin=args.private_stdin)
    secret = store.get(scope)
    if secret is None and not args.private_no_verify:
        raise missing(scope, store.source).adding(
            "It is wanted now, to check it; --no-verify leaves that out."
        )
    return secret


def _api(wish: Proposed) -> str:
    if not wish.api:
        return server_of(wish.scope).api
    api = ChannelUrl.parse(wish.api)
    if api.scheme == "http" and not api.is_loopback and not wish.allow_http:
        raise UsageError(f"The API {api} has no TLS.", next_step=f"--api-url https{str(api)[4:]}")
    return str(api)


def _pypi(args: Namespace, wish: Proposed) -> str:
    if not args.private_pypi_url:
        return pypi_of(wish.scope)
    index = ChannelUrl.parse(args.private_pypi_url.rstrip("/").removesuffix("/simple"))
    refuse_plain_http(index, allow_http=wish.allow_http)
    return str(index)


def log_in_with_password(
    request: LoginRequest, edges: Edges, *, from_stdin: bool
) -> tuple[LoginRequest, LoginResult]:
    """Exchange the password for a token of the least scopes, and log in with that.

    Raises:
        CondaPrivateError: the password or the token was refused. The token is ended again.
    """
    if edges.store.source.partition(":")[0] in ("env", "secret-file", "helper"):
        raise UsageError(
            "This server gives a token for a password, and the token is to be kept here.",
            cause="A reference to a place of somebody else's can keep nothing.",
            next_step=f"{_command(request)} --password-stdin\n"
            "or, where the server takes the password itself, add --scheme basic",
        )
    if request.dry_run:
        return request, log_in(replace(request, verify=False), edges)
    api = ChannelUrl.parse(request.api)
    tokens = sign_in(api, request.user, from_stdin=from_stdin, command=_command(request))
    wish = TokenWish(token_name(*request.scope.path), LEAST)
    secret, name = make(tokens, wish, now=datetime.now(timezone.utc), exact_name=False)
    request = replace(request, secret=secret)
    with ended_on_failure(servers.tokens(api, secret), name):
        return request, log_in(request, edges)


def _command(request: LoginRequest) -> str:
    return f"conda private login {request.channel} --username {shlex.quote(request.user)}"
