"""Real uv with `conda private run`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.integration.run.conftest import Runner
from tests.server import Anaconda, Answer, Fault, Server

UV = str(Path(sys.executable).with_name("uv"))
PYPI = ("--with-pypi",)


def install(run: Runner, *words: str | Path, options: tuple[str, ...] = ()) -> object:
    """``uv pip install`` into the folder ``site``."""
    return run(UV, "pip", "install", "--target", run.site, *words, options=options)


def test_private_wheel_is_installed_and_no_other_index_is_asked(
    run: Runner, server: Server, public: Server, token: str
) -> None:
    result = install(run, "hello-wheel")
    assert result.code == 0, result.text
    assert run.version() == "1.0"
    assert {each.credential for each in server.requests if each.origin == "pypi"} == {"path"}
    assert public.requests == []


def test_with_pypi_the_private_package_takes_precedence(
    run: Runner, server: Server, public: Server, token: str
) -> None:
    # With this setting of uv, the best version of all indexes would be installed.
    run.conda.environment["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    result = install(run, "hello-wheel", "only-public", options=PYPI)
    assert result.code == 0, result.text
    assert (run.version(), run.version("only_public")) == ("1.0", "1.0")
    assert {each.credential for each in public.requests} == {"none"}
    assert not [each for each in public.requests if "hello_wheel" in each.path]


@pytest.mark.hard
def test_other_indexes_of_the_user_are_not_asked(run: Runner, public: Server) -> None:
    text = f'index-strategy = "unsafe-best-match"\n[[index]]\nurl = "{run.public_index}"\n'
    settings = run.conda.home / ".config" / "uv" / "uv.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(text)
    own = run.conda.folder / "own.toml"
    own.write_text(text)
    run.conda.environment |= {"UV_CONFIG_FILE": str(own), "UV_INDEX": run.public_index}
    assert install(run, "hello-wheel").code == 0
    assert run.version() == "1.0"
    assert public.requests == []


@pytest.mark.hard
def test_compiled_requirements_have_hashes_and_no_address(run: Runner) -> None:
    source = run.conda.folder / "requirements.in"
    source.write_text("hello-wheel\n")
    compiled = run.conda.folder / "requirements.txt"
    result = run(UV, "pip", "compile", "--generate-hashes", source, "-o", compiled)
    assert result.code == 0, result.text
    assert "hello-wheel==1.0" in compiled.read_text()
    assert "127.0.0.1" not in compiled.read_text()
    assert install(run, "--require-hashes", "-r", compiled).code == 0
    assert run.version() == "1.0"


@pytest.mark.hard
def test_sdist_is_built(run: Runner) -> None:
    result = install(run, "hello-sdist")
    assert result.code == 0, result.text
    assert run.version("hello_sdist") == "1.0"


@pytest.mark.hard
@pytest.mark.parametrize("separately", [False, True])
def test_metadata_is_read_separately_or_from_the_wheel(
    run: Runner, server: Server, world: Anaconda, separately: bool
) -> None:
    world.metadata_files = separately
    result = install(run, "--dry-run", "hello-wheel")
    assert result.code == 0, result.text
    asked = [each.path for each in server.requests if each.origin == "pypi"]
    assert any(path.endswith(".metadata") for path in asked) is separately


@pytest.mark.hard
def test_private_index_that_refuses_is_no_public_install(
    run: Runner, server: Server, public: Server, world: Anaconda, token: str
) -> None:
    server.fail("/simple/hello-wheel", "pypi", how=Fault(answer=Answer(401)))
    result = install(run, "hello-wheel", options=PYPI)
    assert result.code == 1, result.text
    assert "refused the credential for" in result.err
    assert run.version() == ""
    assert not [each for each in public.requests if "hello_wheel" in each.path]


@pytest.mark.hard
def test_lock_file_holds_the_address_of_the_server_and_works_from_there(
    run: Runner, server: Server
) -> None:
    project = run.conda.folder / "pyproject.toml"
    project.write_text(
        '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.10"\ndependencies = []\n'
    )
    run.conda.environment["UV_PROJECT_ENVIRONMENT"] = str(run.conda.folder / "venv")
    assert run(UV, "add", "hello-wheel").code == 0
    lock = run.conda.folder / "uv.lock"
    before = lock.read_text()
    assert f'registry = "{server.pypi}/my-org/simple' in before
    for words in (("sync", "--locked"), ("lock", "--check"), ("tree",), ("export",)):
        result = run(UV, *words)
        assert result.code == 0, result.text
    server.clear()
    result = run(UV, "run", "--refresh", "--reinstall", "python", "-c", "import hello_wheel")
    assert result.code == 0, result.text
    assert server.requests
    assert lock.read_text() == before
