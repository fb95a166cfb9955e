"""``conda private login CHANNEL --username``, where the server gives a token for a password."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import datetime, timezone

from conda_private.actions.login import Edges, log_in
from conda_private.actions.login_request import LoginRequest, LoginResult
from conda_private.actions.new_token import ended_on_failure, make
from conda_private.cli.password import sign_in, token_name
from conda_private.composition import servers
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import UsageError
from conda_private.model.records import TokenWish

LEAST = ("conda:download",)


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
