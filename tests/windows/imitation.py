"""Runs conda commands in this process, where the plugin sees the system as on Windows.

conda and the libraries see the real system: only ``sys`` and ``os`` in the plugin's own modules
differ, and the modules that Windows lacks cannot be imported there.
"""

from __future__ import annotations

import builtins
import json
import os
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

LACKING = ("fcntl", "grp", "pty", "pwd", "resource", "termios")
_OF_OS = (
    *("fchmod", "fchown", "chown", "geteuid", "getegid", "getuid", "getgid", "getpgrp"),
    *("killpg", "openpty", "setsid", "tcgetpgrp", "O_NOFOLLOW", "O_NONBLOCK", "O_DIRECTORY"),
)
_import = builtins.__import__


class _Seen(ModuleType):
    """A module with other values, or without some of them."""

    def __init__(
        self, real: ModuleType, values: Mapping[str, object], without: Sequence[str] = ()
    ) -> None:
        super().__init__(real.__name__)
        self.__dict__.update(values)
        self._real, self._without = real, without

    def __getattr__(self, name: str) -> Any:
        if name in self._without:
            raise AttributeError(name)
        return getattr(self._real, name)


_SEEN = {"os": _Seen(os, {"name": "nt"}, _OF_OS), "sys": _Seen(sys, {"platform": "win32"})}


def _as_on_windows(name: str, globals: Any = None, *rest: Any, **options: Any) -> Any:
    if (globals or {}).get("__name__", "").startswith("conda_private"):
        if name in LACKING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if name in _SEEN:
            return _SEEN[name]
    return _import(name, globals, *rest, **options)


def imitate() -> None:
    """Let each module of the plugin that is imported from now on see Windows."""
    builtins.__import__ = _as_on_windows


def main(commands: Sequence[Sequence[str]]) -> int:
    """Run the commands; return the first exit code that is not 0."""
    imitate()
    return next((code for words in commands if (code := _run(words))), 0)


def _run(words: Sequence[str]) -> int:
    from conda.cli.main import main as conda

    try:
        return conda(*words)
    except SystemExit as end:  # of argparse, after the help
        return int(end.code or 0)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
