"""Decide which of Anaconda's servers a name is on, before a credential is asked for or sent."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import NoReturn

from conda_private.cli.prompt import choose
from conda_private.composition import machine
from conda_private.conda_config.names import name_on_anaconda, typed_name
from conda_private.model.address import Address
from conda_private.model.anaconda import (
    COM,
    COM_CHANNELS,
    ORG,
    ORG_CHANNELS,
    SERVERS,
    ChannelName,
    channel_named,
)
from conda_private.model.exceptions import UsageError


def add_on(parser: ArgumentParser) -> None:
    """Add ``--on``."""
    parser.add_argument(
        "--on",
        dest="private_on",
        choices=SERVERS,
        help="the server of a name such as my-ns/my-channel, which can be on both",
    )


def settled(text: str, command: str, args: Namespace | None, *, by_login: bool) -> str:
    """Return a text that names one channel, where ``NAMESPACE/CHANNEL`` can be on two servers.

    Args:
        text: what was typed.
        command: the verb to repeat with a corrected text.
        args: the arguments of a command with ``--on``, or None.
        by_login: whether an existing login for one of the servers decides.

    Returns:
        The text itself, or the address on the chosen server.

    Raises:
        AddressError: the text does not name a channel.
        UsageError: the name can be on both servers, and nothing says which one is meant.
    """
    if on := getattr(args, "private_on", None):
        return str(_on(on, text, command))
    name = name_on_anaconda(text, command)
    if name is None or not name.is_allowed:
        return text
    if by_login and (known := _with_login(name)):
        return str(known)
    about = f"{name} can be on two servers:"
    chosen = choose(about, [f"{meaning(name, server)} on {server}" for server in SERVERS])
    if chosen is None:
        _refuse(name, command, has_option=args is not None)
    return str(name.address_on(SERVERS[chosen]))


def _with_login(name: ChannelName) -> Address | None:
    """The one address of the name for which there is a login."""
    logins = {login.address for login in machine.logins()}
    known = [each for each in map(name.address_on, SERVERS) if each in logins]
    return known[0] if len(known) == 1 else None


def meaning(name: ChannelName, server: str) -> str:
    """Describe what a name is on a server."""
    label = f"the label {name.name} of {name.namespace}"
    return f"the channel {name}" if server == COM else label


def _refuse(name: ChannelName, command: str, *, has_option: bool) -> NoReturn:
    def repeated(server: str) -> str:
        words = f"{name} --on {server}" if has_option else name.address_on(server)
        return f"conda private {command} {words}"

    raise UsageError(
        f"{name} can be on {COM} or on {ORG}.",
        cause=f"On {COM}, it is {meaning(name, COM)}; on {ORG}, it is {meaning(name, ORG)}. A"
        " credential for one server must not go to the other, so nothing was sent or stored.",
        next_step=f"{repeated(COM)}\nor\n{repeated(ORG)}",
    )


def _on(server: str, text: str, command: str) -> Address:
    """The address on the server that ``--on`` names."""
    typed = typed_name(text, command)
    channels = COM_CHANNELS if server == COM else ORG_CHANNELS
    if typed.address:
        if channels.covers(typed.address):
            return typed.address
        raise UsageError(
            f"{typed.address} is not on {server}.",
            cause="An address has its server in it, so it needs no --on.",
            next_step=f"conda private {command} {typed.address}",
        )
    if server == COM:
        return channel_named(typed.name, command).address_on(COM)
    words = typed.name.split("/")
    return ChannelName(*words).address_on(ORG) if len(words) == 2 else channels.child(*words)
