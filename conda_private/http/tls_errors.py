"""Errors of TLS: the server's certificate, ours, and the files that conda's settings name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from conda_private.model import shell
from conda_private.model.exceptions import TlsError

if TYPE_CHECKING:
    from conda.base.context import Context

# The peer sends an alert when it does not accept what we sent (RFC 8446, section 6.2).
_ALERT = re.compile(r"_ALERT_([A-Z_]+)")
# Before TLS 1.3, a handshake failure is all that a server says about a missing certificate. Some
# servers say nothing, and close the connection.
_ABOUT_OURS = re.compile("certificate|unknown ca|access denied|decrypt|handshake failure|nothing")
_UNUSABLE = re.compile(r"Client private key|\bPEM lib\b|KEY_VALUES_MISMATCH")
_SET = "conda config --set client_ssl_cert FILE.pem"
_SHOW = "see the settings:  conda config --show client_ssl_cert client_ssl_cert_key"


def tls_error(host: str, failure: str, reason: str) -> TlsError:
    """The error for a connection that TLS has refused.

    Args:
        host: the host.
        failure: the text of the library's error.
        reason: what of it people can read, or "".
    """
    if "WRONG_VERSION_NUMBER" in failure:
        return _no_tls(host)
    if answer := _answer(failure):
        return _ended(host, answer)
    if _UNUSABLE.search(failure):
        return _unusable()
    return TlsError(
        f"The certificate of {host} is not trusted.",
        cause=reason or "It is not signed by a certificate authority that this machine trusts.",
        next_step="ask for the certificate of the server's authority, then run:\n"
        "conda config --set ssl_verify FILE.pem\n"
        "(REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE take precedence over that setting.)",
    )


def certificate_required(host: str, verb: str = "requires") -> TlsError:
    """The error for a server that wants a client certificate, and got none."""
    return TlsError(
        f"{host} {verb} a client certificate.",
        cause="No certificate was sent, because conda's setting client_ssl_cert is not set.",
        next_step="ask for a certificate and its key, in PEM format, then run:\n"
        f"{_SET}\n"
        "(and client_ssl_cert_key, if the key is in a file of its own)",
    )


def refuse_missing_files() -> None:
    """Refuse settings that name a file that does not exist; requests would raise a plain OSError.

    Raises:
        TlsError: there is no such file.
    """
    for name, path in _named_files():
        if path and not os.path.exists(path):
            is_variable = name.isupper()
            kind = "variable" if is_variable else "conda setting"
            raise TlsError(
                f"There is no file {path}.",
                cause=f"The {kind} {name} names it, so no connection with TLS is possible.",
                next_step=f"{shell.set_variable(name, 'FILE.pem')}"
                f"      or:  {shell.unset_variable(name)}"
                if is_variable
                else f"conda config --set {name} FILE.pem\n"
                f"or, if it is not needed:  conda config --remove-key {name}",
            )


def _named_files() -> Iterator[tuple[str, str]]:
    # conda itself refuses an ssl_verify that is no file.
    for setting in ("client_ssl_cert", "client_ssl_cert_key"):
        variable = f"CONDA_{setting.upper()}"
        name = variable if variable in os.environ else setting
        yield name, getattr(_context(), setting) or ""
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        yield variable, os.environ.get(variable, "")


def _no_tls(host: str) -> TlsError:
    return TlsError(
        f"{host} does not support TLS on this port.",
        cause="The address begins with https, but the server answers in plain HTTP.",
        next_step="check the scheme and the port of the address. If you trust the network, you"
        " can use HTTP:\nconda private login http://HOST/CHANNEL --allow-http",
    )


def _answer(failure: str) -> str:
    """Return what the server said as it ended the connection, "nothing", or "" if it did not."""
    alert = _ALERT.search(failure)
    if alert:
        return alert[1].replace("_", " ").lower()
    return "nothing" if "EOF occurred" in failure else ""


def _ended(host: str, answer: str) -> TlsError:
    is_about_ours = _ABOUT_OURS.search(answer)
    if is_about_ours and not _context().client_ssl_cert:
        return certificate_required(host, "requires" if "required" in answer else "may require")
    said = "It closed the connection." if answer == "nothing" else f'Its answer is "{answer}".'
    if is_about_ours:
        return TlsError(
            f"{host} refused the client certificate.",
            cause=f"{said} The certificate may have expired, or be of an authority that the server"
            " does not trust.",
            next_step=_SHOW,
        )
    return TlsError(
        f"{host} ended the TLS handshake.",
        cause=said,
        next_step="check the address, and ask the people who run the server which TLS it supports",
    )


def _unusable() -> TlsError:
    return TlsError(
        f"The client certificate {_context().client_ssl_cert} could not be used.",
        cause="It is not in PEM format, or its key is missing, is encrypted, or belongs to another"
        " certificate.",
        next_step=_SHOW,
    )


def _context() -> Context:
    from conda.base.context import context

    return context
