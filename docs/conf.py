"""How the documentation is built: `make docs`."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "conda-private"
author = "The conda-private developers"
copyright = "the conda-private developers"
version = release = version_of("conda-private")

extensions = ["myst_parser", "product", "sphinx_copybutton"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True
smartquotes = False  # it would make a dash of the two hyphens of an option

myst_enable_extensions = ["attrs_block", "colon_fence", "deflist"]
myst_heading_anchors = 3

# The prompt is shown in front of what is typed and left behind when it is copied.
copybutton_prompt_text = "$ "
copybutton_exclude = ".linenos, .gp, .go"

html_theme = "conda_sphinx_theme"
html_title = "conda-private"
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_theme_options = {
    "show_prev_next": False,
    "zulip_url": "",
    "logo": {"text": "conda-private"},
}
