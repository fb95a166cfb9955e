"""A base environment of the test's own, with the conda and the plugin under test."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.integration.runner import Conda

_CODE = (
    "import sys, sysconfig\n"
    "print(sysconfig.get_path('purelib'), 'python%d.%d' % sys.version_info[:2], sep='\\n')"
)
_START = """\
#!{python}
import sys
from conda.cli.main import main
if __name__ == "__main__":
    sys.exit(main())
"""


def give_own_base(conda: Conda, folder: Path) -> Path:
    """Let a user have a base environment in a folder; return its ``conda``.

    It finds the packages of the conda under test, but what is installed into it is its own.
    """
    python = conda.executable.with_name("python")
    subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)
    read = subprocess.run([python, "-c", _CODE], capture_output=True, text=True, check=True)
    site, version = read.stdout.split()
    packages = folder / "lib" / version / "site-packages"
    (packages / "under_test.pth").write_text(f"import site; site.addsitedir({site!r})\n")
    (folder / "conda-meta").mkdir()
    (folder / "conda-meta" / "history").touch()
    conda.executable = folder / "bin" / "conda"
    conda.executable.write_text(_START.format(python=folder / "bin" / "python"))
    conda.executable.chmod(0o755)
    conda.environment["PATH"] = f"{folder / 'bin'}:/usr/bin:/bin"
    return conda.executable
