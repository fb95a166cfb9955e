"""The files of other tools hold what those tools can send, and the user's own entries."""

from __future__ import annotations

import base64
import json

import pytest

from conda_private.gateway.tools import Signed, mamba_file, rattler_file
from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import UsageError
from conda_private.model.login import Login
from conda_private.model.schemes import BEARER, PATH, TOKEN, BasicScheme, HeaderScheme, Scheme
from conda_private.model.secret import Secret

SECRET = "al-3f9c17e2"
HOST = "conda.example.org"
URL = f"https://{HOST}:8443/my-org"


def signed(scheme: Scheme, url: str = URL, secret: str = SECRET) -> Signed:
    """A login and its secret."""
    return Login(ChannelUrl.parse(url), scheme, source="file"), Secret.parse(secret)


@pytest.mark.parametrize(
    ("scheme", "entry"),
    [
        (TOKEN, {"BearerToken": SECRET}),
        (BEARER, {"BearerToken": SECRET}),
        (BasicScheme("alice"), {"BasicHTTP": {"username": "alice", "password": SECRET}}),
        (PATH, {"CondaToken": SECRET}),
        (HeaderScheme("X-API-Key"), {"CondaToken": SECRET}),
    ],
    ids=lambda value: getattr(value, "text", None),
)
def test_rattler_gets_the_form_that_it_can_send(scheme: Scheme, entry: object) -> None:
    assert json.loads(rattler_file([signed(scheme)], {})) == {HOST: entry}


@pytest.mark.parametrize(
    ("scheme", "entry"),
    [
        (TOKEN, {"type": "BearerToken", "token": SECRET}),
        (BEARER, {"type": "BearerToken", "token": SECRET}),
        (PATH, {"type": "CondaToken", "token": SECRET}),
        (HeaderScheme("X-API-Key"), {"type": "CondaToken", "token": SECRET}),
        (
            BasicScheme("alice"),
            {
                "type": "BasicHTTPAuthentication",
                "user": "alice",
                "password": base64.b64encode(SECRET.encode()).decode(),
            },
        ),
    ],
    ids=lambda value: getattr(value, "text", None),
)
def test_mamba_gets_the_form_that_it_can_send(scheme: Scheme, entry: object) -> None:
    assert json.loads(mamba_file([signed(scheme)], {})) == {f"{HOST}:8443": entry}


@pytest.mark.parametrize("write", [rattler_file, mamba_file])
def test_header_that_a_tool_cannot_send_is_refused(write: object) -> None:
    with pytest.raises(UsageError, match="X-Auth") as error:
        write([signed(HeaderScheme("X-Auth"))], {})
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("write", [rattler_file, mamba_file])
def test_two_secrets_of_one_host_are_refused(write: object) -> None:
    two = [signed(TOKEN), signed(TOKEN, f"{URL}/label/dev", "al-another")]
    with pytest.raises(UsageError, match="one credential for each host") as error:
        write(two, {})
    assert "--for CHANNEL" in str(error.value)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("write", [rattler_file, mamba_file])
def test_one_secret_for_two_channels_of_a_host_is_one_entry(write: object) -> None:
    entries = json.loads(write([signed(TOKEN), signed(TOKEN, f"{URL}/label/dev")], {}))
    assert len(entries) == 1


@pytest.mark.parametrize("write", [rattler_file, mamba_file])
def test_entries_of_the_user_stay_apart_from_those_of_our_hosts(write: object) -> None:
    theirs = {"repo.prefix.dev": {"BearerToken": "theirs"}, "*.example.net": {"a": 1}}
    old = {HOST: "old", f"{HOST}:8443": "old"}
    entries = json.loads(write([signed(TOKEN)], {**theirs, **old}))
    assert theirs.items() <= entries.items()
    assert SECRET in json.dumps(entries)
