"""Servers, lists and files that send our requests elsewhere: they go without the token, or not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.runner import Conda, spellings_of
from tests.integration.sessions import ask
from tests.server import Anaconda, Fault, Server, serve
from tests.server.wire import Answer

ADDRESS = "/my-org/label/dev"
PRIVATE = ("--override-channels", "-c", "my-org/label/dev", "hello-private")


@pytest.fixture
def foreign(packages: dict[str, Path]) -> Iterator[Server]:
    """A server of someone else, with channels of the same names."""
    world = Anaconda()
    world.add_user("mallory", password="mallory")
    world.add_organization("my-org", owners=["mallory"])
    world.add_package("my-org", packages["hello-private-1.0"], labels=["dev", "main"])
    with serve(world) as server:
        yield server


@pytest.fixture
def logged_in(conda: Conda, server: Server, token: str) -> Conda:
    """A user who is logged in to one label."""
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
    server.clear()
    return conda


def assert_inside(token: str, *servers: Server) -> None:
    """Check that only requests to the label had the token."""
    for number, server in enumerate(servers):
        for each in server.requests:
            text = f"{each.path} {each.headers}"
            if any(form in text for form in spellings_of(token)):
                assert number == 0
                assert each.origin == "conda"
                assert each.path.startswith(f"{ADDRESS}/")
                assert ".." not in each.path


LOCATIONS = {
    "another host": "{foreign}/my-org/label/dev/noarch/repodata.json",
    "another host, without its scheme": "//{foreign_host}/my-org/label/dev/noarch/repodata.json",
    "another host behind ours": "http://{host}@{foreign_host}/my-org/label/dev/noarch/x",
    "another host behind a backslash": "http://{foreign_host}\\@{host}/my-org/label/dev/x",
    "ours by another name": "http://localhost:{port}/my-org/label/dev/noarch/repodata.json",
    "another port": "{files}/my-org/label/dev/noarch/repodata.json",
    "https": "https://{host}/my-org/label/dev/noarch/repodata.json",
    "another channel": "/other/noarch/repodata.json",
    "another label": "/my-org/label/main/noarch/repodata.json",
    "out by dots": "/my-org/label/dev/../main/noarch/repodata.json",
    "out by encoded dots": "/my-org/label/dev/%2e%2e/main/noarch/repodata.json",
    "out by an encoded slash": "/my-org/label/dev/..%2fmain/noarch/repodata.json",
    "out by two slashes": "//my-org/label/dev/noarch/repodata.json",
}


def names(server: Server, foreign: Server) -> dict[str, str]:
    """The values for the placeholders in ``LOCATIONS`` and ``LISTED``."""
    host = server.conda.removeprefix("http://")
    return {
        "conda": server.conda,
        "host": host,
        "port": host.rpartition(":")[2],
        "files": server.files,
        "foreign": foreign.conda,
        "foreign_host": foreign.conda.removeprefix("http://"),
    }


@pytest.mark.hard
def test_redirect_out_of_the_channel_takes_no_token_along(
    logged_in: Conda, server: Server, foreign: Server, token: str
) -> None:
    urls = []
    for code in (301, 302, 303, 307, 308):
        for number, location in enumerate(LOCATIONS.values()):
            target = location.format(**names(server, foreign))
            path = f"{ADDRESS}/noarch/{code}-{number}.json"
            server.fail(f"^{path}$", how=Fault.redirect(target, code))
            urls.append(server.conda + path)
    ask(logged_in, urls)
    first = [each for each in server.requests if f"{server.conda}{each.path}" in urls]
    assert len(first) == len(urls)
    assert {each.headers["Authorization"] for each in first} == {f"token {token}"}
    assert len(foreign.requests) >= 10
    assert_inside(token, server, foreign)
    elsewhere = [each for each in server.requests if each not in first]
    assert {each.headers["Authorization"] for each in elsewhere} == {None}


def test_repodata_that_is_redirected_to_another_host_is_requested_without_the_token(
    logged_in: Conda, server: Server, foreign: Server, token: str
) -> None:
    target = f"{foreign.conda}{ADDRESS}/noarch/repodata.json"
    server.fail(f"^{ADDRESS}/noarch/", how=Fault.redirect(target, 302))
    logged_in.run("search", *PRIVATE)
    assert foreign.requests
    assert_inside(token, server, foreign)


def test_chain_out_and_back_is_not_signed_again(
    logged_in: Conda, server: Server, foreign: Server, token: str
) -> None:
    back = f"{server.conda}{ADDRESS}/noarch/back.json"
    server.fail(
        f"^{ADDRESS}/noarch/(current_)?repodata", how=Fault.redirect(f"{foreign.conda}/away", 307)
    )
    foreign.fail("^/away", how=Fault.redirect(back, 307))
    logged_in.run("search", *PRIVATE)
    assert any(each.path == "/away" for each in foreign.requests)
    returned = [each for each in server.requests if each.path.endswith("/back.json")]
    assert returned
    assert {each.headers["Authorization"] for each in returned} == {None}
    assert_inside(token, server, foreign)


def test_redirect_without_an_end_is_an_error_and_no_hang(
    logged_in: Conda, server: Server, token: str
) -> None:
    server.fail(
        f"^{ADDRESS}/noarch/", how=Fault.redirect(f"{ADDRESS}/noarch/repodata.json?again", 302)
    )
    result = logged_in.run("search", *PRIVATE)
    assert result.code != 0
    assert "redirect" in result.text.lower()
    assert_inside(token, server)


@pytest.mark.hard
@pytest.mark.parametrize("base", ["{foreign}/my-org/label/dev/noarch/", "../../../other/noarch/"])
def test_packages_that_repodata_lists_elsewhere_are_fetched_without_the_token(
    logged_in: Conda, server: Server, foreign: Server, token: str, base: str
) -> None:
    logged_in.create("before", *PRIVATE)
    listed = next(each for each in server.requests if each.path.endswith("/repodata.json"))
    assert listed.headers["Authorization"]
    content = json.loads(_repodata(logged_in, server))
    content["info"] = {**content.get("info", {}), "base_url": base.format(foreign=foreign.conda)}
    content["repodata_version"] = 2
    answer = Answer(200, json.dumps(content).encode(), {"Content-Type": "application/json"})
    server.fail(f"^{ADDRESS}/noarch/(current_)?repodata.json$", how=Fault(answer))
    logged_in.settings |= {
        "pkgs_dirs": [str(logged_in.folder / "empty cache")],
        "repodata_use_zst": False,
        "repodata_use_shards": False,
    }
    server.clear()
    logged_in.create("after", *PRIVATE)
    assert server.requests
    assert_inside(token, server, foreign)


def _repodata(conda: Conda, server: Server) -> str:
    """The label's repodata as conda got it."""
    from urllib.request import Request, urlopen

    token = json.loads(conda.secrets_file.read_text())["secrets"][server.conda + ADDRESS]
    url = f"{server.conda}{ADDRESS}/noarch/repodata.json"
    with urlopen(Request(url, headers={"Authorization": f"token {token}"})) as answer:
        text: str = answer.read().decode()
    server.clear()
    return text


LISTED = {
    "the same path on another host": "{foreign}/my-org/label/dev/noarch/{name}",
    "our host as a user": "http://{host}@{foreign_host}/my-org/label/dev/noarch/{name}",
    "out by dots": "{conda}/my-org/label/dev/../main/noarch/{name}",
    "out by encoded dots": "{conda}/my-org/label/dev/%2e%2e/main/noarch/{name}",
    "a longer name": "{conda}/my-org/label/dev2/noarch/{name}",
    "another channel": "{conda}/other/noarch/{name}",
    "our address in the path": "{foreign}/{conda}/my-org/label/dev/noarch/{name}",
    "a variable": "{foreign}/$MY_TOKEN/noarch/{name}",
}


@pytest.mark.parametrize("line", LISTED.values(), ids=LISTED)
def test_explicit_list_of_someone_else_gets_no_token(
    logged_in: Conda, server: Server, foreign: Server, token: str, line: str
) -> None:
    url = line.format(name="hello-private-1.0-0.conda", **names(server, foreign))
    file = logged_in.folder / "explicit.txt"
    file.write_text(f"@EXPLICIT\n{url}\n")
    logged_in.run("create", "-y", "-p", logged_in.prefix("a"), "--file", file)
    assert_inside(token, server, foreign)
    assert [each for each in server.requests if each.headers["Authorization"]] == []


def test_environment_file_of_someone_else_gets_no_token(
    logged_in: Conda, server: Server, foreign: Server, token: str
) -> None:
    host = server.conda.removeprefix("http://")
    channels = [
        f"{foreign.conda}/my-org/label/dev",
        f"http://{host}@{foreign.conda.removeprefix('http://')}/my-org",
        f"{server.conda}/my-org/label/dev/../main",
    ]
    file = logged_in.folder / "environment.yml"
    file.write_text(json.dumps({"channels": channels, "dependencies": ["hello-private"]}))
    logged_in.run("env", "create", "-p", logged_in.prefix("a"), "-f", file)
    assert foreign.requests
    assert_inside(token, server, foreign)
