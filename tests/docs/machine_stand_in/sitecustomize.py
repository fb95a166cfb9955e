"""The machine of the pages has a name; conda-private names tokens after it."""

import platform

platform.node = lambda: "notebook"
