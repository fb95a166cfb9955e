"""The recipe as it is submitted to conda-forge, which builds from the sources on PyPI."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

PYPI = "https://pypi.org/packages/source/c/conda-private/conda_private-${{ version }}.tar.gz"
PLACEHOLDER = "GITHUB-NAME-OF-A-MAINTAINER"
# What conda-forge requires of a noarch Python package: its own oldest Python for the build and the
# tests, and that one or a newer one to run (CFEP 25).
_CHANGES = (
    (r"(?m)^# The recipe of .*\n", ""),
    (r"(?m)^  path: \.\.$", "  url: {url}\n  sha256: {digest}"),
    (r"(?m)^(  host:\n    - python) >=\S+$", r"\g<1> ${{{{ python_min }}}}.*"),
    (r"(?m)^(  run:\n    - python) >=\S+$", r"\g<1> >=${{{{ python_min }}}}"),
    (r"(?m)^(      pip_check: true)$", r"\g<1>\n      python_version: ${{{{ python_min }}}}.*"),
    (r"\Z", "\nextra:\n  recipe-maintainers:\n{maintainers}"),
)


def recipe_for(
    recipe: str,
    sdist: Path,
    *,
    url: str = PYPI,
    maintainers: Sequence[str] = (PLACEHOLDER,),
) -> str:
    """Return the recipe for the feedstock.

    Args:
        recipe: the text of the recipe of the repository.
        sdist: the source distribution, for its sha256.
        url: where it is downloaded from.
        maintainers: the people on GitHub who maintain the feedstock.

    Raises:
        AssertionError: the recipe has another form.
    """
    values = {
        "url": url,
        "digest": hashlib.sha256(sdist.read_bytes()).hexdigest(),
        "maintainers": "".join(f"    - {name}\n" for name in maintainers),
    }
    for pattern, replacement in _CHANGES:
        recipe, count = re.subn(pattern, replacement.format(**values), recipe)
        if count != 1:
            raise AssertionError(f"{pattern!r} is there {count} times")
    return recipe
