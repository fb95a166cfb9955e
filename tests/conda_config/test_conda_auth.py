"""The entries of conda-auth in conda's settings, and the channel that each is for."""

from __future__ import annotations

import json
from pathlib import Path

from conda_private.conda_config.conda_auth import entries
from conda_private.model.address import Address
from conda_private.stores.conda_auth import BASIC, TOKEN, Entry
from tests.home import home_in

HOST = "https://conda.example.org"
ORG = Address.parse(f"{HOST}/my-org")


def test_entry_has_its_channel_and_the_names_of_its_credential(tmp_path: Path) -> None:
    settings: list[dict[str, str]] = [
        {"channel": str(ORG), "auth": TOKEN, "auth_target": "a-target"},
        {"channel": f"{ORG}/*", "auth": BASIC, "username": "alice"},
        {"channel": f"{HOST}/*", "auth": TOKEN},
        {"channel": "my-org", "auth": TOKEN},
        {"channel": f"{HOST}/*/main", "auth": TOKEN},
        {"channel": f"{HOST}/other", "auth": "anaconda-auth"},
        {"channel": f"{HOST}/plain"},
    ]
    with home_in(tmp_path) as home:
        channels = [f"{HOST}/in-use", "https://conda.example.net/other"]
        content = {"channel_settings": settings, "channels": channels}
        home.condarc_path.write_text(json.dumps(content))
        found = list(entries())
    assert found == [
        Entry(ORG, TOKEN, ("a-target", str(ORG))),
        Entry(ORG, BASIC, (f"{ORG}/*", str(ORG)), "alice"),
        Entry(Address.parse(f"{HOST}/in-use"), TOKEN, (f"{HOST}/*", *found[2].targets[1:])),
        Entry(Address.parse("https://conda.anaconda.org/my-org"), TOKEN, ("my-org",)),
    ]
