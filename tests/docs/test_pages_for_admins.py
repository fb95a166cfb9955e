"""Every command of these pages is run as the page has it, and prints what the page shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.conftest import Person
from tests.docs.following import (
    add_program,
    follow,
    has_account,
    has_channels_of_anaconda,
    has_colleagues,
    has_gh,
    has_login_of_anaconda_client,
    has_own_etc,
    has_password_manager,
    has_personal_package,
    has_pip,
    has_private_channels,
    has_proxy,
    has_server_of_the_institute,
    has_team_file,
    has_token_from_ci,
    has_token_in_a_file,
)
from tests.docs.pages import CHECKOUT, DOCS
from tests.integration.bases import give_own_base
from tests.server import PERSONALITIES

pytestmark = pytest.mark.hard
# With a home that is not searched for credentials, and a base that is not in /opt.
ANSIBLE = """\
#!/bin/sh
base=$(dirname "$(dirname "$(command -v conda)")")
export HOME="$TMPDIR" ANSIBLE_NOCOWS=1 ANSIBLE_PYTHON_INTERPRETER=auto_silent
exec {}/ansible-playbook --extra-vars "conda=$base ansible_become=false" "$@"
"""


def test_other_servers(person: Person) -> None:
    has_server_of_the_institute(person)
    follow(DOCS / "how-to" / "other-servers.md", person)


def test_without_keyring(person: Person) -> None:
    has_token_from_ci(person)
    has_password_manager(person)
    follow(DOCS / "how-to" / "without-keyring.md", person)
    assert person.conda.files_with(person.token) == [person.conda.home / "my-org-token"]


def test_team_condarc(person: Person) -> None:
    follow(DOCS / "how-to" / "team-condarc.md", person)


def test_behind_a_proxy(person: Person) -> None:
    has_proxy(person)
    follow(DOCS / "how-to" / "behind-a-proxy.md", person)
    assert person.server.requests


def test_make_packages_private(person: Person) -> None:
    has_account(person)
    follow(DOCS / "how-to" / "make-packages-private.md", person)


def test_create_and_rotate_tokens(person: Person) -> None:
    has_token_in_a_file(person)
    secret = has_gh(person)
    follow(DOCS / "how-to" / "create-and-rotate-tokens.md", person)
    of_ci = person.world.tokens[secret.read_text().strip()]
    assert (of_ci.name, of_ci.scopes) == ("ci", ("conda:download",))
    assert person.token not in person.world.tokens


def test_share_with_a_group(person: Person) -> None:
    has_colleagues(person)
    has_personal_package(person)
    follow(DOCS / "how-to" / "share-with-a-group.md", person)
    assert not [token for token in person.world.tokens.values() if token.user == "carol"]


def test_private_channels(person: Person) -> None:
    has_colleagues(person)
    has_private_channels(person)
    has_pip(person)
    person.world.personality = PERSONALITIES["anaconda-cloud"]
    follow(DOCS / "how-to" / "private-channels.md", person)
    assert person.conda.prefix("work").joinpath("bin", "on-main").exists()


def test_migrate_from_anaconda_client(person: Person) -> None:
    has_login_of_anaconda_client(person)
    person.world.authentication_type = "browser"
    follow(DOCS / "how-to" / "migrate-from-anaconda-client.md", person)


def test_anaconda_cloud_token(person: Person) -> None:
    has_token_in_a_file(person)
    has_channels_of_anaconda(person)
    follow(DOCS / "how-to" / "anaconda-cloud-token.md", person)
    assert person.conda.prefix("work").joinpath("bin", "on-main").exists()


def test_exit_codes(person: Person) -> None:
    follow(DOCS / "reference" / "exit-codes.md", person)


def test_files(person: Person) -> None:
    has_token_from_ci(person)
    follow(DOCS / "reference" / "files.md", person)


def test_policy(person: Person) -> None:
    etc = has_own_etc(person)
    has_token_in_a_file(person)
    person.without_keyring()
    follow(DOCS / "reference" / "policy.md", person)
    assert (etc / "conda-private" / "policy.yml").stat().st_mode & 0o777 == 0o644


@pytest.mark.skipif("ANSIBLE" not in os.environ, reason="ANSIBLE names no folder with Ansible")
def test_roll_out(person: Person, tmp_path: Path) -> None:
    etc = has_own_etc(person)
    base = tmp_path / "miniforge3"
    give_own_base(person.conda, base)
    person.shown[str(base)] = "/opt/miniforge3"
    subprocess.run([base / "bin" / "python", "-m", "ensurepip"], check=True, capture_output=True)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", person.conda.home]
    subprocess.run([*build, CHECKOUT], check=True)
    add_program(person, "ansible-playbook", ANSIBLE.format(os.environ["ANSIBLE"]))
    follow(DOCS / "how-to" / "roll-out.md", person)
    assert [path.name for path in (etc / "conda-private").iterdir()] == []
    assert not list(base.rglob("*acme*.yml"))


def test_json(person: Person) -> None:
    has_token_from_ci(person)
    has_colleagues(person)
    has_login_of_anaconda_client(person)
    has_private_channels(person)
    has_team_file(person)
    follow(DOCS / "reference" / "json.md", person)


def test_precedence(person: Person) -> None:
    person.without_keyring()
    follow(DOCS / "reference" / "precedence.md", person)
