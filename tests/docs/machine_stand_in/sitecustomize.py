"""Set the name of the machine, which conda-private uses in the names of tokens."""

import platform

platform.node = lambda: "notebook"
