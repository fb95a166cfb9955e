"""The backends of the ``keyring`` library that count as a keyring.

These are the system's own, by their class, and any other that the user names. The library itself
takes the backend with the highest ``priority``, and each package can bring one.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from conda_private.files.activated import environment_that_sets
from conda_private.model.source import SYSTEM_BACKENDS

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

VARIABLE = "PYTHON_KEYRING_BACKEND"
_MODULES = {"darwin": ("macOS",), "win32": ("Windows",)}
_MODULES_ELSEWHERE = ("SecretService", "libsecret", "kwallet")
# What `keyring --disable` writes, and what the library has for "there is none".
_NONE = ("keyring.backends.null.Keyring", "keyring.backends.fail.Keyring")
# These are not places: the library's own search, and what answers pip and uv for us.
_NO_PLACE = (
    "keyring.backends.chainer.ChainerBackend",
    "conda_private.keyring_backend.IndexKeyring",
)


class NoBackendError(Exception):
    """There is no backend that counts."""


def find(tell: Callable[[str], None]) -> KeyringBackend:
    """Find the backend for a new credential: the one that the user named, else the system's.

    Args:
        tell: tells the user that a variable is ignored.

    Raises:
        NoBackendError: there is none, or the user chose to have none.
        Exception: a backend can raise any error while it is loaded.
    """
    backend = _named(tell) or _system()
    if class_of(backend) in _NONE:
        raise NoBackendError("The user's settings of the library `keyring` turn it off.")
    return backend


def load(name: str) -> KeyringBackend:
    """Load a backend by its class, ``MODULE.CLASS``, without a search.

    Raises:
        Exception: there is no such class, or it cannot be used here.
    """
    if name in SYSTEM_BACKENDS:
        # Whether the system has this keyring shows when it is asked: one connection less.
        module, _, kind = name.rpartition(".")
        backend: KeyringBackend = getattr(import_module(module), kind)()
        return backend
    from keyring import core

    try:
        return core.load_keyring(name)
    except ModuleNotFoundError:
        with contextlib.suppress(Exception):
            core.load_config()  # it adds the user's `keyring-path` to Python's path
        return core.load_keyring(name)


def class_of(backend: KeyringBackend) -> str:
    """Return ``MODULE.CLASS``."""
    kind = type(backend)
    return f"{kind.__module__}.{kind.__qualname__}"


def problem_of(backend: KeyringBackend) -> Exception | None:
    """Return why a backend cannot be used on this machine, or None if it can."""
    try:
        _ = backend.priority  # the library's way to ask
    except Exception as error:
        return error
    return None


def reason(error: Exception) -> str:
    """Describe why a backend cannot be used, in one sentence."""
    if isinstance(error, ModuleNotFoundError):
        return f"The Python of this conda, in {sys.prefix}, has no module {error.name}."
    text = "".join(filter(str.isprintable, str(error).partition("\n")[0]))[:200].rstrip(".")
    # The library raises this type, with a text for people, for a backend that cannot be used.
    if isinstance(error, (RuntimeError, NoBackendError)) and text:
        return f"{text}."
    return f"It could not be reached ({type(error).__name__})."


def package_of(error: Exception) -> str:
    """Return the package that has the module which a backend lacks, or ""."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        words = error.name.split(".")
        return ".".join(words[: 2 if words[0] == "keyrings" else 1]).replace("_", "-")
    return "secretstorage" if "SecretStorage" in str(error) else ""


def _named(tell: Callable[[str], None]) -> KeyringBackend | None:
    from keyring import core

    backend = None
    if os.environ.get(VARIABLE) and not _is_ignored(VARIABLE, tell):
        backend = core.load_env()
    elif not _is_ignored("XDG_CONFIG_HOME", tell):
        backend = core.load_config()
    return None if backend and class_of(backend) in _NO_PLACE else backend


def _is_ignored(variable: str, tell: Callable[[str], None]) -> bool:
    folder = environment_that_sets(variable)
    if folder:
        tell(
            f"conda-private: ignored {variable} when looking for a keyring, because the activated"
            f" environment {folder} sets it."
        )
    return bool(folder)


def _system() -> KeyringBackend:
    from keyring import core

    for name in _names():
        # Without its service or its library, a backend raises an error of any kind.
        with contextlib.suppress(Exception):
            return core.load_keyring(name)
    known = ", ".join(SYSTEM_BACKENDS[name] for name in _names())
    raise NoBackendError(f"None of these can be used here: {known}.")


def _names() -> list[str]:
    modules: list[str] = [*_MODULES.get(sys.platform, _MODULES_ELSEWHERE)]
    if "KDE" in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":"):
        modules.sort(key=lambda each: each != "kwallet")
    return [name for each in modules for name in SYSTEM_BACKENDS if f".{each}." in name]
