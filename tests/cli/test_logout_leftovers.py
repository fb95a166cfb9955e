"""``logout --unfinished``: what is deleted, revoked and forgotten, and the exit code."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_private.cli.logout import leftovers
from conda_private.composition import machine
from conda_private.files.logins import LoginsFile
from conda_private.model.address import Address
from conda_private.model.login import Leftover
from conda_private.model.secret import Secret
from conda_private.model.source import FILE, Source
from tests.home import CANARY, home_in

ADDRESS = Address.parse("https://conda.example.org/my-org")
OTHER = Address.parse("https://conda.example.org/other")
IN_FILE = Leftover(ADDRESS, FILE)
# There is no such backend, so nothing in it can be deleted.
STUCK = Leftover(OTHER, Source("keyring", "no_such_module.Backend"))


@pytest.fixture
def records(tmp_path: Path) -> Iterator[LoginsFile]:
    """A user with two credentials that could not be deleted."""
    with home_in(tmp_path):
        found = machine.records()
        for each in (IN_FILE, STUCK):
            found.leave(each)
        machine.open_store(FILE).put(ADDRESS, Secret(CANARY))
        yield found


def arguments(**chosen: object) -> Namespace:
    """The arguments of ``logout --unfinished``."""
    defaults = {
        "private_verb": "logout",
        "private_channel": "",
        "private_label": None,
        "private_revoke": False,
        "private_forget": False,
        "dry_run": False,
    }
    return Namespace(**{**defaults, **chosen})


def finish(records: LoginsFile, **chosen: object) -> dict[Address, str]:
    """Run it; gives the lines by address."""
    args = arguments(**chosen)
    results = leftovers.finish_all(records.leftovers(), args, records)
    return {each.key: leftovers.line_of(each) for each in results}


def test_what_can_be_deleted_is_and_the_rest_stays_recorded(records: LoginsFile) -> None:
    lines = finish(records)
    assert f"Deleted the old credential for {ADDRESS} in the file" in lines[ADDRESS]
    assert f"The old credential for {OTHER} was not deleted" in lines[OTHER]
    assert machine.open_store(FILE).get(ADDRESS) is None
    assert records.leftovers() == (STUCK,)


def test_dry_run_deletes_nothing(records: LoginsFile) -> None:
    assert finish(records, dry_run=True) == {}
    assert records.leftovers() == (IN_FILE, STUCK)


def test_credential_that_is_gone_is_not_reported_as_deleted(records: LoginsFile) -> None:
    machine.open_store(FILE).delete(ADDRESS)
    assert f"There was no old credential for {ADDRESS}" in finish(records)[ADDRESS]
    assert records.leftovers() == (STUCK,)


def test_forget_drops_what_cannot_be_deleted(records: LoginsFile) -> None:
    assert "was not deleted" in finish(records, private_forget=True)[OTHER]
    assert records.leftovers() == ()


def test_token_that_cannot_be_revoked_is_reported_and_still_deleted(records: LoginsFile) -> None:
    args = arguments(private_revoke=True)
    result = leftovers.finish_all([IN_FILE], args, records)[0]
    assert result.not_revoked.startswith(f"The token for {ADDRESS} was not revoked.")
    assert result.was_there
    assert leftovers.data_of(result)["token_left"] == result.not_revoked


def test_token_that_cannot_be_read_is_not_revoked(records: LoginsFile) -> None:
    machine.open_store(FILE).delete(ADDRESS)
    left = IN_FILE._replace(api=Address.parse("https://127.0.0.1:1"))
    result = leftovers.finish_all([left], arguments(private_revoke=True), records)[0]
    assert result.not_revoked.startswith(f"The credential for {ADDRESS} is missing.")


@pytest.mark.parametrize("channel", [str(ADDRESS), str(OTHER)])
def test_channel_chooses_its_leftover(records: LoginsFile, channel: str) -> None:
    chosen = leftovers.chosen_leftovers(arguments(private_channel=channel), records)
    assert [str(each.key) for each in chosen] == [channel]
    assert leftovers.chosen_leftovers(arguments(), records) == [IN_FILE, STUCK]


@pytest.mark.parametrize(
    ("left", "not_revoked", "gave_up", "code", "said"),
    [
        ("", "", False, 0, ""),
        ("locked", "", False, 1, "conda private logout --unfinished --forget"),
        ("locked", "", True, 0, "has forgotten it"),
        ("", "no network", True, 1, "The token was not revoked.\nno network"),
    ],
)
def test_warning_says_what_is_left_to_do(
    capsys: pytest.CaptureFixture[str],
    left: str,
    not_revoked: str,
    gave_up: bool,
    code: int,
    said: str,
) -> None:
    assert leftovers.warn([(ADDRESS, left, not_revoked)], gave_up=gave_up) == code
    err = capsys.readouterr().err
    assert said in err
    assert bool(err) == bool(left or not_revoked)
