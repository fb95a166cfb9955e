"""The upload of a file: announce it here, bring it to the origin files, confirm it here."""

from __future__ import annotations

from ..model import File, Staged, new_id
from ..reading import describe
from ..wire import Answer, Refusal, as_json
from .finding import release_of, unlocked, writable
from .records import file_record
from .routing import Api, data, not_found, route

WHERE = "/{login}/{name}/{version}/{basename:path}"


@route("POST", "/stage" + WHERE, "api:write")
def stage(api: Api, login: str, name: str, version: str, basename: str) -> Answer:
    """Announce a file; the answer says where to bring it."""
    package = writable(api, login, name)
    release_of(package, version)
    if basename in package.files:
        raise Refusal(409, f'File "{basename}" already exists')
    wish = data(api.call)
    labels = wish.get("channels") or ["main"]
    unlocked(api, api.account(login), labels)
    staged = Staged(login, name, version, basename, {**wish, "channels": labels})
    staged_id = new_id()
    api.world.staged[staged_id] = staged
    return as_json(
        {
            "dist_id": staged_id,
            "post_url": api.call.site.files + "/",
            "form_data": {"key": staged_id, "acl": "private", "success_action_status": "201"},
        }
    )


@route("POST", "/commit" + WHERE, "api:write")
def commit(api: Api, login: str, name: str, version: str, basename: str) -> Answer:
    """Publish a file that was brought."""
    package = writable(api, login, name)
    staged_id = data(api.call).get("dist_id") or ""
    staged = api.world.staged.get(staged_id)
    if staged is None or staged.place != (login, name, version, basename):
        raise not_found(basename)
    if staged.content is None:
        raise Refusal(400, "The file was not uploaded")
    file = _store(api, staged, staged_id)
    if staged.wish.get("sha256") not in (None, file.sha256):
        raise Refusal(400, "The sha256 of the file is not the one announced")
    del api.world.staged[staged_id]
    api.world.publish(login, file, staged.wish["channels"])
    return as_json(file_record(package, file))


def _store(api: Api, staged: Staged, staged_id: str) -> File:
    folder = api.world.folder / "uploads" / staged_id
    folder.mkdir(parents=True)
    path = folder / staged.basename.rpartition("/")[2]
    path.write_bytes(staged.content or b"")
    wish = staged.wish
    names = {"name": staged.package, "version": staged.version}
    file = describe(path, wish["distribution_type"], {**wish.get("attrs", {}), **names})
    file.basename = staged.basename
    file.description = wish.get("description") or ""
    file.dependencies = wish.get("dependencies")
    return file
