"""Servers that are known by host or by the look of their addresses, and the forms to try."""

from __future__ import annotations

import pytest

from conda_private.model.address import ChannelUrl
from conda_private.model.exceptions import UsageError
from conda_private.model.known_servers import pypi_of, pypi_scheme, schemes_to_try, server_of
from conda_private.model.login import Login
from conda_private.model.schemes import (
    BEARER,
    PATH,
    TOKEN,
    BasicScheme,
    HeaderScheme,
    PathScheme,
    parse_scheme,
)

SCOPE = ChannelUrl.parse("https://conda.example.org/private")
KNOWN = {
    "anaconda.org": "https://conda.anaconda.org/my-org/label/dev",
    "anaconda.cloud": "https://repo.anaconda.cloud/repo/my-org",
    "prefix.dev": "https://repo.prefix.dev/my-org",
    "Cloudsmith": "https://conda.cloudsmith.io/my-org/private",
    "Google": "https://europe-west3-conda.pkg.dev/project/repo",
    "Anaconda Server": "https://conda.example.org:8443/api/repo/private",
    "Quetz": "https://quetz.example.org/get/private",
    "Artifactory": "https://example.org/artifactory/api/conda/private",
    "Gitea or Forgejo": "https://git.example.org/api/packages/alice/conda/private",
    "a conda server": "https://conda.example.org/private",
}


@pytest.mark.parametrize(("name", "scope"), KNOWN.items(), ids=KNOWN)
def test_server_is_known_by_its_address(name: str, scope: str) -> None:
    assert server_of(ChannelUrl.parse(scope)).name == name


def test_anaconda_org_has_an_api_and_is_shown_the_header_before_the_path() -> None:
    server = server_of(ChannelUrl.parse(KNOWN["anaconda.org"]))
    assert server.api == "https://api.anaconda.org"
    assert server.schemes == (TOKEN, PATH)


def test_only_anaconda_org_has_an_api() -> None:
    apis = {name: server_of(ChannelUrl.parse(scope)).api for name, scope in KNOWN.items()}
    assert {name for name, api in apis.items() if api} == {"anaconda.org"}


def test_prefix_dev_is_shown_a_bearer_alone() -> None:
    assert server_of(ChannelUrl.parse(KNOWN["prefix.dev"])).schemes == (BEARER,)


@pytest.mark.parametrize(
    ("name", "first"),
    {
        "Cloudsmith": BasicScheme("token"),
        "Google": BasicScheme("oauth2accesstoken"),
        "Anaconda Server": HeaderScheme("X-Auth"),
        "Quetz": HeaderScheme("X-API-Key"),
        "Artifactory": BEARER,
        "Gitea or Forgejo": BEARER,
        "a conda server": TOKEN,
    }.items(),
)
def test_form_that_a_server_takes_is_tried_first(name: str, first: object) -> None:
    assert server_of(ChannelUrl.parse(KNOWN[name])).schemes[0] == first


@pytest.mark.parametrize("name", ["Anaconda Server", "Quetz", "Artifactory", "Gitea or Forgejo"])
def test_server_that_only_looks_like_one_is_shown_the_other_forms_too(name: str) -> None:
    schemes = server_of(ChannelUrl.parse(KNOWN[name])).schemes
    assert {TOKEN, BEARER, PATH} <= set(schemes)
    assert len(set(schemes)) == len(schemes)


def test_form_in_the_url_is_tried_after_all_headers() -> None:
    for scope in KNOWN.values():
        schemes = server_of(ChannelUrl.parse(scope)).schemes
        in_url = [isinstance(scheme, PathScheme) for scheme in schemes]
        assert in_url == sorted(in_url), scope


def test_schemes_of_every_server_can_be_kept_in_the_index() -> None:
    for scope in KNOWN.values():
        for scheme in server_of(ChannelUrl.parse(scope)).schemes:
            username = scheme.username if isinstance(scheme, BasicScheme) else ""
            assert parse_scheme(scheme.text, username) == scheme


@pytest.mark.parametrize(
    "scope",
    [
        "https://conda.anaconda.org.evil.example/my-org",
        "https://evil-conda.anaconda.org/my-org",
        "https://conda-anaconda.org/my-org",
        "https://condaxanaconda.org/my-org",
        "https://anaconda.org/my-org",
        "https://conda.anaconda.org./my-org",
        "https://conda.anaconda.org:8443/my-org",
        "http://conda.anaconda.org/my-org",
        "http://localhost/conda.anaconda.org",
        "https://evil.example/https:/conda.anaconda.org/my-org",
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
        ("basic", "alice:secret"),
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


@pytest.mark.parametrize(
    ("scope", "index"),
    [
        ("https://conda.anaconda.org/my-org", "https://pypi.anaconda.org/my-org"),
        (
            "https://conda.anaconda.org/my-org/label/dev",
            "https://pypi.anaconda.org/my-org/label/dev",
        ),
        ("https://conda.anaconda.org", ""),
        ("https://conda.example.org/my-org", ""),
        ("http://conda.anaconda.org/my-org", ""),
        ("https://repo.anaconda.cloud/repo/my-org", ""),
    ],
)
def test_package_index_is_known_for_channels_of_anaconda_org_alone(scope: str, index: str) -> None:
    assert pypi_of(ChannelUrl.parse(scope)) == index


def test_package_index_gets_the_secret_in_the_path_where_there_is_such_an_api() -> None:
    scope, api = ChannelUrl.parse("https://conda.example.org/my-org"), "https://api.example.org"
    assert pypi_scheme(Login(scope, TOKEN, "file", api=api)) == PATH
    assert pypi_scheme(Login(scope, TOKEN, "file")) == TOKEN
    basic = BasicScheme("alice")
    assert pypi_scheme(Login(scope, basic, "file", api=api)) == basic
