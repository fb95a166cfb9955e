"""Runs a conda command and prints which modules it loaded."""

import contextlib
import io
import json
import sys

from conda.cli.main import main

with contextlib.redirect_stdout(io.StringIO()):
    main(*sys.argv[1:])
print(json.dumps(sorted(sys.modules)))
