"""Collects the certificates that the command trusts: the user's own, and that of this run."""

from __future__ import annotations

import configparser
import os
import re
import ssl
import sys
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from conda_private.gateway.settings import pip_files

# The variables that name a file of certificates, and the programs that read them.
ALWAYS = (
    "SSL_CERT_FILE",  # OpenSSL, Python, uv, rattler, pixi
    "REQUESTS_CA_BUNDLE",  # requests, conda, mamba, poetry
    "CURL_CA_BUNDLE",  # curl, R
    "PIP_CERT",
    "GIT_SSL_CAINFO",
    "NODE_EXTRA_CA_CERTS",
    "CARGO_HTTP_CAINFO",
)
IF_SET = ("AWS_CA_BUNDLE", "DENO_CERT", "HTTPLIB2_CA_CERTS", "NIX_SSL_CERT_FILE")
_SYSTEM = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # Alpine, macOS
)
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_BLOCK = re.compile(f"{_BEGIN}(.*?){_END}", re.DOTALL)


def trusted_files(environment: Mapping[str, str], ssl_verify: object) -> list[str]:
    """Return the files of certificates that the user's settings name.

    Args:
        environment: the user's variables.
        ssl_verify: conda's setting.
    """
    files = [environment.get(name, "") for name in (*ALWAYS, *IF_SET)]
    if isinstance(ssl_verify, str) and os.path.exists(ssl_verify):
        files.append(ssl_verify)
    files += _of_pip(environment)
    if not environment.get("SSL_CERT_FILE"):
        # Only this variable replaces the certificates of the system for all programs.
        files += _of_system()
    return [file for file in dict.fromkeys(files) if file]


def merged(files: Iterable[str]) -> tuple[str, list[str]]:
    """Return the certificates of these files, and the files in which something is not valid.

    A certificate that OpenSSL cannot load is left out, because some programs stop at one.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    loaded: dict[str, bool] = {}
    wrong: dict[str, None] = {}
    for file in files:
        try:
            bodies = ["".join(body.split()) for body in _BLOCK.findall(_read(file))]
        except OSError:
            bodies = [""]
        for body in bodies:
            if body not in loaded:
                loaded[body] = _loads(context, body)
            if not loaded[body]:
                wrong[file] = None
    return "".join(_written(body) for body, is_valid in loaded.items() if is_valid), list(wrong)


def of_system_store() -> str:
    """Return the certificates of the system that are in no file: those of Windows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.platform == "win32":
        context.load_default_certs()
    return "".join(map(ssl.DER_cert_to_PEM_cert, context.get_ca_certs(binary_form=True)))


def _read(file: str) -> str:
    return Path(file).read_text(encoding="latin-1")


def _written(body: str) -> str:
    lines = [body[place : place + 64] for place in range(0, len(body), 64)]
    return "\n".join([_BEGIN, *lines, _END, ""])


def _loads(context: ssl.SSLContext, body: str) -> bool:
    try:
        context.load_verify_locations(cadata=b64decode(body, validate=True))
    except (ssl.SSLError, ValueError):
        return False
    return True


def _of_system() -> list[str]:
    import certifi

    known = [ssl.get_default_verify_paths().cafile or "", *_SYSTEM]
    return [*(file for file in known if os.path.exists(file)), certifi.where()]


def _of_pip(environment: Mapping[str, str]) -> Iterator[str]:
    for file in pip_files(environment):
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, UnicodeError):
            continue  # pip will say so
        for section in parser.sections():
            yield os.path.expanduser(parser.get(section, "cert", fallback=""))
