"""Create a team's package with the plugin in a real base environment, and install it there."""

from __future__ import annotations

import json

from tests.integration.runner import Conda

from .steps import Steps
from .workplace import Workplace

TEAM = {
    "logins": [{"address": "https://conda.example.org/acme", "add_channel": "none"}],
    "channels": ["https://conda.example.org/acme"],
}
# rattler-build reads the package as it reads any other one.
INSPECT = """\
import sys
from rattler_build import Package
package = Package.from_file(sys.argv[1])
print(package.name, package.version, package.noarch, sorted(map(str, package.files)))
"""


def try_team_package(steps: Steps, place: Workplace) -> None:
    """Create a team's package, let rattler-build read it, and install and remove it in base."""
    with steps.step("There: create a team's package, and install it into base"):
        executable = place.base / "bin" / "conda"
        conda = Conda(executable, "classic", place.folder / "team", "https://conda.example.org")
        (conda.folder / "acme.yml").write_text(json.dumps(TEAM))
        package = conda.ok("private", "bundle", "acme.yml", "--json").data["package"]
        said = steps.run([place.tools, "-c", INSPECT, package], env=place.environment)
        steps.insist("acme-channels 1.0" in said and "team.d/acme-channels.yml" in said, said)
        steps.say(f"rattler-build: {said.strip()}")
        conda.ok("install", "-y", "-q", "-n", "base", package)
        shown = conda.ok("config", "--show", "channels", "--json").data
        steps.insist(shown["channels"] == TEAM["channels"], f"conda uses {shown}")
        proposed = conda.private("login", "--all")
        steps.insist("NoTerminalError" in proposed.err, proposed.text)
        steps.insist("sent to" in proposed.err, proposed.text)
        conda.ok("remove", "-y", "-q", "--offline", "-n", "base", "acme-channels")
        left = [*place.base.rglob("*acme*.yml")]
        steps.insist(left == [], f"{left} is left")
        steps.say("conda uses its channels, login --all shows its login, and nothing is left")
