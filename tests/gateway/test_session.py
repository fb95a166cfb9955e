"""A run as its command sees it: its variables lead to the logins, and failures are reported."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
import trustme

from conda_private.composition import machine
from conda_private.gateway.session import variables_of_run
from conda_private.model.address import Address
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret
from conda_private.model.source import FILE, Source
from tests.home import CANARY, Home
from tests.server import Anaconda, Answer, Fault, Server, serve

Make = Callable[..., Login]
Said = pytest.CaptureFixture[str]
needs_netlink = pytest.mark.skipif(not hasattr(socket, "AF_NETLINK"), reason="only Linux has it")


class Command:
    """A command, with the variables that a run gives it."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.variables = variables

    def get(self, url: str) -> requests.Response:
        """Read a URL."""
        with requests.Session() as session:
            session.trust_env = False
            session.verify = self.variables["SSL_CERT_FILE"]
            session.proxies = dict.fromkeys(("http", "https"), self.variables["HTTPS_PROXY"])
            return session.get(url, timeout=10)


@contextmanager
def running(*logins: Login, with_pypi: bool = False) -> Iterator[Command]:
    """Start a run for some logins."""
    with variables_of_run(["true"], logins, os.environ, with_pypi=with_pypi) as variables:
        yield Command(variables)


def keep(login: Login, secret: str) -> Login:
    """Store the credential of a login."""
    machine.open_store(FILE).put(login.address, Secret(secret))
    return login


@pytest.fixture
def mine(login: Make, token: str) -> Login:
    """A login for a channel and its package index."""
    return keep(login(index=True), token)


def test_command_reaches_the_private_index_and_the_user_is_told_once(
    mine: Login, server: Server, capsys: Said
) -> None:
    with running(mine) as command:
        assert command.variables["PIP_INDEX_URL"] == f"{server.pypi}/my-org/simple/"
        assert capsys.readouterr().err == ""  # nothing has asked for a package
        for _ in range(2):
            page = command.get(f"{command.variables['PIP_INDEX_URL']}hello-wheel/")
            assert "hello_wheel-1.0" in page.text
    where = f"conda-private: pip and uv use {server.pypi}/my-org/simple"
    assert capsys.readouterr().err == f"{where}  (--with-pypi adds PyPI)\n"


def test_public_index_of_the_user_is_used_after_the_private_one(
    mine: Login, server: Server, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    mirror, private = f"{server.pypi}/pypi/simple", f"{server.pypi}/my-org/simple"
    monkeypatch.setenv("PIP_INDEX_URL", f"{mirror}/")
    with running(mine, with_pypi=True) as command:
        assert command.variables["PIP_EXTRA_INDEX_URL"] == f"{mirror}/"
        assert "only_public-1.0" in command.get(f"{mirror}/only-public/").text
    assert capsys.readouterr().err == f"conda-private: pip and uv use {private}\n"
    monkeypatch.setenv("PIP_INDEX_URL", f"{private}/")
    with running(mine, with_pypi=True) as command:
        assert command.variables["PIP_EXTRA_INDEX_URL"] == "https://pypi.org/simple/"


def test_names_of_a_private_index_stay_private_in_a_run(
    mine: Login, server: Server, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    mirror = f"{server.pypi}/pypi/simple"
    monkeypatch.setenv("PIP_INDEX_URL", mirror)
    with running(mine, with_pypi=True) as command:
        assert command.get(f"{mirror}/hello-wheel/").status_code == 404
    assert "The private package is used" in capsys.readouterr().err


def test_token_without_the_scope_is_an_error_and_not_an_empty_index(
    login: Make, server: Server, world: Anaconda, capsys: Said
) -> None:
    narrow = keep(login(index=True), world.add_token("alice", scopes=["conda:download"]))
    with running(narrow) as command:
        refused = command.get(f"{server.pypi}/my-org/simple/hello-wheel/")
    assert refused.status_code == 403
    assert "It lacks the scope pypi:download. Its scopes: conda:download." in refused.text
    assert capsys.readouterr().err.count("It lacks the scope pypi:download") == 1


@pytest.mark.parametrize(("with_pypi", "status"), [(True, 403), (False, 404)])
def test_server_without_an_api_must_list_its_packages_before_a_public_index_is_used(
    login: Make, server: Server, token: str, with_pypi: bool, status: int
) -> None:
    mine = keep(login(index=True)._replace(api=None), token)
    server.fail("/my-org/simple/", "pypi", how=Fault(answer=Answer(404)), times=99)
    with running(mine, with_pypi=with_pypi) as command:
        answer = command.get(f"{server.pypi}/my-org/simple/hello-wheel/")
    assert answer.status_code == status
    assert ("does not list its packages (status 404)" in answer.text) == with_pypi


def test_server_without_an_api_that_lists_its_packages_is_used(
    login: Make, server: Server, token: str
) -> None:
    mine = keep(login(index=True)._replace(api=None), token)
    with running(mine, with_pypi=True) as command:
        assert command.get(f"{server.pypi}/my-org/simple/hello-wheel/").status_code == 200


def test_missing_variable_is_reported_once_and_its_hint_works(
    mine: Login, login: Make, server: Server, token: str, monkeypatch: pytest.MonkeyPatch,
    capsys: Said,
) -> None:  # fmt: skip
    monkeypatch.delenv("OTHER_TOKEN", raising=False)
    other = login("other")._replace(source=Source("env", "OTHER_TOKEN"))
    with running(mine, other) as command:
        said = capsys.readouterr().err
        assert command.get(f"{server.conda}/my-org/noarch/repodata.json").status_code == 200
        refused = command.get(f"{server.conda}/other/noarch/repodata.json")
        command.get(f"{server.conda}/other/noarch/repodata.json")
    assert refused.status_code == 403
    assert said.count("OTHER_TOKEN is not set") == 1
    assert capsys.readouterr().err == ""
    assert refused.text.strip() in said
    # The hint, followed once.
    assert "export OTHER_TOKEN=" in said
    monkeypatch.setenv("OTHER_TOKEN", token)
    machine.resolver.cache_clear()
    with running(mine, other) as command:
        assert capsys.readouterr().err == ""
        assert command.get(f"{server.conda}/other/noarch/repodata.json").status_code == 200


def test_certificate_that_cannot_be_loaded_is_left_out_and_reported(
    mine: Login, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    monkeypatch.setenv("CURL_CA_BUNDLE", str(broken))
    with running(mine) as command:
        assert command.get(f"{server.conda}/my-org/noarch/repodata.json").status_code == 200
    expected = f"conda-private: {broken} has a certificate that is not valid, so it is left out.\n"
    assert capsys.readouterr().err == expected


@needs_netlink
def test_only_where_the_kernel_is_asked_does_pip_get_a_password_that_others_can_read(
    mine: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(mine) as command:
        assert command.variables["PIP_PROXY"] == command.variables["HTTPS_PROXY"]
    monkeypatch.delattr(socket, "AF_NETLINK")
    with running(mine) as command:
        assert "PIP_PROXY" not in command.variables


def test_client_certificate_of_conda_is_sent_to_the_server(
    world: Anaconda, token: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(world, tls=True, client_certificates=True) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.ca_file))
        mine = keep(Login(Address.parse(f"{server.conda}/my-org"), TOKEN, FILE), token)
        url = f"{server.conda}/my-org/noarch/repodata.json"
        with running(mine) as command:
            refused = command.get(url)
            assert (refused.status_code, "a client certificate" in refused.text) == (502, True)
        home.condarc("client_ssl_cert: /not/there.pem\n")
        with running(mine) as command:
            assert "There is no file /not/there.pem." in command.get(url).text
        home.condarc(f"client_ssl_cert: {server.client_file}\n")
        with running(mine) as command:
            assert "hello-1.0" in command.get(url).text


class _Repository(SimpleHTTPRequestHandler):
    """Serves the files of a repository to those who have the token."""

    def do_GET(self) -> None:
        if self.headers.get("Authorization") == f"token {CANARY}":
            super().do_GET()
        else:
            self.send_error(401)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a repository that any server of files can serve."""
    git = ("git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.org")
    for words in (
        ("init", "--quiet", "--bare", "project.git"),
        ("init", "--quiet", "work"),
        ("-C", "work", "commit", "--quiet", "--allow-empty", "--message", "the first"),
        ("-C", "work", "push", "--quiet", "../project.git", "HEAD:refs/heads/main"),
        ("-C", "project.git", "update-server-info"),
    ):
        subprocess.run([*git, *words], check=True)
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    authority.issue_cert("127.0.0.1").configure_cert(context)
    served = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Repository, directory=str(tmp_path)))
    served.socket = context.wrap_socket(served.socket, server_side=True)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    with served:
        yield f"https://127.0.0.1:{served.server_port}/project.git"
        served.shutdown()


def test_git_clones_a_private_repository_of_files(
    repository: str, home: Home, tmp_path: Path
) -> None:
    login = home.log_in(repository)
    words = ["git", "clone", "--quiet", "--branch", "main", repository, str(tmp_path / "copy")]
    with running(login) as command:
        subprocess.run(words, check=True, env=command.variables)
    log = ["git", "-C", str(tmp_path / "copy"), "log", "--format=%s"]
    assert subprocess.run(log, check=True, capture_output=True).stdout == b"the first\n"
    config = (tmp_path / "copy" / ".git" / "config").read_text()
    assert f"url = {repository}\n" in config
    assert CANARY not in config
