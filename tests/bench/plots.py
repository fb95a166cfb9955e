"""Draws how costs grow, from the results of a run: ``make bench-plots``. Needs matplotlib alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

# Text stays text, in whatever font the reader has; and the same figures give the same file.
matplotlib.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "conda-private",
        "font.family": "sans-serif",
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
)
NAMES = {"open": "open channel", "private": "private channel"}
COLORS = {"conda-private": "#1b7f4d", "conda-auth": "#d98200", "anaconda-auth": "#7a4fbf"}


def main(results: Path, folder: Path) -> None:
    """Three plots: over logins, over packages, over threads."""
    growth = json.loads(results.read_text())["samples"]["growth"]
    folder.mkdir(exist_ok=True)
    _draw(
        folder / "growth-addresses.svg",
        growth["addresses"],
        1e6,
        ("labels logged in", "microseconds for a new URL", "log"),
    )
    _draw(
        folder / "growth-packages.svg",
        {NAMES[name]: series for name, series in growth["packages"].items()},
        1e3,
        ("packages", "milliseconds of CPU", "linear"),
    )
    kinds = {"cpu": "CPU", "wall": "wall clock"}
    threads = {
        text: {count: each[kind] for count, each in growth["threads"].items()}
        for kind, text in kinds.items()
    }
    axes = ("threads that sign at once", "microseconds for each request", "linear")
    _draw(folder / "growth-threads.svg", threads, 1e6, axes)


def _draw(
    path: Path, series: dict[str, dict[str, float]], unit: float, axes: tuple[str, str, str]
) -> None:
    figure, plot = plt.subplots(figsize=(6, 3.2))
    for name, values in series.items():
        xs, ys = [int(each) for each in values], [each * unit for each in values.values()]
        plot.plot(xs, ys, marker="o", markersize=4, label=name, color=COLORS.get(name))
    plot.set_xlabel(axes[0])
    plot.set_ylabel(axes[1])
    plot.set_xscale(axes[2])
    plot.set_yscale(axes[2])
    if axes[2] == "linear":
        plot.set_ylim(bottom=0)
    plot.grid(alpha=0.3)
    plot.legend(frameon=False)
    figure.tight_layout()
    metadata: dict[str, Any] = {"Date": None, "Creator": None}
    figure.savefig(path, metadata=metadata)
    plt.close(figure)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
