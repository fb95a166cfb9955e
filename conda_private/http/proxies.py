"""The proxy settings in effect: which setting names the proxy, and whether its value is a URL.

A value can contain a password, so nothing here returns or shows one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

from conda_private.model import shell
from conda_private.model.address import Address
from conda_private.model.exceptions import ConnectionFailedError, InsecureUrlError

_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")
_NO_SOCKS = "This conda lacks the package pysocks, which a SOCKS proxy needs."


@dataclass(frozen=True)
class ProxySetting:
    """One setting that names a proxy.

    Attributes:
        name: the variable, such as ``HTTPS_PROXY``, or conda's setting, such as
            ``proxy_servers.https``.
        problem: why the proxy cannot be used, or "".
    """

    name: str
    problem: str

    @property
    def is_variable(self) -> bool:
        """Whether it is an environment variable."""
        return not self.name.startswith("proxy_servers.")

    @property
    def fix(self) -> str:
        """The command that sets it, or installs what it needs."""
        if self.problem == _NO_SOCKS:
            return "conda install -n base pysocks"
        url = "http://USER:PASSWORD@HOST:PORT"
        if self.is_variable:
            return shell.set_variable(self.name, url)
        return f"conda config --set {self.name} {url}"


def proxy_for(url: str) -> ProxySetting | None:
    """Return the setting whose proxy a request to this URL uses, as requests decides it.

    conda's own settings take precedence over the environment.
    """
    from conda.base.context import context
    from requests.utils import get_environ_proxies

    scheme, host = urlsplit(url).scheme, urlsplit(url).hostname
    configured, given = context.proxy_servers, get_environ_proxies(url)
    for key in (f"{scheme}://{host}", scheme, f"all://{host}", "all"):
        if value := configured.get(key):
            return ProxySetting(f"proxy_servers.{key}", _problem(value))
        if value := given.get(key):
            return ProxySetting(_variable(key, value), _problem(value))
    return None


def refuse_malformed_proxy(url: str) -> None:
    """Refuse a proxy setting that is not a URL; each library has its own ways to fail with it.

    Raises:
        ConnectionFailedError: a request to this URL would use such a setting.
    """
    setting = proxy_for(url)
    if setting and setting.problem:
        raise ConnectionFailedError(
            f"{urlsplit(url).netloc} was not contacted: {setting.name} does not name a usable"
            " proxy.",
            cause=setting.problem,
            next_step=setting.fix,
        )


def readable_by_proxy(address: Address, setting: ProxySetting) -> InsecureUrlError:
    """Return the error for a credential that a proxy could read, because there is no TLS.

    Args:
        address: the address of the login.
        setting: what names the proxy.
    """
    return InsecureUrlError(
        f"The credential for {address} was not sent because a proxy could read it.",
        cause=f"The channel is on this machine and does not use TLS, and {setting.name} names"
        " a proxy.",
        next_step=shell.set_variable("NO_PROXY", address.host)
        if setting.is_variable
        else f"conda config --remove-key {setting.name}",
    )


def _variable(key: str, value: str) -> str:
    names = (f"{key}_proxy", f"{key}_PROXY".upper())
    # On macOS and Windows, the system has proxies, too; then no variable has the value.
    return next((name for name in names if os.environ.get(name) == value), names[1])


def _problem(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if value != value.strip():
        return "It begins or ends with a space."
    if not separator and "@" in value:
        return "It has no scheme: it must begin with http:// or https://."
    if separator and scheme.lower() not in _SCHEMES:
        return f"Its scheme is not one of {', '.join(_SCHEMES)}."
    if scheme.lower().startswith("socks") and find_spec("socks") is None:
        return _NO_SOCKS
    authority = rest if separator else value
    if any(mark in authority.rpartition("@")[0] for mark in "?#/"):
        return "Its username or password has ?, # or /, to be written as %3F, %23 or %2F."
    return "" if _has_host(authority) else "It has no valid host, or its port is not a number."


def _has_host(authority: str) -> bool:
    try:
        parts = urlsplit(f"//{authority}")
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
