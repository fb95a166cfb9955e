"""Where our files are. No environment variable moves what is trusted for everybody."""

from __future__ import annotations

from pathlib import Path

SYSTEM_INDEX = Path("/etc/conda-private/credentials.json")
SYSTEM_WIRING = Path("/etc/conda/condarc.d/conda-private.yml")


def index() -> Path:
    """The user's index."""
    return _data_folder() / "credentials.json"


def secrets_file() -> Path:
    """The file store."""
    return _data_folder() / "secrets.json"


def wiring() -> Path:
    """Our file below the user's ``condarc.d``, which every conda since 24.7 reads."""
    return Path.home() / ".conda" / "condarc.d" / "conda-private.yml"


def _data_folder() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("conda-private"))
