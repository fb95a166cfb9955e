"""What a login says of a file that others can read, and of a team's proposals."""

from __future__ import annotations

from pathlib import Path

import pytest

from conda_private.cli import warnings
from conda_private.cli.proposals import shown
from conda_private.model.address import Address
from conda_private.model.login_request import LoginRequest
from conda_private.model.source import FILE, KEYRING, Source

ADDRESS = Address.parse("https://conda.example.org/my-org")


def test_file_that_others_can_read_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(warnings, "others_can_read", lambda path: not asked.append(path))
    warnings.warn_of_readers(FILE)
    warnings.warn_of_readers(Source("env", "MY_TOKEN"))
    assert (asked, capsys.readouterr().err) == ([], "")
    warnings.warn_of_readers(Source("secret-file", "/run/my secret"))
    said = capsys.readouterr().err
    assert "Other users of this machine can read /run/my secret." in said
    assert "chmod go-rwx '/run/my secret'" in said


def test_private_file_is_not_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "token").touch(mode=0o600)
    warnings.warn_of_readers(Source("secret-file", str(tmp_path / "token")))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("source", "scheme", "where", "how"),
    [
        (KEYRING, "bearer", "stored in the keyring", "bearer"),
        (FILE, "path", "stored in a file of the plugin, not encrypted", "path"),
        (Source("helper-store", "pass"), "header:X-Auth", "stored in helper-store:pass", "X-Auth"),
        (Source("env", "MY_TOKEN"), "auto", "from env:MY_TOKEN", "token, else bearer, else "),
    ],
)
def test_proposal_shows_how_the_credential_is_sent_and_where_it_is(
    source: Source, scheme: str, where: str, how: str
) -> None:
    lines = shown(LoginRequest.to(ADDRESS, scheme=scheme, source=source))
    assert next(line for line in lines if "credential" in line).endswith(where)
    assert how in next(line for line in lines if "sent as" in line)
