"""Servers that are known by name, and the forms that a login tries."""

from __future__ import annotations

import pytest

from conda_private.channels import ChannelUrl
from conda_private.exceptions import UsageError
from conda_private.known_servers import schemes_to_try, server_of
from conda_private.schemes import BEARER, PATH, TOKEN, BasicScheme, HeaderScheme

SCOPE = ChannelUrl.parse("https://conda.example.org/private")


def test_anaconda_org_has_an_api_and_is_shown_headers_before_the_path() -> None:
    server = server_of(ChannelUrl.parse("https://conda.anaconda.org/my-org/label/dev"))
    assert server.api == "https://api.anaconda.org"
    assert server.schemes == (TOKEN, BEARER, PATH)


def test_prefix_dev_is_shown_a_bearer_alone() -> None:
    assert server_of(ChannelUrl.parse("https://repo.prefix.dev/my-org")).schemes == (BEARER,)


def test_server_that_is_not_known_has_no_api() -> None:
    assert server_of(SCOPE).api == ""
    assert server_of(SCOPE).schemes == (TOKEN, BEARER, PATH)


@pytest.mark.parametrize(
    "scope",
    [
        "https://conda.anaconda.org.evil.example/my-org",
        "https://evil-conda.anaconda.org/my-org",
        "https://anaconda.org/my-org",
        "https://conda.anaconda.org./my-org",
        "https://conda.anaconda.org:8443/my-org",
        "http://conda.anaconda.org/my-org",
        "http://localhost/conda.anaconda.org",
    ],
)
def test_token_for_what_only_looks_like_anaconda_org_is_not_shown_to_its_api(scope: str) -> None:
    assert server_of(ChannelUrl.parse(scope)).api == ""


def test_auto_tries_what_the_server_takes() -> None:
    assert schemes_to_try("auto", "", SCOPE) == server_of(SCOPE).schemes


def test_auto_with_a_user_name_is_basic_alone() -> None:
    assert schemes_to_try("auto", "alice", SCOPE) == (BasicScheme("alice"),)


def test_choice_leaves_one_scheme() -> None:
    assert schemes_to_try("bearer", "", SCOPE) == (BEARER,)
    assert schemes_to_try("path", "", SCOPE) == (PATH,)
    assert schemes_to_try("basic", "alice", SCOPE) == (BasicScheme("alice"),)
    assert schemes_to_try("header:X-API-Key", "", SCOPE) == (HeaderScheme("X-API-Key"),)


@pytest.mark.parametrize(
    ("choice", "username"),
    [
        ("digest", ""),
        ("basic", ""),
        ("auto", "alice:secret"),
        ("auto", "alice\n"),
        ("bearer", "alice"),
        ("path", "alice"),
        ("header:X-API-Key", "alice"),
    ],
)
def test_choice_that_is_none_or_contradicts_the_user_name_is_refused(
    choice: str, username: str
) -> None:
    with pytest.raises(UsageError):
        schemes_to_try(choice, username, SCOPE)
