"""What people type for a channel, parsed once: a name, an address, or the page in a browser.

A text that looks like the address of a server is never taken for a name: conda would put the host
of another server before it, and the credential would go there. Errors repeat nothing that stands
before an ``@``, and no word that may be a credential.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import NamedTuple, NoReturn

from conda.base.constants import KNOWN_SUBDIRS

from conda_private.model.address import Address, is_segment
from conda_private.model.exceptions import AddressError, SecretInUrlError
from conda_private.model.known_servers import is_known_host, page_at

# conda's own pattern does not recognize a token with a dot or an underscore.
_PATH_TOKEN = re.compile(r"/t/[^/]*")
_FILES = (".conda", ".tar.bz2", ".json", ".zst")
_PACKAGE = re.compile(r"[A-Za-z0-9._*=<>!|,~ -]+")
_SCHEME = re.compile(r"https?:?/+|https?:(?![0-9])|/+", re.IGNORECASE)
_TWO_WORDS = re.compile(r"([A-Za-z0-9_~+=-]+)[ :]([A-Za-z0-9._~+=-]+)")
_ANACONDA = "https://conda.anaconda.org"
_USUAL_LABELS = frozenset(
    ("main", "dev", "test", "testing", "alpha", "beta", "rc", "nightly", "staging", "release")
)


class Typed(NamedTuple):
    """What a text names.

    Attributes:
        name: the name of a channel or a label; "" for an address.
        address: the address; None for a name, which conda's settings resolve.
        package: the package that was named with the channel, or "".
    """

    name: str
    address: Address | None
    package: str = ""


def parse(
    text: str,
    command: str = "login",
    *,
    subdirs: Collection[str] = KNOWN_SUBDIRS,
    is_name: Callable[[str], bool] = lambda word: False,
) -> Typed:
    """Parse the name or the address of a channel, also with a subdir or a file behind it.

    Args:
        command: the verb to repeat with a corrected text.
        is_name: whether conda's settings define a channel with this first word.

    Raises:
        SecretInUrlError: the text contains a token, a username or a password.
        AddressError: the text does not name a channel.
    """
    channel, separator, package = text.partition("::")
    if separator and not (_PACKAGE.fullmatch(package) and "@" not in channel):
        _refuse_host(text, command)
    words = channel.removesuffix("/").split("/")
    if "://" in channel or is_known_host(words[0]):
        return _from_url(channel, command, subdirs, package)
    if _looks_like_host(words) and not (is_name(words[0]) and "@" not in channel):
        _refuse_host(channel, command)
    words = _without_file(words, subdirs)
    plain = [word.replace("%20", "-") for word in words]
    if not all(map(is_segment, plain)) or words[-1].endswith(_FILES):
        _refuse_name(channel, command)
    return Typed("/".join(words), None, package)


def _from_url(text: str, command: str, subdirs: Collection[str], package: str) -> Typed:
    url = text if "://" in text else f"https://{text}"
    _refuse_secret(url, command)
    if page := page_at(url):
        return Typed("", page.channel, package or page.package)
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    words = _without_file(path.removesuffix("/").split("/"), subdirs, least=0)
    return Typed("", Address.parse(f"{scheme}://{host}{slash}{'/'.join(words)}"), package)


def _without_file(words: list[str], subdirs: Collection[str], *, least: int = 1) -> list[str]:
    """Remove a subdir, and a file in it, from the end of a path with at least so many words."""
    is_file = words[-2:-1] and words[-2] in subdirs and words[-1].endswith(_FILES)
    if is_file or words[-1] == "channeldata.json":
        words = words[:-1]
    return words[:-1] if len(words) > least and words[-1] in subdirs else words


def _looks_like_host(words: list[str]) -> bool:
    first, others = words[0], words[1:]
    if any("@" in word for word in words) or ":" in first or words[:2] == ["", ""]:
        return True
    dots = first.strip(".").count(".")
    has_more = bool(others) and others[0] != "label"
    is_scheme = first.lower() in ("http", "https") and bool(others)
    return dots > 1 or (dots == 1 and has_more) or is_scheme or first.lower() == "localhost"


def _refuse_host(text: str, command: str) -> NoReturn:
    _refuse_two_words(text, command)
    address = _suggested(text) or "https://HOST/CHANNEL"
    next_step = f"did you mean  conda private {command} {address}"
    if "@" in text:
        raise SecretInUrlError(
            "This is not the name of a channel, and it may contain a password.",
            cause="A name contains no @. The shell may have saved the command in its history, and"
            " other users can see it in the list of processes. Nothing was sent or stored.",
            next_step=f"replace the password with a new one, if it was one, then\n{next_step}",
        )
    if is_segment(text.removesuffix("/")) and ":" not in text:
        next_step += f"\nor, on anaconda.org,  conda private {command} {_ANACONDA}/{text}"
    raise AddressError(
        "This looks like the address of a server, not like the name of a channel.",
        cause="A name contains no colon, and after a word with a dot, only a label. Nothing was"
        " sent or stored.",
        next_step=next_step,
    )


def _suggested(text: str) -> str:
    """Return the address that was meant, without a credential; "" if that is not certain."""
    match = _SCHEME.match(text)
    rest = text[match.end() :] if match else text
    authority, slash, path = rest.partition("/")
    plain = _PATH_TOKEN.sub("", authority.rpartition("@")[2] + slash + path)
    try:
        return str(_from_url(f"https://{plain}", "login", KNOWN_SUBDIRS, "").address)
    except AddressError:
        return ""


def _refuse_two_words(text: str, command: str) -> None:
    match = _TWO_WORDS.fullmatch(text)
    if match is None or match[2].isdigit():
        return
    name, word = match.groups()
    raise AddressError(
        "This is not the name of a channel.",
        cause="A label is an option of its own. Nothing was sent or stored.",
        next_step=f"did you mean  conda private {command} {name} --label {usual_label(word)}",
    )


def usual_label(word: str) -> str:
    """Return a word if it is a usual label; any other may be a credential in the wrong place."""
    return word if word in _USUAL_LABELS else "LABEL"


def _refuse_name(text: str, command: str) -> NoReturn:
    _refuse_two_words(text, command)
    raise AddressError(
        "This is not the name of a channel.",
        cause="A name has letters, digits and . _ ~ + = -, optionally with /label/LABEL.",
        next_step=f"conda private {command} my-org      or with the complete URL:\n"
        f"conda private {command} https://HOST/CHANNEL",
    )


def _refuse_secret(url: str, command: str) -> None:
    scheme, _, rest = _PATH_TOKEN.sub("", url).partition("://")
    host, slash, path = rest.partition("/")
    if f"{scheme}://{rest}" == url and "@" not in url:
        return
    # Where a password has a slash, the host is not certain, so nothing is repeated.
    is_certain = "@" not in path and not {"?", "#"} & {*rest}
    plain = f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
    raise SecretInUrlError(
        "This URL contains a token or a password, and the shell may have saved it in its history.",
        cause="Other users can also see the arguments of a command in the list of processes.",
        next_step="replace the token with a new one, then run\n"
        f"conda private {command} {plain if is_certain else 'https://HOST/CHANNEL'}",
    )
