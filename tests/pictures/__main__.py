"""Draw the README's terminal session: real commands, a real conda, the server of the tests.

``make pictures`` runs it. The pictures show the output as the README does, including its omissions.
Nothing is written if a command prints anything other than what the README shows, or if the picture
would contain a secret.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from tests.docs.pages import DOCS, README, blocks, comparable, matches
from tests.docs.pages import Step as Shown
from tests.docs.world import PASSWORD, Person, build_packages, make_person, make_world
from tests.integration.runner import spellings_of
from tests.pictures.svg import THEMES, Step, to_svg

COMMANDS = (
    "conda private login my-org --label dev",
    "conda create --name work hello-private",
    "conda activate work",
    "hello-private",
    "conda private check",
)
TITLE = "From a token to the installed package"


def path_of(theme: str) -> Path:
    """Return the path of a picture."""
    return DOCS / "_static" / f"session-{theme}.svg"


def shown_in_readme() -> list[Shown]:
    """Return the commands of the picture with the output that the README shows."""
    steps = [step for block in blocks(README) for step in block.steps()]
    return [next(step for step in steps if step.command == command) for command in COMMANDS]


def take(shown: Shown, person: Person) -> Step:
    """Run one command.

    Raises:
        SystemExit: it fails, or its output differs from the README.
    """
    code, text = person.run(shown.command, asks=shown.asks)
    if code or (shown.shown and not matches(comparable(shown.shown), comparable(text))):
        raise SystemExit(f"The README does not show the output of: {shown.command}\n{text}")
    return Step(shown.command, (shown.shown if "..." in shown.shown else text).strip())


def write(path: Path, svg: str, secrets: Iterable[str]) -> None:
    """Write a picture.

    Raises:
        SystemExit: it contains a secret; nothing is written.
    """
    if any(form in svg for secret in secrets for form in spellings_of(secret)):
        raise SystemExit(f"{path.name} would contain a secret; nothing was written.")
    path.write_text(svg, encoding="utf-8")


def main() -> None:
    """Run the session and draw it, for light and for dark pages."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        world = make_world(build_packages(folder))
        conda = Path(sys.executable).with_name("conda")
        person = make_person(conda, "classic", folder, world, stack)
        steps = [take(shown, person) for shown in shown_in_readme()]
        secrets = [*world.tokens, PASSWORD]
    for theme in THEMES:
        write(path_of(theme), to_svg(steps, theme, TITLE), secrets)


if __name__ == "__main__":
    main()
