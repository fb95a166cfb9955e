"""Secrets in a credential helper: any program that speaks the docker-credential-helpers protocol.

``docker-credential-NAME get|store|erase``, one JSON object on standard input and output:
https://github.com/docker/docker-credential-helpers
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import HelperError, SecretFormatError, UsageError
from conda_private.model.secret import Secret

TIMEOUT = 30  # seconds; a helper may ask a person for a touch or a code
PREFIX = "docker-credential-"
USER = "token"  # what is stored as the user name; helpers refuse an empty one
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
_NOT_FOUND = "credentials not found"


class HelperStore:
    """One helper; the scope is the server's URL in the helper's words.

    Args:
        name: ``pass`` for ``docker-credential-pass``.
        ours: whether the secret is stored and erased by us, or only read.
    """

    def __init__(self, name: str, *, ours: bool) -> None:
        if not _NAME.fullmatch(name):
            raise UsageError(
                "This is not the name of a credential helper.",
                cause=f"The name is what follows {PREFIX} in the program's name.",
                next_step="conda private login CHANNEL --from-helper pass",
            )
        self.name = name
        self._ours = ours
        self.source = f"{'helper-store' if ours else 'helper'}:{name}"

    @property
    def description(self) -> str:
        """Which helper it is."""
        how = "stored there" if self._ours else "asked at run time"
        return f"credential helper {self.name} ({how})"

    def get(self, scope: ChannelUrl) -> Secret | None:
        """The secret of exactly this scope; None when the helper has none.

        Raises:
            HelperError: the helper is not there, hangs, fails or answers rubbish.
        """
        answer = self._answer(scope)
        text = answer.get("Secret") or ""
        try:
            return Secret.parse(text) if text else None
        except (SecretFormatError, AttributeError):
            problem = "answered with a secret that cannot be one"
        raise self._error(problem, "")

    def username(self, scope: ChannelUrl) -> str:
        """The user name beside the secret; "" where it stands for "this is a token"."""
        name = str(self._answer(scope).get("Username") or "")
        return "" if name in (USER, "<token>", "__token__") else name

    def put(self, scope: ChannelUrl, secret: Secret) -> None:
        """Keep a secret for this scope in place of any other; a reference keeps nothing."""
        if self._ours:
            record = {"ServerURL": str(scope), "Username": USER, "Secret": secret.reveal()}
            self._run("store", json.dumps(record))

    def delete(self, scope: ChannelUrl) -> None:
        """Forget the scope's secret, if we stored it."""
        if self._ours:
            self._run("erase", str(scope))

    def stamp(self) -> object:
        """Nothing tells whether the secret has changed."""
        return None

    def _answer(self, scope: ChannelUrl) -> dict[str, Any]:
        text = self._run("get", str(scope))
        if not text:
            return {}
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError):
            answer = None
        if isinstance(answer, dict):
            return answer
        # Not chained, not quoted: the rubbish may hold the secret.
        raise self._error("answered something that is not a JSON object", "")

    def _run(self, action: str, text: str) -> str:
        """The helper's output; "" when it says that it has no such credential."""
        done = self._start(action, text)
        if done.returncode == 0:
            return done.stdout
        words = (done.stdout or done.stderr).strip().partition("\n")[0][:200]
        if _NOT_FOUND in words:
            return ""
        # A helper that cannot store may repeat what it was given.
        said = "".join(filter(str.isprintable, words)) if action != "store" else ""
        raise self._error(f"failed with exit code {done.returncode}" + (said and f': "{said}"'), "")

    def _start(self, action: str, text: str) -> subprocess.CompletedProcess[str]:
        program = shutil.which(PREFIX + self.name)
        if program is None:
            raise self._error("is not on PATH", f"which {PREFIX}{self.name}")
        try:
            return subprocess.run(
                [program, action],
                input=text,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            problem = f"did not answer within {TIMEOUT} seconds"
        except OSError as error:
            problem = f"could not be started: {error.strerror}"
        raise self._error(problem, "")

    def _error(self, problem: str, next_step: str) -> HelperError:
        return HelperError(
            f"The credential helper {PREFIX}{self.name} {problem}.",
            cause="It was named as the place of a secret.",
            next_step=next_step or f"see what it has:  {PREFIX}{self.name} list",
        )
