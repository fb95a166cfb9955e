"""The authority of a run vouches for its hosts only; the bundle holds what the user trusts."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from pathlib import Path

import pytest
import trustme
from cryptography import x509

from conda_private.gateway.authority import Authority
from conda_private.gateway.bundle import merged, trusted_files

HOSTS = ["conda.example.org", "127.0.0.1"]


def handshake(authority: Authority, host: str, trusted: str) -> None:
    """Connect to a server for a host; an error if its certificate is not trusted."""
    ours, theirs = socket.socketpair()
    context = ssl.create_default_context(cadata=trusted)
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # the default of Python 3.13

    def serve() -> None:
        try:
            with theirs:
                authority.context(host).wrap_socket(theirs, server_side=True).close()
        except OSError:
            pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        context.wrap_socket(ours, server_hostname=host).close()
    finally:
        ours.close()
        thread.join()


@pytest.mark.parametrize("host", HOSTS)
def test_host_of_a_login_is_trusted(tmp_path: Path, host: str) -> None:
    authority = Authority(HOSTS, tmp_path)
    handshake(authority, host, authority.pem)
    handshake(authority, host, authority.pem)  # the context is kept
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("hosts", [HOSTS, HOSTS[:1], HOSTS[1:], []])
@pytest.mark.parametrize("host", ["bank.example.com", "10.0.0.1", "localhost"])
def test_other_host_is_not_trusted(tmp_path: Path, hosts: list[str], host: str) -> None:
    authority = Authority(hosts, tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        handshake(authority, host, authority.pem)


def test_authority_of_another_run_is_not_trusted(tmp_path: Path) -> None:
    authority, other = Authority(HOSTS, tmp_path), Authority(HOSTS, tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(authority, HOSTS[0], other.pem)


def test_certificate_is_valid_for_about_a_year(tmp_path: Path) -> None:
    made = x509.load_pem_x509_certificate(Authority(HOSTS, tmp_path).pem.encode())
    assert (made.not_valid_after_utc - made.not_valid_before_utc).days == 366


def certificate(file: Path) -> str:
    """Write a new certificate to a file, and return it."""
    pem = trustme.CA().cert_pem.bytes().decode()
    file.write_text(pem)
    return pem


def body(pem: str) -> str:
    """Return what is between the marks, without white space."""
    return "".join(pem.split("-----")[2].split())


def test_bundle_has_every_valid_certificate_once(tmp_path: Path) -> None:
    one, two = certificate(tmp_path / "one.pem"), certificate(tmp_path / "two.pem")
    bad = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"
    mixed = tmp_path / "mixed.pem"
    mixed.write_text(f"# a comment\n{one}{bad.format('AAAA')}{two}{bad.format('?')}")
    text, wrong = merged([str(tmp_path / "one.pem"), str(mixed), str(tmp_path / "missing.pem")])
    assert text.count("BEGIN CERTIFICATE") == 2
    assert [body(each) for each in (one, two)] == [
        body(f"-----BEGIN{each}") for each in text.split("-----BEGIN")[1:]
    ]
    assert wrong == [str(mixed), str(tmp_path / "missing.pem")]
    ssl.create_default_context(cadata=text)
    assert max(map(len, text.splitlines())) == 64


def of_machine(home: Path) -> set[str]:
    """Return the files that the settings of this machine's pip name, for all its users."""
    return set(trusted_files({"SSL_CERT_FILE": "/a.pem", "HOME": str(home)}, True)) - {"/a.pem"}


def test_files_of_all_settings_are_trusted(tmp_path: Path) -> None:
    pip = tmp_path / "pip.conf"
    pip.write_text("[global]\ncert = /pip.pem\n[install]\nother = 1\n")
    named = {
        "SSL_CERT_FILE": "/a.pem",
        "REQUESTS_CA_BUNDLE": "/b.pem",
        "CURL_CA_BUNDLE": "/c.pem",
        "PIP_CERT": "/a.pem",
        "GIT_SSL_CAINFO": "/d.pem",
        "AWS_CA_BUNDLE": "/e.pem",
        "PIP_CONFIG_FILE": str(pip),
        "HOME": str(tmp_path),
    }
    conda = certificate(tmp_path / "conda.pem") and str(tmp_path / "conda.pem")
    files = trusted_files(named, conda)
    expected = {*(f"/{name}.pem" for name in "abcde"), conda, "/pip.pem"}
    assert set(files) == expected | of_machine(tmp_path)
    assert len(files) == len(set(files))
    assert "truststore" not in trusted_files(named, "truststore")
    assert not any(file.endswith("cacert.pem") for file in files)
    # Only SSL_CERT_FILE replaces the certificates of the system.
    system = trusted_files({"HOME": str(tmp_path)}, True)
    assert any(file.endswith("cacert.pem") for file in system)
    assert all(os.path.exists(file) for file in system)


def test_broken_settings_of_pip_are_left_to_pip(tmp_path: Path) -> None:
    pip = tmp_path / "pip.conf"
    pip.write_text("no section\n")
    named = {"SSL_CERT_FILE": "/a.pem", "PIP_CONFIG_FILE": str(pip), "HOME": str(tmp_path)}
    assert set(trusted_files(named, True)) == {"/a.pem"} | of_machine(tmp_path)
