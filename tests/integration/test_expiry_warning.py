"""A credential that expires soon causes one warning in a command, on stderr, for people only."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone

import pytest

from tests.integration.runner import Conda, Result
from tests.server import Anaconda, Server

DEV = ("my-org", "--label", "dev")


def date(days: float) -> datetime:
    """The time after so many days, and ten minutes more: the commands take time."""
    return datetime.now(timezone.utc) + timedelta(days=days, minutes=10)


def web_token(end: datetime) -> str:
    """A JSON Web Token with an expiry date."""
    parts = ({"alg": "none"}, {"sub": "alice", "exp": int(end.timestamp())}, {"by": "us"})
    texts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts)
    return ".".join(text.rstrip("=") for text in texts)


def search(conda: Conda, *words: str) -> Result:
    """Run a command that requests several files from the channel."""
    result = conda.ok("search", "--override-channels", "-c", "my-org/label/dev", "hello-p*", *words)
    assert "expires" not in result.out
    return result


def test_warning_comes_once_on_stderr_with_the_way_to_renew(
    conda: Conda, server: Server, token: str
) -> None:
    conda.login(*DEV, "--expires", f"{date(6):%Y-%m-%d}", token=token)
    server.clear()
    result = search(conda)
    assert len([each for each in server.requests if each.headers["Authorization"]]) > 1
    assert result.err.count("expires") == 1
    assert f"conda private login {server.conda}/my-org/label/dev" in result.err
    assert "days)" in result.err


@pytest.mark.parametrize("option", ["--json", "--quiet"])
def test_programs_are_not_warned(conda: Conda, token: str, option: str) -> None:
    conda.login(*DEV, "--expires", f"{date(3):%Y-%m-%d}", token=token)
    if option == "--json":
        result = search(conda, option)
        assert json.loads(result.out)
    else:
        result = conda.run("create", "-y", "-p", conda.prefix("a"), option, "hello-private")
        assert result.code == 0, result.text
    assert "expires" not in result.text


@pytest.mark.parametrize(
    ("days", "warned"), [pytest.param(6.5, True, marks=pytest.mark.hard), (8, False)]
)
def test_expiry_that_the_server_reports_causes_a_warning(
    conda: Conda, world: Anaconda, server: Server, days: float, warned: bool
) -> None:
    token = world.add_token("alice", scopes=["conda:download"], expires=date(days))
    conda.login(*DEV, "--api-url", server.api, token=token)
    assert ("expires" in search(conda).err) is warned


@pytest.mark.parametrize(
    ("days", "warned"), [(6.5, True), pytest.param(8, False, marks=pytest.mark.hard)]
)
def test_expiry_in_a_web_token_causes_a_warning(
    conda: Conda, world: Anaconda, days: float, warned: bool
) -> None:
    end = date(days)
    token = world.add_token("alice", scopes=["conda:download"], value=web_token(end))
    conda.login(*DEV, "--scheme", "bearer", token=token)
    (entry,) = conda.private("list", "--json").data["logins"]
    assert entry["expires"] == end.isoformat(timespec="seconds")
    assert ("expires" in search(conda).err) is warned


def test_expiry_that_the_user_gives_takes_precedence_over_the_servers(
    conda: Conda, world: Anaconda, server: Server
) -> None:
    token = world.add_token("alice", scopes=["conda:download"], expires=date(3))
    conda.login(*DEV, "--api-url", server.api, "--expires", "2099-01-02", token=token)
    (entry,) = conda.private("list", "--json").data["logins"]
    assert entry["expires"] == "2099-01-02T00:00:00+00:00"
    assert "expires" not in search(conda).err


def test_login_that_a_command_does_not_use_causes_no_warning(conda: Conda, token: str) -> None:
    conda.login(*DEV, "--add-channel", "none", "--expires", f"{date(2):%Y-%m-%d}", token=token)
    result = conda.ok("search", "--override-channels", "-c", "other", "hello-p*")
    assert "expires" not in result.text


@pytest.mark.hard
def test_renewed_login_causes_no_warning(conda: Conda, world: Anaconda, token: str) -> None:
    conda.login(*DEV, "--expires", f"{date(1):%Y-%m-%d}", token=token)
    new = world.add_token("alice", scopes=["conda:download"])
    conda.login(*DEV, token=new)
    assert "expires" not in search(conda).err


def test_expired_credential_is_reported_as_expired(conda: Conda, token: str) -> None:
    conda.login(*DEV, "--expires", "2020-01-01", token=token)
    result = search(conda)
    assert "days ago" in result.err
    assert "expires 2020" not in result.err
