"""Credentials in URLs are found, whatever text is around them; other URLs are not."""

from __future__ import annotations

import pytest

from conda_private.doctor.clear_text import search, with_masks, without

TOKEN = "al-ca-nary-0001"
HOST = "https://conda.example.org"


@pytest.mark.parametrize(
    ("text", "clean", "masked"),
    [
        (f"{HOST}/t/{TOKEN}/my-org", f"{HOST}/my-org", f"{HOST}/t/****/my-org"),
        (f"- {HOST}/t/{TOKEN}/my-org # ours", f"- {HOST}/my-org # ours", "****"),
        (f'{{"url": "{HOST}/t/{TOKEN}/a/noarch/b-1.conda"}}', f"{HOST}/a/noarch/b-1.conda", "****"),
        (f"[{HOST}/t/{TOKEN}/a, b]", f"[{HOST}/a, b]", "****"),
        (f"https://alice:{TOKEN}@host.org/a", "https://host.org/a", "https://****@host.org/a"),
        (f"https://{TOKEN}@host.org/a", "https://host.org/a", "https://****@host.org/a"),
        (f"https://al:x@host.org/t/{TOKEN}/a", "https://host.org/a", "https://****@host.org/t/***"),
        (f"https://host.org:8080/get/t/{TOKEN}/a", "https://host.org:8080/get/a", "****"),
    ],
)
def test_credential_is_removed_or_masked(text: str, clean: str, masked: str) -> None:
    assert clean in without(text)
    assert masked in with_masks(text)
    assert TOKEN not in without(text) + with_masks(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{HOST}/my-org",
        f"{HOST}/t/<TOKEN>/my-org",
        f"{HOST}/t/$TOKEN/my-org",
        f"{HOST}/t/${{{{ secrets.TOKEN }}}}/my-org",
        f"{HOST}/t/****/my-org",
        f"{HOST}/t/TOKEN/my-org",
        "https://forum.example.org/t/conda-is-slow/4711",
        "https://forum.example.org/t/conda-is-slow/4711/12",
        "https://forum.example.org/t/conda-is-slow",
        "https://git@host.org/a",
        "https://alice:@host.org/a",
        "https://alice:$PASSWORD@host.org/a",
        "https://host.org/a?mail=me@example.org",
    ],
)
def test_other_urls_have_no_credential(text: str) -> None:
    assert list(search(text)) == []
    assert without(text) == text


def test_lines_are_counted_and_the_rest_is_unchanged() -> None:
    text = f"# é\n\n- {HOST}/t/{TOKEN}/a\n- b\n- https://bob:{TOKEN}@host.org/c\n"
    assert [each.line for each in search(text)] == [3, 5]
    assert without(text) == f"# é\n\n- {HOST}/a\n- b\n- https://host.org/c\n"


def test_password_is_decoded_and_has_its_username() -> None:
    (found,) = search("https://al%40ice:p%2Fw%20d-ca-nary@host.org/a")
    assert (found.username, found.secret.reveal()) == ("al@ice", "p/w d-ca-nary")
    assert "ca-nary" not in repr(found)
