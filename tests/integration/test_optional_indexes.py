"""Only ``repodata.json`` decides: conda continues without any other form of an index."""

from __future__ import annotations

import pytest

from tests.integration.runner import Conda
from tests.server import Fault, Server

OPTIONAL = r"(zst|current_repodata\.json)$"
WORDS = ("--override-channels", "-c", "my-org", "on-main")


@pytest.fixture
def logged_in(conda: Conda, server: Server, token: str) -> Conda:
    """A user with a login to ``my-org``, where conda asks for every form that it knows."""
    conda.login("my-org", token=token)
    return conda


@pytest.mark.parametrize(
    "fault", [Fault.status(401), Fault.status(403), Fault.html()], ids=["401", "403", "page"]
)
def test_install_works_if_a_server_refuses_the_optional_indexes_or_sends_a_page(
    logged_in: Conda, server: Server, fault: Fault
) -> None:
    server.fail(OPTIONAL, "conda", how=fault)
    done = logged_in.create("env", *WORDS)
    assert done.code == 0, done.text
    assert (logged_in.prefix("env") / "bin" / "on-main").exists()


@pytest.mark.hard
@pytest.mark.parametrize("command", ["create -y -n new", "search", "update -y -n env"])
def test_revoked_credential_is_still_an_error(
    logged_in: Conda, server: Server, command: str
) -> None:
    logged_in.ok("create", "-y", "-n", "env", *WORDS)
    server.fail("repodata", "conda", how=Fault.status(401))
    done = logged_in.run(*command.split(), *WORDS)
    assert done.code == 4, done.text
    assert "TokenRefusedError" in done.err
    assert f"conda private login {server.conda}/my-org" in done.err
