"""The origin pypi: ``[/t/TOKEN]/OWNER/[label/LABEL/]simple/[NAME/[VERSION/FILE]]``."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Collection, Mapping
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from .channels import Wanted, denial, label_missing, refusal, visible, wanted
from .credentials import Principal, principal, shown
from .files import signed
from .model import File
from .personalities import ANACONDA
from .wire import Answer, Call, redirect

if TYPE_CHECKING:
    from .world import Anaconda

JSON = "application/vnd.pypi.simple.v1+json"
NOT_FOUND = Answer(404, b"Not Found")


def answer(world: Anaconda, call: Call) -> Answer:
    """Answer one request to the origin pypi."""
    want = wanted(world, call, ANACONDA.channel)
    if want is None or want.path.split("/")[0] != "simple":
        return NOT_FOUND
    who = principal(world, shown(call))
    return refusal(world, want, who, "pypi") or _give(world, call, want, who)


def _give(world: Anaconda, call: Call, want: Wanted, who: Principal | None) -> Answer:
    if label_missing(world, want):
        return denial(world, world.unknown_label)
    return page(world, call, want, who)


def page(world: Anaconda, call: Call, want: Wanted, who: Principal | None) -> Answer:
    """What a visible channel has at a path below ``simple``."""
    parts = [part for part in want.path.split("/")[1:] if part]
    found = [file for _, file in visible(world, want, who, "pypi")]
    wants_json = JSON in call.headers.get("Accept", "")
    if not parts:
        return _projects({normal(file.package) for file in found}, wants_json)
    found = [file for file in found if normal(file.package) == normal(parts[0])]
    if len(parts) > 1:
        return _file(world, call, want, found)
    if not found:
        return NOT_FOUND
    return _links(parts[0], found, wants_json, with_metadata=world.metadata_files)


def normal(name: str) -> str:
    """A project name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _projects(names: set[str], wants_json: bool) -> Answer:
    if wants_json:
        return _json({"projects": [{"name": name} for name in sorted(names)]})
    return _html({f"{name}/": name for name in sorted(names)})


def _links(name: str, files: list[File], wants_json: bool, *, with_metadata: bool) -> Answer:
    # Relative, so that a token in the path stays in front of the files.
    links = {f"{file.version}/{quote(file.name)}": file for file in files}
    apart = {file.name for file in files if with_metadata and metadata(file)}
    if not wants_json:
        texts = {f"{url}#sha256={file.sha256}": file.name for url, file in links.items()}
        return _html(texts, apart)
    return _json(
        {
            "name": normal(name),
            "files": [
                {
                    "filename": file.name,
                    "url": url,
                    "hashes": {"sha256": file.sha256},
                    "core-metadata": file.name in apart,
                }
                for url, file in links.items()
            ],
        }
    )


def metadata(file: File) -> bytes:
    """The ``METADATA`` of a wheel; nothing for other files."""
    if not file.name.endswith(".whl"):
        return b""
    with zipfile.ZipFile(file.path) as wheel:
        names = wheel.namelist()
        return wheel.read(next(name for name in names if name.endswith(".dist-info/METADATA")))


def _html(links: Mapping[str, str], apart: Collection[str] = ()) -> Answer:
    lines = [
        f'<a href="{escape(url)}"{" data-core-metadata=true" * (text in apart)}>{escape(text)}</a>'
        "<br>"
        for url, text in links.items()
    ]
    page = "\n".join(["<!doctype html>", *lines, ""])
    return Answer(200, page.encode(), {"Content-Type": "text/html"})


def _json(data: dict[str, object]) -> Answer:
    body = json.dumps({"meta": {"api-version": "1.0"}, **data}).encode()
    return Answer(200, body, {"Content-Type": JSON})


def _file(world: Anaconda, call: Call, want: Wanted, visible: list[File]) -> Answer:
    name = want.path.split("/")[-1]
    file = next((file for file in visible if file.name == name.removesuffix(".metadata")), None)
    if file and name == file.name:
        return redirect(signed(world, call.site.files, file))
    if file and world.metadata_files:
        return Answer(200, metadata(file), {"Content-Type": "application/octet-stream"})
    private = any(file.name == name for file in want.owner.files)
    return denial(world, world.private_file) if private else NOT_FOUND
