"""The pictures of the README: they show real output, and contain nothing else."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from tests.docs.pages import CHECKOUT, README, comparable, matches
from tests.pictures.__main__ import path_of, shown_in_readme, write
from tests.pictures.svg import THEMES, Step, to_svg

_ROW = re.compile(
    r'<text class="terminal-\w+-r\d+" x="(\d[\d.]*)" y="([\d.]+)"[^>]*>([^<]*)</text>'
)
# What an SVG can fetch with, or run; and the forms of a token.
_FETCHES = re.compile(
    r"href|<image|<script|<foreignObject|@import|@font-face|url\((?!#)|src=", re.I
)
_TOKEN = re.compile(r"\b[a-z]{2}-[0-9a-f]{8}-|/t/|[0-9a-f]{32}")


@pytest.fixture(params=sorted(THEMES))
def picture(request: pytest.FixtureRequest) -> str:
    """A committed picture."""
    return path_of(request.param).read_text(encoding="utf-8")


def lines_of(svg: str) -> list[str]:
    """The text of a picture, as a terminal shows it."""
    rows: dict[float, str] = {}
    for x, y, text in _ROW.findall(svg):
        row = rows.get(float(y), "")
        rows[float(y)] = row.ljust(round(float(x) / 12.2)) + html.unescape(text)
    return [rows[y].replace("\xa0", " ").rstrip() for y in sorted(rows)]


def test_picture_fetches_nothing(picture: str) -> None:
    assert _FETCHES.search(picture) is None


def test_picture_has_no_token(picture: str) -> None:
    assert _TOKEN.search(picture) is None
    assert any("token ****" in line for line in lines_of(picture))


def test_picture_shows_what_the_readme_shows(picture: str) -> None:
    shown: list[str] = []
    for step in shown_in_readme():
        shown += [f"$ {step.command}", *comparable(step.shown)]
    drawn = comparable("\n".join(lines_of(picture)))
    assert matches([line for line in shown if line], [line for line in drawn if line])


def test_readme_shows_the_pictures_and_says_what_is_in_them() -> None:
    text = README.read_text(encoding="utf-8")
    (block,) = re.findall(r"<picture>.*?</picture>", text, re.S)
    files = re.findall(r'(?:src|srcset)="([^"]+)"', block)
    assert [CHECKOUT / file for file in files] == [path_of("dark"), path_of("light")]
    assert "prefers-color-scheme: dark" in block
    assert re.search(r'alt="[^"]{20,}"', block)


def test_long_line_is_not_lost_in_a_picture() -> None:
    drawn = lines_of(to_svg([Step("echo", "a" * 100)], "light", "title"))
    assert "".join(drawn).count("a") == 100


def test_picture_with_a_secret_is_not_written(tmp_path: Path) -> None:
    svg = to_svg([Step("echo", "al-secret-secret")], "dark", "title")
    with pytest.raises(SystemExit, match="secret"):
        write(tmp_path / "picture.svg", svg, ["al-secret-secret"])
    assert list(tmp_path.iterdir()) == []
