"""``login --from-oidc``: the audience and the address, known or given, and who may give them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conda_private.composition import machine
from conda_private.files.team_file import read
from conda_private.model.address import Address
from conda_private.model.exceptions import FileFormatError, UsageError
from conda_private.model.login import Login, renewal
from conda_private.model.login_request import LoginRequest
from conda_private.model.schemes import BEARER
from conda_private.model.source import Source
from conda_private.stores.once import answers
from tests.cli.conftest import Run
from tests.server import PERSONALITIES, Anaconda, Server
from tests.server.identities import REQUEST

KNOWN = "oidc:prefix.dev https://prefix.dev/api/oidc/mint_token"
CHANNEL = Address.parse("https://repo.prefix.dev/my-org")
ELSEWHERE = Address.parse("https://conda.example.org/my-org")


@pytest.fixture
def github(world: Anaconda, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job of GitHub Actions that the server trusts."""
    world.personality = PERSONALITIES["prefix"]
    world.trusted_jobs[world.job] = "alice"
    world.job_token = "ca-nary-request"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"{server.conda}{REQUEST}")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", world.job_token)


def login(run: Run, server: Server, *words: str) -> tuple[int, str]:
    """Log in with the identity of the job, without a change of any ``.condarc``."""
    options = ("--add-channel", "none", "--condarc", "unused", "--scheme", "bearer")
    return run("login", f"{server.conda}/my-org", "--from-oidc", *options, *words)


def given(server: Server) -> tuple[str, ...]:
    """The options that say what the job asks for, and where."""
    return "--audience", "prefix.dev", "--mint-url", f"{server.conda}/api/oidc/mint_token"


@pytest.mark.usefixtures("github")
def test_job_logs_in_and_stores_no_credential(run: Run, server: Server, world: Anaconda) -> None:
    code, text = login(run, server, *given(server))
    assert code == 0, text
    assert "stored in  nowhere: 127.0.0.1:" in text
    (minted,) = world.tokens
    (only,) = json.loads(run("list", "--json")[1])["logins"]
    assert only["source"].startswith("oidc:prefix.dev http://127.0.0.1:")
    assert only["expires"] is None
    files = [path.read_text() for path in Path.home().rglob("*") if path.is_file()]
    assert files
    assert not any(minted in file or "eyJ" in file for file in files)
    machine.resolver.cache_clear()
    answers.cache_clear()
    found = machine.resolver().find(f"{server.conda}/my-org/noarch/repodata.json")
    assert found is not None
    assert machine.resolver().secret(found).reveal() in world.tokens.keys() - {minted}
    assert run("logout", f"{server.conda}/my-org")[0] == 0


@pytest.mark.usefixtures("github")
def test_job_that_is_not_trusted_stores_nothing(run: Run, server: Server, world: Anaconda) -> None:
    world.trusted_jobs.clear()
    code, text = login(run, server, *given(server))
    assert code == 4, text
    assert json.loads(run("list", "--json")[1])["logins"] == []


def test_without_verification_nothing_is_minted(run: Run, server: Server) -> None:
    code, text = login(run, server, *given(server), "--no-verify")
    assert (code, server.requests) == (0, []), text


def test_audience_and_address_of_an_unknown_server_must_be_given(run: Run, server: Server) -> None:
    code, text = login(run, server)
    assert code == 2
    assert "--audience NAME --mint-url https://HOST/PATH" in text
    for words in (given(server)[:2], given(server)[2:]):
        code, text = login(run, server, *words)
        assert code == 2
        assert "--audience and --mint-url belong together" in text
    assert server.requests == []


def test_address_without_tls_is_refused_also_with_allow_http(run: Run, server: Server) -> None:
    mint = ("--audience", "a", "--mint-url", "http://prefix.dev/mint")
    code, text = login(run, server, *mint, "--allow-http")
    assert code == 2
    assert "InsecureUrlError" in text


@pytest.mark.parametrize("words", [("--audience", "a"), ("--mint-url", "https://h.example/m")])
def test_options_of_an_identity_without_one_are_refused(
    run: Run, server: Server, words: tuple[str, str]
) -> None:
    code, text = run("login", f"{server.conda}/my-org", *words)
    assert code == 2
    assert "no effect without --from-oidc" in text


def test_identity_of_prefix_is_known() -> None:
    request = LoginRequest.to(CHANNEL, source=Source("oidc"))
    assert str(request.source) == KNOWN
    assert request.schemes == (BEARER,)
    with pytest.raises(UsageError, match=r"It is not known how conda\.example\.org accepts"):
        LoginRequest.to(ELSEWHERE, source=Source("oidc"))


@pytest.mark.parametrize("source", ["oidc", KNOWN])
def test_team_can_propose_the_known_identity(tmp_path: Path, source: str) -> None:
    file = tmp_path / "team.json"
    file.write_text(json.dumps({"logins": [{"address": str(CHANNEL), "source": source}]}))
    (request,) = read(file)
    assert str(request.source) == KNOWN


@pytest.mark.parametrize(
    ("address", "source"),
    [
        (CHANNEL, "oidc:prefix.dev https://evil.example/mint"),
        (CHANNEL, "oidc:evil https://prefix.dev/api/oidc/mint_token"),
        (ELSEWHERE, KNOWN),
        (ELSEWHERE, "oidc"),
    ],
)
def test_team_cannot_choose_who_gets_the_identity_of_a_job(
    tmp_path: Path, address: Address, source: str
) -> None:
    file = tmp_path / "team.json"
    file.write_text(json.dumps({"logins": [{"address": str(address), "source": source}]}))
    with pytest.raises(FileFormatError):
        read(file)


def test_confirmation_of_a_proposal_says_where_the_credential_is_from(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "team.json"
    file.write_text(json.dumps({"logins": [{"address": str(CHANNEL), "source": "oidc"}]}))
    code, text = run("login", "--all", str(file))
    assert code == 2
    assert "from the ID token of a CI job" in text


def test_renewal_repeats_the_login_with_its_identity() -> None:
    step = renewal(Login(CHANNEL, BEARER, Source.parse(KNOWN)), [])
    options = "--from-oidc --audience prefix.dev --mint-url https://prefix.dev/api/oidc/mint_token"
    assert step.endswith(f"\nconda private login {CHANNEL} {options}")
