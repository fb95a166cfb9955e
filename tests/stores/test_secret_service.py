"""The short way to a Secret Service; ``tests/integration/test_keyring.py`` has a real one."""

from __future__ import annotations

import sys

import pytest

from conda_private.stores import secret_service


@pytest.mark.parametrize(
    "bus", ["", "tcp:host=127.0.0.1,port=1", "unix:path=/nonexistent", "unix:abstract=nothing-here"]
)
def test_session_bus_that_cannot_be_reached_is_left_to_the_library(
    monkeypatch: pytest.MonkeyPatch, bus: str
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    assert secret_service.read_unlocked("conda-private", "https://conda.example.org") is None


def test_missing_library_is_left_to_the_library_keyring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "jeepney.io.blocking", None)
    assert secret_service.read_unlocked("conda-private", "https://conda.example.org") is None
