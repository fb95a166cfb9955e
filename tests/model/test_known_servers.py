"""Servers that are known by their host or the form of their addresses, and the schemes to try."""

from __future__ import annotations

import pytest

from conda_private.model.address import Address
from conda_private.model.anaconda import COM_API
from conda_private.model.exceptions import AddressError, UsageError
from conda_private.model.known_servers import (
    ANACONDA_API,
    api_at,
    pypi_of,
    pypi_scheme,
    schemes_to_try,
    server_of,
    server_word,
    web_page_at,
    web_page_of,
)
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
from conda_private.model.secret import Secret
from conda_private.model.source import FILE

ADDRESS = Address.parse("https://conda.example.org/private")
KNOWN = {
    "anaconda.org": "https://conda.anaconda.org/my-org/label/dev",
    "anaconda.cloud": "https://repo.anaconda.cloud/repo/my-org",
    "prefix.dev": "https://repo.prefix.dev/my-org",
    "Cloudsmith": "https://conda.cloudsmith.io/my-org/private",
    "Google": "https://europe-west3-conda.pkg.dev/project/repo",
    "Azure Artifacts": "https://pkgs.dev.azure.com/my-org/project/_packaging/feed/Conda/repo",
    "Anaconda Server": "https://conda.example.org:8443/api/repo/private",
    "Quetz": "https://quetz.example.org/get/private",
    "Artifactory": "https://example.org/artifactory/api/conda/private",
    "Gitea or Forgejo": "https://git.example.org/api/packages/alice/conda/private",
    "a conda server": "https://conda.example.org/private",
}


@pytest.mark.parametrize(("name", "address"), KNOWN.items(), ids=KNOWN)
def test_server_is_known_by_its_address(name: str, address: str) -> None:
    assert server_of(Address.parse(address)).name == name


def test_anaconda_org_has_an_api_and_gets_the_header_before_the_path() -> None:
    server = server_of(Address.parse(KNOWN["anaconda.org"]))
    assert server.api == Address.parse("https://api.anaconda.org")
    assert server.schemes == (TOKEN, PATH)


def test_only_anaconda_org_has_an_api() -> None:
    apis = {name: server_of(Address.parse(address)).api for name, address in KNOWN.items()}
    assert {name for name, api in apis.items() if api} == {"anaconda.org"}


def test_prefix_dev_gets_a_bearer_token_only() -> None:
    assert server_of(Address.parse(KNOWN["prefix.dev"])).schemes == (BEARER,)


@pytest.mark.parametrize(
    ("name", "first"),
    {
        "Cloudsmith": BasicScheme("token"),
        "Google": BasicScheme("oauth2accesstoken"),
        "Azure Artifacts": BasicScheme("token"),
        "Anaconda Server": HeaderScheme("X-Auth"),
        "Quetz": HeaderScheme("X-API-Key"),
        "Artifactory": BEARER,
        "Gitea or Forgejo": BEARER,
        "a conda server": TOKEN,
    }.items(),
)
def test_scheme_of_a_server_is_tried_first(name: str, first: object) -> None:
    assert server_of(Address.parse(KNOWN[name])).schemes[0] == first


@pytest.mark.parametrize("name", ["Anaconda Server", "Quetz", "Artifactory", "Gitea or Forgejo"])
def test_server_known_by_its_path_only_gets_the_other_schemes_too(name: str) -> None:
    schemes = server_of(Address.parse(KNOWN[name])).schemes
    assert {TOKEN, BEARER, HeaderScheme("X-API-Key")} <= set(schemes)
    assert len(set(schemes)) == len(schemes)


@pytest.mark.parametrize("base", ["", "/quetz", "/services/conda.v2"])
@pytest.mark.parametrize(
    ("path", "name", "token"),
    [
        ("/get/private", "Quetz", "/t/TOKEN/get/private"),
        ("/api/repo/private", "Anaconda Server", "/api/repo/t/TOKEN/private"),
        ("/artifactory/api/conda/private", "Artifactory", None),
        ("/api/packages/alice/conda", "Gitea or Forgejo", None),
    ],
    ids=["Quetz", "Anaconda Server", "Artifactory", "Gitea"],
)
def test_server_below_a_path_is_known_and_gets_a_token_only_where_it_expects_it(
    base: str, path: str, name: str, token: str | None
) -> None:
    url = f"https://conda.example.org{base}{path}"
    server = server_of(Address.parse(url))
    in_path = [each for each in server.schemes if isinstance(each, PathScheme)]
    urls = [each.url(url, Secret("TOKEN")) for each in in_path]
    assert (server.name, urls) == (
        name,
        [f"https://conda.example.org{base}{token}"] if token else [],
    )
    assert [parse_scheme(each.text) for each in in_path] == in_path


@pytest.mark.parametrize(
    "address",
    [
        Address.parse("https://my-org.pkgs.visualstudio.com/project/_packaging/feed/Conda/repo"),
        Address("https", "pkgs.dev.azure.com", 443, ("my-org", "My%20Project", "_packaging", "f")),
    ],
    ids=["older host", "project with a blank"],
)
def test_azure_artifacts_gets_a_token_as_the_password_of_any_user(address: Address) -> None:
    assert server_of(address).schemes == (BasicScheme("token"),)


@pytest.mark.parametrize(
    "host", ["pkgs.dev.azure.com.evil.example", "xpkgs.dev.azure.com", "pkgs.visualstudio.com"]
)
def test_lookalike_of_azure_artifacts_is_any_server(host: str) -> None:
    assert server_of(Address.parse(f"https://{host}/my-org")).name == "a conda server"


def test_path_is_tried_after_all_headers() -> None:
    for address in KNOWN.values():
        schemes = server_of(Address.parse(address)).schemes
        in_url = [isinstance(scheme, PathScheme) for scheme in schemes]
        assert in_url == sorted(in_url), address


def test_schemes_of_every_server_can_be_recorded() -> None:
    for address in KNOWN.values():
        for scheme in server_of(Address.parse(address)).schemes:
            username = scheme.username if isinstance(scheme, BasicScheme) else ""
            assert parse_scheme(scheme.text, username) == scheme


@pytest.mark.parametrize(
    "address",
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
def test_token_for_a_lookalike_of_anaconda_org_is_not_sent_to_its_api(address: str) -> None:
    assert server_of(Address.parse(address)).api is None


def test_auto_tries_the_schemes_of_the_server() -> None:
    assert schemes_to_try("auto", "", ADDRESS) == server_of(ADDRESS).schemes


def test_auto_with_a_user_name_is_basic_alone() -> None:
    assert schemes_to_try("auto", "alice", ADDRESS) == (BasicScheme("alice"),)


def test_choice_leaves_one_scheme() -> None:
    assert schemes_to_try("bearer", "", ADDRESS) == (BEARER,)
    assert schemes_to_try("path", "", ADDRESS) == (PATH,)
    assert schemes_to_try("basic", "alice", ADDRESS) == (BasicScheme("alice"),)
    assert schemes_to_try("header:X-API-Key", "", ADDRESS) == (HeaderScheme("X-API-Key"),)


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
def test_invalid_choice_and_contradiction_to_the_user_name_are_refused(
    choice: str, username: str
) -> None:
    with pytest.raises(UsageError):
        schemes_to_try(choice, username, ADDRESS)


@pytest.mark.parametrize(
    ("address", "index"),
    [
        ("https://conda.anaconda.org/my-org", "https://pypi.anaconda.org/my-org"),
        (
            "https://conda.anaconda.org/my-org/label/dev",
            "https://pypi.anaconda.org/my-org/label/dev",
        ),
        ("https://conda.anaconda.org", None),
        ("https://conda.example.org/my-org", None),
        ("http://conda.anaconda.org/my-org", None),
        ("https://repo.anaconda.cloud/repo/my-org", None),
        ("https://repo.anaconda.cloud/repo/ns/ch", "https://repo.anaconda.cloud/repo/ns/ch"),
        ("https://repo.anaconda.cloud/repo/ns/ch/x", None),
    ],
)
def test_package_index_is_known_for_channels_of_anaconda(address: str, index: str | None) -> None:
    wanted = Address.parse(index) if index else None
    assert pypi_of(Address.parse(address)) == wanted


def test_package_index_gets_the_token_in_the_path_if_there_is_such_an_api() -> None:
    api = Address.parse("https://api.example.org")
    assert pypi_scheme(Login(ADDRESS, TOKEN, FILE, api=api)) == PATH
    assert pypi_scheme(Login(ADDRESS, TOKEN, FILE)) == TOKEN
    basic = BasicScheme("alice")
    assert pypi_scheme(Login(ADDRESS, basic, FILE, api=api)) == basic


@pytest.mark.parametrize(
    "host",
    [
        "",
        "anaconda.org",
        "conda.anaconda.org",
        "https://api.anaconda.org",
        "https://Anaconda.org/x",
    ],
)
def test_api_of_anaconda_org_is_found_by_its_hosts(host: str) -> None:
    assert api_at(host) == ANACONDA_API


@pytest.mark.parametrize(
    ("host", "api"),
    [
        ("conda.example.org", "https://conda.example.org/api"),
        ("anaconda.com", "https://anaconda.com/api/repo"),
        ("http://anaconda.com/api", "http://anaconda.com/api"),
        ("conda.example.org:8443", "https://conda.example.org:8443/api"),
        ("https://conda.example.org/x/api", "https://conda.example.org/x/api"),
        ("http://anaconda.org/api", "http://anaconda.org/api"),
        ("https://anaconda.org.evil.example/api", "https://anaconda.org.evil.example/api"),
    ],
)
def test_api_of_another_server_is_below_its_host_or_the_given_address(host: str, api: str) -> None:
    assert api_at(host) == Address.parse(api)


@pytest.mark.parametrize("host", ["a b", "https://alice:secret@host/api", "../x", "*"])
def test_text_that_is_neither_host_nor_address_has_no_api(host: str) -> None:
    with pytest.raises(AddressError) as caught:
        api_at(host)
    assert "--account" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_word_for_an_api_leads_to_it_again() -> None:
    for api in (ANACONDA_API, COM_API, Address.parse("https://a.example/api")):
        assert api_at(server_word(api)) == api
    assert server_word(COM_API) == "anaconda.com"


def test_web_page_is_known_for_anaconda_org_alone() -> None:
    assert web_page_at(ANACONDA_API) == "https://anaconda.org"
    assert web_page_at(Address.parse("https://a.example:8443/api")) == "https://a.example:8443"
    assert web_page_of(Address.parse(KNOWN["anaconda.org"])) == "https://anaconda.org/my-org"
    assert web_page_of(Address.parse("https://conda.anaconda.org")) == ""
    assert web_page_of(ADDRESS) == ""
