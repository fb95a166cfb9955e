"""The PyPI side serves wheels in both forms of the simple index."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from . import Anaconda, Server, build_sdist
from .asking import get

WHEEL = "hello_wheel-1.0-py3-none-any.whl"
ACCEPT = {"Accept": "application/vnd.pypi.simple.v1+json"}


@pytest.fixture
def url(world: Anaconda, server: Server, packages: Path) -> str:
    """The index of alice, whose wheel is private, for a token that may download it."""
    world.add_package("alice", packages / WHEEL, labels=["main", "dev"], private=True)
    return f"{server.pypi}/t/{world.add_token('alice', ['pypi:download'])}/alice"


def test_wheel_is_linked_with_its_hash(url: str, packages: Path) -> None:
    digest = hashlib.sha256((packages / WHEEL).read_bytes()).hexdigest()
    assert 'href="hello-wheel/"' in get(f"{url}/simple/").text
    page = get(f"{url}/label/dev/simple/hello-wheel/").text
    assert f'href="1.0/{WHEEL}#sha256={digest}"' in page
    (file,) = get(f"{url}/simple/Hello_Wheel/", headers=ACCEPT).json()["files"]
    assert (file["filename"], file["hashes"]) == (WHEEL, {"sha256": digest})
    assert get(f"{url}/simple/hello-wheel/{file['url']}").status_code == 302


def test_private_wheel_needs_a_token_for_pypi(world: Anaconda, server: Server, url: str) -> None:
    wrong = world.add_token("alice", ["conda:download"])
    for base in (f"{server.pypi}/alice", f"{server.pypi}/t/{wrong}/alice"):
        assert get(f"{base}/simple/", headers=ACCEPT).json()["projects"] == []
        assert get(f"{base}/simple/hello-wheel/").status_code == 404
        assert get(f"{base}/simple/hello-wheel/1.0/{WHEEL}").status_code == 404


def test_style_refuses_the_whole_index(world: Anaconda, server: Server, url: str) -> None:
    world.style = "403"
    assert get(f"{server.pypi}/alice/simple/").status_code == 403
    assert get(f"{url}/simple/").status_code == 200


def test_metadata_of_a_wheel_is_offered_apart_when_the_world_says_so(
    world: Anaconda, url: str
) -> None:
    page = f"{url}/simple/hello-wheel/"
    assert "data-core-metadata" not in get(page).text
    assert get(f"{page}1.0/{WHEEL}.metadata").status_code == 404
    world.metadata_files = True
    assert "data-core-metadata=true" in get(page).text
    assert get(page, headers=ACCEPT).json()["files"][0]["core-metadata"] is True
    assert b"Name: hello-wheel" in get(f"{page}1.0/{WHEEL}.metadata").content


def test_sdist_is_linked_too(world: Anaconda, url: str, tmp_path: Path) -> None:
    world.metadata_files = True
    world.add_package("alice", build_sdist(tmp_path, "hello-sdist", "1.0"), private=True)
    (file,) = get(f"{url}/simple/hello-sdist/", headers=ACCEPT).json()["files"]
    assert (file["filename"], file["core-metadata"]) == ("hello_sdist-1.0.tar.gz", False)


def test_pip_downloads_a_private_wheel(url: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "--isolated", "download", "--no-deps"]
    options = ["--no-cache-dir", "--index-url", f"{url}/simple/", "--dest", str(tmp_path)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    subprocess.run([*command, *options, "hello-wheel"], check=True, env=environment)
    assert (tmp_path / WHEEL).exists()
