"""Run the tests and the main job with a CPython for Windows under Wine: ``make test-windows``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

from tests.recipe.steps import StepFailedError, Steps

from .chosen import run_tests
from .main_job import do_main_job
from .making import CHECKOUT, copy_checkout, install_packages, install_python
from .wine import PROGRAM, Wine

PACKAGES = ("wine64", "wine")


def provide_wine() -> str:
    """Install Wine, if it is missing and can be installed; return what is missing then."""
    if PROGRAM.exists():
        return ""
    install = "apt-get install -y --no-install-recommends " + " ".join(PACKAGES)
    if not (sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get")):
        return f"{PROGRAM} is missing.  On Debian, as root:  {install}"
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ("apt-get update -qq", install):
        subprocess.run(command.split(), stdout=subprocess.DEVNULL, env=quiet, check=True)
    return "" if PROGRAM.exists() else f"{PROGRAM} is missing, and apt-get did not install it."


def main() -> int:
    """Run all steps; return 0 if every one succeeded."""
    start = time.monotonic()
    if missing := provide_wine():
        print(f"make test-windows needs Wine: {missing}", file=sys.stderr)
        return 1
    wine = Wine(CHECKOUT / "build" / "windows")
    steps = Steps(wine.folder / "windows.log")
    try:
        with steps.step("Make a Windows with nothing but drive C:"):
            wine.create()
        with steps.step("Install CPython 3.11 for Windows, from its pinned file"):
            install_python(steps, wine)
        with steps.step("Install conda 24.7.1, the plugin, and what they need"):
            install_packages(steps, wine)
            copy_checkout(steps, wine)
        do_main_job(steps, wine)
        run_tests(steps, wine)
    except (StepFailedError, AssertionError) as error:
        print(f"\nFailed at {error}\n\nAll output: {steps.log}", file=sys.stderr)
        return 1
    finally:
        wine.stop()
    print(f"\nIt works under Wine, in {time.monotonic() - start:.0f} s. Wine is not Windows.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
