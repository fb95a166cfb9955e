"""Our file below ``condarc.d``."""

from __future__ import annotations

from pathlib import Path

import pytest

from conda_private.conda_config.channel_settings import WiringFile
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import FileWriteError

SCOPE = ChannelUrl.parse("https://conda.anaconda.org/my-org")


def test_file_is_regenerated_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "condarc.d" / "conda-private.yml"
    wiring = WiringFile(path)
    wiring.write((SCOPE, SCOPE.with_label("dev")))
    first = path.read_text()
    path.write_text("rubbish")
    wiring.write((SCOPE,))
    assert path.read_text() == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_file_goes_with_the_last_scope(tmp_path: Path) -> None:
    path = tmp_path / "conda-private.yml"
    wiring = WiringFile(path)
    wiring.write(())
    wiring.write((SCOPE,))
    wiring.write(())
    assert not path.exists()


def test_folder_in_its_place_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "conda-private.yml"
    path.mkdir()
    with pytest.raises(FileWriteError, match="could not be written"):
        WiringFile(path).write((SCOPE,))
    with pytest.raises(FileWriteError, match="could not be written"):
        WiringFile(path).write(())
