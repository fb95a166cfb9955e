"""conda's own answers about channel names and configuration files: asked, never guessed."""

from __future__ import annotations

import os
import re
from typing import Any

from conda.base.context import context, sys_rc_path, user_rc_path
from conda.common.configuration import YamlRawParameter
from conda.models.channel import Channel

from conda_private.model.address import Address, is_segment
from conda_private.model.exceptions import AddressError, SecretInUrlError, UsageError

# conda's own pattern does not recognize a token with a dot or an underscore.
_PATH_TOKEN = re.compile(r"/t/[^/]*")
_FILES = (".conda", ".tar.bz2", ".json", ".zst")
_CHANNEL_KEYS = {"channels", "channel"}


def address_of(text: str, verb: str = "login") -> Address:
    """Return the address of a channel's name or URL, as conda resolves it, without a subdir.

    Args:
        text: the name or the URL.
        verb: the verb to repeat with a cleaned URL.

    Raises:
        SecretInUrlError: the URL contains a token or a password.
        AddressError: the text does not name a single channel.
    """
    if "://" in text:
        _refuse_secret(text, verb)
        return without_subdir(Address.parse(text))
    words = text.removesuffix("/").split("/")
    if not all(map(is_segment, words)) or words[-1].endswith(_FILES):
        raise AddressError(
            "This is not the name of a channel.",
            cause="A name has letters, digits and . _ ~ + = -, optionally with /label/LABEL.",
            next_step="conda private login my-org      or with the complete URL:\n"
            "conda private login https://conda.example.org/my-org",
        )
    base = Channel(text.removesuffix("/")).base_url
    if base is None:
        raise AddressError(
            f"{text} is a list of channels, not a single channel.",
            cause="conda's configuration defines it in custom_multichannels (or it is `defaults`).",
            next_step="name one of its channels; see  conda config --show custom_multichannels",
        )
    return Address.parse(base)


def without_subdir(url: Address) -> Address:
    """Return an address without a subdir at its end."""
    if url.path and url.path[-1] in context.known_subdirs:
        return url._replace(path=url.path[:-1])
    return url


def _refuse_secret(text: str, verb: str) -> None:
    scheme, _, rest = _PATH_TOKEN.sub("", text).partition("://")
    host, slash, path = rest.partition("/")
    plain = f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
    if plain == text:
        return
    raise SecretInUrlError(
        "This URL contains a token or a password, and the shell may have saved it in its history.",
        cause="Other users can also see the arguments of a command in the list of processes.",
        next_step=f"replace the token with a new one, then run\nconda private {verb} {plain}",
    )


def name_for(address: Address) -> str:
    """Return the shortest text that conda currently resolves to exactly this address."""
    for name in (Channel(str(address)).canonical_name, "/".join(address.path)):
        if name and Channel(name).base_url == str(address):
            return str(name)
    return str(address)


def condarc_path(which: str, file: str | None) -> str:
    """Return the absolute path of a ``.condarc``.

    Args:
        which: ``user``, ``system`` or ``env``, if no file is given.
        file: a file, or None.

    Raises:
        UsageError: ``env`` was given, and no environment is active.
    """
    prefix = os.environ.get("CONDA_PREFIX")
    paths = {"user": user_rc_path, "system": sys_rc_path}
    if prefix:
        paths["env"] = os.path.join(prefix, ".condarc")
    if file is None and which not in paths:
        raise UsageError(
            "There is no active environment, so --env has no .condarc.",
            cause="The variable CONDA_PREFIX is not set.",
            next_step="conda activate ENVIRONMENT      or repeat the command without --env",
        )
    return os.path.abspath(os.path.expanduser(file or paths[which]))


def files_with_channel_lists() -> list[str]:
    """Return the configuration files that set ``channels``; without any, conda has a default."""
    read_again()
    return [source for source, settings in files() if not _CHANNEL_KEYS.isdisjoint(settings)]


def read_again() -> None:
    """Make conda read its configuration files again, because this process may have changed them.

    The command-line arguments of this process stay in effect.
    """
    # Not reset_context(): in older versions of conda it drops the settings of other plugins.
    # Since conda 26.5 both names below are private, so they are used in this function only.
    # From 26.x on conda caches the files that it has read.
    getattr(YamlRawParameter, "cache_clear", lambda: None)()
    context.__init__(argparse_args=context._argparse_args)  # type: ignore[misc]


def files() -> list[tuple[str, dict[str, Any]]]:
    """Return conda's configuration files, as last read, each with its raw settings."""
    return [
        (str(source), settings)
        for source, settings in context.raw_data.items()
        if str(source) not in ("envvars", "cmd_line")
    ]
