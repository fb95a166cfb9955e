"""``conda private login --discover``: ask the server how its channels are used, and confirm it."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser, Namespace
from dataclasses import replace

from conda_private.cli.proposals import require_confirmation
from conda_private.http.discovery import discover
from conda_private.model.address import Address
from conda_private.model.discovery import Discovered
from conda_private.model.exceptions import UsageError
from conda_private.model.login_request import LoginRequest
from conda_private.output import notice, table

_CAUSE = "What a server says is a proposal: it says where your credential would be sent."
_SOURCES = ("private_stdin", "private_web", "private_issuer", "private_username")


def add_discover(parser: ArgumentParser) -> None:
    """Add ``--discover``."""
    parser.add_argument(
        "--discover",
        dest="private_discover",
        action="store_true",
        help="ask the channel's server how to log in, show it, and use it if you confirm",
    )


def refuse_discover(args: Namespace) -> None:
    """Refuse the option with a login that is not for a single channel.

    Raises:
        UsageError: it was given.
    """
    if args.private_discover:
        raise UsageError(
            "--discover is for a single channel.",
            cause="Each server speaks for its own channels only.",
            next_step="conda private login CHANNEL --discover",
        )


def asked(args: Namespace, address: Address) -> Discovered:
    """Return what the server says, or nothing if the user does not want to know.

    Raises:
        CondaPrivateError: the server does not say, or cannot be asked.
    """
    return discover(address) if args.private_discover else Discovered()


def completed(args: Namespace, found: Discovered) -> Namespace:
    """Return the arguments with what was found, where the user gave nothing."""
    given = vars(args)
    api = {"private_api": str(found.api)} if found.api and not args.private_api else {}
    if (
        not found.client
        or args.private_issuer
        or args.private_scheme != "auto"
        or _has_source(args)
    ):
        return Namespace(**{**given, **api})
    web = {
        "private_web": True,
        "private_issuer": found.client.issuer,
        "private_client_id": args.private_client_id or found.client.client_id,
    }
    return Namespace(**{**given, **api, **web})


def confirmed(request: LoginRequest, found: Discovered, args: Namespace) -> LoginRequest:
    """Show what was found, and return the request with it once the user has confirmed it.

    Raises:
        NoTerminalError: there is nobody to ask.
        UsageError: the user did not confirm, or a username is missing.
    """
    if not args.private_discover:
        return request
    is_chosen = args.private_scheme != "auto" or request.source.signs_in or request.takes_password
    if found.schemes and not is_chosen:
        request = replace(request, schemes=found.schemes)
    elif found.username_needed and not is_chosen:
        raise UsageError(
            f"{request.address.netloc} accepts a username and a password only.",
            next_step=f"conda private login {request.address} --discover --username USER",
        )
    notice(f"{request.address.netloc} says:")
    for line in table(_rows(found)):
        notice(line)
    command = f"conda private login {request.address} --discover --yes"
    require_confirmation([request], cause=_CAUSE, command=command, assume_yes=bool(args.yes))
    return request


def _has_source(args: Namespace) -> bool:
    kinds = (name for name in vars(args) if name.startswith("private_from_"))
    has_reference = any(getattr(args, name) is not None for name in kinds)
    return has_reference or any(getattr(args, name) for name in _SOURCES)


def _rows(found: Discovered) -> list[tuple[str, str]]:
    identity = found.identity and (
        f"--from-oidc --audience {shlex.quote(found.identity.audience)}"
        f" --mint-url {found.identity.mint}"
    )
    return [
        ("schemes", ", ".join(each.text for each in found.schemes)),
        ("api", str(found.api or "")),
        ("sign in at", f"{found.client.issuer} ({found.client.client_id})" if found.client else ""),
        ("token page", found.tokens),
        ("scopes", ", ".join(found.scopes)),
        # An ID token is never requested for an audience that a server chooses.
        ("in a CI job", identity or ""),
    ]
