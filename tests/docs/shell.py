"""A person at a shell: run the commands of a page one by one, and type credentials."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pexpect

from tests.integration.runner import TIMEOUT, Conda

PROMPT = "(input hidden): "
QUESTION = "[y/N] "
# What `conda init` puts into a shell; the conda that pip can install has no files for it, nor for
# `conda run`.
_ACTIVATE = """
conda() {
    [ "$1 $2" = "run --name" ] && { PATH=%(envs)s/$3/bin:$PATH "${@:4}"; return; }
    [ "$1" = activate ] || { command conda "$@"; return; }
    export CONDA_PREFIX=%(envs)s/$2 PATH=%(envs)s/$2/bin:$PATH
}
sudo() { "$@"; }
"""


class Shell:
    """A shell whose variables and folder persist between commands.

    Args:
        conda: the user, with a home of its own.
        folder: for the state of the shell, outside of the user's files.
        typed: the text that the person types at a hidden prompt for a token.
        password: the text that the person types at a hidden prompt for a password.

    Attributes:
        before: words before each command, for example to run it with another ``/etc``.
    """

    def __init__(self, conda: Conda, folder: Path, *, typed: str, password: str) -> None:
        self.conda, self.typed, self.password = conda, typed, password
        self.before: list[str] = []
        self._state = folder / "state.sh"
        self._state.write_text(f"cd {shlex.quote(str(conda.home))}\n")
        self._prelude = _ACTIVATE % {"envs": shlex.quote(str(conda.prefix("x").parent))}

    def run(self, command: str, *, asks: bool = False) -> tuple[int, str]:
        """Run a command; return the exit code and both streams.

        Args:
            asks: whether it asks for a credential or a confirmation; both are typed then.
        """
        state = shlex.quote(str(self._state))
        script = (
            f"{self._prelude}\nsource {state}\n{command}\ncode=$?\n"
            f'{{ export -p; printf "cd %q; (exit $code)\\n" "$PWD"; }} > {state}\nexit $code'
        )
        (self.conda.folder / "condarc").write_text(json.dumps(self.conda.settings))
        code, text = self._answer(script) if asks else self._read(script)
        self.conda.seen += text
        return code, text

    def _read(self, script: str) -> tuple[int, str]:
        done = subprocess.run(
            [*self.before, "bash", "-c", script],
            env=self.conda.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        return done.returncode, done.stdout

    def _answer(self, script: str) -> tuple[int, str]:
        program, *words = [*self.before, "bash", "-c", script]
        child = pexpect.spawn(
            program,
            words,
            env=self.conda.environment,
            dimensions=(50, 300),
            encoding="utf-8",
            timeout=TIMEOUT,
        )
        text = ""
        while (met := child.expect_exact([PROMPT, QUESTION, pexpect.EOF])) < 2:
            text += child.before + child.after
            if met == 0:
                child.waitnoecho()
            child.sendline(self._hidden(child.before) if met == 0 else "y")
        text += child.before
        child.close()
        return child.exitstatus, text.replace("\r\n", "\n")

    def _hidden(self, asked: str) -> str:
        wants_password = asked.rpartition("\n")[2].startswith("Password")
        return self.password if wants_password else self.typed
