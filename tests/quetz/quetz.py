"""What its administrator does in a running Quetz, by its own API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests

from .deployment import PATIENCE, wait_until


class Quetz:
    """A running server, as alice sees it.

    Attributes:
        url: Without a trailing slash.
        keys: Every API key that was made.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.keys: list[str] = []
        self._session = requests.Session()
        self._session.trust_env = False
        self._ask("GET", "/api/dummylogin/alice")

    def channel(self, name: str) -> str:
        """The URL of a channel."""
        return f"{self.url}/get/{name}"

    def add_channel(self, name: str, package: Path) -> None:
        """Make a private channel with one package."""
        self._ask("POST", "/api/channels", json={"name": name, "private": True})
        with package.open("rb") as file:
            files = {"files": (package.name, file)}
            self._ask("POST", f"/api/channels/{name}/files/", files=files)
        # It is indexed behind our back.
        index = f"/get/{name}/noarch/repodata.json"
        wait_until(lambda: package.name in self._ask("GET", index).text)

    def add_key(self, channel: str) -> str:
        """Make an API key that reads one channel and does nothing else."""
        roles = [{"channel": channel, "role": "member"}]
        answer = self._ask("POST", "/api/api-keys", json={"description": "laptop", "roles": roles})
        self.keys.append(answer.json()["key"])
        return self.keys[-1]

    def revoke(self, key: str) -> None:
        """End an API key."""
        self._ask("DELETE", f"/api/api-keys/{key}")

    def _ask(self, method: str, path: str, **options: Any) -> requests.Response:
        answer = self._session.request(method, self.url + path, timeout=PATIENCE, **options)
        answer.raise_for_status()
        return answer
