"""Try the package: log in with it, and install it from a private label."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.integration.runner import Conda
from tests.server import Anaconda, Server, serve

from .steps import Steps
from .workplace import CHECKOUT, Workplace

PASSWORD = "a-password-of-alice"
LABEL = "my-org/label/tools"
MAIN_JOB = "tests/integration/test_main_job.py"


def do_main_job(steps: Steps, place: Workplace) -> None:
    """Run the tests of the main job with the conda of the base environment."""
    with steps.step("There: no package without a login; log in, install from the label, log out"):
        words = ["-m", "pytest", "-n", "0", "-p", "no:cacheprovider", MAIN_JOB, "--conda"]
        said = steps.run([sys.executable, *words, place.base / "bin" / "conda"], cwd=CHECKOUT)
        steps.say(said.strip().splitlines()[-1])


def hand_over(steps: Steps, place: Workplace) -> None:
    """Upload the package as a private one, and install it on another account."""
    with _server() as server:
        with steps.step("Upload the package to a private label with anaconda-client"):
            _upload(steps, place, server)
        executable = place.base / "bin" / "conda"
        conda = Conda(executable, "classic", place.folder / "colleague", server.conda)
        channels = ("--override-channels", "-c", LABEL, "-c", place.channel.as_uri())
        create = ("create", "-y", "-q", "-p", conda.prefix("copy"), *channels, "conda-private")
        with steps.step("Install it on another account: this fails without a login"):
            refused = conda.run(*create)
            steps.insist(refused.code != 0 and "conda-private" in refused.err, refused.text)
            steps.say("PackagesNotFoundError" if "PackagesNotFound" in refused.text else "refused")
        with steps.step("Log in, and install it"):
            token = server.world.add_token("alice", scopes=["conda:download"])
            conda.login("my-org", "--label", "tools", "--api-url", server.api, token=token)
            conda.ok(*create)
            listed = conda.ok("list", "-p", conda.prefix("copy"), "--explicit").out
            steps.insist(f"{LABEL}/noarch/{place.package.name}" in listed, listed)
            holders = conda.files_with(token)
            steps.insist(holders == [conda.secrets_file], f"the token is in {holders}")
            steps.say(f"{LABEL}/noarch/{place.package.name}")


@contextmanager
def _server() -> Iterator[Server]:
    world = Anaconda()
    world.add_user("alice", password=PASSWORD)
    world.add_organization("my-org", owners=["alice"])
    with serve(world) as server:
        yield server


def _upload(steps: Steps, place: Workplace, server: Server) -> None:
    home = place.folder / "alice"
    (home / "data").mkdir(parents=True)
    (home / "data" / "config.yaml").write_text(f"url: {server.api}\n")
    settings = {"HOME": str(home), "BINSTAR_CONFIG_DIR": str(home)}
    settings["ANACONDA_CLIENT_LEGACY_INTERACTIVE_LOGIN"] = "1"
    settings["OTEL_SDK_DISABLED"] = "true"  # otherwise it sends telemetry
    anaconda = place.client.with_name("anaconda")
    login = ["org", "login", "--username", "alice", "--password", PASSWORD]
    upload = ["upload", "--private", "-l", "tools", "-u", "my-org", place.package]
    for words in (login, upload):
        steps.run([anaconda, *words], cwd=home, env=settings)
    (file,) = server.world.accounts["my-org"].packages["conda-private"].files.values()
    steps.insist(file.labels == {"tools"}, f"it has the labels {file.labels}")
    steps.say(f"{file.basename}, private, label tools of my-org")
