"""The main job as a story, with a real conda and a private server on this machine: `make demo`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from tests.integration.runner import Conda, Result
from tests.server import Anaconda, Server, build_package, serve

PROGRAM = b"#!/bin/sh\necho 'hello from a private package'\n"


class StepFailedError(Exception):
    """A step did not do what it says."""


class Story:
    """Shows each step, runs it, and insists on its outcome."""

    def __init__(self, conda: Conda) -> None:
        self.conda = conda
        self.number = 0

    def say(self, text: str) -> None:
        """A heading."""
        self.number += 1
        print(f"\n{self.number}. {text}\n", flush=True)

    def run(self, *words: str, shown: str = "", stdin: str = "", works: bool = True) -> Result:
        """Show a conda command, run it, print what it says."""
        print(f"   $ {shown or ' '.join(('conda', *words))}", flush=True)
        result = self.conda.run(*words, stdin=stdin)
        text = "\n".join(line for line in result.text.splitlines() if line.strip())
        print(textwrap.indent(text, "   | "), flush=True)
        self.insist((result.code == 0) is works, f"exit code {result.code}")
        return result

    def insist(self, holds: bool, what: str) -> None:
        """Stop the story unless it holds."""
        if not holds:
            raise StepFailedError(f"step {self.number}: {what}")


def main() -> int:
    """Tell the story; 0 only if every step did what it says."""
    with tempfile.TemporaryDirectory(prefix="conda-private-demo-") as name:
        folder = Path(name)
        world = Anaconda()
        in_100_days = world.expiry(100 * 86_400)
        world.add_user("alice", password="not needed here")
        world.add_organization("my-org", owners=["alice"])
        package = build_package(
            folder, "hello-private", "1.0", files={"bin/hello-private": PROGRAM}
        )
        world.add_package("my-org", package, labels=["dev"], private=True)
        token = world.add_token(
            "alice", scopes=["conda:download"], name="laptop", expires=in_100_days
        )
        with serve(world) as server:
            conda = Conda(Path(sys.executable).with_name("conda"), "classic", folder, server.conda)
            try:
                _tell(Story(conda), server, token)
            except StepFailedError as error:
                print(f"\nThe demo failed at {error}.", file=sys.stderr)
                return 1
    return 0


def _tell(story: Story, server: Server, token: str) -> None:
    install = ("install", "-q", "-y", "-n", "demo", "-c", "my-org/label/dev", "hello-private")
    print("conda-private: a private channel, from the token to the installed program.")
    print(f"The server is {server.conda}, on this machine. my-org keeps hello-private on its")
    print("label dev, and keeps it private. The token comes from alice, an owner of my-org.")
    story.conda.ok("create", "-q", "-y", "-n", "demo")
    story.say("Without a login the package is not there for you")
    story.run(*install, works=False)
    story.say("Log in with the token: it is checked with the server before it is kept")
    story.run(
        *("private", "login", "my-org", "--label", "dev", "--token-stdin", "--api-url", server.api),
        shown="conda private login my-org --label dev        (the token is typed, and not shown)",
        stdin=token,
    )
    story.say("The same command as before now works; the token is in no URL and in no argument")
    story.run(*install)
    story.say("Run the program")
    program = story.conda.prefix("demo") / "bin" / "hello-private"
    print("   $ hello-private", flush=True)
    said = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    print(textwrap.indent(said, "   | "), end="", flush=True)
    story.insist(said == "hello from a private package\n", "the program said something else")
    story.say("What you are logged in to")
    story.run("private", "list")
    _tell_where_the_token_is(story, server, token)
    story.say("Log out: everything that the login wrote is taken back")
    story.run("private", "logout", "my-org", "--label", "dev")
    story.say("And the package is out of reach again")
    _forget_downloads(story.conda)
    story.run(*install, works=False)
    print("\nThat is all. Next: README.md, or  conda private login --help")


def _tell_where_the_token_is(story: Story, server: Server, token: str) -> None:
    story.say("Where the token is, of all files of this user, the environment and the caches")
    holders = story.conda.files_with(token)
    for path in holders:
        mode = path.stat().st_mode & 0o777
        print(f"   {path.relative_to(story.conda.home)} (mode {mode:04o}): the store itself")
    print("   (this demo has no system keyring; with one, not even that file exists)")
    story.insist(holders == [story.conda.secrets_file], f"the token is in {holders}")
    in_urls = [request.path for request in server.requests if token in request.path]
    story.insist(not in_urls, "the token was in a URL")
    foreign = [request for request in server.requests if request.origin == "files"]
    leaked = any("Authorization" in request.headers for request in foreign)
    story.insist(bool(foreign) and not leaked, "the token went to the file server")
    print(f"   In the {len(server.requests)} requests so far it was in no URL, and it did not go")
    print("   along to the other server that the package files come from.")


def _forget_downloads(conda: Conda) -> None:
    conda.ok("remove", "-y", "-n", "demo", "hello-private")
    conda.ok("clean", "--all", "-y")


if __name__ == "__main__":
    sys.exit(main())
