"""Runs a command: its output passes through redactors, its terminal and exit status stay its own.

Where our own output is a terminal the child gets one, too (a pty), so that colours, progress bars
and the width are as without us. It stays in our foreground group, so Ctrl-C reaches both.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from conda_private.gateway.child_output import Output
from conda_private.gateway.child_signals import passed_on
from conda_private.gateway.redactor import Redactor
from conda_private.model.exceptions import UsageError


def run(
    command: Sequence[str], environment: Mapping[str, str], new_redactor: Callable[[], Redactor]
) -> int:
    """Run it to its end; gives its exit status, 128 and the signal's number for a signal.

    Raises:
        UsageError: there is no such program, or it cannot be started.
    """
    program = shutil.which(command[0], path=environment.get("PATH"))
    if program is None:
        raise UsageError(
            f"There is no program {command[0]}.",
            cause="It is not on PATH.",
            next_step="conda private run PROGRAM ARGUMENTS",
        )
    outputs = [Output(sys.stdout.fileno()), Output(sys.stderr.fileno())]
    child = _start([program, *command[1:]], environment, outputs)

    def resize() -> None:
        for output in outputs:
            output.resize()

    with passed_on(child, on_resize=resize):
        for output in outputs:
            output.begin(new_redactor())
        status = child.wait()
        for output in outputs:
            output.end()
    return status if status >= 0 else 128 - status


def _start(
    command: Sequence[str], environment: Mapping[str, str], outputs: Sequence[Output]
) -> subprocess.Popen[bytes]:
    out, err = outputs
    try:
        return subprocess.Popen(
            command, env=dict(environment), stdout=out.childs, stderr=err.childs
        )
    except OSError as error:
        for output in outputs:
            output.close()
        raise UsageError(
            f"{command[0]} cannot be started.",
            cause=f"{error.strerror}.",
            next_step="conda private run PROGRAM ARGUMENTS",
        ) from error
