"""Render, build and test the recipe, and use the resulting package: ``make recipe``."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from .making import build, make_base, make_channel
from .private_recipe import build_private
from .steps import StepFailedError, Steps
from .team_package import try_team_package
from .trying import do_main_job, hand_over
from .workplace import CHECKOUT, Workplace


def main() -> int:
    """Run all steps and return the exit code: 0 if every step succeeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--tools", type=Path, required=True, help="Python that has the recipe's tools"
    )
    parser.add_argument(
        "--client", type=Path, required=True, help="Python that has anaconda-client"
    )
    arguments = parser.parse_args()
    place = Workplace(CHECKOUT / "build" / "recipe", arguments.tools, arguments.client)
    place.clear()
    steps = Steps(place.folder / "recipe.log")
    start = time.monotonic()
    try:
        make_channel(steps, place)
        package = build(steps, place, CHECKOUT / "dist")
        make_base(steps, place)
        do_main_job(steps, place)
        try_team_package(steps, place)
        hand_over(steps, place)
        build_private(steps, place)
    except (StepFailedError, AssertionError) as error:
        print(f"\nThe recipe failed at {error}\n\nAll output: {steps.log}", file=sys.stderr)
        return 1
    print("\nThe recipe renders, builds and passes its tests against stand-in host packages.")
    print(f"It took {time.monotonic() - start:.0f} s. The package: {package.relative_to(CHECKOUT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
