"""Jobs that write our files, and a program that repeats a job.

It forks for each attempt. The shim strikes one call later each time, until a child succeeds:

    python -m tests.crashes.writers JOB FOLDER [[HOW, ERROR], ...]

The user's home is always ``FOLDER/home``, because records contain paths. The home of each child is
moved to ``FOLDER/HOW-ERROR-N``. The program prints the outcome of each child as JSON.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conda_private.actions.login import Edges, log_in
from conda_private.actions.logout import log_out
from conda_private.conda_config.channel_settings import ChannelSettingsFile
from conda_private.conda_config.condarc.file import CondarcFile
from conda_private.files.logins import LoginsFile
from conda_private.model.address import Address
from conda_private.model.exceptions import CondaPrivateError
from conda_private.model.login import Login, find_login
from conda_private.model.login_request import LoginRequest
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret
from conda_private.model.source import FILE
from conda_private.stores.file import FileStore

HOST = "https://conda.example.org"
OLD, NEW = (Address.parse(f"{HOST}/{name}") for name in ("old", "new"))
OLD_SECRET, NEW_SECRET, NEXT_SECRET = "ca-nary-old", "ca-nary-new", "ca-nary-next"
MANY_CALLS = 300


class User:
    """One user's files, below a folder."""

    def __init__(self, home: Path) -> None:
        self.store = FileStore(home / "data" / "secrets.json")
        self.channel_settings = home / ".conda" / "condarc.d" / "conda-private.yml"
        self.records = LoginsFile(
            home / "data" / "credentials.json",
            configure=ChannelSettingsFile(self.channel_settings).write,
        )
        self.condarc = home / ".condarc"

    def list_of(self, path: str) -> CondarcFile:
        """The channel list of a file."""
        return CondarcFile(Path(path), memory=self.records, keep_defaults=lambda: True)

    def log_in(self, address: Address, secret: str) -> None:
        """The whole use case, unverified."""
        name = address.path[-1]
        request = LoginRequest(
            address=address,
            name=name,
            schemes=(TOKEN,),
            condarc=str(self.condarc),
            verify=False,
        )
        nobody: Any = None
        log_in(
            request,
            Secret(secret),
            Edges(
                probe=nobody,
                server=nobody,
                store=self.store,
                open_store=lambda source: self.store,
                records=self.records,
                open_list=self.list_of,
                drop_index=lambda address: None,
                remember=lambda login, secret, found: None,
            ),
        )

    def log_out(self, address: Address) -> None:
        """The whole use case."""
        log_out(
            find_login(address, self.records.logins()),
            records=self.records,
            open_store=lambda source: self.store,
            open_list=self.list_of,
            forget=lambda address: None,
        )


def _nothing(user: User) -> None:
    pass


def _old_secret(user: User) -> None:
    user.store.put(OLD, Secret(OLD_SECRET))


def _old_entry(user: User) -> None:
    user.records.add(Login(OLD, TOKEN, FILE))


def _own_condarc(user: User) -> None:
    user.condarc.write_text("# mine\nchannels:  # in this order\n  - conda-forge\n")


def _old_login(user: User) -> None:
    _own_condarc(user)
    user.log_in(OLD, OLD_SECRET)


def _both_logins(user: User) -> None:
    _old_login(user)
    user.log_in(NEW, NEW_SECRET)


def _only_login(user: User) -> None:
    user.log_in(NEW, NEW_SECRET)


def _log_in(user: User) -> None:
    user.log_in(NEW, NEW_SECRET)


def _log_out(user: User) -> None:
    user.log_out(NEW)


Job = tuple[Callable[[User], None], Callable[[User], None]]
JOBS: dict[str, Job] = {
    "first secret": (_nothing, lambda user: user.store.put(NEW, Secret(NEW_SECRET))),
    "second secret": (_old_secret, lambda user: user.store.put(NEW, Secret(NEW_SECRET))),
    "secret in place of another": (
        _old_secret,
        lambda user: user.store.put(OLD, Secret(NEXT_SECRET)),
    ),
    "last secret goes": (_old_secret, lambda user: user.store.delete(OLD)),
    "first entry": (_nothing, lambda user: user.records.add(Login(NEW, TOKEN, FILE))),
    "second entry": (_old_entry, lambda user: user.records.add(Login(NEW, TOKEN, FILE))),
    "last entry goes": (_old_entry, lambda user: user.records.remove(OLD)),
    "first login": (_nothing, _log_in),
    "second login": (_old_login, _log_in),
    "login again": (_both_logins, lambda user: user.log_in(NEW, NEXT_SECRET)),
    "logout of one": (_both_logins, _log_out),
    "logout of the only one": (_only_login, _log_out),
}


def _child(job: str, home: Path, how: int, at: int, error: int, pipe: int) -> None:
    shim = ctypes.CDLL(None)
    user = User(home)
    outcome: dict[str, Any] = {"error": None, "traceback": None}
    shim.shim_arm(str(home).encode(), how, at, error)
    try:
        JOBS[job][1](user)
    except CondaPrivateError as problem:
        outcome["error"] = str(problem)
    except BaseException:
        outcome["traceback"] = traceback.format_exc()
    outcome["struck"] = bool(shim.shim_struck())
    shim.shim_arm(b"", 0, 0, 0)
    os.write(pipe, json.dumps(outcome).encode())
    os._exit(0)


def _try(job: str, home: Path, how: int, at: int, error: int) -> dict[str, Any]:
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        _child(job, home, how, at, error, writer)
    os.close(writer)
    with open(reader) as file:
        said = file.read()
    killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
    return {"killed": True, "struck": True} if killed else {"killed": False, **json.loads(said)}


def main(job: str, folder: Path, plans: list[tuple[int, int]]) -> None:
    """Repeat the job for each way and error until the shim does not strike any more."""
    outcomes = []
    home = folder / "home"
    home.mkdir(mode=0o700)
    JOBS[job][0](User(home))
    template = home.rename(folder / "template")
    for how, error in plans:
        for at in range(1, MANY_CALLS):
            shutil.copytree(template, home)
            outcome = _try(job, home, how, at, error)
            home.rename(folder / f"{how}-{error}-{at}")
            outcomes.append({"how": how, "error_number": error, "at": at, **outcome})
            if not outcome["struck"]:
                break
    print(json.dumps(outcomes))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3]))
