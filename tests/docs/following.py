"""Follows a page: runs its commands as they stand there, and compares what they print.

With ``UPDATE_PAGES=1`` in the environment an output that differs is written into the page instead,
unless the page leaves parts of it out; read the difference before you keep it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from tests.docs.conftest import PASSWORD, Person
from tests.docs.pages import Block, Step, blocks, comparable, matches, name_of
from tests.server import build_wheel

HELPER = """\
#!/bin/sh
[ "$1" = get ] && cat "$PASSWORD_MANAGER"
"""


def follow(page: Path, person: Person) -> None:
    """Run every command of a page, top to bottom, as one person in one shell."""
    for block in blocks(page):
        run(block, page, person)


def run(block: Block, page: Path, person: Person) -> None:
    """Run the commands of one block of a page, or write the file that it shows."""
    if block.file:
        (person.conda.home / block.file).write_text(block.text)
    if block.language == "console" and not block.not_run:
        for step in block.steps():
            _take(step, page, person)


def _take(step: Step, page: Path, person: Person) -> None:
    code, text = person.run(step.command, asks=step.asks)
    where = f"{name_of(page)}: {step.command}"
    assert (code != 0) is step.fails, f"{where}\nexit code {code}\n{text}"
    shown, real = comparable(step.shown), comparable(text)
    # Where a page shows no output, the command has to work and anything goes.
    if shown and not matches(shown, real):
        can_be_written = "UPDATE_PAGES" in os.environ and "..." not in shown
        assert can_be_written, "\n".join([where, *real])
        _write(step, "\n".join(line.rstrip() for line in text.strip().splitlines()), page)


def _write(step: Step, text: str, page: Path) -> None:
    old = f"$ {step.command}\n{step.shown}"
    source = page.read_text(encoding="utf-8")
    page.write_text(source.replace(old, f"$ {step.command}\n{text}\n"), encoding="utf-8")


def has_token_in_a_file(person: Person) -> None:
    """The token of the mail, saved in a file."""
    path = person.conda.home / "my-org-token"
    path.write_text(f"{person.token}\n")


def has_login_and_expired_token(person: Person) -> None:
    """A login that works, and another token that was good once."""
    person.conda.login("my-org", "--label", "dev", token=person.token)
    has_expired_token(person)


def has_expired_token(person: Person) -> None:
    """A token that was good once."""
    (person.conda.home / "expired-token").write_text(f"al-{'0' * 32}\n")


def has_token_from_ci(person: Person) -> None:
    """A job's environment without a keyring, and the folder where a container finds secrets."""
    person.without_keyring()
    has_token_in_a_file(person)
    person.conda.environment["MY_ORG_TOKEN"] = person.token
    person.shown[str(person.conda.home / "my-org-token")] = "/run/secrets/my-org-token"


def has_password_manager(person: Person) -> None:
    """One with a helper, which has the token."""
    folder = person.conda.folder / "bin"
    folder.mkdir()
    helper = folder / "docker-credential-pass"
    helper.write_text(HELPER)
    helper.chmod(0o755)
    answer = folder.parent.with_name("password-manager.json")
    answer.write_text(json.dumps({"Username": "token", "Secret": person.token}))
    person.conda.environment["PATH"] = f"{folder}:{person.conda.environment['PATH']}"
    person.conda.environment["PASSWORD_MANAGER"] = str(answer)


def has_server_of_the_institute(person: Person) -> None:
    """One with users and passwords, and a certificate of an authority of its own."""
    has_token_in_a_file(person)
    person.shell.typed = PASSWORD
    del person.conda.environment["REQUESTS_CA_BUNDLE"]
    authority = person.conda.home / "institute.pem"
    authority.write_bytes(person.gateway.ca_file.read_bytes())


def has_proxy(person: Person) -> None:
    """A network whose only way out is a proxy that nobody has told conda about."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY"):
        del person.conda.environment[name]
    person.shown[person.gateway.url] = "http://proxy.example.org:3128"


def has_wheels(person: Person) -> None:
    """A token for both, private wheels, a PyPI with a namesake, and a pip with a folder to fill."""
    has_token_in_a_file(person)
    world, folder = person.world, person.conda.folder
    world.tokens[person.token].scopes = ("conda:download", "pypi:download")
    world.add_package("my-org", build_wheel(folder, "hello-wheel", "1.0"), private=True)
    world.add_organization("pypi")
    for name, version in (("hello-wheel", "9.0"), ("only-public", "1.0")):
        world.add_package("pypi", build_wheel(folder, name, version))
    person.conda.environment |= {
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_TARGET": str(folder / "site"),
        "PIP_UPGRADE": "1",
        "PATH": f"{Path(sys.executable).parent}:{person.conda.environment['PATH']}",
    }
