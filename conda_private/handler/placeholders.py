"""Warns of URLs that have ``/t/<TOKEN>/`` instead of a token, before conda asks for them.

conda masks the tokens in what it prints and exports, so old explicit lists, lock files and
environment files have such URLs. Servers answer them with "not found", and that is all conda says.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable
from itertools import groupby

from conda.base.context import context

from conda_private.model.placeholders import Placeholder, placeholders

# Characters that mean something to sed.
_SPECIAL, _ESCAPED = re.compile(r"([$*.\[\]^\\])"), r"\\\1"
_LARGEST = 1 << 23  # bytes of a file that are searched; lists of packages are far smaller


def warn_of_placeholders(_command: str) -> None:
    """Print each placeholder in the command's files and URLs once, with the edit that fixes it."""
    words: dict[str, object] = context._argparse_args or {}
    given = [*_many(words.get("packages")), *_many(words.get("channel"))]
    _warn("The command line", "", placeholders("\n".join(given)))
    for file in _many(words.get("file")):
        _warn(file, file, placeholders(_text(file)))


def _many(value: object) -> list[str]:
    """The values of an option that can be given once or several times."""
    if isinstance(value, str):
        return [value]
    return list(map(str, value)) if isinstance(value, (list, tuple)) else []


def _text(file: str) -> str:
    if not os.path.isfile(file):
        return ""  # what is read from a pipe would be missing for conda
    try:
        with open(file, encoding="utf-8", errors="replace") as stream:
            return stream.read(_LARGEST)
    except (OSError, ValueError):
        return ""  # conda says what is wrong with it


def _warn(where: str, file: str, found: Iterable[Placeholder]) -> None:
    for _, group in groupby(sorted(found), key=lambda each: each.text):
        from conda_private.output import notice

        each, *others = group
        count = f"{len(others) + 1} URLs" if others else "a URL"
        notice(
            f"conda-private: {where} has {count} with {each.text}. {each.reason}, so a server"
            f" refuses {'them' if others else 'it'}.\nNext:  {_next_step(each, file)}\n"
        )


def _next_step(each: Placeholder, file: str) -> str:
    from conda_private.composition.machine import resolver
    from conda_private.handler.hints import address_of_url

    login, address = resolver().find(each.url), address_of_url(each.url)
    with_login = f", and your login for {login.address} is used" if login else ", and log in"
    how = _edit(each.text, file) if file else f"use  {each.url}"
    lines = [f"remove it{with_login}:", how]
    if address and not login:
        lines.append(f"conda private login {address}")
    return "\n       ".join(lines)


def _edit(text: str, file: str) -> str:
    if sys.platform == "win32":  # there is no sed
        return f"replace  {text}  with  /  in {file}"
    edit = f"s|{_SPECIAL.sub(_ESCAPED, text)}|/|"
    return f"sed -i.bak {shlex.quote(edit)} {shlex.quote(file)}"
