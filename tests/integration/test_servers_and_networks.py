"""Real conda with client certificates, passwords outside ASCII, and packages on another host."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.runner import Conda, spellings_of
from tests.server import Anaconda, Fault, Server, serve
from tests.server.asking import get
from tests.server.wire import Answer

PASSWORD = "Schl\u00fcssel \u5bc6\u7801"
DEV = ("--override-channels", "-c", "my-org/label/dev", "hello-private")


@pytest.fixture
def other(packages: dict[str, Path]) -> Iterator[Server]:
    """A second server, with a file store that requires a credential of its own."""
    world = Anaconda()
    world.add_user("alice", password="another password")
    world.add_organization("files", owners=["alice"])
    world.add_package("files", packages["hello-private-1.0"], private=True)
    world.direct_files = True
    with serve(world) as server:
        yield server
        assert not server.errors


def index_of(place: Server, token: str) -> Fault:
    """An index that says that its packages are in the file store (CEP 15)."""
    headers = {"Authorization": f"token {token}"}
    index = get(f"{place.conda}/files/noarch/repodata.json", headers=headers).json()
    index["info"]["base_url"] = f"{place.conda}/files/noarch/"
    index["repodata_version"] = 2
    return Fault(Answer(200, json.dumps(index).encode(), {"Content-Type": "application/json"}))


def test_packages_on_another_host_get_the_login_for_that_host_only(
    conda: Conda, server: Server, other: Server, token: str
) -> None:
    conda.settings |= {"repodata_use_zst": False, "repodata_use_shards": False}
    second = other.world.add_token("alice", scopes=["conda:download"])
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
    server.fail("/label/dev/noarch/(current_)?repodata.json$", how=index_of(other, second))
    words = ("--no-verify", "--add-channel", "none")
    conda.login(f"{other.conda}/files", *words, token=second)
    result = conda.create("env", *DEV)
    assert result.code == 0, result.text
    (file,) = [each for each in other.requests if each.path.endswith(".conda")]
    assert file.headers["Authorization"] == f"token {second}"
    for place, secret in ((other, token), (server, second)):
        texts = [f"{each.path} {each.headers}" for each in place.requests]
        assert not any(form in text for form in spellings_of(secret) for text in texts)


def test_client_certificate_is_used_for_the_login_and_by_conda(
    new_conda: Callable[[str], Conda], world: Anaconda, token: str
) -> None:
    with serve(world, tls=True, client_certificates=True) as server:
        conda = new_conda(server.conda)
        conda.settings["ssl_verify"] = str(server.ca_file)
        refused = conda.private("login", "my-org", "--label", "dev", "--token-stdin", stdin=token)
        assert refused.code == 1
        assert "conda config --set client_ssl_cert FILE.pem" in refused.err
        assert not server.requests
        conda.settings["client_ssl_cert"] = str(server.client_file)
        conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
        result = conda.create("env", *DEV)
        assert result.code == 0, result.text


@pytest.mark.hard
def test_client_certificate_that_is_missing_ends_in_no_error_report(
    new_conda: Callable[[str], Conda], world: Anaconda, token: str
) -> None:
    with serve(world, tls=True, client_certificates=True) as server:
        conda = new_conda(server.conda)
        conda.settings |= {"ssl_verify": str(server.ca_file), "client_ssl_cert": "/no/such.pem"}
        words = ("my-org", "--label", "dev", "--add-channel", "none", "--token-stdin")
        refused = conda.private("login", *words, stdin=token)
        conda.ok("private", "login", *words, "--no-verify", stdin=token)
        for result in (refused, conda.create("env", *DEV)):
            assert result.code == 1
            assert "TlsError: There is no file /no/such.pem." in result.err
            assert "unexpected error" not in result.text


@pytest.mark.hard
def test_password_outside_ascii_is_stored_and_sent_by_conda(
    conda: Conda, world: Anaconda, server: Server
) -> None:
    world.accounts["alice"].password = PASSWORD
    world.forms = {"password"}
    words = ("my-org", "--label", "dev", "--username", "alice", "--password-stdin")
    conda.ok("private", "login", *words, stdin=f"{PASSWORD}\n")
    result = conda.create("env", *DEV)
    assert result.code == 0, result.text


@pytest.mark.hard
@pytest.mark.parametrize("placeholder", ["<TOKEN>", "$MY_TOKEN"])
def test_old_list_is_installed_after_the_edit_that_is_named(
    conda: Conda, server: Server, token: str, placeholder: str
) -> None:
    conda.login("my-org", "--label", "dev", "--add-channel", "none", token=token)
    file = conda.folder / "old.txt"
    url = f"{server.conda}/t/{placeholder}/my-org/label/dev/noarch/hello-private-1.0-0.conda"
    file.write_text(f"@EXPLICIT\n{url}\n")
    result = conda.create("env", "--file", str(file))
    assert result.code != 0
    edit = next(line for line in result.err.splitlines() if "sed -i.bak" in line)
    assert f"your login for {server.conda}/my-org/label/dev is used" in result.err
    subprocess.run(shlex.split(edit), check=True)
    result = conda.create("env", "--file", str(file))
    assert result.code == 0, result.text
    assert "/t/" not in result.err
