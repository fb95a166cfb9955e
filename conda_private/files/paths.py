"""The paths of our files. No environment variable changes the paths of the system's files."""

from __future__ import annotations

from pathlib import Path

SYSTEM_LOGINS = Path("/etc/conda-private/credentials.json")
SYSTEM_CHANNEL_SETTINGS = Path("/etc/conda/condarc.d/conda-private.yml")


def logins() -> Path:
    """Return the file of the user's logins."""
    return _data_folder() / "credentials.json"


def secrets_file() -> Path:
    """Return the file of the file store."""
    return _data_folder() / "secrets.json"


def channel_settings() -> Path:
    """Return our file in the user's ``condarc.d``, which every conda since 24.7 reads."""
    return Path.home() / ".conda" / "condarc.d" / "conda-private.yml"


def _data_folder() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("conda-private"))
