"""Runs a conda command and prints which modules it loaded."""

import contextlib
import io
import json
import os
import sys

from conda.cli.main import main
from conda.plugins.manager import CondaPluginManager

if os.environ.get("WITHOUT_PLUGINS"):
    CondaPluginManager.load_entrypoints = lambda self, group, name=None: 0

with contextlib.redirect_stdout(io.StringIO()):
    main(*sys.argv[1:])
print(json.dumps(sorted(sys.modules)))
