"""``conda private import``: what anaconda-client has becomes an account."""

from __future__ import annotations

from tests.integration.owners import changes, give_client_login, state
from tests.integration.runner import Conda
from tests.server import Anaconda, Fault, Server

FROM = ("import", "--from", "anaconda-client")


def test_login_of_anaconda_client_is_taken_over_and_left(
    conda: Conda, server: Server, world: Anaconda
) -> None:
    theirs = world.add_token("alice", name="theirs")
    file = give_client_login(conda, server.api, theirs)
    before = state(conda)
    assert "would take over alice's account" in conda.ok("private", *FROM, "--dry-run").out
    assert state(conda) == before
    result = conda.ok("private", *FROM)
    assert "took over alice's account" in result.out
    assert f"rm {file}" in result.out
    assert file.read_text() == theirs
    file.unlink()
    assert conda.private("whoami", "--json").data["identities"][0]["account"] == "alice"
    assert changes(server) == []


def test_one_that_fails_does_not_keep_the_others_back(
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


def test_token_that_ended_or_is_none_is_4_and_nothing_to_import_is_4(
    conda: Conda, server: Server
) -> None:
    nothing = conda.private(*FROM)
    assert (nothing.code, "anaconda-client has no login here" in nothing.err) == (4, True)
    file = give_client_login(conda, server.api, "de-ad-token")
    dead = conda.private(*FROM)
    assert (dead.code, "This domain requires token authentication" in dead.err) == (4, True)
    file.write_text("two\nlines")
    odd = conda.private(*FROM)
    assert (odd.code, "holds no token" in odd.err) == (4, True)
    assert not conda.secrets_file.exists()
