"""Build the recipe from the documentation that depends on a private package."""

from __future__ import annotations

import json
from pathlib import Path

from conda_package_streaming.extract import extract

from tests.docs.pages import DOCS, blocks
from tests.integration.runner import spellings_of
from tests.server import Anaconda, build_package, serve

from .making import build_recipe
from .steps import Steps
from .workplace import Workplace

PAGE = DOCS / "how-to" / "package-privately.md"
PROGRAM = "#!/bin/sh\necho hello from a private package\n"


def build_private(steps: Steps, place: Workplace) -> None:
    """Give rattler-build the token in its own file, as documented; without it, the build fails."""
    shown = {block.file: block.text for block in blocks(PAGE) if block.file}
    folder = place.folder / "private-recipe"
    recipe, file = folder / "my-tool" / "recipe.yaml", folder / "rattler-auth.json"
    recipe.parent.mkdir(parents=True)
    recipe.write_text(shown["my-tool/recipe.yaml"])
    (key,) = json.loads(shown["rattler-auth.json"]).values()
    world = Anaconda()
    world.add_user("alice")
    world.add_organization("my-org", owners=["alice"])
    package = build_package(folder, "hello-private", "1.0", script=PROGRAM)
    world.add_package("my-org", package, labels=["dev"], private=True)
    token = world.add_token("alice", scopes=["conda:download"])
    with (
        serve(world) as server,
        steps.step("Build a recipe that depends on a private package, as documented"),
    ):
        for host, works in (("conda.example.org", False), ("127.0.0.1", True)):
            file.write_text(json.dumps({host: dict.fromkeys(key, token)}))
            settings = {"RATTLER_AUTH_FILE": str(file)}
            channel, output = f"{server.conda}/my-org/label/dev", folder / "output"
            build_recipe(steps, place, recipe, output, channel, env=settings, works=works)
            steps.say(f"my-tool is {'built' if works else 'not built without the token'}")
        (built,) = output.glob("noarch/*.conda")
        extract(built, folder / "content")
        inside = [path for path in (folder / "content").rglob("*") if path.is_file()]
        steps.insist(len(inside) > 1, "the package is empty")
        for path in (*inside, steps.log):
            steps.insist(not _holds(path, token), f"the token is in {path}")


def _holds(path: Path, token: str) -> bool:
    content = path.read_bytes()
    return any(form.encode() in content for form in spellings_of(token))
