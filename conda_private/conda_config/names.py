"""The address that a channel's name means, according to the user's and the system's settings.

An activated environment, a file in CONDARC and environment variables can change what a name means.
They must not decide where a credential goes, so they are only asked to notice a difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from conda.base.constants import SEARCH_PATH
from conda.base.context import Context, context
from conda.models.channel import Channel

from conda_private.conda_config import settings
from conda_private.files.activated import environment_that_sets
from conda_private.model.address import Address
from conda_private.model.anaconda import ORG_CHANNELS, ChannelName
from conda_private.model.channel import with_label
from conda_private.model.exceptions import AddressError
from conda_private.model.login import differs_in_case
from conda_private.model.typed import Typed, parse

# The settings that decide what a name means.
_KEYS = ("channel_alias", "custom_channels", "custom_multichannels", "default_channels")
_OF_PROCESS = ("$CONDA_PREFIX", "$CONDARC")
_XDG = "XDG_CONFIG_HOME"


class Meaning(NamedTuple):
    """What a text means.

    Attributes:
        address: the address according to the user's and the system's settings.
        here: the address that conda uses in this process; None if the text is a list of channels
            here, or has an address that is not plain.
        changed_by: the settings of this process that change it, for people; "" if none does.
    """

    address: Address
    here: Address | None
    changed_by: str = ""


def meaning_of(text: str, command: str = "login", label: str | None = None) -> Meaning:
    """Return what the name or the address of a channel means, without a subdir.

    Args:
        text: what was typed.
        command: the verb to repeat with a corrected text.
        label: a label of the channel, or None.

    Raises:
        SecretInUrlError: the text contains a token or a password.
        AddressError: the text does not name a single channel or label.
    """
    address, here, changed_by = _without_label(text, command)
    if label is None:
        return Meaning(address, here, changed_by)
    return Meaning(with_label(address, label), here and with_label(here, label), changed_by)


def _without_label(text: str, command: str) -> Meaning:
    own = _own_settings()
    typed = _typed(text, command, own)
    if typed.address:
        return Meaning(typed.address, typed.address)
    address = _resolved(typed.name, own)
    if address is None:
        raise AddressError(
            f"{typed.name} is a list of channels, not a single channel.",
            cause="conda's configuration defines it in custom_multichannels (or it is `defaults`).",
            next_step="name one of its channels; see  conda config --show custom_multichannels",
        )
    here = _here(typed.name, context)
    if here == address:
        return Meaning(address, here)
    return Meaning(address, here, _changed_by(typed.name, address, own))


def address_of(text: str, command: str = "login", label: str | None = None) -> Address:
    """Return the address that a text means, where a credential or a setting depends on it.

    Raises:
        SecretInUrlError: the text contains a token or a password.
        AddressError: the text does not name a single channel, or the settings of this process
            change what it means.
    """
    address, here, changed_by = meaning_of(text, command, label)
    if here == address:
        return address
    insist = f"\nor, if you mean the other one,  conda private {command} {here}" if here else ""
    raise AddressError(
        f"Your settings and {changed_by} disagree about the address of {text}.",
        cause=f"In your settings it is {address}, but here it is {here or 'no single address'}."
        " Nothing was sent or stored.",
        next_step=f"conda private {command} {address}{insist}",
    )


def typed_name(text: str, command: str) -> Typed:
    """Parse the name or the address of a channel, without a subdir.

    Raises:
        SecretInUrlError: the text contains a token or a password.
        AddressError: the text does not name a channel.
    """
    return _typed(text, command, _own_settings())


def name_on_anaconda(text: str, command: str) -> ChannelName | None:
    """Return a name of two words that conda's settings do not define, on Anaconda's servers.

    Such a name can be a channel of anaconda.com, or a label of anaconda.org without the word
    ``label``. With another ``channel_alias``, it is neither.

    Raises:
        SecretInUrlError: the text contains a token or a password.
        AddressError: the text does not name a channel.
    """
    own = _own_settings()
    words = _typed(text, command, own).name.split("/")
    if len(words) != 2 or _is_defined(words[0], own):
        return None
    name = ChannelName(*words)
    return name if _resolved(str(name), own) == ORG_CHANNELS.child(*name) else None


def name_for(address: Address) -> str:
    """Return the shortest text that means this address, here and according to the user's settings.

    The text is written into files, so it has to mean the same without the settings of this process.
    """
    name = settings.name_for(address)
    if "://" in name:
        return name
    return name if _resolved(name, _own_settings()) == address else str(address)


def listed_in_other_case(address: Address) -> list[str]:
    """Return the channels in conda's list that a login misses because of upper and lower case only.

    conda reads them without the credential of the login.
    """
    listed = [(str(each), str(url)) for each in context.channels for url in Channel(each).base_urls]
    parsed = [(name, Address.of_conda(url)) for name, url in listed]
    return [name for name, url in parsed if url and differs_in_case(address, url)]


def _own_settings() -> Context:
    """conda's configuration without the files and variables of this process."""
    names = [each for each in SEARCH_PATH if not each.startswith(_OF_PROCESS)]
    if environment_that_sets(_XDG):
        names = [each for each in names if not each.startswith(f"${_XDG}")]
    files = set(Context._expand_search_path(names))
    return _settings({file: raw for file, raw in context.raw_data.items() if file in files})


def _settings(raw: Mapping[Any, dict[str, Any]]) -> Context:
    """conda's configuration as these files and variables give it."""
    found = Context(search_path=())
    found.raw_data = {}
    found._set_raw_data(raw)
    return found


def _typed(text: str, command: str, own: Context) -> Typed:
    return parse(
        text, command, subdirs=context.known_subdirs, is_name=lambda word: _is_defined(word, own)
    )


def _is_defined(word: str, own: Context) -> bool:
    return any(name.split("/")[0] == word for name in own.custom_channels)


def _resolved(name: str, names: Context) -> Address | None:
    """The address of a name, as conda resolves it; None for a list of channels."""
    if name in names.custom_multichannels:
        return None
    words = name.split("/")
    for length in range(len(words), 0, -1):
        channel = names.custom_channels.get("/".join(words[:length]))
        if channel:
            return Address.parse(f"{channel.scheme}://{channel.location}/{name}")
    alias = names.channel_alias
    return Address.parse(f"{alias.scheme}://{alias.location}/{name}")


def _here(name: str, names: Context) -> Address | None:
    """The address of a name; None also if it is not plain, because others may have written it."""
    with suppress(AddressError):
        return _resolved(name, names)
    return None


def _changed_by(name: str, address: Address, own: Context) -> str:
    """The variables and files of this process that give a name another address."""
    of_process = ((each, raw) for each, raw in context.raw_data.items() if each not in own.raw_data)
    found = [
        _described(str(source), raw)
        for source, raw in of_process
        if _here(name, _settings({**own.raw_data, source: raw})) != address
    ]
    return " and ".join(found) or "the settings of this shell"


def _described(source: str, raw: Mapping[str, object]) -> str:
    variables = (f"CONDA_{key.upper()}" for key in _KEYS if key in raw)
    return " and ".join(variables) if source == "envvars" else source
