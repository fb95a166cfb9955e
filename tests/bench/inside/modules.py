"""Runs a conda command and prints which modules it loaded; WITHOUT names a plugin to leave out."""

import contextlib
import io
import json
import os
import sys

from conda.cli.main import main
from conda.plugins import manager

every = manager.distributions
manager.distributions = lambda: (
    each for each in every() if each.metadata["Name"] != os.environ.get("WITHOUT")
)

with contextlib.redirect_stdout(io.StringIO()):
    main(*sys.argv[1:])
print(json.dumps(sorted(sys.modules)))
