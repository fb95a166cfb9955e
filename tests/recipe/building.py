"""Builds and tests the recipe: ``python -m tests.recipe.building RECIPE CHANNEL OUTPUT``.

Runs in the environment of the recipe's tools. The package is in the folder of its platform below
OUTPUT when this exits 0; what the tool has to say goes to standard output.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rattler_build import Stage0Recipe, ToolConfiguration, VariantConfig
from rattler_build.progress import LogEvent, SimpleProgressCallback


class Log(SimpleProgressCallback):
    """Prints what the tool logs."""

    def on_log(self, event: LogEvent) -> None:
        """One message."""
        print(event.message.strip("\n"), flush=True)


def main(recipe: Path, channel: Path, output: Path) -> None:
    """Render, build and test."""
    (rendered,) = Stage0Recipe.from_file(recipe).render(VariantConfig())
    rendered.run_build(
        tool_config=ToolConfiguration(test_strategy="native"),
        output_dir=output,
        channels=[channel.resolve().as_uri()],
        progress_callback=Log(),
    )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
