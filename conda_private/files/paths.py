"""The paths of our files. No environment variable changes the paths of the system's files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

SYSTEM_LOGINS = Path("/etc/conda-private/credentials.json")
SYSTEM_CHANNEL_SETTINGS = Path("/etc/conda/condarc.d/conda-private.yml")
_VARIABLE = "XDG_DATA_HOME"
# The user's folder without that variable; on Windows it has no effect.
_OWN = {"linux": (".local", "share"), "darwin": ("Library", "Application Support")}


def logins() -> Path:
    """Return the file of the user's logins."""
    return _data_folder() / "credentials.json"


def policy() -> Path:
    """Return the file of an administrator's policy."""
    if sys.platform == "win32":
        return Path("C:/ProgramData/conda-private/policy.yml")
    return SYSTEM_LOGINS.with_name("policy.yml")


def sign_ins() -> Path:
    """Return the folder with the locks of sign-ins, and until when they renew themselves."""
    return _data_folder() / "sign-in"


def secrets_file() -> Path:
    """Return the file of the file store."""
    return _data_folder() / "secrets.json"


def channel_settings() -> Path:
    """Return our file in the user's ``condarc.d``, which every conda since 24.7 reads."""
    return Path.home() / ".conda" / "condarc.d" / "conda-private.yml"


def _data_folder() -> Path:
    import platformdirs

    folder = Path(platformdirs.user_data_dir("conda-private"))
    given = os.environ.get(_VARIABLE)
    if not (given and folder.is_relative_to(given)):
        return folder
    from conda_private.files.activated import environment_that_sets

    environment = environment_that_sets(_VARIABLE)
    if not environment:
        return folder
    from conda_private.output import notice_once

    # Otherwise the logins would be gone while the environment is active.
    own = Path.home().joinpath(*_OWN.get(sys.platform, _OWN["linux"]), "conda-private")
    notice_once(
        f"conda-private: uses {own}, because the activated environment {environment} sets"
        f" {_VARIABLE}, which is ignored."
    )
    return own
