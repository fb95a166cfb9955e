"""Each sentence in the README about verification has tests that prove it."""

from __future__ import annotations

import re

from tests.docs.pages import CHECKOUT, DOCS, README

# Words with which a sentence says that the plugin verifies something.
WORDS = re.compile(r"\b(checks? |verif|gives? access to nothing|loses its access|--no-verify)")
ABOUT_OTHER_THINGS = (
    "`make check`",  # checks of this project
    "To check the installation",
    "disable certificate verification",
)


def plain(text: str) -> str:
    """The text on one line, without the targets of its links."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", " ".join(text.split()))


ROWS = [
    (plain(sentence), tests)
    for sentence, tests in re.findall(
        r"^\| (?!sentence)([^|-][^|]*?) \| (`.*`) \|$",
        (DOCS / "development" / "verification.md").read_text(),
        re.M,
    )
]


def test_sentences_of_the_table_are_in_the_readme_word_for_word() -> None:
    text = plain(README.read_text())
    assert ROWS
    assert [sentence for sentence, _ in ROWS if sentence not in text] == []


def test_tests_of_the_table_exist() -> None:
    named = {name for _, tests in ROWS for name in re.findall(r"`([^`]+)`", tests)}
    missing = set()
    for name in named:
        module, _, function = name.partition("::")
        file = CHECKOUT / "tests" / f"{module}.py"
        if not file.is_file() or f"\ndef {function}(" not in file.read_text():
            missing.add(name)
    assert missing == set()


def test_every_sentence_about_verification_is_in_the_table() -> None:
    not_read = r"^```.*?^```$|<!--.*?-->|<picture>.*?</picture>"
    text = re.sub(not_read, "", README.read_text(), flags=re.M | re.S)
    # A heading, a row, an item of a list and a paragraph end a sentence, too.
    blocks = re.split(r"\n\n+|\n(?=- |\|)", text)
    sentences = [each for block in blocks for each in re.split(r"(?<=[.:]) ", plain(block))]
    about = {each.removeprefix("- ") for each in sentences if WORDS.search(each)}
    found = {each for each in about if not any(words in each for words in ABOUT_OTHER_THINGS)}
    assert found - {sentence for sentence, _ in ROWS} == set()
