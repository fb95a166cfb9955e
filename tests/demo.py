"""Demonstrate a login from start to finish, with a real conda and a local private server."""

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
    """A step of the demo failed."""


class Story:
    """Show each step, run it, and check its outcome."""

    def __init__(self, conda: Conda) -> None:
        self.conda = conda
        self.number = 0

    def say(self, text: str) -> None:
        """Print the heading of the next step."""
        self.number += 1
        print(f"\n{self.number}. {text}\n", flush=True)

    def run(self, *words: str, shown: str = "", stdin: str = "", works: bool = True) -> Result:
        """Show a conda command, run it, and print its output."""
        print(f"   $ {shown or ' '.join(('conda', *words))}", flush=True)
        result = self.conda.run(*words, stdin=stdin)
        text = "\n".join(line for line in result.text.splitlines() if line.strip())
        print(textwrap.indent(text, "   | "), flush=True)
        self.insist((result.code == 0) is works, f"exit code {result.code}")
        return result

    def insist(self, holds: bool, what: str) -> None:
        """Stop the demo unless a claim holds.

        Raises:
            StepFailedError: the claim does not hold.
        """
        if not holds:
            raise StepFailedError(f"step {self.number}: {what}")


def main() -> int:
    """Run the demo and return its exit code: 0 if every step succeeded."""
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
    print(f"The server is {server.conda}, on this machine. my-org has a private package,")
    print("hello-private, under its label dev. The token comes from alice, an owner of my-org.")
    story.conda.ok("create", "-q", "-y", "-n", "demo")
    story.say("Without a login, you cannot see the package")
    story.run(*install, works=False)
    story.say("Log in with the token; it is verified before it is stored")
    story.run(
        *("private", "login", "my-org", "--label", "dev", "--token-stdin", "--api-url", server.api),
        shown="conda private login my-org --label dev        (the token you type is hidden)",
        stdin=token,
    )
    story.say("The same command now works, with the token in no URL and in no argument")
    story.run(*install)
    story.say("Run the program")
    program = story.conda.prefix("demo") / "bin" / "hello-private"
    print("   $ hello-private", flush=True)
    said = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    print(textwrap.indent(said, "   | "), end="", flush=True)
    story.insist(said == "hello from a private package\n", "the program printed something else")
    story.say("List your logins")
    story.run("private", "list")
    _tell_where_the_token_is(story, server, token)
    story.say("Log out, which removes everything the login created")
    story.run("private", "logout", "my-org", "--label", "dev")
    story.say("You cannot see the package anymore")
    _forget_downloads(story.conda)
    story.run(*install, works=False)
    print("\nThat is the whole demo. Read on in README.md or run  conda private login --help")


def _tell_where_the_token_is(story: Story, server: Server, token: str) -> None:
    story.say("Search the user's files, the environment and the caches for the token")
    holders = story.conda.files_with(token)
    for path in holders:
        mode = path.stat().st_mode & 0o777
        print(f"   Found in {path.relative_to(story.conda.home)} (mode {mode:04o}), the store.")
    print("   (This demo has no system keyring; with one, that file would not exist either.)")
    story.insist(holders == [story.conda.secrets_file], f"the token is in {holders}")
    in_urls = [request.path for request in server.requests if token in request.path]
    story.insist(not in_urls, "the token was in a URL")
    foreign = [request for request in server.requests if request.origin == "files"]
    leaked = any("Authorization" in request.headers for request in foreign)
    story.insist(bool(foreign) and not leaked, "the token went to the file server")
    print(
        f"   None of the {len(server.requests)} requests so far had the token in its URL or sent it"
    )
    print("   to the other server, from which the package files are downloaded.")


def _forget_downloads(conda: Conda) -> None:
    conda.ok("remove", "-y", "-n", "demo", "hello-private")
    conda.ok("clean", "--all", "-y")


if __name__ == "__main__":
    sys.exit(main())
