"""Administer a running Quetz through its API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests

from .deployment import PATIENCE, wait_until


class Quetz:
    """A running server, administered by alice.

    Attributes:
        url: the server's URL, without a trailing slash.
        keys: all API keys that were created.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.keys: list[str] = []
        self._session = requests.Session()
        self._session.trust_env = False
        self._ask("GET", "/api/dummylogin/alice")

    def channel(self, name: str) -> str:
        """Return the URL of a channel."""
        return f"{self.url}/get/{name}"

    def add_channel(self, name: str, package: Path) -> None:
        """Create a private channel with one package."""
        self._ask("POST", "/api/channels", json={"name": name, "private": True})
        with package.open("rb") as file:
            files = {"files": (package.name, file)}
            self._ask("POST", f"/api/channels/{name}/files/", files=files)
        # Quetz indexes the channel in the background.
        index = f"/get/{name}/noarch/repodata.json"
        wait_until(lambda: package.name in self._ask("GET", index).text)

    def add_key(self, channel: str) -> str:
        """Create an API key that can only read one channel."""
        roles = [{"channel": channel, "role": "member"}]
        answer = self._ask("POST", "/api/api-keys", json={"description": "laptop", "roles": roles})
        self.keys.append(answer.json()["key"])
        return self.keys[-1]

    def revoke(self, key: str) -> None:
        """Revoke an API key."""
        self._ask("DELETE", f"/api/api-keys/{key}")

    def _ask(self, method: str, path: str, **options: Any) -> requests.Response:
        answer = self._session.request(method, self.url + path, timeout=PATIENCE, **options)
        answer.raise_for_status()
        return answer
