"""The files that conda reads: which ``.condarc`` an option names."""

from __future__ import annotations

from pathlib import Path

import pytest

from conda_private.conda_config.settings import condarc_path
from conda_private.model.exceptions import UsageError


def test_condarc_of_the_environment_needs_an_active_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    with pytest.raises(UsageError) as caught:
        condarc_path("env", None)
    assert "no active environment" in caught.value.what
    assert caught.value.next_step.startswith("conda activate")
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path))
    assert condarc_path("env", None) == str(tmp_path / ".condarc")
    assert condarc_path("user", "~/mine") == str(Path("~/mine").expanduser())
