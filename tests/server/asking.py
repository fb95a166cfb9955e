"""Requests as tests send them: no proxy, netrc file or redirect gets in the way."""

from __future__ import annotations

from typing import Any

import requests


def ask(method: str, url: str, **options: Any) -> requests.Response:
    """Send one request."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, allow_redirects=False, timeout=10, **options)


def get(url: str, **options: Any) -> requests.Response:
    """Get a URL."""
    return ask("GET", url, **options)


def names(url: str, **options: Any) -> set[str]:
    """The packages in the repodata of noarch under a channel URL."""
    return set(get(f"{url}/noarch/repodata.json", **options).json()["packages.conda"])
