"""Every command of these pages is run as the page has it, and prints what the page shows."""

from __future__ import annotations

import pytest

from tests.docs.conftest import Person
from tests.docs.following import (
    follow,
    has_login_and_expired_token,
    has_token_in_a_file,
    has_token_in_condarc,
    has_token_of_anaconda_auth,
    has_wheels,
    has_wide_token,
)
from tests.docs.pages import DOCS, README


def test_readme(person: Person) -> None:
    has_token_in_a_file(person)
    follow(README, person)


def test_first_login(person: Person) -> None:
    follow(DOCS / "tutorial" / "first-login.md", person)
    assert not person.conda.files_with(person.token)


@pytest.mark.hard
def test_log_in(person: Person) -> None:
    has_token_in_a_file(person)
    follow(DOCS / "how-to" / "log-in.md", person)


@pytest.mark.hard
def test_labels(person: Person) -> None:
    follow(DOCS / "how-to" / "labels.md", person)


@pytest.mark.hard
def test_token_in_condarc(person: Person) -> None:
    has_token_in_condarc(person)
    follow(DOCS / "how-to" / "token-in-condarc.md", person)
    assert not person.conda.files_with(person.token)


@pytest.mark.hard
def test_doctor(person: Person) -> None:
    has_token_in_condarc(person, person.token)
    follow(DOCS / "how-to" / "doctor.md", person)
    assert not person.conda.files_with(person.token)


@pytest.mark.hard
def test_token_in_a_url(person: Person) -> None:
    person.conda.environment["MY_ORG_TOKEN"] = person.token
    follow(DOCS / "how-to" / "token-in-a-url.md", person)
    assert not person.conda.files_with(person.token)


@pytest.mark.hard
def test_beside_other_plugins(person: Person) -> None:
    has_token_in_a_file(person)
    follow(DOCS / "how-to" / "beside-other-plugins.md", person)
    assert "old-password" not in person.conda.condarc.read_text()


@pytest.mark.hard
def test_migrate_from_other_plugins(person: Person) -> None:
    has_token_of_anaconda_auth(person)
    follow(DOCS / "how-to" / "migrate-from-other-plugins.md", person)


@pytest.mark.hard
def test_log_out(person: Person) -> None:
    follow(DOCS / "how-to" / "log-out.md", person)
    assert not person.conda.condarc.exists()


@pytest.mark.hard
def test_troubleshooting(person: Person) -> None:
    has_login_and_expired_token(person)
    has_wide_token(person)
    follow(DOCS / "how-to" / "troubleshooting.md", person)


@pytest.mark.hard
def test_pypi_packages(person: Person) -> None:
    has_wheels(person)
    follow(DOCS / "how-to" / "pypi-packages.md", person)
    assert person.server.pypi not in person.conda.seen


@pytest.mark.hard
def test_credential_helpers(person: Person) -> None:
    has_token_in_a_file(person)
    follow(DOCS / "how-to" / "credential-helpers.md", person)


@pytest.mark.hard
def test_other_tools(person: Person) -> None:
    follow(DOCS / "how-to" / "other-tools.md", person)
