"""The tests that run under Wine: those of the parts that meet the system."""

from __future__ import annotations

import os

from tests.recipe.steps import Steps

from .wine import PYTHON, Wine

# `actions`, `cli`, and `server_api` know nothing of the system, and take as long as all of these.
CHOSEN = ("conda_config", "files", "gateway", "handler", "http", "model", "stores", "windows")
LIMIT = 1200  # seconds


def run_tests(steps: Steps, wine: Wine) -> None:
    """Run the chosen tests; those that need POSIX are skipped, each with its reason."""
    with steps.step(f"Run the tests of {', '.join(CHOSEN)}"):
        folders = [f"tests/{name}" for name in CHOSEN]
        spread = ("-n", str(os.cpu_count() or 1), "--dist", "loadfile")
        words = ("-m", "pytest", "-p", "no:cacheprovider", "-rs", "--tb", "short", *spread)
        said = wine.run(PYTHON, *words, *folders, folder="checkout", limit=LIMIT)
        with steps.log.open("a", encoding="utf-8") as log:
            log.write(said.text)
        steps.insist(said.code == 0, f"exit {said.code}\n{said.text[-4000:]}")
        steps.say(said.text.strip().splitlines()[-1])
