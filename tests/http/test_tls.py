"""Client certificates: real TLS, each way to fail, and the setting of conda that fixes it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from conda_private.http.client import Signer, get
from conda_private.http.heads import read_head
from conda_private.http.index_names import JSON
from conda_private.http.tls_errors import tls_error
from conda_private.model.exceptions import TlsError
from tests.home import home_in
from tests.http.index_server import Answer
from tests.http.index_server import serve as serve_by_hand
from tests.server import Anaconda, Server, serve
from tests.wording import assert_reads_well

NGINX = b"<html><head><title>400 No required SSL certificate was sent</title></head></html>"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates of the server's authority and of another one, and their keys."""
    folder = tmp_path_factory.mktemp("certificates")
    for name, authority in (("good", trustme.CA()), ("bad", trustme.CA())):
        authority.cert_pem.write_to_path(folder / f"{name}-ca.pem")
        client = authority.issue_cert("alice@example.org")
        client.private_key_and_cert_chain_pem.write_to_path(folder / f"{name}.pem")
        client.cert_chain_pems[0].write_to_path(folder / f"{name}.crt")
        client.private_key_pem.write_to_path(folder / f"{name}.key")
        server = authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem
        server.write_to_path(folder / f"{name}-server.pem")
    (folder / "junk.pem").write_text("junk\n")
    return folder


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def server(request: pytest.FixtureRequest, files: Path) -> Iterator[Server]:
    """A server that requires a client certificate, in one version of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files / "good-server.pem")
    context.minimum_version = context.maximum_version = request.param
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(files / "good-ca.pem")
    world = Anaconda()
    world.add_channel("my-org")
    with serve(world, tls=context) as server:
        yield server


@pytest.fixture
def ask(tmp_path: Path, files: Path, server: Server) -> Iterator[Callable[..., int]]:
    """Sends a request of ours with some of conda's settings."""
    with home_in(tmp_path) as home:

        def status(**settings: str) -> int:
            settings = {"ssl_verify": "good-ca.pem", **settings}
            lines = (f"{name}: '{files / value}'\n" for name, value in settings.items())
            home.condarc("".join(lines))
            url = f"{server.conda}/my-org/noarch/repodata.json"
            return int(get(url, Signer()).status_code)

        yield status


def failure(ask: Callable[..., int], **settings: str) -> TlsError:
    """The error of a request of ours."""
    with pytest.raises(TlsError) as caught:
        ask(**settings)
    assert_reads_well(caught.value, names="PEM")
    return caught.value


def test_certificate_that_conda_names_is_sent(ask: Callable[..., int]) -> None:
    assert ask(client_ssl_cert="good.pem") == 200
    assert ask(client_ssl_cert="good.crt", client_ssl_cert_key="good.key") == 200


def test_missing_certificate_is_named_with_the_setting(ask: Callable[..., int]) -> None:
    error = failure(ask)
    assert "a client certificate." in error.what
    assert "ssl_verify" not in f"{error}"
    assert "conda config --set client_ssl_cert FILE.pem" in error.next_step


def test_certificate_of_another_authority_is_told_from_a_missing_one(
    ask: Callable[..., int],
) -> None:
    error = failure(ask, client_ssl_cert="bad.pem")
    assert error.what.endswith(" refused the client certificate.")
    assert "conda config --show client_ssl_cert" in error.next_step


@pytest.mark.parametrize(
    "settings",
    [
        {"client_ssl_cert": "junk.pem"},
        {"client_ssl_cert": "good.crt"},
        {"client_ssl_cert": "good.crt", "client_ssl_cert_key": "bad.key"},
    ],
    ids=["no certificate", "no key", "another key"],
)
def test_unusable_certificate_is_not_blamed_on_the_server(
    ask: Callable[..., int], settings: dict[str, str]
) -> None:
    error = failure(ask, **settings)
    assert error.what.startswith("The client certificate ")
    assert error.what.endswith(" could not be used.")


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("client_ssl_cert", {}),
        ("client_ssl_cert_key", {"client_ssl_cert": "good.crt"}),
    ],
)
def test_file_that_is_missing_is_named_with_its_setting(
    ask: Callable[..., int], files: Path, name: str, others: dict[str, str]
) -> None:
    error = failure(ask, **others, **{name: "none.pem"})
    assert error.what == f"There is no file {files / 'none.pem'}."
    assert f"The conda setting {name} names it" in error.cause
    assert f"conda config --remove-key {name}" in error.next_step


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CONDA_CLIENT_SSL_CERT"])
def test_file_that_is_missing_is_named_with_its_variable(
    ask: Callable[..., int], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "/no/such.pem")
    error = failure(ask, client_ssl_cert="good.pem")
    assert f"The variable {name} names it" in error.cause
    assert f"unset {name}" in error.next_step


def test_page_of_nginx_about_a_missing_certificate_is_understood() -> None:
    def read(answer: Answer) -> object:
        with serve_by_hand(lambda file, credential: answer) as channel:
            import requests

            with requests.Session() as session:
                session.trust_env = False
                url = f"{channel.url}/noarch/repodata.json"
                with session.get(url, stream=True) as response:
                    return read_head(response, url, JSON)

    with pytest.raises(TlsError, match="requires a client certificate"):
        read(Answer(400, NGINX))
    assert getattr(read(Answer(400, b"Bad Request")), "status", 0) == 400


@pytest.mark.parametrize(
    ("failed", "what"),
    [
        (
            "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] ...",
            "h.org requires a client certificate.",
        ),
        (
            "[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] ...",
            "h.org may require a client certificate.",
        ),
        ("[SSL: TLSV1_ALERT_PROTOCOL_VERSION] ...", "h.org ended the TLS handshake."),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] ...", "The certificate of h.org is not trusted."),
    ],
)
def test_alerts_of_a_server_are_told_apart(tmp_path: Path, failed: str, what: str) -> None:
    with home_in(tmp_path):
        error = tls_error("h.org", failed, "")
    assert error.what == what
    assert_reads_well(error)
