"""A private name never comes from a public index, whatever names that index (real pip and uv)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.run.conftest import Runner
from tests.server import Anaconda, Server

UV = str(Path(sys.executable).with_name("uv"))
hard = pytest.mark.hard


def words(run: Runner) -> tuple[str, ...]:
    """An option of the command names the public index."""
    return ("--extra-index-url", run.public_index)


def in_file(run: Runner) -> tuple[str, ...]:
    """A requirement file that another one refers to names it."""
    (run.conda.folder / "a.txt").write_text("-r b.txt\n")
    (run.conda.folder / "b.txt").write_text(f"--extra-index-url {run.public_index}\n")
    return ("-r", str(run.conda.folder / "a.txt"))


def in_configuration(run: Runner) -> tuple[str, ...]:
    """pip.conf names it, and a proxy that would be the only one."""
    file = run.conda.home / ".config" / "pip" / "pip.conf"
    file.parent.mkdir(parents=True)
    file.write_text(
        f"[global]\nextra-index-url = {run.public_index}\nproxy = http://127.0.0.1:9\n"
        f"[install]\nfind-links = {run.public_index}/hello-wheel/\n"
    )
    del run.conda.environment["PIP_CONFIG_FILE"]
    return ()


def in_variables(run: Runner) -> tuple[str, ...]:
    """Variables name it, and hosts that no proxy is used for."""
    run.conda.environment |= {
        "PIP_EXTRA_INDEX_URL": run.public_index,
        "PIP_FIND_LINKS": f"{run.public_index}/hello-wheel/",
        "no_proxy": "127.0.0.1",
        "NO_PROXY": "*",
    }
    return ()


def page_of_links(run: Runner) -> tuple[str, ...]:
    """A page of links is the public page of the name."""
    return ("--find-links", f"{run.public_index}/hello-wheel/")


WAYS = [
    words,
    *(pytest.param(way, marks=hard) for way in (in_file, in_configuration)),
    *(pytest.param(way, marks=hard) for way in (in_variables, page_of_links)),
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_private_wheel_is_installed_although_a_public_one_is_newer(
    run: Runner, public: Server, way: Callable[[Runner], tuple[str, ...]]
) -> None:
    more = way(run)
    for options in ((), ("--with-pypi",)):
        result = run.install("--upgrade", "--no-cache-dir", *more, "hello-wheel", options=options)
        assert run.version() == "1.0", result.text
        got = [each.path for each in public.requests if each.method == "GET"]
        assert not [path for path in got if path.endswith(".whl")]
        if not options:
            assert public.requests == []


@hard
def test_index_of_the_project_is_refused_for_uv_unless_it_is_allowed(
    run: Runner, public: Server
) -> None:
    (run.conda.folder / "pyproject.toml").write_text(
        '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.10"\n'
        'dependencies = ["hello-wheel", "only-public"]\n'
        f'[[tool.uv.index]]\nname = "mirror"\nurl = "{run.public_index}"\n'
        '[tool.uv]\nindex-strategy = "unsafe-best-match"\n'
    )
    refused = run(UV, "lock")
    assert refused.code != 0
    assert "--with-pypi adds PyPI" in refused.err
    assert public.requests == []
    result = run(UV, "lock", options=("--with-pypi",))
    assert result.code == 0, result.text
    lock = (run.conda.folder / "uv.lock").read_text()
    assert 'name = "hello-wheel"\nversion = "1.0"' in lock
    assert f'source = {{ registry = "{run.public_index}" }}' in lock


@hard
def test_two_private_indexes_with_one_name_are_reported(
    run: Runner, world: Anaconda, server: Server, token: str, wheels: dict[str, Path]
) -> None:
    world.add_package("other", wheels["hello-wheel-9.0"], private=True)
    urls = ("--api-url", server.api, "--pypi-url", f"{server.pypi}/other")
    run.conda.login("other", "--no-verify", *urls, token=token)
    result = run.install("hello-wheel")
    assert (run.version(), "That of the first login is used" in result.err) == ("1.0", True)
    chosen = run.install("--upgrade", "hello-wheel", options=("--for", "other", "--for", "my-org"))
    assert (run.version(), chosen.code) == ("9.0", 0)


def test_git_proxy_for_one_server_stops_the_run_and_says_why(run: Runner) -> None:
    (run.conda.home / ".gitconfig").write_text('[http "https://git.example.org"]\nproxy = x\n')
    result = run("true")
    assert result.code == 2
    assert "http.https://git.example.org.proxy of git" in result.err
