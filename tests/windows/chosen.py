"""The tests that run under Wine, and in the workflow for Windows."""

from __future__ import annotations

import os

from tests.recipe.steps import Steps

from .wine import PYTHON, Wine

# The folders that meet the system. The tests of `actions`, `cli`, and `server_api` do not, and take
# as long as all of these; those of `gateway` need the signals and the terminals of POSIX.
CHOSEN = ("conda_config", "files", "handler", "http", "model", "stores", "windows")
FOLDERS = tuple(f"tests/{name}" for name in CHOSEN)
LIMIT = 1200  # seconds


def run_tests(steps: Steps, wine: Wine) -> None:
    """Run the chosen tests; those that need POSIX are skipped, each with its reason."""
    with steps.step(f"Run the tests of {', '.join(CHOSEN)}"):
        spread = ("-n", str(os.cpu_count() or 1), "--dist", "loadfile")
        words = ("-m", "pytest", "-p", "no:cacheprovider", "-rfEs", "--tb", "short", *spread)
        few = {"HYPOTHESIS_PROFILE": "few"}
        said = wine.run(PYTHON, *words, *FOLDERS, folder="checkout", env=few, limit=LIMIT)
        with steps.log.open("a", encoding="utf-8") as log:
            log.write(said.text)
        steps.insist(said.code == 0, f"exit {said.code}\n{said.text[-4000:]}")
        steps.say(said.text.strip().splitlines()[-1])
