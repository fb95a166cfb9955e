"""Builds and tests a recipe: ``python -m tests.recipe.building RECIPE OUTPUT CHANNEL``.

Runs in the environment of the recipe's tools. The package is in the folder of its platform below
OUTPUT when this exits 0; what the tool has to say goes to standard output.
"""

from __future__ import annotations

import sys

from rattler_build import Stage0Recipe, ToolConfiguration, VariantConfig
from rattler_build.progress import LogEvent, SimpleProgressCallback


class Log(SimpleProgressCallback):
    """Prints what the tool logs."""

    def on_log(self, event: LogEvent) -> None:
        """One message."""
        print(event.message.strip("\n"), flush=True)


def main(recipe: str, output: str, channel: str) -> None:
    """Render, build and test.

    Args:
        channel: The URL of the one channel that is used.
    """
    (rendered,) = Stage0Recipe.from_file(recipe).render(VariantConfig())
    rendered.run_build(
        tool_config=ToolConfiguration(test_strategy="native"),
        output_dir=output,
        channels=[channel],
        progress_callback=Log(),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
