"""The built pages: no warnings, no external resources, and the commands as they are."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, pages
from tests.docs.test_completeness import commands
from tests.integration.runner import Conda

pytest.importorskip("conda_sphinx_theme", reason="the documentation needs Python 3.11")

_LOADED = re.compile(
    r"<(?:script|link|img|iframe|source|object)\b[^>]*?\b(?:src|href)=\"([^\"]+)\""
)
_LINKED = re.compile(r"<a\b[^>]*?\bhref=\"([^\"]+)\"")
_CODE = re.compile(r"<(pre|code|script)\b.*?</\1>", re.S)
_STYLED = re.compile(r"(?:url\(|@import )['\"]?(https?:)?//", re.I)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages; a warning, such as a broken link between pages, is an error."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    done = subprocess.run([*command, DOCS, folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_is_built(site: Path) -> None:
    names = [page.relative_to(DOCS).with_suffix(".html") for page in pages()[1:]]
    assert [name for name in names if not (site / name).exists()] == []


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    loaded = {
        address
        for page in site.rglob("*.html")
        for address in _LOADED.findall(page.read_text(encoding="utf-8"))
    }
    assert loaded
    assert [address for address in loaded if re.match(r"(?:https?:)?//", address)] == []


def test_no_style_loads_anything_from_elsewhere(site: Path) -> None:
    styles = list(site.rglob("*.css"))
    assert styles
    assert [style for style in styles if _STYLED.search(style.read_text(encoding="utf-8"))] == []


def test_no_link_between_pages_is_broken(site: Path) -> None:
    pages = {page: page.read_text(encoding="utf-8") for page in site.rglob("*.html")}
    broken = [
        f"{page.relative_to(site)}: {link}"
        for page, text in pages.items()
        for link in map(html.unescape, _LINKED.findall(text))
        if not re.match(r"[a-z]+:", link) and not _leads_somewhere(link, page, pages)
    ]
    assert broken == []


def _leads_somewhere(link: str, page: Path, pages: dict[Path, str]) -> bool:
    name, _, place = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    return target.exists() and (not place or f'id="{place}"' in pages[target])


def test_no_link_is_shown_as_it_was_written(site: Path) -> None:
    texts = {page: page.read_text(encoding="utf-8") for page in site.rglob("*.html")}
    assert [page for page, text in texts.items() if "](" in _CODE.sub("", text)] == []


@pytest.mark.parametrize("command", commands())
def test_reference_has_every_option_of_the_real_help(
    command: str, site: Path, tmp_path: Path
) -> None:
    executable = Path(sys.executable).with_name("conda")
    conda = Conda(executable, "classic", tmp_path / "alice", "https://conda.anaconda.org")
    conda.environment["COLUMNS"] = "400"  # so that no option is broken in two
    shown = conda.ok("private", *command.split(), "--help").out
    options = re.findall(r"(?<![\w-])--?[a-z][\w-]*", shown)
    text = html.unescape((site / "reference" / "verbs.html").read_text(encoding="utf-8"))
    part = re.search(rf'<section id="{command.replace(" ", "-")}">(.*?)</section>', text, re.S)
    assert part
    plain = re.sub(r"<[^>]+>", "", part[1])
    assert "--help" in options
    assert [option for option in options if option not in plain] == []
