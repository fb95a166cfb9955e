"""Draw a terminal session as a self-contained SVG that loads nothing."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

WIDTH = 92  # characters
# The library's own fonts would be loaded from another server.
_FOREIGN = re.compile(r"@font-face \{.*?\}\s*|<!-- Generated.*?-->", re.DOTALL)
_FONTS = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
_BORDER = "rgba(255,255,255,0.35)"  # the library's own; invisible on a light page
_COLORS = [
    *((46, 52, 64), (191, 57, 57), (46, 125, 50), (176, 120, 0)),
    *((32, 101, 199), (136, 57, 160), (0, 121, 140), (120, 120, 120)),
]
_BRIGHT = [
    *((90, 98, 112), (235, 110, 110), (120, 200, 120), (230, 190, 90)),
    *((110, 170, 255), (200, 140, 230), (90, 200, 215), (220, 220, 220)),
]
THEMES = {
    "light": TerminalTheme((251, 251, 250), (36, 41, 47), _COLORS, _BRIGHT),
    "dark": TerminalTheme((30, 33, 39), (220, 223, 228), _BRIGHT, _BRIGHT),
}


@dataclass(frozen=True)
class Step:
    """A command as the user typed it, and its output."""

    command: str
    output: str


def to_svg(steps: list[Step], theme: str, title: str) -> str:
    """Draw a session.

    Args:
        steps: the commands in their order.
        theme: ``light`` or ``dark``.
        title: the text of the window's title bar.
    """
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for step in steps:
        console.print(Text.assemble(("$ ", "blue"), (step.command, "bold")))
        if step.output:
            console.print(_colored(step.output), end="\n\n")
    svg = console.export_svg(title=title, theme=THEMES[theme], unique_id=f"terminal-{theme}")
    svg = _FOREIGN.sub("", svg).replace(_BORDER, "rgba(128,128,128,0.5)")
    return re.sub(r"font-family: [^;]+;", f"font-family: {_FONTS};", svg)


def _colored(output: str) -> Text:
    text = Text(output)
    text.highlight_regex(r"(?m)^✓.*", "green")
    text.highlight_regex(r"(?m)^\w+Error:.*", "red")
    text.highlight_regex(r"(?m)^(Cause:|Next: |Try it:)", "bold")
    text.highlight_regex(r"\*{4}", "yellow")
    return text
