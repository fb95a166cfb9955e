"""The forms of a secret that are masked in the output of a command."""

from __future__ import annotations

import base64

import pytest

from conda_private.gateway.redactor import masks
from conda_private.model.secret import Secret


def forms(secret: str) -> set[bytes]:
    """What is replaced for a secret."""
    replaced = masks([Secret(secret)], shown_as={})
    assert set(replaced.values()) == {b"****"}
    return set(replaced)


def test_forms_are_plain_quoted_and_three_of_base64() -> None:
    assert forms("ca-nary/27b1") == {
        *(b"ca-nary/27b1", b"ca-nary%2F27b1"),
        *(b"Y2EtbmFyeS8y", b"LW5hcnkvMjdi", b"YS1uYXJ5LzI3"),
    }


@pytest.mark.parametrize("user", ["", "a", "al", "alice", "token"])
def test_password_of_any_user_is_masked(user: str) -> None:
    sent = base64.b64encode(f"{user}:ca-nary/27b1".encode())
    assert sum(form in sent for form in forms("ca-nary/27b1")) == 1


def test_form_that_is_too_short_to_be_told_apart_is_not_masked() -> None:
    assert b"YWJjZGVm" in forms("abcdefg")
    assert forms("abcdef") == {b"abcdef"}


def test_other_texts_are_shown_as_told() -> None:
    replaced = masks([Secret("one"), Secret("two")], shown_as={"http://gateway": "https://index"})
    assert replaced == {b"one": b"****", b"two": b"****", b"http://gateway": b"https://index"}
