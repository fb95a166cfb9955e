"""``conda private login``: verify a secret for a channel and keep it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from conda_private import composition
from conda_private.actions.login import LoginRequest, LoginResult, log_in
from conda_private.channels import ChannelUrl
from conda_private.cli import arguments, secrets
from conda_private.cli.login_arguments import add_sources, add_ways
from conda_private.cli.login_report import report_login
from conda_private.exceptions import CredentialMissingError, UsageError
from conda_private.known_servers import schemes_to_try, server_of
from conda_private.ports import SecretStore
from conda_private.secret import Secret

HELP = """\
Ask for a token, check with the server that it opens the channel, keep it in the system's
keyring, and list the channel in conda's configuration. From then on plain `conda install`,
`search`, `create` and `env create` work on the channel and its labels.

example:
  conda private login my-org --label dev"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    arguments.add_channel(parser)
    add_sources(parser)
    add_ways(parser)
    arguments.add_condarc_file(parser)
    arguments.refuse_secret_options(parser, "--token", "--password")
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Log in; 0 when the credential is kept."""
    scope = arguments.scope_from(args)
    request = LoginRequest(
        scope=scope,
        secret=None,
        schemes=schemes_to_try(args.private_scheme, args.private_username or "", scope),
        channel=composition.name_for(scope),
        position=args.private_position,
        api=_api(args, scope),
        expires=args.private_expires or "",
        allow_http=args.private_allow_http,
        verify=not args.private_no_verify,
        dry_run=args.dry_run,
    )
    store = composition.store_for_login(_source(args))
    result = _log_in(args, request, store)
    report_login(request, result, composition.wiring_problems(scope))
    return 0


def _log_in(args: Namespace, request: LoginRequest, store: SecretStore) -> LoginResult:
    request.check_transport()
    secret = _secret(args, request.scope, store)
    return log_in(
        replace(request, secret=secret),
        probe=composition.probe(),
        server=composition.token_server(),
        store=store,
        open_store=composition.open_store,
        index=composition.index(),
        channels=composition.channel_list(
            composition.condarc_path(args.private_condarc or "user", args.private_condarc_file)
        ),
    )


def _source(args: Namespace) -> str:
    if args.private_from_env:
        return f"env:{args.private_from_env}"
    if args.private_from_file:
        return f"secret-file:{composition.absolute(args.private_from_file)}"
    return str(args.private_storage)


def _secret(args: Namespace, scope: ChannelUrl, store: SecretStore) -> Secret | None:
    if not (args.private_from_env or args.private_from_file):
        word = "Password" if args.private_username else "Token"
        return secrets.read_secret(scope, word=word, from_stdin=args.private_stdin)
    secret = store.get(scope)
    if secret is None and not args.private_no_verify:
        raise CredentialMissingError(
            f"There is no secret to verify: {store.description} is empty or not there.",
            cause="With a reference the secret is read now, to check it, and again when needed.",
            next_step="provide it now, or log in unchecked:"
            f"  conda private login {scope} ... --no-verify",
        )
    return secret


def _api(args: Namespace, scope: ChannelUrl) -> str:
    if not args.private_api:
        return server_of(scope).api
    api = ChannelUrl.parse(args.private_api)
    if api.scheme == "http" and not api.is_loopback and not args.private_allow_http:
        raise UsageError(f"The API {api} has no TLS.", next_step=f"--api-url https{str(api)[4:]}")
    return str(api)
