"""Settings of conda because of which it does not use a login: which, in which file, and the fix."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from conda.base.context import context
from conda.common.url import split_scheme_auth_token
from conda.models.channel import Channel

from conda_private.conda_config.channels import LIST_KEYS
from conda_private.conda_config.precedence import conda_asks_us, deciding
from conda_private.conda_config.settings import plain
from conda_private.files import paths
from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import AddressError, HiddenLoginError

_VARIABLES = "envvars"
_MIGRATIONS = ("migrated_channel_aliases", "migrated_custom_channels")


@dataclass(frozen=True)
class Hiding:
    """A setting because of which conda does not use a login.

    Attributes:
        setting: its name.
        source: the file that has it, or the environment variable.
        error: what happens, and the command that fixes it.
    """

    setting: str
    source: str
    error: HiddenLoginError


def hiding(address: Address) -> list[Hiding]:
    """Return the settings because of which conda does not use the login for an address.

    conda's configuration is taken as it was last read.
    """
    return [*_migrations(address), *_credentials(address), *_handlers(address)]


def _migrations(address: Address) -> Iterator[Hiding]:
    """A setting that makes conda read another address instead."""
    url = Channel(str(address)).base_url if address.path else None
    instead = Address.of_conda(str(url)) if url else None
    if instead in (None, address):
        return
    for setting in _MIGRATIONS:
        for source, settings in context.raw_data.items():
            if setting in settings:
                error = HiddenLoginError(
                    f"conda does not read {address}, but {instead}.",
                    cause=f"{setting} in {source} replaces the address.",
                    next_step=f"conda private login {instead}",
                )
                yield Hiding(setting, str(source), error)


def _credentials(address: Address) -> Iterator[Hiding]:
    """A setting with a credential, which conda puts into the URL of each request."""
    channel = Channel(str(address))
    for source, settings in context.raw_data.items():
        # conda puts the credential of a listed channel into the requests for that entry alone.
        urls = chain(_listed(settings), _urls(settings) if channel.token or channel.auth else ())
        for setting, name, url in urls:
            location, scheme, auth, token = split_scheme_auth_token(os.path.expandvars(url))
            if (auth or token) and _covers(f"{scheme}://{location}/{name}", address):
                is_variable = str(source) == _VARIABLES
                place = f"CONDA_{setting.upper()}" if is_variable else str(source)
                fix = _fix(setting, name, f"{scheme}://{location}", "" if is_variable else place)
                yield Hiding(setting, place, _has_credential(address, setting, place, fix))


def _has_credential(address: Address, setting: str, place: str, fix: str) -> HiddenLoginError:
    return HiddenLoginError(
        f"conda does not use the login for {address}, but a credential in {setting}.",
        cause=f"{place} has a token or a password in {setting}, and conda sends that.",
        next_step=fix,
    )


def _listed(settings: Any) -> Iterator[tuple[str, str, str]]:
    for key in LIST_KEYS & set(settings):
        for url in plain(settings[key]) or ():
            yield key, "", str(url)


def _urls(settings: Any) -> Iterator[tuple[str, str, str]]:
    """Yield the settings that can have a credential, the name of the channel, and the URL."""
    if "channel_alias" in settings:
        yield "channel_alias", "", str(plain(settings["channel_alias"]))
    for name, url in (plain(settings.get("custom_channels")) or {}).items():
        yield "custom_channels", name, str(url)
    for url in plain(settings.get("default_channels")) or ():
        yield "default_channels", "", str(url)
    for urls in (plain(settings.get("custom_multichannels")) or {}).values():
        for url in urls or ():
            yield "custom_multichannels", "", str(url)


def _covers(url: str, address: Address) -> bool:
    try:
        return Address.parse(url.rstrip("/")).covers(address)
    except AddressError:
        return False


def _fix(setting: str, name: str, url: str, file: str) -> str:
    """The command that removes a credential from a setting; no file means a variable."""
    if not file:
        return shell.set_variable(f"CONDA_{setting.upper()}", url)
    if setting in ("channel_alias", "custom_channels"):
        key = f"{setting}.{name}" if name else setting
        return shell.joined(["conda", "config", "--file", file, "--set", key, url])
    return f"edit {file} and write  {url}  in {setting}, without the credential"


def _handlers(address: Address) -> Iterator[Hiding]:
    """An entry in ``channel_settings`` that takes precedence over ours."""
    if conda_asks_us(address):
        return
    entry = deciding(address)
    if entry is None:
        source = str(paths.channel_settings())
        cause, fix = f"{source} is missing.", f"conda private login {address}"
    else:
        source, whose = entry.source, f" ({entry.handler})" if entry.handler else ""
        cause = f"Another entry in channel_settings takes precedence: {source}{whose}"
        fix = "remove that entry; see both with  conda config --show-sources"
    what = f"conda does not use conda-private for {address}."
    yield Hiding("channel_settings", source, HiddenLoginError(what, cause=cause, next_step=fix))
