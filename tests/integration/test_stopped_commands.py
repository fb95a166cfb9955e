"""``conda private login`` and ``logout``, killed at any system call, or with a failing disk."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crashes.shim import How, Plan, build, why_not
from tests.integration.runner import Conda, Result
from tests.integration.test_all_users import why_not as why_no_namespace

pytestmark = [pytest.mark.hard, pytest.mark.timeout(3000)]
CONDARC = "# mine\nchannels:  # in this order\n  - conda-forge\n"
LOGIN = ("private", "login", "my-org", "--label", "dev", "--token-stdin", "--no-verify")
LOGOUT = ("private", "logout", "my-org", "--label", "dev")
EVERY = pytest.param(1, marks=pytest.mark.long)
SOME = 11  # every 11th call


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library to preload."""
    if reason := why_not():
        pytest.skip(reason)
    return build(tmp_path_factory.mktemp("shim"))


class Story:
    """One command that is run repeatedly from the same files."""

    def __init__(self, conda: Conda, shim: Path, token: str, words: tuple[str, ...]) -> None:
        self.conda, self.shim, self.token, self.words = conda, shim, token, words
        conda.condarc.write_text(CONDARC)
        conda.login("other", "--no-verify", "--add-channel", "none", token=token)
        if words is LOGOUT:
            conda.ok(*LOGIN, stdin=token)
        self.template = conda.folder / "template"
        shutil.copytree(conda.home, self.template)
        self.before = self.files()
        self.run()
        self.after = self.files()
        assert self.before != self.after

    def files(self) -> dict[str, bytes]:
        """Return the files in the user's home, without locks and leftovers of killed writers.

        A leftover must not contain a secret, which every test checks at its end.
        """
        paths = [path for path in self.conda.home.rglob("*") if path.is_file()]
        return {
            str(path): path.read_bytes()
            for path in paths
            if not (path.name.startswith(".") and path.suffix)
        }

    def run(self, plan: Plan | None = None) -> Result:
        """Run the command once, with a plan for the shim."""
        environment = plan.environment(self.shim) if plan else {}
        return self.conda.run(*self.words, stdin=self.token, env=environment)

    def disturbed(self, how: How, error: int, step: int) -> Iterator[Result]:
        """Run the command from the start, with the shim disturbing one call after another."""
        for at in range(1, 1000, step):
            shutil.rmtree(self.conda.home)
            shutil.copytree(self.template, self.conda.home)
            journal = self.conda.folder / "journal"
            journal.unlink(missing_ok=True)
            plan = Plan(self.conda.home, how, at, error)
            environment = plan.environment(self.shim, journal)
            result = self.conda.run(*self.words, stdin=self.token, env=environment)
            if len(journal.read_text().splitlines()) < at:
                shutil.rmtree(self.template)
                return
            yield result

    def assert_harmless(self) -> None:
        """Check that the next commands work, and give the files of an undisturbed run."""
        listed = self.conda.ok("private", "list", "--json").data
        assert "other" in str(listed)
        if self.words is LOGOUT and "label/dev" not in str(listed):
            self.conda.ok(*LOGIN, stdin=self.token)
        assert self.run().code == 0
        assert self.files() == self.after


@pytest.mark.parametrize("step", [SOME, EVERY])
@pytest.mark.parametrize("words", [LOGIN, LOGOUT], ids=["login", "logout"])
def test_command_that_is_killed_can_be_repeated(
    words: tuple[str, ...], step: int, conda: Conda, token: str, shim: Path
) -> None:
    story = Story(conda, shim, token, words)
    count = 0
    for result in story.disturbed(How.STOP_HALF_WAY, 0, step):
        count += 1
        assert result.code == -9
        assert conda.condarc.read_bytes() in (
            story.before[str(conda.condarc)],
            story.after[str(conda.condarc)],
        )
        story.assert_harmless()
    assert count * step > 30


@pytest.mark.parametrize("step", [SOME, EVERY])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS], ids=["full", "read-only"])
@pytest.mark.parametrize("words", [LOGIN, LOGOUT], ids=["login", "logout"])
def test_disk_that_fails_once_is_an_error_with_a_next_step(
    words: tuple[str, ...], error: int, step: int, conda: Conda, token: str, shim: Path
) -> None:
    story = Story(conda, shim, token, words)
    count = 0
    for result in story.disturbed(How.FAIL_ONCE, error, step):
        count += 1
        if result.code == 0:
            assert story.files() == story.after
        else:
            assert_clear(result, conda)
        story.assert_harmless()
    assert count * step > 10


def assert_clear(result: Result, conda: Conda) -> None:
    assert result.code == 1
    assert "Next:" in result.err
    assert str(conda.home) in result.err
    assert "Traceback" not in result.text
    assert "Errno" not in result.text


def in_small_home(conda: Conda, how: str, *lines: str, token: str) -> Result:
    """Run shell lines with the home copied to a separate disk of 256 KiB, mounted as said."""
    conda.run("--version")  # writes conda's settings
    home, kept = shlex.quote(str(conda.home)), shlex.quote(str(conda.folder / "kept"))
    script = [
        "set -e",
        f"cp -a {home} {kept}",
        f"mount -t tmpfs -o mode=700,size=256k none {home}",
        f"cp -a {kept}/. {home}",
        f"mount -o remount,{how} {home}",
        *lines,
    ]
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", "\n".join(script)],
        env={**conda.environment, "TOKEN": token, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        cwd=conda.folder,
        check=False,
    )
    conda.seen += done.stdout + done.stderr
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def small(conda: Conda) -> Conda:
    """A user whose home can be on a separate disk."""
    if reason := why_no_namespace():
        pytest.skip(reason)
    return conda


def command(conda: Conda, words: tuple[str, ...]) -> str:
    return f'printf %s "$TOKEN" | {shlex.join([str(conda.executable), *words])}'


def test_full_disk_loses_no_file(small: Conda, token: str) -> None:
    other = ("private", "login", "other", "--no-verify", "--token-stdin")
    data = shlex.quote(str(small.data_folder))
    result = in_small_home(
        small,
        "rw",
        f"{command(small, other)} >&2",
        f"cp -r {data} {small.folder}/copy",
        "dd if=/dev/zero of=$HOME/rubbish bs=1k 2>/dev/null || true",
        f"{command(small, LOGIN)} && exit 77",
        f"diff -r {data} {small.folder}/copy && rm -r {small.folder}/copy",
        f"rm $HOME/rubbish && {command(small, LOGIN)}",
        "exit 1",
        token=token,
    )
    assert_clear(result, small)
    assert "No space left on device" in result.err
    assert "Stored the token for my-org/label/dev without verification" in result.out


def test_read_only_home_is_reported_and_public_channels_work(small: Conda, token: str) -> None:
    public = ("search", "--override-channels", "-c", "other", "hello-public")
    result = in_small_home(
        small,
        "ro",
        f"{command(small, public)} >&2",
        f"{command(small, LOGIN)} && exit 77",
        "exit 1",
        token=token,
    )
    assert_clear(result, small)
    assert "Read-only file system" in result.err
    assert "hello-public" in result.err
