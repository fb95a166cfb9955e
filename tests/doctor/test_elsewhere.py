"""What other tools have for the servers of logins is a note; what no login uses is deleted."""

from __future__ import annotations

import json

import pytest
from conda.base.context import reset_context

from conda_private.composition import machine
from conda_private.doctor.finding import Finding, Subject
from conda_private.doctor.table import examine
from conda_private.files import paths
from conda_private.model.address import Address
from conda_private.model.login import Account
from conda_private.model.secret import Secret
from conda_private.model.source import FILE
from tests.doctor.conftest import SETTINGS, problems
from tests.home import Home

CHANNEL = "https://conda.example.org/my-org"
CANARY = "al-ca-nary-0003"


def elsewhere() -> list[Finding]:
    """What this check finds."""
    found = examine(Subject((), asks_servers=False))
    return [each for name, each in found if name == "elsewhere"]


def test_credential_of_netrc_for_the_server_of_a_login_is_a_note(home: Home) -> None:
    home.netrc("conda.example.org", CANARY)
    assert elsewhere() == []  # it is for nothing that conda uses
    home.log_in(CHANNEL)
    (found,) = elsewhere()
    assert found.what == "netrc has a credential for conda.example.org, in clear text."
    assert (found.file, found.is_problem) == (str(home.folder / ".netrc"), False)
    assert CANARY not in repr(found)
    home.netrc("other.example.org", CANARY)
    assert elsewhere() == []


def test_credential_of_rattler_for_a_channel_without_a_login_can_be_imported(home: Home) -> None:
    file = home.folder / ".rattler" / "credentials.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"*.example.org": {"BearerToken": CANARY}}))
    home.condarc(SETTINGS.format(home.folder).replace("public", CHANNEL))
    (found,) = elsewhere()
    assert found.next_step == "conda private import --from rattler"
    assert CHANNEL in found.why
    home.log_in(CHANNEL)  # what the import does
    assert [each.next_step.startswith("if you do not need it") for each in elsewhere()] == [True]
    file.write_text("{")
    assert elsewhere() == []


def test_token_that_conda_adds_to_urls_is_a_note(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINSTAR_CONFIG_DIR", str(home.folder))
    folder = home.folder / "data"
    folder.mkdir(exist_ok=True)
    (folder / "https%3A%2F%2Fapi.anaconda.org.token").write_text(CANARY)
    assert elsewhere() == []
    home.log_in("https://conda.anaconda.org/my-org")
    (found,) = elsewhere()
    assert "to URLs of channels at conda.anaconda.org" in found.what
    assert found.next_step == "conda config --set add_anaconda_token false"
    home.condarc(SETTINGS.format(home.folder) + "add_anaconda_token: false\n")
    reset_context()
    assert elsewhere() == []


def test_credential_without_a_login_is_deleted(home: Home) -> None:
    home.log_in(CHANNEL)
    api, store = Address.parse("https://api.example.org"), machine.open_store(FILE)
    account = Account(api, FILE)
    machine.records().add_account(account)
    store.put(account.key, Secret(CANARY))
    orphan = Address.parse("https://conda.example.org/gone")
    store.put(orphan, Secret(CANARY))
    ((check, found),) = problems()
    assert (check, found.file) == ("elsewhere", str(paths.secrets_file()))
    assert str(orphan) in found.what
    assert CANARY not in repr(found)
    assert found.fix
    assert found.fix() == f"deleted the credential for {orphan}"
    assert store.get(orphan) is None
    assert store.get(account.key)
    assert store.get(Address.parse(CHANNEL))
    assert machine.records().leftovers() == ()
    assert problems() == []


def test_channel_settings_without_a_login_are_removed(home: Home) -> None:
    home.log_in(CHANNEL)
    text = paths.channel_settings().read_text()
    machine.records().remove(Address.parse(CHANNEL))
    machine.open_store(FILE).delete(Address.parse(CHANNEL))
    assert problems() == []
    paths.channel_settings().parent.mkdir(parents=True, exist_ok=True)
    paths.channel_settings().write_text(text)
    ((check, found),) = problems()
    assert (check, found.file) == ("elsewhere", str(paths.channel_settings()))
    assert found.fix
    assert "removed" in found.fix()
    assert problems() == []
