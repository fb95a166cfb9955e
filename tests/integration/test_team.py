"""A team's list of logins proposes; only what the user confirms binds a secret to a host."""

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

QUESTION = r"Send these secrets to these hosts\? \[y/N\] "
PRIVATE = ("-c", "my-org/label/dev", "hello-private")


@pytest.fixture
def foreign(world: Anaconda) -> Iterator[Server]:
    """Another host with channels of the same names; it must be sent no secret unasked."""
    with serve(world) as server:
        yield server


@pytest.fixture
def team(tmp_path: Path) -> Callable[..., Path]:
    """Writes a team's file, in YAML that is JSON."""
    path = tmp_path / "team.yml"

    def write(*entries: dict[str, Any]) -> Path:
        path.write_text(json.dumps({"credentials": entries}))
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
    """Wait for the end; gives the exit code."""
    process.expect(pexpect.EOF)
    process.wait()
    return int(process.exitstatus)


def host(server: Server) -> str:
    """Host and port of the channels."""
    return server.conda.partition("://")[2]


def nothing_changed(conda: Conda) -> bool:
    """Whether neither an index, nor a store, nor wiring, nor a ``.condarc`` came to be."""
    ours = [path for path in conda.home.rglob("*conda-private*") if path.is_file()]
    return not ours and not conda.data_folder.exists() and not conda.condarc.exists()


def unasked(server: Server) -> bool:
    """Whether the server was sent no credential; it may have been asked."""
    names = ("authorization", "x-api-key", "x-auth")
    return not any(
        each.credential != "none" or "/t/" in each.path or any(each.headers[n] for n in names)
        for each in server.requests
    )


def scopes(conda: Conda) -> list[str]:
    """What there are logins for."""
    return [each["scope"] for each in conda.private("list", "--json").data["credentials"]]


def test_yaml_with_references_is_taken_over_after_yes(
    conda: Conda, server: Server, token: str, tmp_path: Path
) -> None:
    file = tmp_path / "team.yml"
    file.write_text(
        "# The channels of our team.\ncredentials:\n"
        f"- scope: {server.conda}/my-org\n  source: env:MY_TOKEN\n"
        f"- scope: {server.conda}/my-org/label/dev\n  source: env:MY_TOKEN\n"
    )
    result = conda.run("private", "login", "--all", file, "--yes", env={"MY_TOKEN": token})
    assert result.code == 0, result.text
    assert f"{server.conda}/my-org/label/dev" in result.err
    assert len(re.findall("secret from +env:MY_TOKEN", result.err)) == 2
    assert "2 logged in, 0 failed" in result.out
    assert scopes(conda) == [f"{server.conda}/my-org", f"{server.conda}/my-org/label/dev"]
    done = conda.run("create", "-y", "-p", conda.prefix("a"), *PRIVATE, env={"MY_TOKEN": token})
    assert done.code == 0, done.text


def test_what_one_user_lists_another_can_take_over(
    new_conda: Callable[[str], Conda], server: Server, token: str, tmp_path: Path
) -> None:
    first, second = new_conda(server.conda), new_conda(server.conda)
    secret = tmp_path / "token"
    secret.write_text(token)
    first.ok("private", "login", "my-org", "--label", "dev", "--from-file", secret)
    file = tmp_path / "team.json"
    file.write_text(first.ok("private", "list", "--json").out)
    second.ok("private", "login", "--all", file, "--yes")
    assert scopes(second) == scopes(first)
    assert second.create("a", *PRIVATE).code == 0


def test_without_a_terminal_and_without_yes_nothing_is_sent_or_stored(
    conda: Conda, server: Server, foreign: Server, token: str, team: Callable[..., Path]
) -> None:
    file = team({"scope": f"{foreign.conda}/my-org", "source": "env:MY_TOKEN"})
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
    process = at_terminal(team({"scope": f"{foreign.conda}/my-org", "source": "file"}))
    process.expect(QUESTION)
    shown = process.before
    assert host(foreign) in shown
    assert re.search("secret from +you, when asked; kept in file", shown)
    process.sendline(answer)
    end(process)
    assert foreign.requests == []
    assert nothing_changed(conda)


@pytest.mark.parametrize("option", ["--quiet", "--verbose"])
def test_no_option_hides_the_hosts_from_who_is_asked(
    at_terminal: Callable[..., pexpect.spawn],
    foreign: Server,
    team: Callable[..., Path],
    option: str,
) -> None:
    process = at_terminal(team({"scope": f"{foreign.conda}/my-org"}), option)
    process.expect([QUESTION, pexpect.EOF])
    assert process.after is pexpect.EOF or host(foreign) in process.before


def test_yes_asks_hidden_for_each_secret_that_is_missing(
    at_terminal: Callable[..., pexpect.spawn],
    conda: Conda,
    server: Server,
    token: str,
    team: Callable[..., Path],
) -> None:
    conda.login("my-org", token=token)
    file = team(*({"scope": f"{server.conda}/my-org{end}"} for end in ("", "/label/dev")))
    process = at_terminal(file)
    process.expect(QUESTION)
    assert f"{server.conda}/my-org/label/dev" in process.before
    process.sendline("y")
    process.expect(r"Token for http://[0-9.:]+/my-org/label/dev \(input hidden\): ")
    assert process.waitnoecho(timeout=10)
    process.sendline(token)
    process.expect("1 logged in, 0 failed")
    assert end(process) == 0
    assert len(scopes(conda)) == 2


def test_all_without_a_file_asks_for_what_the_own_logins_lack(
    at_terminal: Callable[..., pexpect.spawn], conda: Conda, token: str
) -> None:
    conda.login("my-org", "--label", "dev", token=token)
    assert "Nothing to do" in conda.ok("private", "login", "--all").out
    conda.secrets_file.unlink()
    process = at_terminal()
    process.expect(QUESTION)
    process.sendline("yes")
    process.expect("input hidden")
    assert process.waitnoecho(timeout=10)
    process.sendline(token)
    assert end(process) == 0
    assert conda.create("a", *PRIVATE).code == 0


def test_entry_that_fails_does_not_stop_the_others_and_the_exit_code_tells(
    conda: Conda, server: Server, token: str, team: Callable[..., Path]
) -> None:
    file = team(
        {"scope": f"{server.conda}/my-org", "source": "env:NOT_SET"},
        {"scope": f"{server.conda}/other", "source": "helper:not-there"},
        {"scope": f"{server.conda}/my-org/label/dev", "source": "env:MY_TOKEN"},
    )
    words = ("private", "login", "--all", file, "--yes", "--json")
    result = conda.run(*words, env={"MY_TOKEN": token})
    assert result.code == 4
    failed = [(each["scope"], each["error"]) for each in result.data["failed"]]
    assert failed == [
        (f"{server.conda}/my-org", "CredentialMissingError"),
        (f"{server.conda}/other", "HelperError"),
    ]
    assert len(result.data["logged_in"]) == 1
    assert scopes(conda) == [f"{server.conda}/my-org/label/dev"]


def test_login_whose_store_does_not_open_does_not_stop_the_others(
    conda: Conda, server: Server, token: str, team: Callable[..., Path]
) -> None:
    conda.ok("private", "login", "my-org", "--from-env", "MY_TOKEN", "--no-verify")
    index = conda.data_folder / "credentials.json"
    index.write_text(index.read_text().replace("env:MY_TOKEN", "helper:not-there"))
    file = team({"scope": f"{server.conda}/my-org/label/dev", "source": "env:MY_TOKEN"})
    result = conda.run("private", "login", "--all", file, "--yes", env={"MY_TOKEN": token})
    assert result.code == 0, result.text
    assert f"{server.conda}/my-org/label/dev" in scopes(conda)


def test_dry_run_takes_nothing_over(
    conda: Conda, server: Server, token: str, team: Callable[..., Path]
) -> None:
    file = team({"scope": f"{server.conda}/my-org", "source": "env:MY_TOKEN"})
    words = ("private", "login", "--all", file, "--yes", "--dry-run")
    assert conda.run(*words, env={"MY_TOKEN": token}).code == 0
    assert nothing_changed(conda)


@pytest.mark.parametrize(
    "entry",
    [{"scope": "URL", "token": "CANARY"}, {"scope": "URL", "password": "CANARY"},
     {"scope": "my-org"}, {"scope": "my-org/label/dev"}, {"scope": "URL/t/CANARY/my-org"}],
)  # fmt: skip
def test_file_with_a_secret_or_with_a_name_is_refused_without_an_echo(
    conda: Conda, foreign: Server, team: Callable[..., Path], entry: dict[str, str]
) -> None:
    entry["scope"] = entry["scope"].replace("URL", foreign.conda)
    result = conda.run("private", "login", "--all", team(entry), "--yes")
    assert result.code == 1
    assert "FileFormatError" in result.err
    assert "CANARY" not in result.text
    assert foreign.requests == []
    assert nothing_changed(conda)


def test_api_on_another_host_is_shown_before_it_is_asked(
    at_terminal: Callable[..., pexpect.spawn],
    server: Server,
    foreign: Server,
    team: Callable[..., Path],
) -> None:
    process = at_terminal(team({"scope": f"{server.conda}/my-org", "api": foreign.api}))
    process.expect(QUESTION)
    assert foreign.api.partition("://")[2].partition("/")[0] in process.before
    process.sendline("n")
    end(process)
    assert foreign.requests == []


def wiring_for(server: Server) -> str:
    """A ``.condarc`` that names our handler, and our sources, for its own host."""
    entries = [
        {"channel": pattern, "auth": "conda-private", "source": "file", "token": "env:MY_TOKEN"}
        for pattern in (f"{server.conda}/*", f"{server.conda}/my-org/*", "http://*", "my-org")
    ]
    return json.dumps({"channel_settings": entries, "channel_alias": server.conda})


@pytest.mark.parametrize("place", ["project", "CONDARC", "environment"])
def test_foreign_condarc_that_names_our_handler_gets_no_credential(
    conda: Conda, foreign: Server, token: str, place: str
) -> None:
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
    prefix = conda.prefix("active")
    file, variables = {
        "project": (conda.folder / ".condarc", {}),
        "CONDARC": (conda.folder / "evil.yml", {"CONDARC": str(conda.folder / "evil.yml")}),
        "environment": (prefix / "condarc.d" / "x.yml", {"CONDA_PREFIX": str(prefix)}),
    }[place]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(wiring_for(foreign))
    variables = {**variables, "MY_TOKEN": token, "CONDA_SOLVER": conda.solver}
    channel = f"{foreign.conda}/my-org/label/dev"
    conda.run("search", "--override-channels", "-c", channel, "hello-p*", env=variables)
    assert foreign.requests
    assert unasked(foreign)


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
    assert unasked(foreign)


@pytest.mark.parametrize("place", ["project", "environment", "XDG_DATA_HOME"])
def test_foreign_index_binds_nothing(
    conda: Conda, foreign: Server, token: str, team: Callable[..., Path], place: str
) -> None:
    login = {"scope": f"{foreign.conda}/my-org/label/dev", "scheme": "token"}
    record = {"version": 1, "channel_lists": {}, "credentials": [{**login, "source": "env:TOK"}]}
    folder, variables = {
        "project": (conda.folder, {}),
        "environment": (conda.prefix("active"), {"CONDA_PREFIX": str(conda.prefix("active"))}),
        # As a checkout of a project makes them: readable by others.
        "XDG_DATA_HOME": (conda.folder / "x", {"XDG_DATA_HOME": str(conda.folder / "x")}),
    }[place]
    for below in ("", ".local/share/conda-private", "conda-private", ".conda"):
        (folder / below).mkdir(parents=True, exist_ok=True)
        for name in ("credentials.json", "team.yml"):
            (folder / below / name).write_text(json.dumps(record))
            (folder / below / name).chmod(0o644)
    (conda.home / ".condarc").write_text(wiring_for(foreign))
    conda.run(
        *("search", "--override-channels", "-c", login["scope"], "hello-p*"),
        env={**variables, "TOK": token},
    )
    assert unasked(foreign)
