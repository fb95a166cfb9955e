"""The packages of a channel of anaconda.com: list, upload and remove them."""

from __future__ import annotations

import email.parser
import email.policy
from collections.abc import Iterator
from typing import Any

from ..model import Account, File, Package
from ..reading import read_file
from ..rights import access
from ..wire import Answer, Refusal, as_json
from .com import PATH, channel_of, page
from .routing import ANY_TOKEN, Api, data, route

FAMILIES = {"conda": "conda", "pypi": "python"}


@route("GET", PATH + "/artifacts", ANY_TOKEN)
def artifacts(api: Api, ns: str, name: str) -> Answer:
    """List the packages of a channel."""
    channel, part = channel_of(api, ns, name), api.call.query.get("q", "")
    return page(api, (each for each in _records(channel) if part in each["name"]))


@route("GET", PATH + "/artifacts/{family}/{package}/files", ANY_TOKEN)
def artifact_files(api: Api, ns: str, name: str, family: str, package: str) -> Answer:
    """List the files of a package."""
    channel = channel_of(api, ns, name)
    files = channel.packages[package].files.values() if package in channel.packages else ()
    return page(api, ({"ckey": ckey(each), "name": package, "family": family} for each in files))


@route("PUT", PATH + "/artifacts/bulk", ANY_TOKEN)
def change_files(api: Api, ns: str, name: str) -> Answer:
    """Remove single files."""
    channel = _writable(api, ns, name)
    for item in data(api.call)["items"]:
        package = channel.packages[item["name"]]
        package.files = {
            key: each for key, each in package.files.items() if ckey(each) != item["ckey"]
        }
        if not package.files:
            del channel.packages[package.name]
    return Answer(202)


@route("POST", "/repo/channels/{ns}/{name}/artifacts", ANY_TOKEN)
def upload(api: Api, ns: str, name: str) -> Answer:
    """Add the file of a form."""
    channel = _writable(api, ns, name)
    kind = api.call.headers["Content-Type"]
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + api.call.body)
    for part in form.iter_parts():
        if filename := part.get_filename():
            path = api.world.folder / "uploads" / channel.login / filename
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(part.get_payload(decode=True))
            api.world.publish(channel.login, read_file(path), ["main"])
    return as_json({"ok": True}, 201)


def _writable(api: Api, ns: str, name: str) -> Account:
    channel = channel_of(api, ns, name)
    if access(api.who, channel) not in ("owner", "collaborator"):
        raise Refusal(403, f"You may not change {ns}/{name}")
    return channel


def ckey(file: File) -> str:
    """The path of a file below its channel."""
    return file.basename if file.kind == "conda" else f"simple/{file.package}/{file.basename}"


def _records(channel: Account) -> Iterator[dict[str, Any]]:
    for package in channel.packages.values():
        yield {
            "name": package.name,
            "family": _family(package),
            "channel": channel.login.partition("/")[0],
            "subchannel": channel.login.partition("/")[2],
            "file_count": len(package.files),
            "available_versions": sorted({file.version for file in package.files.values()}),
        }


def _family(package: Package) -> str:
    return next((FAMILIES[file.kind] for file in package.files.values()), "")
