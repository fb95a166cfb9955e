"""Requests URLs as a conda command does, many in one process: conda's sessions, our handler."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence

from tests.integration.runner import Conda

CODE = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from conda.base.context import context
from conda.gateways.connection.session import get_session

context.__init__()

def ask(url):
    try:
        return str(get_session(url).get(url, timeout=60).status_code)
    except Exception as error:
        return type(error).__name__

with ThreadPoolExecutor(int(sys.argv[1])) as pool:
    print(json.dumps(list(pool.map(ask, json.load(sys.stdin)))))
"""


def ask(conda: Conda, urls: Sequence[str], *, threads: int = 1) -> list[str]:
    """Request each URL; return its status, or the name of an error."""
    conda.run("--version")  # writes conda's settings
    done = subprocess.run(
        [conda.executable.with_name("python"), "-c", CODE, str(threads)],
        input=json.dumps(urls),
        env=conda.environment,
        cwd=conda.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    conda.seen += done.stdout + done.stderr
    assert done.returncode == 0, done.stderr
    outcomes: list[str] = json.loads(done.stdout)
    return outcomes
