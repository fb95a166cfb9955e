"""Which store a new credential goes to, and when a file takes the place of the keyring."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_private.composition import machine
from conda_private.model.exceptions import KeyringUnavailableError
from conda_private.model.source import AUTO, FILE, KEYRING, Source
from tests.home import home_in

MODULE = """\
from keyring.backend import KeyringBackend

class Silent(KeyringBackend):
    priority = 5
    viable = False
    def set_password(self, *words): pass
    def get_password(self, *words): return None
    delete_password = set_password
"""
SILENT = "silent_backend.Silent"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "silent_backend.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    with home_in(tmp_path):
        yield


@pytest.mark.parametrize("backend", [SILENT, "keyring.backends.null.Keyring"])
def test_auto_is_the_file_if_the_named_keyring_stores_nothing(
    monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    assert machine.store_for_login(AUTO).source == FILE


@pytest.mark.parametrize("source", [KEYRING, Source("keyring", SILENT)])
def test_keyring_that_is_asked_for_is_never_replaced(
    monkeypatch: pytest.MonkeyPatch, source: Source
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", SILENT)
    with pytest.raises(KeyringUnavailableError):
        machine.store_for_login(source)


def test_dry_run_does_not_try_out_a_keyring() -> None:
    named = Source("keyring", SILENT)
    assert machine.store_for_login(named, dry_run=True).source == named


def test_file_of_a_reference_is_recorded_with_its_whole_path() -> None:
    store = machine.store_for_login(Source("secret-file", "token"))
    assert store.source == Source("secret-file", os.path.abspath("token"))
