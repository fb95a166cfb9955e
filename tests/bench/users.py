"""Users with logins in place, however many, for this plugin and for others."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from conda_private.conda_config.channel_settings import ChannelSettingsFile
from conda_private.files.logins_format import Content, render
from conda_private.model.address import Address
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.model.source import KEYRING
from tests.bench.environments import Environment
from tests.bench.measuring import Job
from tests.bench.rows import OURS
from tests.integration.runner import Conda

INSIDE = Path(__file__).with_name("inside")
SECRET = "bench-0123456789abcdef"


class User(Conda):
    """One user of one environment; a keyring that counts its reads belongs to them.

    Args:
        environment: whose conda they run.
        folder: where their home is made.
        addresses: the channels and labels that they are logged in to.
        ca_file: the certificate that they trust.
    """

    def __init__(
        self,
        environment: Environment,
        folder: Path,
        addresses: Sequence[str] = (),
        ca_file: Path | None = None,
    ) -> None:
        super().__init__(environment.conda, "classic", folder, "https://conda.example.org")
        self.python = environment.python
        self.keyring: dict[str, dict[str, str]] = {}
        self.settings["repodata_fns"] = ["repodata.json"]
        self.settings["show_channel_urls"] = True
        if ca_file:
            self.settings["ssl_verify"] = str(ca_file)
        # What hashes to where must not differ from one process to the next.
        self.environment["PYTHONHASHSEED"] = "0"
        if addresses:
            LOGINS[environment.name](self, addresses)
        self.keyring_file = folder / "keyring.json"
        self.keyring_file.write_text(json.dumps(self.keyring))
        (folder / "condarc").write_text(json.dumps(self.settings))

    def command(self, *words: str | Path) -> Job:
        """``conda WORDS``, as a job to be measured, with the keyring that counts.

        With none conda-auth is not loaded: it asks the keyring when conda starts.
        """
        return Job([self.executable, *words], self.environment | self.with_keyring, self.folder)

    def inside(self, script: str, *words: str | Path) -> Job:
        """A script of ours within this user's environment, with the keyring that counts."""
        command = [self.python, INSIDE / f"{script}.py", *words]
        return Job(command, self.environment | self.with_keyring, self.folder)

    @property
    def with_keyring(self) -> dict[str, str]:
        """The variables that make a process take the keyring that counts."""
        return {
            "PYTHONPATH": str(INSIDE),
            "PYTHON_KEYRING_BACKEND": "counted_keyring.Keyring",
            "COUNTED_KEYRING": str(self.keyring_file),
        }

    @property
    def reads(self) -> int:
        """How often the keyring was read until now."""
        log = self.keyring_file.with_suffix(".reads")
        return len(log.read_text().splitlines()) if log.exists() else 0


def _conda_private(user: User, addresses: Sequence[str]) -> None:
    urls = tuple(map(Address.parse, addresses))
    user.data_folder.mkdir(parents=True, mode=0o700)
    records = user.data_folder / "credentials.json"
    records.write_text(render(Content([Login(url, TOKEN, KEYRING) for url in urls])))
    records.chmod(0o600)
    ChannelSettingsFile(user.home / ".conda" / "condarc.d" / "conda-private.yml").write(urls)
    user.keyring["conda-private"] = dict.fromkeys(addresses, SECRET)


def _conda_auth(user: User, addresses: Sequence[str]) -> None:
    user.settings["channel_settings"] = [{"channel": each, "auth": "token"} for each in addresses]
    user.keyring |= {f"conda-auth::token::{each}": {"token": SECRET} for each in addresses}


def _anaconda_auth(user: User, addresses: Sequence[str]) -> None:
    auth = "anaconda-auth"
    user.settings["channel_settings"] = [{"channel": each, "auth": auth} for each in addresses]
    (user.home / ".anaconda").mkdir()
    hosts = {urlsplit(each).netloc for each in addresses}
    sites = [f'[sites."{host}"]\ndomain = "{host}"\n' for host in sorted(hosts)]
    (user.home / ".anaconda" / "config.toml").write_text("".join(sites))
    user.keyring["Anaconda Cloud"] = {
        host: base64.b64encode(json.dumps({"domain": host, "api_key": SECRET}).encode()).decode()
        for host in hosts
    }


LOGINS: dict[str, Callable[[User, Sequence[str]], None]] = {
    OURS: _conda_private,
    "conda-auth": _conda_auth,
    "anaconda-auth": _anaconda_auth,
}
