"""Where a server has its channels: one text that both makes and reads their addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, unquote

_NAME = re.compile(r"\{(\w+)\}")
_OPTIONAL = re.compile(r"\[([^]]*)\]")


@dataclass(frozen=True)
class Address:
    """A path as ``[/t/{token}]/{owner}[/label/{label}]``; what is in brackets may be missing."""

    template: str

    def fill(self, **names: str) -> str:
        """The path with its names filled in; of the optional parts those whose names are given."""

        def keep(part: re.Match[str]) -> str:
            return part[1] if names.keys() >= set(_NAME.findall(part[1])) else ""

        quoted = {name: quote(value, safe="") for name, value in names.items()}
        return _OPTIONAL.sub(keep, self.template).format(**{"label": "main", **quoted})

    def read(self, path: str, rest: str = "") -> dict[str, str] | None:
        """The names in a quoted path, unquoted; None when the path is another one.

        Args:
            rest: A pattern for what must follow the address.
        """
        match = re.fullmatch(self._pattern + rest, path)
        found = match.groupdict() if match else {}
        return {key: unquote(value) for key, value in found.items() if value} if match else None

    @cached_property
    def _pattern(self) -> str:
        # Lazy: in ``/conda[/{label}]`` a subdir is not to be taken for a label.
        return _NAME.sub(r"(?P<\1>[^/]+)", _OPTIONAL.sub(r"(?:\1)??", self.template))
