"""Build and test a recipe: ``python -m tests.recipe.building RECIPE OUTPUT CHANNEL``.

Runs in the environment of the recipe's tools. On success, the package is in its platform's folder
below OUTPUT. The messages of the tool go to standard output.
"""

from __future__ import annotations

import sys

from rattler_build import Stage0Recipe, ToolConfiguration, VariantConfig
from rattler_build.progress import LogEvent, SimpleProgressCallback


class Log(SimpleProgressCallback):
    """Print the log of the tool."""

    def on_log(self, event: LogEvent) -> None:
        """Print one message."""
        print(event.message.strip("\n"), flush=True)


def main(recipe: str, output: str, channel: str) -> None:
    """Render, build and test.

    Args:
        channel: the URL of the only channel that is used.
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
