"""Every command of these pages is run as it stands there and gives what stands below it."""

from __future__ import annotations

from tests.docs.conftest import Person
from tests.docs.following import (
    follow,
    has_password_manager,
    has_proxy,
    has_server_of_the_institute,
    has_token_from_ci,
)
from tests.docs.pages import DOCS


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


def test_exit_codes(person: Person) -> None:
    follow(DOCS / "reference" / "exit-codes.md", person)


def test_files(person: Person) -> None:
    has_token_from_ci(person)
    follow(DOCS / "reference" / "files.md", person)


def test_json(person: Person) -> None:
    has_token_from_ci(person)
    follow(DOCS / "reference" / "json.md", person)


def test_precedence(person: Person) -> None:
    person.without_keyring()
    follow(DOCS / "reference" / "precedence.md", person)
