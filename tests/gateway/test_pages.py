"""Pages of a simple index get other links, and keep everything that installers read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_private.gateway.pages import JSON_TYPE, relinked

BASE = "https://pypi.example.org/my-org/simple/hello/"


def link(url: str) -> str:
    """Return a link that shows the absolute URL it replaces."""
    return f"[{url}]"


def html(page: str) -> str:
    """Return a page in HTML with replaced links."""
    return relinked(page.encode(), "text/html; charset=utf-8", BASE, link).decode()


def page_of(*files: dict[str, object], kind: str = JSON_TYPE) -> dict[str, object]:
    """Return a page in JSON with replaced links."""
    page = {"meta": {"api-version": "1.1"}, "name": "hello", "files": list(files), "versions": []}
    return json.loads(relinked(json.dumps(page).encode(), kind, BASE, link))


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("hello-1.0.whl", f"{BASE}hello-1.0.whl"),
        ("../../files/hello-1.0.whl", "https://pypi.example.org/my-org/files/hello-1.0.whl"),
        ("/my-org/x/hello.whl", "https://pypi.example.org/my-org/x/hello.whl"),
        ("https://files.example.org/hello.whl", "https://files.example.org/hello.whl"),
        ("//files.example.org/hello.whl", "https://files.example.org/hello.whl"),
        ("hello.whl?a=1&amp;b=2", f"{BASE}hello.whl?a=1&amp;b=2"),
    ],
)
def test_link_is_resolved_before_it_is_replaced(href: str, target: str) -> None:
    assert f'<a href="[{target}]">hello</a>' in html(f'<a href="{href}">hello</a>')


def test_hash_remains_behind_the_link() -> None:
    shown = html('<a href="hello.whl#sha256=abc">hello.whl</a>')
    assert f'href="[{BASE}hello.whl]#sha256=abc"' in shown


def test_base_of_the_page_is_used() -> None:
    for base in ("https://files.example.org/a/", "//files.example.org/a/"):
        shown = html(f'<head><base href="{base}"></head><a href="b.whl">b</a>')
        assert 'href="[https://files.example.org/a/b.whl]"' in shown
        assert "<base" not in shown


def test_attributes_are_kept() -> None:
    attributes = (
        'data-requires-python="&gt;=3.9,&lt;4" data-dist-info-metadata="sha256=1"'
        ' data-core-metadata="true" data-gpg-sig="false" data-yanked="because &quot;so&quot;"'
    )
    shown = html(f'<a href="b.whl" {attributes}>b</a><a data-yanked href="c.whl">c</a>')
    assert attributes in shown
    assert "<a data-yanked href=" in shown


def test_version_of_the_index_remains_and_everything_else_is_dropped() -> None:
    shown = html(
        '<meta name="pypi:repository-version" content="1.1"><meta name="other" content="x">'
        "<script>alert(1)</script><!-- a comment --><h1>Links</h1>"
        '<a name="top">no link</a><a href="b.whl">b &amp; c</a></p>'
    )
    assert '<meta name="pypi:repository-version" content="1.1">' in shown
    assert '">b &amp; c</a>' in shown
    assert not any(word in shown for word in ("script", "comment", "Links", "other", "no link"))


def test_truncated_page_keeps_its_complete_links() -> None:
    shown = html('<a href="b.whl">b</a><a href="c.wh')
    assert "b.whl" in shown
    assert "c.wh" not in shown


@given(st.text(max_size=60))
def test_any_text_is_a_page(text: str) -> None:
    assert html(text).startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("kind", [JSON_TYPE, f"{JSON_TYPE}; charset=utf-8", "Application/JSON"])
def test_json_keeps_all_but_links_and_provenance(kind: str) -> None:
    file = {
        "filename": "hello.whl",
        "url": "../../files/hello.whl",
        "hashes": {"sha256": "abc"},
        "requires-python": ">=3.9",
        "core-metadata": {"sha256": "1"},
        "yanked": "because",
        "size": 3,
    }
    page = page_of({**file, "provenance": "https://pypi.example.org/integrity"}, kind=kind)
    target = "https://pypi.example.org/my-org/files/hello.whl"
    assert page["files"] == [{**file, "url": f"[{target}]"}]
    assert (page["name"], page["versions"]) == ("hello", [])


def test_list_of_projects_has_no_links_in_json() -> None:
    page = {"meta": {"api-version": "1.0"}, "projects": [{"name": "hello"}]}
    assert json.loads(relinked(json.dumps(page).encode(), JSON_TYPE, BASE, link)) == page


@pytest.mark.parametrize(
    "page",
    [
        "[]",
        "{",
        "",
        "null",
        '{"files": [1]}',
        '{"files": [{}]}',
        '{"files": 1}',
        '{"files": {"a":1}}',
    ],
)
def test_json_that_is_not_a_page_is_a_value_error(page: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z]"):
        relinked(page.encode(), JSON_TYPE, BASE, link)
