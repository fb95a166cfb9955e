"""Labels: a channel's credential is for all of them; a label's own takes precedence."""

from __future__ import annotations

import pytest

from tests.integration.runner import Conda
from tests.server import Anaconda, Server


@pytest.fixture
def label_token(world: Anaconda) -> str:
    """A second token, for the label alone."""
    return world.add_token("alice", scopes=["conda:download"], name="for dev")


def tokens_by_label(server: Server) -> dict[str, set[str | None]]:
    """The ``Authorization`` headers by label ("" is main)."""
    seen: dict[str, set[str | None]] = {}
    for request in server.requests:
        words = request.path.split("/")
        if words[1] == "my-org":
            label = words[3] if words[2] == "label" else ""
            seen.setdefault(label, set()).add(request.headers["Authorization"])
    return seen


def search(conda: Conda, *channels: str) -> None:
    """Make conda read the repodata of channels."""
    flags = [word for channel in channels for word in ("-c", channel)]
    conda.run("search", "--override-channels", *flags, "hello-p*")


def test_label_and_channel_tokens_sign_their_own_requests(
    conda: Conda, server: Server, token: str, label_token: str
) -> None:
    conda.login("my-org", "--add-channel", "none", token=token)
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=label_token)
    server.clear()
    search(conda, "my-org", "my-org/label/dev", "my-org/label/rc")
    assert tokens_by_label(server) == {
        "": {f"token {token}"},
        "dev": {f"token {label_token}"},
        "rc": {f"token {token}"},
    }


@pytest.mark.hard
def test_label_token_is_not_sent_to_main_or_a_sibling_label(
    conda: Conda, server: Server, label_token: str
) -> None:
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=label_token)
    server.clear()
    search(conda, "my-org", "my-org/label/dev", "my-org/label/dev2")
    assert tokens_by_label(server) == {"": {None}, "dev": {f"token {label_token}"}, "dev2": {None}}


@pytest.mark.hard
def test_channel_token_takes_over_when_the_label_logs_out(
    conda: Conda, server: Server, token: str, label_token: str
) -> None:
    conda.login("my-org", "--add-channel", "none", token=token)
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=label_token)
    conda.ok("private", "logout", "my-org", "--label", "dev")
    server.clear()
    search(conda, "my-org/label/dev")
    assert tokens_by_label(server) == {"dev": {f"token {token}"}}


@pytest.mark.hard
def test_explain_names_the_login_that_is_used_and_why_the_others_are_not(
    conda: Conda, server: Server, token: str, label_token: str
) -> None:
    conda.login("my-org", "--add-channel", "none", token=token)
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=label_token)
    url = f"{server.conda}/my-org/label/dev/noarch/repodata.json"
    told = conda.ok("private", "explain", url, "--json").data
    assert told["authenticated_by"] == f"{server.conda}/my-org/label/dev"
    assert told["handled"] is True
    assert [each["authenticates"] for each in told["candidates"]] == [True, False]
    why = f"covers the URL, but {server.conda}/my-org/label/dev is more specific"
    assert told["candidates"][1]["why"] == why
