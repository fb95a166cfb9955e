"""The shim, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crashes.shim import build, why_not


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library to preload."""
    if reason := why_not():
        pytest.skip(reason)
    return build(tmp_path_factory.mktemp("shim"))
