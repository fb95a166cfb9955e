"""The pages, and the commands and outputs in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
README = CHECKOUT / "README.md"
DOCS = CHECKOUT / "docs"

_FENCE = re.compile(
    r"^(?:<!-- (?P<note>not run|file): (?P<about>[^\n]+) -->\n+)?"
    r"^```(?P<language>\{?[\w-]*\}?)[^\n]*\n(?P<text>.*?)^```$",
    re.M | re.S,
)


_FAILURE = re.compile(
    r'^(?:[\w: ]*(?:[Ee]rror|ERROR):|  "exception_name":|would be authenticated by|✗ '
    r"|Warning: conda does not use)",
    re.M,
)


@dataclass(frozen=True)
class Step:
    """One command of a page, and the output that the page shows for it."""

    command: str
    shown: str

    @property
    def asks(self) -> bool:
        """Whether the command prompts for an answer."""
        return "(input hidden):" in self.shown or "[y/N]" in self.shown

    @property
    def shows_all(self) -> bool:
        """Whether the page shows the whole output."""
        return not any(_leaves_out(line) for line in self.shown.splitlines())

    @property
    def fails(self) -> bool:
        """Whether the page shows an error."""
        return bool(_FAILURE.search(self.shown))


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes:
        line: the line of the page that it begins on.
        language: the word after the fence.
        text: its contents.
        not_run: why the tests do not run its commands, or "".
        file: the file in the person's home directory that has these contents, or "".
    """

    line: int
    language: str
    text: str
    not_run: str = ""
    file: str = ""

    def steps(self) -> Iterator[Step]:
        """The commands in it. A line that ends in a backslash continues on the next one."""
        for part in re.split(r"^\$ ", self.text, flags=re.M)[1:]:
            command = re.match(r"(?:[^\n]*\\\n)*[^\n]*\n?", part)[0]
            yield Step(command.strip(), part[len(command) :])


def pages() -> list[Path]:
    """All pages, the README first."""
    found = [page for page in DOCS.rglob("*.md") if "_build" not in page.parts]
    return [README, *sorted(found)]


def name_of(page: Path) -> str:
    """The name of a page in the tests, such as ``docs/how-to/labels.md``."""
    return str(page.relative_to(CHECKOUT))


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page."""
    return blocks_in(page.read_text(encoding="utf-8"))


def blocks_in(text: str) -> list[Block]:
    """The fenced blocks of a text."""
    return [
        Block(
            text.count("\n", 0, match.start("language")) + 1,
            match["language"],
            match["text"],
            match["about"] if match["note"] == "not run" else "",
            match["about"] if match["note"] == "file" else "",
        )
        for match in _FENCE.finditer(text)
    ]


def section(page: Path, heading: str) -> str:
    """The text of a page below a heading, up to the next one."""
    found = re.search(
        rf"^#+ {heading}\n(.*?)(?=^#|\Z)", page.read_text(encoding="utf-8"), re.M | re.S
    )
    return found[1] if found else ""


def comparable(text: str) -> list[str]:
    """The lines without what differs between runs: dates, identifiers, lines of C code, spaces."""
    text = re.sub(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d[\d.]*\+00:00)?", "DATE", text)
    text = re.sub(r"\d{8}T\d{6}Z", "DATE", text)
    text = re.sub(r"in \d+ days", "in N days", text)
    text = re.sub(r'(id": )"[0-9a-f]{24}"', r"\1ID", text)
    text = re.sub(r"_ssl\.c:\d+", "_ssl.c:N", text)
    return [line.rstrip() for line in text.strip().splitlines()]


def matches(shown: list[str], real: list[str]) -> bool:
    """Whether a real output is the shown one.

    ``...`` stands for any number of lines, and at the end of a line for the rest of it.
    """
    if not shown:
        return not real
    if shown[0].strip() == "...":
        return any(matches(shown[1:], real[start:]) for start in range(len(real) + 1))
    return bool(real) and _same(shown[0], real[0]) and matches(shown[1:], real[1:])


def _same(shown: str, real: str) -> bool:
    return shown == real or (_leaves_out(shown) and real.startswith(shown[:-3]))


def _leaves_out(line: str) -> bool:
    return line.strip() == "..." or line.endswith(" ...")
