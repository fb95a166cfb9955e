"""``conda private check`` against a real server: exit codes, JSON, and nothing is changed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.integration.runner import Conda, Result
from tests.server import Anaconda, Fault, Server

KEYS = {
    "address", "scheme", "username", "source", "account", "token_name", "expires", "verified",
    "allow_http", "api", "pypi", "from_system", "listed_as", "listed_in", "gives_access",
    "packages", "private_packages", "token_scopes", "expiring", "hidden_by", "instead_of",
    "error", "exit_code",
    "other_channel", "listed_in_other_case", "backend", "kept_in", "renews", "renews_until",
}  # fmt: skip


def after(**span: float) -> datetime:
    """The time after this span."""
    return datetime.now(timezone.utc) + timedelta(**span)


def state(conda: Conda) -> dict[Path, tuple[bytes, int, int]]:
    """Every file of the user: content, mode and time."""
    files = [path for path in conda.home.rglob("*") if path.is_file()]
    facts = [(path, path.stat()) for path in files]
    return {path: (path.read_bytes(), fact.st_mode, fact.st_mtime_ns) for path, fact in facts}


@pytest.fixture
def logged_in(conda: Conda, server: Server, token: str) -> Conda:
    """A user with a login to ``my-org``, and the server's API known to it."""
    conda.login("my-org", "--api-url", server.api, token=token)
    server.clear()
    return conda


def check(conda: Conda, *words: str) -> Result:
    """Check as programs do; it may change nothing, whatever the result."""
    before = state(conda)
    result = conda.private("check", "--json", *words)
    assert state(conda) == before
    assert all(set(each) == KEYS for each in result.data["checked"])
    return result


def test_valid_credential_is_checked_and_described(
    logged_in: Conda, server: Server, token: str
) -> None:
    result = check(logged_in)
    assert (result.code, result.err) == (0, "")
    (found,) = result.data["checked"]
    assert found["address"] == f"{server.conda}/my-org"
    assert (found["gives_access"], found["packages"], found["private_packages"]) == (True, 2, 1)
    assert (found["token_scopes"], found["account"]) == (["conda:download"], "alice")
    assert (found["error"], found["expiring"], found["exit_code"]) == (None, False, 0)
    # With and without the credential; and the API, with it.
    shown = {each.headers["Authorization"] for each in server.requests if each.origin == "conda"}
    assert shown == {None, f"token {token}"}
    asked = [each for each in server.requests if each.origin == "api"]
    assert [each.path for each in asked] == ["/api/authentication"]


def test_text_for_people_has_the_same_facts(logged_in: Conda, server: Server) -> None:
    result = logged_in.private("check", "my-org")
    assert result.code == 0
    assert f"✓ {server.conda}/my-org" in result.out
    assert "gives access to  2 packages, 1 private" in result.out
    assert "conda:download" in result.out


def test_revoked_token_is_4_and_names_the_login(
    logged_in: Conda, world: Anaconda, server: Server, token: str
) -> None:
    world.tokens[token] = None  # the search for canaries still knows it
    (found,) = check(logged_in).data["checked"]
    assert (found["exit_code"], found["error"]["name"]) == (4, "TokenRefusedError")
    result = logged_in.private("check", "my-org")
    assert result.code == 4
    assert f"✗ {server.conda}/my-org" in result.out
    assert f"conda private login {server.conda}/my-org" in result.out


def test_expired_token_is_4(logged_in: Conda, world: Anaconda, token: str) -> None:
    world.tokens[token].expires = after(hours=-1)
    result = check(logged_in, "my-org")
    assert result.code == 4
    assert result.data["checked"][0]["error"]["name"] == "TokenRefusedError"


@pytest.mark.parametrize(("span", "code"), [("30d", 4), ("2w", 0)])
def test_credential_that_expires_within_the_span_is_4(
    logged_in: Conda, world: Anaconda, token: str, span: str, code: int
) -> None:
    world.tokens[token].expires = end = after(days=20)
    result = check(logged_in, "--expires-within", span)
    (found,) = result.data["checked"]
    assert (result.code, found["expiring"], found["error"]) == (code, code == 4, None)
    assert found["expires"][:10] == f"{end:%Y-%m-%d}"


@pytest.mark.parametrize("span", ["30", "-1d", "999999d"])
def test_invalid_span_is_a_usage_error(logged_in: Conda, span: str) -> None:
    result = logged_in.private("check", f"--expires-within={span}")
    assert result.code == 2
    assert "--expires-within" in result.err


def test_worst_of_several_logins_is_the_exit_code(
    logged_in: Conda, world: Anaconda, server: Server, token: str
) -> None:
    good = world.add_token("alice", scopes=["conda:download"])
    logged_in.login("my-org", "--label", "dev", token=good)
    world.tokens[token] = None
    result = check(logged_in)
    assert result.code == 4
    codes = {each["address"]: each["exit_code"] for each in result.data["checked"]}
    assert codes == {f"{server.conda}/my-org": 4, f"{server.conda}/my-org/label/dev": 0}
    server.clear()
    assert check(logged_in, "my-org/label/dev").code == 0
    assert all(token not in str(each.headers) for each in server.requests)


def test_channel_without_a_login_is_4_and_asks_no_server(logged_in: Conda, server: Server) -> None:
    result = logged_in.private("check", "other")
    assert result.code == 4
    assert "NotLoggedInError" in result.err
    assert f"{server.conda}/my-org" in result.err
    assert server.requests == []


def test_server_that_is_down_is_1_and_no_refusal(logged_in: Conda, server: Server) -> None:
    server.fail("", "conda", how=Fault.drop())
    server.fail("", "api", how=Fault.drop())
    result = check(logged_in)
    assert result.code == 1
    assert result.data["checked"][0]["error"]["name"] == "ConnectionFailedError"


def test_missing_secret_is_4_and_asks_no_server(logged_in: Conda, server: Server) -> None:
    logged_in.secrets_file.unlink()
    result = check(logged_in)
    assert result.code == 4
    assert result.data["checked"][0]["error"]["name"] == "CredentialMissingError"
    assert server.requests == []


def test_nothing_to_check_is_0(conda: Conda) -> None:
    assert conda.private("check").out == "No logins to check.\n"
    assert check(conda).data == {"checked": [], "takes_over": [], "warnings": []}
