"""What conda itself makes of names and files: asked from conda, never guessed again."""

from __future__ import annotations

import os
import re
from typing import Any

from conda.base.context import context, sys_rc_path, user_rc_path
from conda.common.configuration import YamlRawParameter
from conda.models.channel import Channel

from conda_private.model.address import ChannelUrl, is_segment
from conda_private.model.exceptions import ChannelUrlError, SecretInUrlError, UsageError

# Wider than conda's own pattern, which does not know a token with a dot or an underscore.
_PATH_TOKEN = re.compile(r"/t/[^/]*")
_FILES = (".conda", ".tar.bz2", ".json", ".zst")
_CHANNEL_KEYS = {"channels", "channel"}


def scope_of(text: str, verb: str = "login") -> ChannelUrl:
    """The address that conda means by a channel's name or URL; a subdir at its end is dropped.

    Raises:
        SecretInUrlError: it is a URL with a token or a password in it.
        ChannelUrlError: it names no single channel on a server.
    """
    if "://" in text:
        _refuse_secret(text, verb)
        return without_subdir(ChannelUrl.parse(text))
    words = text.removesuffix("/").split("/")
    if not all(map(is_segment, words)) or words[-1].endswith(_FILES):
        raise ChannelUrlError(
            "This is not the name of a channel.",
            cause="A name has letters, digits and . _ ~ + = -, perhaps with /label/LABEL after it.",
            next_step="conda private login my-org      or with the whole address:\n"
            "conda private login https://HOST/CHANNEL",
        )
    base = Channel(text.removesuffix("/")).base_url
    if base is None:
        raise ChannelUrlError(
            f"{text} is not one channel but a list of them.",
            cause="conda's configuration names it in custom_multichannels (or it is `defaults`).",
            next_step="log in to one of its channels; see them with  conda config --show"
            " custom_multichannels",
        )
    return ChannelUrl.parse(base)


def without_subdir(url: ChannelUrl) -> ChannelUrl:
    """The channel's address: a subdir at the end is dropped."""
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
        "This URL has a token or a password in it, and the shell has put it into its history.",
        cause="A secret on the command line is also seen in the list of processes.",
        next_step=f"conda private {verb} {plain}\n"
        "and better still, replace the token by a new one first",
    )


def name_for(scope: ChannelUrl) -> str:
    """The shortest text by which conda means exactly this address, now."""
    for name in (Channel(str(scope)).canonical_name, "/".join(scope.path)):
        if name and Channel(name).base_url == str(scope):
            return str(name)
    return str(scope)


def condarc_path(which: str, file: str | None) -> str:
    """The ``.condarc`` that ``user``, ``system``, ``env`` or a file's name means.

    Raises:
        UsageError: ``env`` is meant, and no environment is active.
    """
    prefix = os.environ.get("CONDA_PREFIX")
    paths = {"user": user_rc_path, "system": sys_rc_path}
    if prefix:
        paths["env"] = os.path.join(prefix, ".condarc")
    if file is None and which not in paths:
        raise UsageError(
            "There is no active environment whose .condarc could be meant by --env.",
            next_step="conda activate ENVIRONMENT      or leave --env out",
        )
    return os.path.abspath(os.path.expanduser(file or paths[which]))


def files_with_channel_lists() -> list[str]:
    """The configuration files that set ``channels`` now; none means conda's own default."""
    read_again()
    return [source for source, settings in files() if not _CHANNEL_KEYS.isdisjoint(settings)]


def read_again() -> None:
    """Make conda read its configuration, as it may have been written since this process began."""
    # From 26.x on conda keeps what it has read of a file.
    getattr(YamlRawParameter, "cache_clear", lambda: None)()
    context.__init__(argparse_args=context._argparse_args)  # type: ignore[misc]


def files() -> list[tuple[str, dict[str, Any]]]:
    """conda's configuration files, as last read, each with its settings as conda keeps them."""
    return [
        (str(source), settings)
        for source, settings in context.raw_data.items()
        if str(source) not in ("envvars", "cmd_line")
    ]
