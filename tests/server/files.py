"""The origin files: signed links, as the object store behind the real server gives them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from .model import File
from .wire import Answer, Call

if TYPE_CHECKING:
    from .world import Anaconda


def signed(world: Anaconda, base: str, file: File) -> str:
    """A link to the content of a file, good for the seconds the world says."""
    expires = int(world.clock().timestamp()) + world.link_seconds
    path = f"/{file.sha256}/{quote(file.name)}"
    query = urlencode({"Expires": expires, "Signature": _sign(world, path, str(expires))})
    return f"{base}{path}?{query}"


def _sign(world: Anaconda, path: str, expires: str) -> str:
    return hmac.new(world.signing_key, f"{path} {expires}".encode(), "sha1").hexdigest()


def answer(world: Anaconda, call: Call) -> Answer:
    """Answer one request to the origin files."""
    if "Authorization" in call.headers:
        return failure(400, "InvalidArgument", "Only one auth mechanism allowed")
    return _take(world, call) if call.method == "POST" else _give(world, call)


def failure(status: int, code: str, message: str) -> Answer:
    """An error in the XML of the object store."""
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Answer(status, body.encode(), {"Content-Type": "application/xml"})


def _give(world: Anaconda, call: Call) -> Answer:
    query = call.query
    expires = query.get("Expires", "")
    good = hmac.compare_digest(_sign(world, call.raw_path, expires), query.get("Signature", ""))
    if not good:
        return failure(403, "SignatureDoesNotMatch", "The signature is wrong")
    if int(expires) <= world.clock().timestamp():
        return failure(403, "AccessDenied", "Request has expired")
    path = world.blobs[call.segments[0]]
    return Answer(200, path.read_bytes(), {"Content-Type": "application/octet-stream"})


def _take(world: Anaconda, call: Call) -> Answer:
    form = read_form(call.headers.get("Content-Type", ""), call.body)
    staged = world.staged.get(form.get("key", b"").decode())
    content = form.get("file")
    if staged is None or content is None:
        return failure(403, "AccessDenied", "Invalid according to Policy")
    digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest())
    if digest != form.get("Content-MD5"):
        return failure(400, "InvalidDigest", "The Content-MD5 you specified is not valid")
    staged.content = content
    return Answer(201)


def read_form(content_type: str, body: bytes) -> dict[str, bytes]:
    """The fields of a multipart form, byte for byte."""
    match = re.search(r'boundary="?([^";]+)', content_type)
    if match is None:
        return {}
    fields = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + match[1].encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = re.search(rb'[; ]name="([^"]*)"', head)
        if name:
            fields[name[1].decode()] = content
    return fields
