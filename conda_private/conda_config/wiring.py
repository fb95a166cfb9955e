"""The file below ``condarc.d`` that makes conda call our handler; regenerated whole."""

from __future__ import annotations

from pathlib import Path

from conda_private.conda_config.channel_settings import wiring
from conda_private.files.atomic import make_folder, remove, replace
from conda_private.files.permissions import PRIVATE, Access
from conda_private.model.address import ChannelUrl


class WiringFile:
    """``~/.conda/condarc.d/conda-private.yml``, which every conda since 24.7 reads."""

    def __init__(self, path: Path, access: Access = PRIVATE) -> None:
        self.path = path
        self._access = access

    def write(self, scopes: tuple[ChannelUrl, ...]) -> None:
        """Say exactly these scopes; without any the file goes away."""
        text = wiring(scopes)
        if not text:
            return remove(self.path)
        make_folder(self.path.parent, self._access)
        return replace(self.path, text, mode=self._access.mode)
