"""Try the installed plugin as a user does, in a temporary home."""

import os
import subprocess
import sys
import tempfile
from importlib.metadata import entry_points

CHANNEL = "https://conda.example.org/my-org"
TOKEN = "not-a-real-token"


def conda_private(home, *words, stdin=""):
    """Run ``conda private WORDS`` and return its output; it must succeed."""
    # Windows and other systems use different variables for the home.
    homes = dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"), home)
    homes |= {"XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "CONDARC": os.path.join(home, "rc")}
    command = [sys.executable, "-m", "conda", "private", *words]
    done = subprocess.run(
        command, env={**os.environ, **homes}, input=stdin, stdout=subprocess.PIPE, text=True
    )
    print(f"$ conda private {' '.join(words)}\n{done.stdout}", flush=True)
    assert done.returncode == 0, done.returncode
    return done.stdout


def main():
    """Check the entry point, log in, list the login, and log out."""
    found = {each.name: each.value for each in entry_points(group="conda")}
    assert found["conda-private"] == "conda_private.plugin", found
    with tempfile.TemporaryDirectory() as home:
        login = ("login", CHANNEL, "--token-stdin", "--storage", "file", "--scheme", "token")
        conda_private(home, *login, "--no-verify", stdin=f"{TOKEN}\n")
        shown = conda_private(home, "list")
        assert CHANNEL in shown, shown
        assert TOKEN not in shown
        conda_private(home, "logout", CHANNEL)
        assert CHANNEL not in conda_private(home, "list")


if __name__ == "__main__":
    main()
