"""What conda's own requests meet: schemes that cannot be sent, settings, and related channels."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin

import pytest
import requests
from conda.gateways.connection.session import CondaSession
from conda.models.channel import Channel
from conda.models.records import PackageRecord

from conda_private.handler import auth
from conda_private.handler.auth import PrivateAuth
from conda_private.handler.namesakes import refuse_namesakes
from conda_private.model import shell
from conda_private.model.exceptions import (
    ConnectionFailedError,
    InsecureUrlError,
    NamesakeError,
    TlsError,
    TokenRefusedError,
)
from tests.home import CANARY, Home
from tests.server import Fault, Server

HOST = "https://conda.example.org"


def authorization(url: str) -> str | None:
    """The ``Authorization`` with which conda requests a URL."""
    value = PrivateAuth("x")(requests.Request("GET", url).prepare()).headers.get("Authorization")
    return value if value is None else value.encode().decode()


def test_server_that_wants_a_ticket_is_not_said_to_have_revoked_the_credential(
    home: Home, session: CondaSession, server: Server
) -> None:
    home.log_in(server.channel("my-org"))
    server.fail("/my-org", how=Fault.status(401, {"WWW-Authenticate": "Negotiate"}))
    with pytest.raises(TokenRefusedError, match=r"requires Negotiate \(Kerberos\)") as caught:
        session.get(f"{server.channel('my-org')}/noarch/repodata.json")
    assert "revoked" not in caught.value.cause
    server.heal()
    server.fail("/my-org", how=Fault.status(401, {"WWW-Authenticate": "Bearer"}))
    with pytest.raises(TokenRefusedError, match="refused the stored credential"):
        session.get(f"{server.channel('my-org')}/noarch/repodata.json")


def test_proxy_that_is_no_url_is_named_before_conda_quotes_its_password(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.log_in(f"{HOST}/my-org")
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{CANARY}#x@proxy.example.org")
    with pytest.raises(ConnectionFailedError, match="HTTPS_PROXY") as caught:
        authorization(f"{HOST}/my-org/noarch/repodata.json")
    assert CANARY not in str(caught.value)
    # Other requests are conda's own.
    assert authorization(f"{HOST}/other/noarch/repodata.json") is None


def test_client_certificate_that_is_missing_is_named(home: Home) -> None:
    home.log_in(f"{HOST}/my-org")
    home.condarc("client_ssl_cert: /no/such.pem\n")
    with pytest.raises(TlsError, match=r"/no/such\.pem"):
        authorization(f"{HOST}/my-org/noarch/repodata.json")


@pytest.mark.parametrize("where", ["variable", "setting"])
def test_proxy_that_could_read_the_credential_is_named_with_what_helps(
    home: Home, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    channel = "http://127.0.0.1:8080/my-org"
    home.log_in(channel)
    if where == "variable":
        monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.org")
    else:
        home.condarc("proxy_servers:\n  http: http://proxy.example.org\n")
    with pytest.raises(InsecureUrlError) as caught:
        authorization(f"{channel}/noarch/repodata.json")
    step = caught.value.next_step
    # What it says has to help.
    if where == "variable":
        assert step == shell.set_variable("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    else:
        assert step == "conda config --remove-key proxy_servers.http"
        home.condarc("{}\n")
    auth._refuse_unusable_settings.cache_clear()
    assert authorization(f"{channel}/noarch/repodata.json") == f"token {CANARY}"


LABEL = f"{HOST}/my-org/label/dev"


@pytest.mark.parametrize(
    "relation",
    ["../..", "../main", "..", "../../../other", "https://packages.example.net/my-org/label/dev"],
)
def test_login_for_a_label_covers_no_channel_that_the_label_names_as_related(
    home: Home, relation: str
) -> None:
    # CEP 42: the `channel_relations` of an index, relative to the channel.
    home.log_in(LABEL)
    related = urljoin(f"{LABEL}/", f"{relation}/noarch/repodata.json")
    assert authorization(related) is None
    assert authorization(f"{LABEL}/noarch/repodata.json") == f"token {CANARY}"


def test_packages_on_another_host_are_requested_with_the_login_for_that_host(home: Home) -> None:
    # CEP 15: the `base_url` of an index.
    files = "https://packages.example.net/files/my-org"
    home.log_in(LABEL)
    home.log_in(files, secret="ca-nary-other")
    assert authorization(f"{files}/noarch/a-1-0.conda") == "token ca-nary-other"
    assert authorization("https://packages.example.net/other/noarch/a-1-0.conda") is None


class _Knowing:
    """What a login remembers: one name."""

    subdirs = ("noarch",)

    def knows(self, name: str) -> bool:
        return name == "hello-private"

    def knows_in_part(self, name: str) -> bool:
        return False

    def finds_any(self, subdir: str, names: Iterable[str]) -> bool:
        return any(map(self.knows, names))


def linked(channel: str, url: str) -> PackageRecord:
    """What conda is about to link, from the index of a channel."""
    return PackageRecord(
        name="hello-private",
        version="1.0",
        build="0",
        build_number=0,
        channel=Channel(channel),
        subdir="noarch",
        fn="hello-private-1.0-0.conda",
        url=url,
    )


def test_private_package_that_its_index_has_on_another_host_is_not_a_namesake(home: Home) -> None:
    taking_part = [(home.log_in(LABEL), _Knowing())]
    file = "https://packages.example.net/files/noarch/hello-private-1.0-0.conda"
    refuse_namesakes([linked(f"{LABEL}/noarch", file)], taking_part)
    for foreign in ("https://packages.example.net/files/noarch", f"{HOST}/my-org2/noarch"):
        with pytest.raises(NamesakeError):
            refuse_namesakes([linked(foreign, file)], taking_part)
