"""A team's file only proposes logins; a credential is sent only where the user confirms it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.integration.runner import Conda
from tests.server import Anaconda, Server, serve

QUESTION = r"Send these credentials to these servers\? \[y/N\] "
PRIVATE = ("-c", "my-org/label/dev", "hello-private")


@pytest.fixture
def foreign(world: Anaconda) -> Iterator[Server]:
    """Another host with channels of the same names; it must get no credential unasked."""
    with serve(world) as server:
        yield server


@pytest.fixture
def team(tmp_path: Path) -> Callable[..., Path]:
    """Writes a team's file, in YAML that is also JSON."""
    path = tmp_path / "team.yml"

    def write(*entries: dict[str, Any]) -> Path:
        path.write_text(json.dumps({"logins": entries}))
        return path

    return write


@pytest.fixture
def at_terminal(conda: Conda) -> Iterator[Callable[..., pexpect.spawn]]:
    """Starts ``conda private login --all`` at a terminal."""
    conda.run("--version")  # writes conda's settings
    started: list[pexpect.spawn] = []

    def start(*words: str | Path) -> pexpect.spawn:
        process = pexpect.spawn(
            str(conda.executable),
            ["private", "login", "--all", *map(str, words)],
            env=conda.environment,
            cwd=conda.folder,
            timeout=40,
            encoding="utf-8",
            dimensions=(50, 200),
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.close(force=True)
        conda.seen += process.before or ""


def end(process: pexpect.spawn) -> int:
    """Wait for the end and return the exit code."""
    process.expect(pexpect.EOF)
    process.wait()
    return int(process.exitstatus)


def host(server: Server) -> str:
    """Return host and port of the channels."""
    return server.conda.partition("://")[2]


def nothing_changed(conda: Conda) -> bool:
    """Whether there is no logins file, no store, no channel settings and no ``.condarc``."""
    ours = [path for path in conda.home.rglob("*conda-private*") if path.is_file()]
    return not ours and not conda.data_folder.exists() and not conda.condarc.exists()


def got_no_credential(server: Server) -> bool:
    """Whether no request to the server had a credential."""
    names = ("authorization", "x-api-key", "x-auth")
    return not any(
        each.credential != "none" or "/t/" in each.path or any(each.headers[n] for n in names)
        for each in server.requests
    )


def addresses(conda: Conda) -> list[str]:
    """Return the addresses of the logins."""
    return [each["address"] for each in conda.private("list", "--json").data["logins"]]


@pytest.mark.hard
def test_yaml_with_references_is_accepted_after_yes(
    conda: Conda, server: Server, token: str, tmp_path: Path
) -> None:
    file = tmp_path / "team.yml"
    file.write_text(
        "# The channels of our team.\nlogins:\n"
        f"- address: {server.conda}/my-org\n  source: env:MY_TOKEN\n"
        f"- address: {server.conda}/my-org/label/dev\n  source: env:MY_TOKEN\n"
    )
    result = conda.run("private", "login", "--all", file, "--yes", env={"MY_TOKEN": token})
    assert result.code == 0, result.text
    assert f"{server.conda}/my-org/label/dev" in result.err
    assert len(re.findall("credential +from env:MY_TOKEN", result.err)) == 2
    assert "2 logged in, 0 failed" in result.out
    assert addresses(conda) == [f"{server.conda}/my-org", f"{server.conda}/my-org/label/dev"]
    done = conda.run("create", "-y", "-p", conda.prefix("a"), *PRIVATE, env={"MY_TOKEN": token})
    assert done.code == 0, done.text


@pytest.mark.hard
def test_list_of_one_user_is_a_file_for_another(
    new_conda: Callable[[str], Conda], server: Server, token: str, tmp_path: Path
) -> None:
    first, second = new_conda(server.conda), new_conda(server.conda)
    secret = tmp_path / "token"
    secret.write_text(token)
    first.ok("private", "login", "my-org", "--label", "dev", "--from-file", secret)
    file = tmp_path / "team.json"
    file.write_text(first.ok("private", "list", "--json").out)
    second.ok("private", "login", "--all", file, "--yes")
    assert addresses(second) == addresses(first)
    assert second.create("a", *PRIVATE).code == 0


@pytest.mark.hard
def test_without_a_terminal_and_without_yes_nothing_is_sent_or_stored(
    conda: Conda, server: Server, foreign: Server, token: str, team: Callable[..., Path]
) -> None:
    file = team({"address": f"{foreign.conda}/my-org", "source": "env:MY_TOKEN"})
    for words in ((), ("--json",), ("--quiet",)):
        result = conda.run("private", "login", "--all", file, *words, env={"MY_TOKEN": token})
        assert result.code == 2
        assert "NoTerminalError" in result.text
    assert (server.requests, foreign.requests) == ([], [])
    assert nothing_changed(conda)


@pytest.mark.parametrize("answer", ["", "what?"])
def test_no_is_the_default_and_changes_nothing(
    at_terminal: Callable[..., pexpect.spawn],
    conda: Conda,
    foreign: Server,
    team: Callable[..., Path],
    answer: str,
) -> None:
    process = at_terminal(team({"address": f"{foreign.conda}/my-org", "source": "file"}))
    process.expect(QUESTION)
    shown = process.before
    assert host(foreign) in shown
    assert re.search(
        "credential +you are asked for it; stored in a file of the plugin, not encrypted", shown
    )
    process.sendline(answer)
    end(process)
    assert foreign.requests == []
    assert nothing_changed(conda)


@pytest.mark.parametrize("option", ["--quiet", "--verbose"])
def test_no_option_hides_the_hosts_from_the_user_who_confirms(
    at_terminal: Callable[..., pexpect.spawn],
    foreign: Server,
    team: Callable[..., Path],
    option: str,
) -> None:
    process = at_terminal(team({"address": f"{foreign.conda}/my-org"}), option)
    process.expect([QUESTION, pexpect.EOF])
    assert process.after is pexpect.EOF or host(foreign) in process.before


@pytest.mark.hard
def test_yes_asks_with_a_hidden_prompt_for_each_missing_secret(
    at_terminal: Callable[..., pexpect.spawn],
    conda: Conda,
    server: Server,
    token: str,
    team: Callable[..., Path],
) -> None:
    conda.login("my-org", token=token)
    file = team(*({"address": f"{server.conda}/my-org{end}"} for end in ("", "/label/dev")))
    process = at_terminal(file)
    process.expect(QUESTION)
    assert f"{server.conda}/my-org/label/dev" in process.before
    process.sendline("y")
    process.expect(r"Token for http://[0-9.:]+/my-org/label/dev \(input hidden\): ")
    assert process.waitnoecho(timeout=10)
    process.sendline(token)
    process.expect("1 logged in, 0 failed")
    assert end(process) == 0
    assert len(addresses(conda)) == 2


@pytest.mark.hard
def test_all_without_a_file_asks_for_missing_credentials_of_existing_logins(
    at_terminal: Callable[..., pexpect.spawn], conda: Conda, token: str
) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    assert (
        "Nothing to do: every login has its credential."
        in conda.ok("private", "login", "--all").out
    )
    conda.secrets_file.unlink()
    process = at_terminal()
    process.expect(QUESTION)
    process.sendline("yes")
    process.expect("input hidden")
    assert process.waitnoecho(timeout=10)
    process.sendline(token)
    assert end(process) == 0
    assert conda.create("a", *PRIVATE).code == 0


def test_login_that_fails_does_not_stop_the_others_and_sets_the_exit_code(
    conda: Conda, server: Server, token: str, team: Callable[..., Path]
) -> None:
    file = team(
        {"address": f"{server.conda}/my-org", "source": "env:NOT_SET"},
        {"address": f"{server.conda}/other", "source": "helper:not-there"},
        {"address": f"{server.conda}/my-org/label/dev", "source": "env:MY_TOKEN"},
    )
    words = ("private", "login", "--all", file, "--yes", "--json")
    result = conda.run(*words, env={"MY_TOKEN": token})
    assert result.code == 4
    failed = [(each["address"], each["error"]) for each in result.data["failed"]]
    assert failed == [
        (f"{server.conda}/my-org", "CredentialMissingError"),
        (f"{server.conda}/other", "HelperError"),
    ]
    assert len(result.data["logged_in"]) == 1
    assert addresses(conda) == [f"{server.conda}/my-org/label/dev"]


@pytest.mark.hard
def test_login_with_an_unavailable_store_does_not_stop_the_others(
    conda: Conda, server: Server, token: str, team: Callable[..., Path]
) -> None:
    conda.ok("private", "login", "my-org", "--from-env", "MY_TOKEN", "--no-verify")
    file = conda.data_folder / "credentials.json"
    file.write_text(file.read_text().replace("env:MY_TOKEN", "helper:not-there"))
    proposed = team({"address": f"{server.conda}/my-org/label/dev", "source": "env:MY_TOKEN"})
    words = ("private", "login", "--all", proposed, "--yes")
    result = conda.run(*words, env={"MY_TOKEN": token})
    assert result.code == 0, result.text
    assert f"{server.conda}/my-org/label/dev" in addresses(conda)


def test_dry_run_changes_nothing(
    conda: Conda, server: Server, token: str, team: Callable[..., Path]
) -> None:
    file = team({"address": f"{server.conda}/my-org", "source": "env:MY_TOKEN"})
    words = ("private", "login", "--all", file, "--yes", "--dry-run")
    assert conda.run(*words, env={"MY_TOKEN": token}).code == 0
    assert nothing_changed(conda)


@pytest.mark.parametrize(
    "entry",
    [{"address": "URL", "token": "CANARY"}, {"address": "URL", "password": "CANARY"},
     {"address": "my-org"}, {"address": "my-org/label/dev"}, {"address": "URL/t/CANARY/my-org"}],
)  # fmt: skip
def test_file_with_a_secret_or_with_a_name_is_refused_without_an_echo(
    conda: Conda, foreign: Server, team: Callable[..., Path], entry: dict[str, str]
) -> None:
    entry["address"] = entry["address"].replace("URL", foreign.conda)
    result = conda.run("private", "login", "--all", team(entry), "--yes")
    assert result.code == 1
    assert "FileFormatError" in result.err
    assert "CANARY" not in result.text
    assert foreign.requests == []
    assert nothing_changed(conda)


def test_api_on_another_host_is_shown_before_any_request(
    at_terminal: Callable[..., pexpect.spawn],
    server: Server,
    foreign: Server,
    team: Callable[..., Path],
) -> None:
    process = at_terminal(team({"address": f"{server.conda}/my-org", "api": foreign.api}))
    process.expect(QUESTION)
    assert foreign.api.partition("://")[2].partition("/")[0] in process.before
    process.sendline("n")
    end(process)
    assert foreign.requests == []


def condarc_for(server: Server) -> str:
    """Return a ``.condarc`` with our handler and a credential source for its own host."""
    entries = [
        {"channel": pattern, "auth": "conda-private", "source": "file", "token": "env:MY_TOKEN"}
        for pattern in (f"{server.conda}/*", f"{server.conda}/my-org/*", "http://*", "my-org")
    ]
    return json.dumps({"channel_settings": entries, "channel_alias": server.conda})


@pytest.mark.hard
@pytest.mark.parametrize("location", ["project", "CONDARC", "environment"])
def test_foreign_condarc_that_names_our_handler_gets_no_credential(
    conda: Conda, foreign: Server, token: str, location: str
) -> None:
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
    prefix = conda.prefix("active")
    file, variables = {
        "project": (conda.folder / ".condarc", {}),
        "CONDARC": (conda.folder / "evil.yml", {"CONDARC": str(conda.folder / "evil.yml")}),
        "environment": (prefix / "condarc.d" / "x.yml", {"CONDA_PREFIX": str(prefix)}),
    }[location]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(condarc_for(foreign))
    variables = {**variables, "MY_TOKEN": token, "CONDA_SOLVER": conda.solver}
    channel = f"{foreign.conda}/my-org/label/dev"
    conda.run("search", "--override-channels", "-c", channel, "hello-p*", env=variables)
    assert foreign.requests
    assert got_no_credential(foreign)


def test_variable_that_turns_a_name_into_another_host_gets_no_credential(
    conda: Conda, server: Server, foreign: Server, token: str
) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    server.clear()
    conda.run(
        *("search", "--override-channels", "-c", "my-org/label/dev", "hello-p*"),
        env={"CONDA_CHANNEL_ALIAS": foreign.conda},
    )
    assert foreign.requests
    assert server.requests == []
    assert got_no_credential(foreign)


@pytest.mark.parametrize("location", ["project", "environment", "XDG_DATA_HOME"])
def test_foreign_logins_file_gives_no_credential(
    conda: Conda, foreign: Server, token: str, team: Callable[..., Path], location: str
) -> None:
    login = {"address": f"{foreign.conda}/my-org/label/dev", "scheme": "token"}
    record = {"version": 2, "channel_lists": {}, "logins": [{**login, "source": "env:TOK"}]}
    folder, variables = {
        "project": (conda.folder, {}),
        "environment": (conda.prefix("active"), {"CONDA_PREFIX": str(conda.prefix("active"))}),
        # As in a checkout of a project: readable by others.
        "XDG_DATA_HOME": (conda.folder / "x", {"XDG_DATA_HOME": str(conda.folder / "x")}),
    }[location]
    for below in ("", ".local/share/conda-private", "conda-private", ".conda"):
        (folder / below).mkdir(parents=True, exist_ok=True)
        for name in ("credentials.json", "team.yml"):
            (folder / below / name).write_text(json.dumps(record))
            (folder / below / name).chmod(0o644)
    (conda.home / ".condarc").write_text(condarc_for(foreign))
    conda.run(
        *("search", "--override-channels", "-c", login["address"], "hello-p*"),
        env={**variables, "TOK": token},
    )
    assert got_no_credential(foreign)
