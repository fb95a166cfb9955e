"""``export`` writes to the files of other tools, keeps what is theirs, and says what is coarser."""

from __future__ import annotations

import base64
import json
import netrc
import stat
import sys
import tempfile
from pathlib import Path

import pytest
import requests

from conda_private.composition import machine
from conda_private.model.address import Address
from conda_private.model.login import Account, Login
from conda_private.model.schemes import BEARER, PATH, TOKEN, BasicScheme, HeaderScheme, Scheme
from conda_private.model.secret import Secret
from conda_private.model.source import FILE, Source
from tests.cli.conftest import Run
from tests.home import home_in

HOST = "https://conda.example.org"
SECRET = "ca-nary-x1"
RATTLER, MAMBA = ".rattler/credentials.json", ".mamba/auth/authentication.json"


def log_in(path: str, scheme: Scheme = TOKEN, secret: str = SECRET) -> Login:
    """Record a login, and store its credential."""
    login = Login(Address.parse(f"{HOST}{path}"), scheme, FILE)
    machine.records().add(login)
    machine.open_store(FILE).put(login.address, Secret(secret))
    return login


def file_at(name: str, text: str = "") -> Path:
    """A file of the home, which only this user can read; with a text, it is written."""
    file = Path.home() / name
    if text:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o600)
    return file


def exported(run: Run, tool: str, *words: str) -> tuple[int, list[dict[str, object]]]:
    """The exit code of an export, and what it exported."""
    code, text = run("export", "--to", tool, "--yes", "--json", *words)
    assert SECRET not in text
    return code, json.loads(text[text.index("\n{") :] if "\n{" in text else text)["exported"]


@pytest.mark.parametrize(
    ("scheme", "rattler", "mamba"),
    [
        (TOKEN, {"CondaToken": SECRET}, {"type": "CondaToken", "token": SECRET}),
        (PATH, {"CondaToken": SECRET}, {"type": "CondaToken", "token": SECRET}),
        (BEARER, {"BearerToken": SECRET}, {"type": "BearerToken", "token": SECRET}),
        (
            BasicScheme("al"),
            {"BasicHTTP": {"username": "al", "password": SECRET}},
            {
                "type": "BasicHTTPAuthentication",
                "user": "al",
                "password": base64.b64encode(SECRET.encode()).decode(),
            },
        ),
    ],
)
def test_each_scheme_has_the_form_of_the_tool(
    run: Run, scheme: Scheme, rattler: dict[str, object], mamba: dict[str, object]
) -> None:
    log_in("/my-org", scheme)
    key = "conda.example.org" if scheme == BEARER else "conda.example.org/my-org"
    for tool, name, wanted in (
        ("rattler", RATTLER, {"conda.example.org": rattler}),
        ("mamba", MAMBA, {key: mamba}),
    ):
        code, (only,) = exported(run, tool)
        file = file_at(name)
        assert json.loads(file.read_text()) == wanted
        assert (code, only["file"], only["key"]) == (0, str(file), *wanted)
        assert only["coarser"] is ("/" not in str(only["key"]))
        if sys.platform != "win32":
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_foreign_entries_stay_and_a_second_export_changes_nothing(run: Run) -> None:
    log_in("/my-org")
    theirs = {"other.org": {"BearerToken": "theirs"}, "conda.example.org": {"CondaToken": "old"}}
    file = file_at(RATTLER, json.dumps(theirs))
    assert exported(run, "rattler")[1][0]["changed"] is True
    assert json.loads(file.read_text()) == {**theirs, "conda.example.org": {"CondaToken": SECRET}}
    before = file.stat().st_mtime_ns
    code, text = run("export", "--to", "rattler")  # nothing to agree to
    assert (code, file.stat().st_mtime_ns) == (0, before)
    assert f"Already there: {HOST}/my-org" in text


def test_you_are_warned_and_asked_and_dry_run_writes_nothing(run: Run) -> None:
    log_in("/my-org")
    file = file_at(RATTLER)
    code, text = run("export", "--to", "rattler", "--dry-run")
    assert (code, file.exists()) == (0, False)
    assert f"Would export {HOST}/my-org" in text
    code, text = run("export", "--to", "rattler")
    assert (code, file.exists()) == (2, False)
    assert "credentials in clear text, which only you can read" in text
    assert "(rattler sends it to every channel of conda.example.org)" in text


def test_netrc_gets_a_password_that_requests_sends(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in("/my-org", BasicScheme("al"))
    log_in("/other", BasicScheme("al"))
    text = "# mine\nmachine other.org login a password b\ndefault login c password d\n"
    file = file_at(".netrc", text)
    code, both = exported(run, "netrc")
    assert (code, [each["changed"] for each in both]) == (0, [True, False])
    assert file.read_text() == f"machine conda.example.org login al password {SECRET}\n{text}"
    assert netrc.netrc(str(file)).authenticators("conda.example.org") == ("al", "", SECRET)
    assert requests.utils.get_netrc_auth(f"{HOST}/my-org") == ("al", SECRET)
    assert [each["changed"] for each in exported(run, "netrc")[1]] == [False, False]
    log_in("/my-org", BasicScheme("al"), "new-ca-nary")
    code, shown = run("export", "--to", "netrc", "--yes", f"{HOST}/my-org")
    assert code == 4
    assert f"{file} already has another credential for conda.example.org." in shown
    other = file.with_name("other")
    monkeypatch.setenv("NETRC", str(other))
    assert exported(run, "netrc", f"{HOST}/my-org")[0] == 0
    assert other.read_text() == "machine conda.example.org login al password new-ca-nary\n"


@pytest.mark.parametrize(
    ("tool", "scheme", "secret", "reason"),
    [
        ("netrc", TOKEN, SECRET, "only a username and a password are sent"),
        ("netrc", BasicScheme("al"), "a b", "characters that tools read differently"),
        ("rattler", HeaderScheme("X-Auth"), "a_b", "cannot send it as this server needs it"),
        ("mamba", TOKEN, "a_b", "cannot send it as this server needs it"),
    ],
)
def test_what_a_tool_cannot_send_is_not_exported(
    run: Run, tool: str, scheme: Scheme, secret: str, reason: str
) -> None:
    log_in("/my-org", scheme, secret)
    code, text = run("export", "--to", tool, "--yes")
    assert (code, reason in text) == (4, True), text
    assert f"{HOST}/my-org cannot be exported to {tool}." in text


def test_second_credential_of_a_host_is_refused_where_the_tool_has_one_for_each(run: Run) -> None:
    log_in("/my-org")
    log_in("/other", secret="second-ca-nary")
    code, text = run("export", "--to", "rattler", "--yes")
    assert code == 4
    assert "rattler has only one credential for conda.example.org, and another login has" in text
    assert exported(run, "mamba")[0] == 0
    assert len(json.loads(file_at(MAMBA).read_text())) == 2


def test_credential_from_signing_in_is_not_exported(run: Run) -> None:
    source = Source.parse("web:https://login.example.org client")._replace(kept_in="file")
    machine.records().add(Login(Address.parse(f"{HOST}/my-org"), BEARER, source))
    code, text = run("export", "--to", "rattler", "--yes")
    assert (code, "It comes from signing in, and expires before long." in text) == (4, True), text


@pytest.mark.parametrize("text", ["[]", "{"])
def test_file_that_is_no_object_stays_as_it_is(run: Run, text: str) -> None:
    log_in("/my-org")
    file = file_at(MAMBA, text)
    code, shown = run("export", "--to", "mamba", "--yes")
    assert (code, file.read_text()) == (1, text)
    assert f"{file} could not be read; it is unchanged." in shown


def test_file_with_other_bytes_stays_as_it_is(run: Run) -> None:
    log_in("/my-org")
    file = file_at(MAMBA, "x")
    file.write_bytes(b"\xff")
    code, shown = run("export", "--to", "mamba", "--yes")
    assert (code, file.read_bytes()) == (1, b"\xff")
    assert f"{file} cannot be read." in shown


@pytest.mark.skipif(sys.platform == "win32", reason="modes are for POSIX")
def test_file_that_others_can_read_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # Not below pytest's own folder, which only its user can enter.
    with tempfile.TemporaryDirectory() as name, home_in(Path(name)):
        Path(name).chmod(0o755)
        log_in("/my-org")
        file = Path(name) / "auth.json"
        file.write_text("{}")
        file.chmod(0o644)
        monkeypatch.setenv("RATTLER_AUTH_FILE", str(file))
        code, text = run("export", "--to", "rattler", "--yes")
        assert (code, file.read_text()) == (1, "{}")
        assert f"Next:  chmod 600 {file}" in text
        file.chmod(0o600)
        assert run("export", "--to", "rattler", "--yes")[0] == 0


def test_account_becomes_the_file_of_anaconda_client(run: Run) -> None:
    account = Account(Address.parse("https://api.anaconda.org"), FILE, "alice")
    machine.records().add_account(account)
    code, text = run("export", "--to", "anaconda-client", "--yes")
    assert code == 4
    machine.open_store(FILE).put(account.key, Secret(SECRET))
    code, text = run("export", "--to", "anaconda-client", "--yes")
    assert code == 0
    assert "conda and mamba also send such a token to the channels of its server." in text
    (file,) = Path.home().rglob("*.token")
    assert file.name == "https%3A%2F%2Fapi.anaconda.org.token"
    assert file.read_text() == SECRET
    assert exported(run, "anaconda-client")[1][0]["changed"] is False


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("rattler",), 4, "There are no logins."),
        (("anaconda-client",), 4, "You have no account."),
        (("anaconda-client", "my-org"), 2, "The token of anaconda-client is not for a channel."),
        (("rattler", f"{HOST}/other"), 4, "There is no login for"),
    ],
)
def test_nothing_to_export_is_an_error(
    run: Run, words: tuple[str, ...], code: int, message: str
) -> None:
    found, text = run("export", "--to", *words)
    assert (found, message in text) == (code, True), text
