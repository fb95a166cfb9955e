"""Packages made here install with the real conda, from a private label over a token in the path."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from . import Anaconda, Server, build_package, build_wheel
from .reading import read_file

CONDA = Path(sys.executable).with_name("conda")
CONDARC = """\
default_channels: []
solver: classic
notify_outdated_conda: false
"""


def conda(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run conda with nothing of the machine's settings."""
    (home / "condarc").write_text(CONDARC)
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "CONDARC": str(home / "condarc"),
        "CONDA_PKGS_DIRS": str(home / "pkgs"),
    }
    command = [str(CONDA), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.skipif(not CONDA.exists(), reason="this environment has no conda")
def test_conda_installs_from_a_private_label_with_a_token(
    world: Anaconda, server: Server, tmp_path: Path
) -> None:
    token = world.add_token("alice", ["conda:download"])
    prefix = tmp_path / "env"
    create = ["create", "-y", "-p", str(prefix), "--override-channels", "-c"]
    refused = conda(tmp_path, *create, f"{server.conda}/alice/label/dev", "hello-private")
    assert "PackagesNotFoundError" in refused.stderr
    url = f"{server.conda}/t/{token}/alice/label/dev"
    installed = conda(tmp_path, *create, url, "hello-private")
    assert installed.returncode == 0, installed.stderr
    assert subprocess.check_output([prefix / "bin/hello-private"], text=True) == "hello\n"
    assert any(request.origin == "files" for request in server.requests)


def test_files_say_what_they_are(tmp_path: Path) -> None:
    package = read_file(
        build_package(tmp_path, "one", "1.0", build=2, subdir="linux-64", noarch=None)
    )
    wheel = read_file(build_wheel(tmp_path, "two-three", "2.0"))
    assert (package.basename, package.version) == ("linux-64/one-1.0-2.conda", "1.0")
    assert (wheel.basename, wheel.package) == ("two_three-2.0-py3-none-any.whl", "two-three")
    with pytest.raises(ValueError, match="neither"):
        read_file(tmp_path / "other.zip")
