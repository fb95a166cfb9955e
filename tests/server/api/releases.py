"""Releases and the files in them: show, make, change, remove and download them."""

from __future__ import annotations

from ..files import signed
from ..rights import may_see
from ..wire import Answer, as_json, redirect
from .finding import file_of, files_of, package_of, release_of, writable
from .records import file_record, release_record
from .routing import ANY_TOKEN, Api, data, not_found, route

RELEASE = "/release/{login}/{name}/{version}"
DIST = "/dist/{login}/{name}/{version}/{basename:path}"


@route("GET", RELEASE, "api:read", optional=True)
def show(api: Api, login: str, name: str, version: str) -> Answer:
    """Show a release."""
    package = package_of(api, login, name)
    release_of(package, version)
    return as_json(release_record(package, version))


@route("POST", RELEASE, "api:write")
def create(api: Api, login: str, name: str, version: str) -> Answer:
    """Make a release of a package."""
    package = writable(api, login, name)
    package.releases.setdefault(version, data(api.call))
    return as_json(release_record(package, version))


@route("PATCH", RELEASE, "api:write")
def change(api: Api, login: str, name: str, version: str) -> Answer:
    """Change the attributes of a release."""
    package = writable(api, login, name)
    release_of(package, version).update(data(api.call).get("public_attrs") or {})
    return as_json(release_record(package, version))


@route("DELETE", RELEASE, "api:write")
def remove(api: Api, login: str, name: str, version: str) -> Answer:
    """Remove a release with its files."""
    package = writable(api, login, name)
    release_of(package, version)
    for file in files_of(package, version):
        del package.files[file.basename]
    del package.releases[version]
    return as_json({}, 201)


@route("GET", DIST, "api:read", optional=True)
def show_file(api: Api, login: str, name: str, version: str, basename: str) -> Answer:
    """Show a file."""
    package = package_of(api, login, name)
    return as_json(file_record(package, file_of(package, version, basename)))


@route("DELETE", DIST, "api:write")
def remove_file(api: Api, login: str, name: str, version: str, basename: str) -> Answer:
    """Remove a file."""
    package = writable(api, login, name)
    file = file_of(package, version, basename)
    del package.files[file.basename]
    return as_json(file_record(package, file))


@route("GET", "/download/{login}/{name}/{version}/{basename:path}", ANY_TOKEN, optional=True)
def download(api: Api, login: str, name: str, version: str, basename: str) -> Answer:
    """Send the client to the file; a token for downloads is enough here."""
    package = api.account(login).packages.get(name)
    if package is None:
        raise not_found(name)
    file = file_of(package, version, basename)
    scopes = ("api:read", f"{file.kind}:download")
    if not any(may_see(api.world, api.who, package, scope) for scope in scopes):
        raise not_found(name)
    return redirect(signed(api.world, api.call.site.files, file))
