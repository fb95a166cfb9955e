"""Checks conda's settings and the variables that change what they mean."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from conda.base.context import context
from conda.models.channel import Channel

from conda_private.composition import machine, settings
from conda_private.conda_config.names import listed_in_other_case
from conda_private.doctor.finding import Finding, Subject
from conda_private.model import shell
from conda_private.model.address import Address

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def check(_subject: Subject) -> Iterator[Finding]:
    """Find settings with which private channels fail, or are less safe."""
    yield from _certificates()
    yield from _plain_http()
    yield from _other_case()
    yield from _taken_over()
    yield from _not_base()


def _certificates() -> Iterator[Finding]:
    for name in _BUNDLES:
        value = os.environ.get(name, "")
        if not value:
            continue
        if not Path(value).exists():
            yield Finding(
                f"{name} names a file that does not exist.",
                "conda then cannot verify the certificate of any server.",
                shell.unset_variable(name),
            )
        elif isinstance(context.ssl_verify, str):
            yield Finding(
                f"{name} takes precedence over conda's setting ssl_verify.",
                "A certificate authority that only ssl_verify names is not trusted.",
                f"{shell.unset_variable(name)}"
                "      # or add the authority to the file that it names",
                is_problem=False,
            )
    if not context.ssl_verify:
        yield Finding(
            "conda's setting ssl_verify is off.",
            "Anyone on the network path can pose as the server, and read the credential.",
            "conda config --set ssl_verify true",
        )


def _plain_http() -> Iterator[Finding]:
    for address in _channels():
        if address.scheme == "http" and not address.is_loopback:
            yield Finding(
                f"The channel {address} has no TLS.",
                "Anyone on the network path can change its packages.",
                f"write  https{str(address)[4:]}  in the list of channels",
                is_problem=False,
            )


def _channels() -> Iterator[Address]:
    urls = (url for name in context.channels for url in Channel(name).base_urls)
    yield from filter(None, (Address.of_conda(str(url)) for url in urls))


def _other_case() -> Iterator[Finding]:
    for login in machine.logins():
        for name in listed_in_other_case(login.address):
            yield Finding(
                f"The channel {name} differs from the login for {login.address} in case only.",
                "To conda, these are two channels, and the login is for one of them.",
                f"conda config --remove channels {name}\n"
                f"conda private channels add {machine.name_for(login.address)}",
            )


def _taken_over() -> Iterator[Finding]:
    for each in settings.taken_over():
        yield Finding(
            f"conda no longer uses {each.handler} for {each.channel}.",
            "The channel settings of another login cover this channel.",
            f"conda private login {each.channel}",
        )


def _not_base() -> Iterator[Finding]:
    if os.path.realpath(sys.prefix) != os.path.realpath(context.root_prefix):
        yield Finding(
            f"This conda runs in {sys.prefix}, which is not the base environment.",
            f"The conda in {context.root_prefix} does not have the plugin of this one.",
            f"conda install --name base conda-private      # for {context.root_prefix}",
            is_problem=False,
        )
