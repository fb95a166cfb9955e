"""``conda private import``: the login of anaconda-client becomes an account."""

from __future__ import annotations

from tests.integration.owners import changes, give_client_login, state
from tests.integration.runner import Conda
from tests.server import Anaconda, Fault, Server

FROM = ("import", "--from", "anaconda-client")


def test_login_of_anaconda_client_is_imported_and_its_file_is_unchanged(
    conda: Conda, server: Server, world: Anaconda
) -> None:
    theirs = world.add_token("alice", name="theirs")
    file = give_client_login(conda, server.api, theirs)
    before = state(conda)
    dry = conda.ok("private", *FROM, "--dry-run").out
    assert f"Would import alice's account at {server.api}" in dry
    assert state(conda) == before
    result = conda.ok("private", *FROM)
    assert f"Imported alice's account at {server.api}" in result.out
    assert f"rm {file}" in result.out
    assert file.read_text() == theirs
    file.unlink()
    assert conda.private("whoami", "--json").data["identities"][0]["account"] == "alice"
    assert changes(server) == []


def test_failure_of_one_import_does_not_stop_the_others(
    conda: Conda, server: Server, world: Anaconda
) -> None:
    file = give_client_login(conda, server.api, world.add_token("alice", name="theirs"))
    give_client_login(conda, f"{server.conda}/api", "de-ad-token")
    server.fail("/api/authentication$", "conda", how=Fault.html())
    result = conda.private(*FROM, "--json")
    assert result.code == 1
    assert [each["api"] for each in result.data["imported"]] == [server.api]
    (failed,) = result.data["failed"]
    assert (failed["api"], failed["error"]) == (f"{server.conda}/api", "ServerError")
    assert "de-ad-token" not in result.text
    assert file.exists()


def test_invalid_token_is_4_and_nothing_to_import_is_4(conda: Conda, server: Server) -> None:
    nothing = conda.private(*FROM)
    assert (nothing.code, "anaconda-client is not logged in." in nothing.err) == (4, True)
    file = give_client_login(conda, server.api, "de-ad-token")
    invalid = conda.private(*FROM)
    assert (invalid.code, "This domain requires token authentication" in invalid.err) == (4, True)
    file.write_text("two\nlines")
    odd = conda.private(*FROM)
    assert (odd.code, "contains no valid token" in odd.err) == (4, True)
    assert not conda.secrets_file.exists()
