"""Each check finds what it is for, says where it is, and finds nothing on a clean machine."""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from conda.base.context import reset_context

from conda_private.composition import machine
from conda_private.doctor.finding import Subject
from conda_private.doctor.places import kinds
from conda_private.doctor.table import CHECKS, examine
from conda_private.files import paths, policy_file
from conda_private.files.permissions import PRIVATE
from conda_private.model.address import Address
from conda_private.model.login import Account, Leftover
from conda_private.model.secret import Secret
from conda_private.model.source import FILE, Source
from tests.doctor.conftest import SETTINGS, problems
from tests.home import Home, home_in

TOKEN = "al-ca-nary-0002"
CHANNEL = "https://conda.example.org/my-org"
CLEAR = f"https://conda.example.org/t/{TOKEN}/my-org"


def write(file: Path, text: str) -> Path:
    """Write a file, and the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_clean_machine_has_no_problem(home: Home, project: Path) -> None:
    write(project / "environment.yml", "channels: [conda-forge]\n")
    write(home.folder / ".bash_history", "conda install numpy\n")
    assert problems(project, deep=True) == []


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        (".condarc", "conda's settings"),
        ("project/environment.yml", "a project's file"),
        ("project/conda-lock.yml", "a project's file"),
        ("project/.github/workflows/test.yml", "a file of CI"),
        ("project/.gitlab-ci.yml", "a file of CI"),
        (".config/pip/pip.conf", "the settings of pip, uv or mamba"),
        (".config/uv/uv.toml", "the settings of pip, uv or mamba"),
        (".bash_history", "a shell's history"),
    ],
)
def test_credential_in_a_file_is_found_with_its_line(home: Home, name: str, noun: str) -> None:
    file = home.folder / name
    before = file.read_text() if file.exists() else "# first\n"
    lines = before.replace("channels: [public]\n", "")
    write(file, f"{lines}channels:\n  - {CLEAR}  # ours\n")
    reset_context()
    ((check, found),) = problems(home.folder / "project", deep=True)
    assert check == "credentials"
    assert (found.file, found.line) == (str(file), lines.count("\n") + 2)
    assert found.what == f"A credential is in {noun}: https://conda.example.org/t/****/my-org"
    assert TOKEN not in repr(found)


def test_history_is_searched_only_with_deep(home: Home) -> None:
    write(home.folder / ".bash_history", f"conda install -c {CLEAR} x\n")
    assert problems() == []


@pytest.mark.parametrize(
    "name",
    [
        "envs/work/conda-meta/history",
        "envs/work/conda-meta/hello-1.0-0.json",
        "pkgs/urls.txt",
        "pkgs/hello-1.0-0/info/repodata_record.json",
        "pkgs/cache/12ab.info.json",
    ],
)
def test_records_are_cleaned(home: Home, name: str) -> None:
    text = f'\n{{"url": "{CLEAR}/noarch/hello-1.0-0.conda", "channel": "{CLEAR}"}}\n'
    file = write(home.folder / name, text)
    ((_, found),) = problems()
    assert (found.file, found.line) == (str(file), 2)
    assert "2 URLs" in found.what
    assert found.fix
    assert TOKEN not in found.fix()
    assert file.read_text() == text.replace(CLEAR, CHANNEL)
    (backup,) = paths.logins().parent.joinpath("backups").glob("*/*")
    assert backup.stat().st_mode & 0o777 == 0o600
    assert backup.read_text() == text.replace(TOKEN, "****")
    assert problems() == []


def test_database_of_a_cache_is_deleted(home: Home) -> None:
    file = write(home.folder / "pkgs" / "cache" / "repodata_shards.db", "")
    file.write_bytes(b"SQLite\x00\xff\x01" + f"{CLEAR}/noarch/x".encode() + b"\x00\xfe")
    ((_, found),) = problems()
    assert "https://conda.example.org/t/****/my-org" in found.what
    assert found.fix
    assert "deleted" in found.fix()
    assert not file.exists()


def test_environment_that_is_known_only_to_conda_is_searched(home: Home, tmp_path: Path) -> None:
    file = write(tmp_path / "elsewhere" / "conda-meta" / "history", f"# cmd: conda -c {CLEAR}\n")
    write(home.folder / ".conda" / "environments.txt", f"{tmp_path / 'elsewhere'}\n")
    assert [found.file for _, found in problems()] == [str(file)]


def test_file_comes_once_whatever_names_it(home: Home, project: Path) -> None:
    file = write(project / "environment.yml", f"channels: ['{CLEAR}']\n")
    link = project / "environment-2.yml"
    link.symlink_to(file)
    assert len(problems(project, file, link)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="modes are for POSIX")
def test_modes_that_let_others_read_are_restricted() -> None:
    # Not below pytest's own folder, which only its user can enter.
    with tempfile.TemporaryDirectory() as name, home_in(Path(name)) as home:
        home.folder.chmod(0o755)
        home.condarc(SETTINGS.format(name))
        home.netrc("conda.example.org", "x")
        assert problems() == []
        file = home.folder / ".netrc"
        file.chmod(0o644)
        ((check, found),) = problems()
        assert (check, found.file) == ("modes", str(file))
        assert found.fix
        found.fix()
        assert file.stat().st_mode & 0o777 == 0o600
        assert problems() == []


def test_file_of_ours_that_others_can_read_is_a_problem(home: Home) -> None:
    home.log_in(CHANNEL)
    paths.secrets_file().chmod(0o644)
    machine.resolver.cache_clear()
    found = [each for name, each in problems() if name == "modes"]
    assert [each.next_step for each in found] == [f"chmod 600 {paths.secrets_file()}"]


def test_login_without_its_credential_is_a_problem(home: Home) -> None:
    home.log_in(CHANNEL, secret="")
    ((check, found),) = problems()
    assert check == "keyring"
    assert found.next_step == f"conda private login {CHANNEL}"


@pytest.mark.parametrize(("days", "is_problem"), [(-1, True), (3, False)])
def test_expiry_is_a_problem_or_a_note(home: Home, days: int, is_problem: bool) -> None:
    moment = datetime.now(timezone.utc) + timedelta(days=days, hours=1)
    home.log_in(CHANNEL, expires=moment.isoformat(timespec="seconds"))
    found = [each for name, each in examine(Subject((), asks_servers=False)) if name == "logins"]
    assert [each.is_problem for each in found] == [is_problem]
    home.log_in(CHANNEL, expires=(moment + timedelta(days=30)).isoformat(timespec="seconds"))
    assert problems() == []


def test_login_from_before_the_policy_is_a_problem(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_file, "SYSTEM", PRIVATE)
    home.log_in(CHANNEL)
    api = Address.parse("https://api.example.org")
    machine.records().add_account(Account(api, FILE))
    assert problems() == []
    policy = write(paths.policy(), "allowed-servers: ['*.example.org']\nallowed-sources: [file]\n")
    policy.chmod(0o600)
    policy.parent.chmod(0o700)
    assert problems() == []
    policy.write_text("require-keyring: true\n")
    (_, first), (check, second) = problems()
    assert check == "policy"
    assert first.what == f"The login for {CHANNEL} does not follow the policy."
    assert first.why == f"The key require-keyring is set in {policy}."
    assert first.next_step == f"conda private logout {CHANNEL}"
    assert second.next_step == f"conda private logout --account {api}"
    policy.write_text("oops")
    ((_, found),) = problems()
    assert "is not a valid policy" in found.what


def test_hidden_login_is_a_problem(home: Home) -> None:
    home.log_in(CHANNEL)
    home.condarc(
        SETTINGS.format(home.folder)
        + f"channel_settings:\n  - channel: {CHANNEL}/*\n    auth: other\n"
    )
    paths.channel_settings().unlink()
    found = [each for name, each in problems() if name == "logins"]
    assert found[0].file == str(home.condarc_path)


def test_leftover_is_deleted(home: Home) -> None:
    place = Address.parse(CHANNEL)
    machine.open_store(FILE).put(place, Secret(TOKEN))
    machine.records().leave(Leftover(place, FILE))
    ((check, found),) = problems()
    assert check == "logins"
    assert found.fix
    assert "deleted" in found.fix()
    assert machine.open_store(FILE).get(place) is None
    assert problems() == []


def test_leftover_that_stays_is_an_error(home: Home) -> None:
    machine.records().leave(Leftover(Address.parse(CHANNEL), Source("no-such-store")))
    ((_, found),) = problems()
    assert found.fix
    with pytest.raises(Exception, match="is still in the no-such-store"):
        found.fix()


def test_settings_of_certificates(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/file")
    ((_, found),) = problems()
    assert found.next_step == "unset REQUESTS_CA_BUNDLE"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", __file__)
    home.condarc(SETTINGS.format(home.folder) + f"ssl_verify: {__file__}\n")
    notes = [
        each.what for _, each in examine(Subject((), asks_servers=False)) if not each.is_problem
    ]
    assert "REQUESTS_CA_BUNDLE takes precedence over conda's setting ssl_verify." in notes
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    home.condarc(SETTINGS.format(home.folder) + "ssl_verify: false\n")
    assert [each.what for _, each in problems()] == ["conda's setting ssl_verify is off."]


def test_settings_of_channels(home: Home) -> None:
    home.log_in(CHANNEL)
    listed = ["http://conda.example.org/x", "https://conda.example.org/My-Org"]
    text = SETTINGS.format(home.folder).replace("public", ", ".join(listed))
    home.condarc(text)
    found = [each for name, each in examine(Subject((), asks_servers=False)) if name == "settings"]
    assert [each.is_problem for each in found] == [False, True]
    assert "http://conda.example.org/x has no TLS" in found[0].what
    assert "differs from the login" in found[1].what
    home.condarc(text.replace("http:", "https:").replace("My-Org", "my-org"))
    assert [
        each for name, each in examine(Subject((), asks_servers=False)) if name == "settings"
    ] == []


def test_missing_keyring_is_a_note(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    found = [each for name, each in examine(Subject((), asks_servers=False)) if name == "keyring"]
    assert [each.is_problem for each in found] == [False]


def test_file_of_ours_that_cannot_be_read_does_not_stop_the_other_checks(home: Home) -> None:
    home.log_in(CHANNEL)
    paths.logins().write_text("{")
    write(home.folder / "pkgs" / "urls.txt", f"{CLEAR}/noarch/x-1-0.conda\n")
    found = problems()
    assert {name for name, _ in found} >= {"credentials", "modes"}


def test_names_of_checks_and_kinds_are_unique() -> None:
    assert len({each.name for each in CHECKS}) == len(CHECKS)
    assert len({each.noun for each in kinds()}) == len(kinds())
