"""Which channels take part in a solve is what conda has read."""

from __future__ import annotations

import pytest
from conda.core.subdir_data import SubdirData

from conda_private.handler.solves import after_solving


@pytest.mark.parametrize("key", [("file:///channel/noarch", "repodata.json"), "file:///a", ("b",)])
def test_any_key_of_an_index_in_condas_memory_is_understood(
    key: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SubdirData._cache_, key, object())
    after_solving("repodata.json", (), ())
