"""Build what is published, install it from each artifact, and describe it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.recipe.making import build_recipe
from tests.recipe.steps import Steps
from tests.recipe.workplace import CHECKOUT, Workplace

from .feedstock import recipe_for


@dataclass(frozen=True)
class Release:
    """The folders of a release.

    Attributes:
        version: its version.
        folder: for everything that is not published.
        output: for what is published.
        tools: the interpreter that has the tools of a release.
        recipe_tools: the interpreter that has the tools of the recipe.
        client: the interpreter that has anaconda-client.
    """

    version: str
    folder: Path
    output: Path
    tools: Path
    recipe_tools: Path
    client: Path

    @property
    def source(self) -> Path:
        """The sources with the version."""
        return self.folder / "source"

    @property
    def sdist(self) -> Path:
        """The source distribution."""
        return self.output / "pypi" / f"conda_private-{self.version}.tar.gz"

    @property
    def wheel(self) -> Path:
        """The wheel."""
        return self.output / "pypi" / f"conda_private-{self.version}-py3-none-any.whl"

    @property
    def recipe_place(self) -> Workplace:
        """The folders in which the recipe was built."""
        return Workplace(self.source / "build" / "recipe", self.recipe_tools, self.client)

    def clear(self) -> None:
        """Start with empty folders."""
        for folder in (self.folder, self.output):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in (self.source, self.output / "conda", self.output / "conda-forge"):
            folder.mkdir(parents=True)


def build_for_pypi(steps: Steps, release: Release) -> None:
    """Build the source distribution and the wheel twice, and let twine judge them."""
    time = steps.run(["git", "log", "-1", "--format=%ct"], cwd=CHECKOUT).strip()
    with steps.step("Build the source distribution, and the wheel from it; then both again"):
        again = release.folder / "again"
        for folder in (release.output / "pypi", again):
            command = [release.tools, "-m", "build", "--outdir", folder]
            steps.run(command, cwd=release.source, env={"SOURCE_DATE_EPOCH": time})
        for path in (release.sdist, release.wheel):
            steps.insist(digest(path) == digest(again / path.name), f"{path.name} differs")
            steps.say(f"{path.name}, the same bytes each time")
    with steps.step("twine check --strict"):
        said = steps.run([release.tools, "-m", "twine", "check", "--strict", release.sdist,
                          release.wheel])  # fmt: skip
        steps.insist(said.count("PASSED") == 2, said)


def install_for_pypi(steps: Steps, release: Release) -> Path:
    """Install each of the two into a fresh environment, and use it; return an interpreter."""
    python = Path(sys.executable)
    for path in (release.sdist, release.wheel):
        with steps.step(f"Install {path.name} into a fresh environment; log in, list, log out"):
            folder = release.folder / f"env-{path.suffix.strip('.')}"
            steps.run([sys.executable, "-m", "venv", folder])
            python = folder / "bin" / "python"
            install = [python, "-m", "pip", "--disable-pip-version-check", "install"]
            constraints = ["-c", CHECKOUT / "tests" / "constraints.txt"]
            steps.run([*install, *constraints, CHECKOUT / "tests" / "conda-wheel"])
            steps.run([*install, *constraints, path])
            try_installed(steps, python, release.version, folder)
    return python


def try_installed(steps: Steps, python: Path, version: str, prefix: Path) -> None:
    """Run the script of the recipe's tests, and check which plugin it was."""
    code = (
        "import conda_private; from importlib.metadata import version\n"
        "print(version('conda-private'), conda_private.__file__)"
    )
    found, _, where = steps.run([python, "-I", "-c", code]).strip().partition(" ")
    steps.insist(found == version, f"it is version {found}")
    steps.insist(Path(where).is_relative_to(prefix), f"the plugin is in {where}")
    steps.run([python, CHECKOUT / "recipe" / "try_installed.py"], cwd=prefix)


def build_for_conda(steps: Steps, release: Release) -> None:
    """Do what `make recipe` does with this version, and use the conda package in its base."""
    with steps.step("make recipe: build the conda package, test it, and install it into base"):
        command = [sys.executable, "-m", "tests.recipe", "--tools", release.recipe_tools]
        said = steps.run([*command, "--client", release.client], cwd=release.source)
        steps.say(said.strip().splitlines()[-1])
        place = release.recipe_place
        package = Path(shutil.copy(place.package, release.output / "conda"))
        package.chmod(0o644)  # rattler-build lets only its user read it
        base = place.base
        steps.insist((base / "conda-meta" / f"{package.stem}.json").is_file(), "not in base")
        try_installed(steps, base / "bin" / "python", release.version, base)
        steps.say(f"{package.name} is in base, and works")


def build_for_conda_forge(steps: Steps, release: Release) -> None:
    """Write the recipe for conda-forge, and build it from the source distribution."""
    with steps.step("Write the recipe for conda-forge, and build it from the distribution"):
        recipe = (release.source / "recipe" / "recipe.yaml").read_text("utf-8")
        output = release.output / "conda-forge"
        (output / "recipe.yaml").write_text(recipe_for(recipe, release.sdist), "utf-8")
        trial = release.folder / "conda-forge"
        for folder in (output, trial):
            folder.mkdir(exist_ok=True)
            shutil.copy(CHECKOUT / "recipe" / "try_installed.py", folder)
        # Nothing is on PyPI yet, and here is only this Python.
        text = recipe_for(recipe, release.sdist, url=release.sdist.as_uri())
        minimum = "{}.{}".format(*sys.version_info[:2])
        text = text.replace("context:\n", f'context:\n  python_min: "{minimum}"\n')
        (trial / "recipe.yaml").write_text(text, "utf-8")
        place, built = release.recipe_place, release.folder / "conda-forge-output"
        said = build_recipe(steps, place, trial / "recipe.yaml", built, place.channel.as_uri())
        steps.insist("all tests passed!" in said, said[-2000:])
        steps.insist(bool([*built.glob("noarch/*.conda")]), "there is no package")
        steps.say("it is built from a url with a sha256, and passes its tests")


def describe(steps: Steps, release: Release, python: Path) -> None:
    """Write the software bill of materials of an installation, and the checksums."""
    with steps.step("Write the SBOM (CycloneDX), and the checksums"):
        sbom = release.output / f"conda-private-{release.version}.cdx.json"
        command = [release.tools, "-m", "cyclonedx_py", "environment", python]
        options = ["--pyproject", release.source / "pyproject.toml", "--output-reproducible"]
        steps.run([*command, *options, "--output-format", "JSON", "--output-file", sbom])
        components = _without_local_files(sbom)
        steps.insist(components > 10, "the SBOM lacks the requirements")
        files = [path for path in sorted(release.output.rglob("*")) if path.is_file()]
        lines = [f"{digest(path)}  {path.relative_to(release.output)}\n" for path in files]
        (release.output / "SHA256SUMS").write_text("".join(lines), "utf-8")
        check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
        subprocess.run(check, cwd=release.output, check=True, capture_output=True)
        steps.say(f"{components} components, {len(lines)} checksums")


def _without_local_files(sbom: Path) -> int:
    """Remove where this machine has a wheel from an SBOM; return the number of components."""
    content = json.loads(sbom.read_text("utf-8"))
    for component in content["components"]:
        found = component.get("externalReferences", [])
        kept = [each for each in found if not each["url"].startswith("file:")]
        component["externalReferences"] = kept
    sbom.write_text(f"{json.dumps(content, indent=2)}\n", "utf-8")
    return len(content["components"])


def digest(path: Path) -> str:
    """Return the sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
