"""The certificate authority of one run. Its keys are only in the memory of this process."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from secrets import token_bytes

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_EARLY, _LONG = (
    timedelta(days=1),
    timedelta(days=365),
)  # a clock may be wrong; a shell may stay open
# A list without entries would permit every name. These two are no host (RFC 6761, RFC 919).
_NO_NAME, _NO_NUMBER = "invalid", IPv4Network("255.255.255.255/32")


class Authority:
    """Issues certificates for the hosts of the logins, and for no other host.

    Args:
        hosts: the hosts, as names or IPv4 numbers.
        folder: a folder that only the user can write to.

    Attributes:
        pem: its own certificate.
    """

    def __init__(self, hosts: Iterable[str], folder: Path) -> None:
        self._folder = folder
        self._key, self._leaf_key = _new_key(), _new_key()
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "conda private run")])
        authority = _Certificate(self._name, self._name, self._key, self._key)
        authority.add(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        authority.add(_usage(signs_certificates=True), critical=True)
        authority.add(_only(frozenset(hosts)), critical=True)
        self.pem = authority.pem().decode()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._issuing = threading.Lock()

    def context(self, host: str) -> ssl.SSLContext:
        """Return what a server for this host needs for TLS."""
        with self._issuing:
            if host not in self._contexts:
                self._contexts[host] = self._new_context(host)
            return self._contexts[host]

    def _new_context(self, host: str) -> ssl.SSLContext:
        leaf = _Certificate(x509.Name([]), self._name, self._leaf_key, self._key)
        # Critical, because the subject is empty (RFC 5280, section 4.2.1.6).
        leaf.add(x509.SubjectAlternativeName([_general_name(host)]), critical=True)
        leaf.add(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        leaf.add(_usage(signs_certificates=False), critical=True)
        leaf.add(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        # The library reads a key only from a file. Its password is in this process alone.
        password = token_bytes(32).hex().encode()
        protection = BestAvailableEncryption(password)
        key = self._leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)
        file = self._folder / "leaf.pem"
        try:
            file.write_bytes(leaf.pem() + key)
            context.load_cert_chain(file, password=password)
        finally:
            file.unlink(missing_ok=True)
        return context


class _Certificate:
    """A certificate in the making."""

    def __init__(
        self,
        subject: x509.Name,
        issuer: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        issuer_key: ec.EllipticCurvePrivateKey,
    ) -> None:
        now = datetime.now(timezone.utc)
        self._issuer_key = issuer_key
        self._builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _EARLY)
            .not_valid_after(now + _LONG)
        )
        # Python 3.13 requires both (VERIFY_X509_STRICT).
        self.add(x509.SubjectKeyIdentifier.from_public_key(key.public_key()))
        self.add(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()))

    def add(self, extension: x509.ExtensionType, *, critical: bool = False) -> None:
        self._builder = self._builder.add_extension(extension, critical)

    def pem(self) -> bytes:
        return self._builder.sign(self._issuer_key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _only(hosts: frozenset[str]) -> x509.NameConstraints:
    """Return the extension that limits an authority to these hosts (RFC 5280, 4.2.1.10)."""
    numbers = [IPv4Network(host) for host in hosts if _is_number(host)] or [_NO_NUMBER]
    names = [host for host in hosts if not _is_number(host)] or [_NO_NAME]
    permitted = [*map(x509.DNSName, names), *map(x509.IPAddress, numbers)]
    return x509.NameConstraints(permitted, None)


def _general_name(host: str) -> x509.GeneralName:
    return x509.IPAddress(IPv4Address(host)) if _is_number(host) else x509.DNSName(host)


def _is_number(host: str) -> bool:
    try:
        IPv4Address(host)
    except ValueError:
        return False
    return True


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
