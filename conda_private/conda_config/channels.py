"""The channels that conda uses, and those that its settings refuse: asked, never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conda import CondaError
from conda.base.context import Context, context
from conda.models.channel import Channel

from conda_private.conda_config.settings import files, plain, read_again
from conda_private.model.address import Address
from conda_private.model.exceptions import ChannelNotAllowedError

_KEYS = {"channels", "channel"}
_DEFAULTS = "defaults"
# Every name that conda has for the two settings.
_ALLOWED, _DENIED = ("allowlist_channels", "whitelist_channels"), ("denylist_channels",)


def in_effect() -> tuple[str, ...]:
    """Return the channels that conda uses, after it has read its configuration again.

    A list of no channels, as ``defaults`` can be, is none.
    """
    read_again()
    return tuple(str(name) for name in context.channels if Channel(name).base_urls)


def addresses_in_effect() -> Iterator[Address]:
    """Yield the address of each channel that conda uses, as it last read its configuration."""
    try:
        channels = [url for each in context.channels for url in Channel(each).base_urls]
    except CondaError:
        return  # conda itself refuses them in each command
    yield from filter(None, (Address.of_conda(str(url)) for url in channels))


def defaults_must_be_listed() -> bool:
    """Whether a first list of channels would replace ``defaults``, which conda uses without a list.

    conda 25.9 and later have no such channel. With ``CONDA_CHANNELS``, or if ``default_channels``
    is empty, it is not in use either.
    """
    return _DEFAULTS in in_effect() and not _is_set()


def defaults_depend_on_a_variable() -> bool:
    """Whether conda uses ``defaults`` without a list, but not in this shell: see CONDA_CHANNELS."""
    read_again()
    is_variable = bool(_KEYS & set(context.raw_data.get("envvars", ())))
    is_implicit = _DEFAULTS in _without_any_list() and bool(Channel(_DEFAULTS).base_urls)
    return is_variable and is_implicit and not files_with_lists()


def files_with_lists() -> list[str]:
    """Return the configuration files that set ``channels``, as last read."""
    return [source for source, settings in files() if not _KEYS.isdisjoint(settings)]


def listings(address: Address) -> list[tuple[str, str]]:
    """Return the configuration files that list a channel, and what each of them calls it."""
    return [
        (source, str(each))
        for source, settings in files()
        for key in _KEYS & set(settings)
        for each in plain(settings[key]) or ()
        if Channel(str(each)).base_url in address.spellings
    ]


def members(text: str) -> tuple[Address, ...]:
    """Return the addresses of the channels in a multichannel; none if it is not one."""
    if text not in context.custom_multichannels:
        return ()
    found = map(Address.of_conda, filter(None, map(str, Channel(text).base_urls)))
    return tuple(dict.fromkeys(filter(None, found)))


def requested_instead(url: Address) -> Address:
    """Return what conda requests for a URL: settings may have moved its channel elsewhere."""
    path = url.path
    size = next((at for at, name in enumerate(path) if name in context.known_subdirs), len(path))
    channel, rest = url._replace(path=path[:size]), path[size:]
    moved = Channel(str(channel)).base_url if channel.path else str(channel)
    address = None if moved == str(channel) else Address.of_conda(str(moved))
    return address.child(*rest) if address else url


def refuse_if_not_allowed(address: Address) -> None:
    """Refuse a channel that conda would refuse in each command.

    Raises:
        ChannelNotAllowedError: a setting of conda does not allow it, or denies it.
    """
    if not address.path:
        return
    allowed = _base_urls(getattr(context, "allowlist_channels", ()))
    denied = _base_urls(getattr(context, "denylist_channels", ()))
    if denied.intersection(address.spellings):
        raise ChannelNotAllowedError.by(address, _DENIED[0], _files_with(_DENIED))
    if allowed and not allowed.intersection(address.spellings):
        raise ChannelNotAllowedError.by(address, _ALLOWED[0], _files_with(_ALLOWED))


def _base_urls(channels: Any) -> set[str]:
    return {str(url) for channel in channels for url in Channel(channel).base_urls}


def _files_with(names: tuple[str, ...]) -> str:
    found = [source for source, settings in context.raw_data.items() if {*names} & {*settings}]
    words = {"envvars": "an environment variable"}
    return ", ".join(words.get(str(source), str(source)) for source in found)


def _is_set() -> bool:
    return any(not _KEYS.isdisjoint(settings) for settings in context.raw_data.values())


def _without_any_list() -> tuple[str, ...]:
    """The channels that this conda uses if no setting names any."""
    default: tuple[str, ...] = vars(Context)["_channels"].type._default
    return default
