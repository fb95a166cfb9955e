"""The origin conda: ``CHANNEL/SUBDIR/FILE``, where the world's personality says what CHANNEL is."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from . import discovery, identities, index, inquiries, pypi
from .channels import Wanted, denial, label_missing, refusal, visible, wanted
from .credentials import Principal, principal, shown
from .files import signed
from .model import CHANNEL, File
from .rights import may_see
from .wire import Answer, Call, as_json, redirect

if TYPE_CHECKING:
    from .world import Anaconda

PACKAGES = (".conda", ".tar.bz2")


def answer(world: Anaconda, call: Call) -> Answer:
    """Answer one request to the origin conda."""
    if found := identities.answer(world, call):
        return found
    if call.raw_path == discovery.PATH and world.discovery is not None:
        return as_json(world.discovery)
    who = principal(world, shown(call))
    want = wanted(world, call, world.personality.channel)
    if want is None:
        return inquiries.answer(world, call, who) or denial(world, 404)
    if want.owner.kind == CHANNEL and want.path.split("/")[0] == "simple":
        return refusal(world, want, who, "pypi") or pypi.page(world, call, want, who)
    return refusal(world, want, who, "conda") or _give(world, call, want, who)


def _give(world: Anaconda, call: Call, want: Wanted, who: Principal | None) -> Answer:
    if want.path == "notices.json":
        return _notices(world, want)
    if want.path.endswith(PACKAGES):
        return _file(world, call, want, who)
    return _index_file(world, call, want, who)


def _notices(world: Anaconda, want: Wanted) -> Answer:
    notices = world.notices.get(want.owner.login)
    return denial(world, 404) if notices is None else as_json(notices)


def _file(world: Anaconda, call: Call, want: Wanted, who: Principal | None) -> Answer:
    for package in want.owner.packages.values():
        file = package.files.get(want.path)
        if file and want.label in file.labels:
            if may_see(world, who, package, "conda:download"):
                return _content(world, call, file)
            return denial(world, world.private_file)
    return denial(world, 404)


def _content(world: Anaconda, call: Call, file: File) -> Answer:
    if not world.direct_files:
        return redirect(signed(world, call.site.files, file))
    return Answer(200, file.path.read_bytes(), {"Content-Type": "application/octet-stream"})


def _index_file(world: Anaconda, call: Call, want: Wanted, who: Principal | None) -> Answer:
    if label_missing(world, want):
        return denial(world, world.unknown_label)
    files = [file for _, file in visible(world, want, who, "conda")]
    root = index.view(world.folder, want.owner.login, want.label, files)
    body = index.read(root, want.path)
    return denial(world, 404) if body is None else _cacheable(world, call, want.path, body)


def _cacheable(world: Anaconda, call: Call, path: str, body: bytes) -> Answer:
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"'}
    if world.cache_control:
        headers["Cache-Control"] = world.cache_control
    if call.headers.get("If-None-Match") == headers["ETag"]:
        return Answer(304, b"", headers)
    kind = "application/json" if path.endswith(".json") else "application/octet-stream"
    return Answer(200, body, {**headers, "Content-Type": kind})
