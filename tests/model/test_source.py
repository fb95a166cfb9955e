"""Sources: parsed once from each place where people write them, and written back unchanged."""

from __future__ import annotations

from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_private.model.exceptions import UsageError
from conda_private.model.source import (
    ANACONDA_CLIENT,
    AUTO,
    FILE,
    KEYRING,
    KINDS,
    Source,
    storages,
)

CANARY = "ca-nary-so"
ENV, SECRET_FILE = Source("env", "MY_TOKEN"), Source("secret-file", "/run/secrets/my org")
HELPER, HELPER_STORE = Source("helper", "pass"), Source("helper-store", "pass")
STORED = (AUTO, KEYRING, FILE, HELPER_STORE)
REFERENCES = (ENV, SECRET_FILE, HELPER, ANACONDA_CLIENT)


@pytest.mark.parametrize("source", [*STORED, *REFERENCES, Source("vault", "a:b")], ids=str)
def test_source_is_read_back_from_its_text(source: Source) -> None:
    assert Source.parse(str(source)) == source


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("keyring", KEYRING),
        ("env:MY_TOKEN", ENV),
        ("secret-file:C:\\secrets\\a", Source("secret-file", "C:\\secrets\\a")),
        ("helper-store:pass", HELPER_STORE),
        ("anaconda-client", ANACONDA_CLIENT),
    ],
)
def test_text_has_a_kind_and_a_name(text: str, source: Source) -> None:
    assert Source.parse(text) == source
    assert str(source) == text


@given(st.text())
def test_no_text_makes_reading_a_source_fail(text: str) -> None:
    source = Source.parse(text)
    assert Source.parse(str(source)) == source


@pytest.mark.parametrize("source", [*STORED, ENV, SECRET_FILE, HELPER], ids=str)
def test_source_of_a_login_can_be_proposed(source: Source) -> None:
    assert Source.proposed(str(source)) == source


@pytest.mark.parametrize(
    "text",
    ["", "vault:a", "env", "env:", "auto:x", "helper", "helper-store",
     "anaconda-client", "memory", "Keyring", CANARY, f"{CANARY}:x"],
)  # fmt: skip
def test_invalid_proposal_is_refused_with_the_valid_ones_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Source.proposed(text)
    for valid in ("auto", "keyring", "file", "helper-store:NAME", "env:NAME", "secret-file:FILE"):
        assert valid in caught.value.cause
    assert "anaconda-client" not in caught.value.cause
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "what", "way"),
    [
        ("keyring:a.B", "A backend of a keyring is a program.", "--storage keyring:MODULE.CLASS"),
        ("file:/tmp/x", "It is the plugin's own file.", "secret-file:FILE"),
    ],
)
def test_proposal_cannot_name_a_keyring_or_a_file_and_says_what_they_are(
    text: str, what: str, way: str
) -> None:
    with pytest.raises(UsageError) as caught:
        Source.proposed(text)
    assert caught.value.cause.startswith(what)
    assert way in caught.value.cause
    assert text not in str(caught.value)


def test_backend_is_named_unless_it_is_the_systems() -> None:
    assert str(Source("keyring", "keyring.backends.macOS.Keyring")) == "keyring"
    named = Source.storage("keyring:my_package.Keyring")
    assert (str(named), named.backend) == ("keyring:my_package.Keyring", "my_package.Keyring")
    assert named.recorded == KEYRING
    assert HELPER_STORE.backend == ""
    assert HELPER_STORE.recorded == HELPER_STORE


@pytest.mark.parametrize(
    ("text", "source"),
    [("auto", AUTO), ("keyring", KEYRING), ("file", FILE), ("helper:pass", HELPER_STORE)],
)
def test_storage_is_a_store_that_we_write_to(text: str, source: Source) -> None:
    assert Source.storage(text) == source
    assert source.is_stored_by_us


@pytest.mark.parametrize(
    "text",
    ["", "helper", "helper:", "keyring:", "keyring:x", "keyring:a b.C", "keyring:.C", "auto:",
     "env:MY_TOKEN", "secret-file:/x", "helper-store:pass", "vault", CANARY],
)  # fmt: skip
def test_invalid_storage_is_refused_with_the_valid_ones_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Source.storage(text)
    assert caught.value.cause == (
        "The storages are auto, keyring, keyring:MODULE.CLASS, file, helper:NAME."
    )
    assert CANARY not in str(caught.value)


def test_storages_are_the_valid_values() -> None:
    assert storages() == ["keyring", "keyring:MODULE.CLASS", "file", "helper:NAME"]
    for storage in storages():
        Source.storage(storage)


def test_credential_is_either_stored_by_us_or_referred_to() -> None:
    assert all(source.is_stored_by_us and not source.is_reference for source in STORED)
    assert all(source.is_reference and not source.is_stored_by_us for source in REFERENCES)


@pytest.mark.parametrize("kind", ["vault", "", "Auto"])
def test_credential_of_an_unknown_kind_is_not_ours_to_delete(kind: str) -> None:
    assert Source(kind).is_reference
    assert Source("auto", "x").is_reference


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_module_that_opens_it_and_one_way_to_choose_it(kind: str) -> None:
    row = KINDS[kind]
    assert callable(import_module(row.module).open_store)
    assert bool(row.storage) == row.stored_by_us
    assert not (row.storage and row.option)
    assert bool(row.option) == bool(row.help)
