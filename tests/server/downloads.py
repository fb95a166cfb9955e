"""The origin conda: ``[/t/TOKEN]/OWNER/[label/LABEL/]SUBDIR/FILE``."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from . import index
from .channels import Wanted, denial, label_missing, refused, visible, wanted
from .credentials import Principal, principal, shown
from .files import signed
from .rights import may_see
from .wire import Answer, Call, redirect

if TYPE_CHECKING:
    from .world import Anaconda

NOT_FOUND = Answer(404, b"Not Found")
PACKAGES = (".conda", ".tar.bz2")


def answer(world: Anaconda, call: Call) -> Answer:
    """Answer one request to the origin conda."""
    want = wanted(world, call)
    if want is None:
        return NOT_FOUND
    who = principal(world, shown(call))
    if refused(world, want, who, "conda"):
        return denial(world, int(world.style))
    if want.path == "notices.json":
        return _notices(world, want)
    if want.path.endswith(PACKAGES):
        return _file(world, call, want, who)
    return _index_file(world, call, want, who)


def _notices(world: Anaconda, want: Wanted) -> Answer:
    notices = world.notices.get(want.owner.login)
    if notices is None:
        return NOT_FOUND
    return Answer(200, json.dumps(notices).encode(), {"Content-Type": "application/json"})


def _file(world: Anaconda, call: Call, want: Wanted, who: Principal | None) -> Answer:
    for package in want.owner.packages.values():
        file = package.files.get(want.path)
        if file and want.label in file.labels:
            if may_see(world, who, package, "conda:download"):
                return redirect(signed(world, call.site.files, file))
            return denial(world, world.private_file)
    return NOT_FOUND


def _index_file(world: Anaconda, call: Call, want: Wanted, who: Principal | None) -> Answer:
    if label_missing(world, want):
        return Answer(world.unknown_label, b"Not Found")
    files = [file for _, file in visible(world, want, who, "conda")]
    root = index.view(world.folder, want.owner.login, want.label, files)
    body = index.read(root, want.path)
    return NOT_FOUND if body is None else _cacheable(world, call, want.path, body)


def _cacheable(world: Anaconda, call: Call, path: str, body: bytes) -> Answer:
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"'}
    if world.cache_control:
        headers["Cache-Control"] = world.cache_control
    if call.headers.get("If-None-Match") == headers["ETag"]:
        return Answer(304, b"", headers)
    kind = "application/json" if path.endswith(".json") else "application/octet-stream"
    return Answer(200, body, {**headers, "Content-Type": kind})
