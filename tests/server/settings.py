"""How the servers behave where the real one is not known, was seen to vary, or others differ."""

from __future__ import annotations

from datetime import timedelta

SCOPES = {
    "all": "Full access to everything",
    "api": "Full access to the API",
    "api:modify-group": "Change groups and their members",
    "api:read": "Read through the API",
    "api:write": "Change packages and files through the API",
    "conda": "Full access to conda repositories",
    "conda:download": "Download from private conda repositories",
    "pypi": "Full access to PyPI repositories",
    "pypi:download": "Download from private PyPI repositories",
    "pypi:upload": "Upload to PyPI repositories",
    "repos": "Access to all package repositories",
}

WIDER = {
    "api:modify-group": ("api",),
    "api:read": ("api",),
    "api:write": ("api",),
    "conda:download": ("conda", "repos"),
    "pypi:download": ("pypi", "repos"),
    "pypi:upload": ("pypi",),
}


class Settings:
    """The switches of a world; the defaults are what is known of anaconda.org.

    Attributes:
        forms: The credentials the download side reads: path, token, bearer, basic; further
            password (Basic with user and password) and x-api-key.
        api_forms: The same for the API: token, bearer.
        style: How a private channel is refused: left-out, 401, 403 or 404.
        challenge: The ``WWW-Authenticate`` of a 401; None sends none.
        private_file: The status for a file one may not have.
        unknown_label: The status for a label nobody made; 200 answers an empty repodata.
        strict_tokens: Whether a dead or too narrow token is refused where none is needed.
        same_name: What a second token of one name does to the first: replace, keep or fail.
        scopes: Every scope and what it means.
        wider: For a scope, the wider ones that include it; ``all`` always does.
        default_max_age: How long a token lives that was made without a limit.
        existing_package: The status for making a package that exists; 200 leaves it as it is.
        locked_label: The status for adding to a locked label.
        copies_stay_private: Whether the first copy of a private package is private as well.
        collaborator_perms: What a collaborator may do who is added through the API.
        link_seconds: How long a link to the files origin is good.
        cache_control: The ``Cache-Control`` of index files; None sends none.
        response_headers: Headers added to every answer of the API.
        authentication_type: What the API says of itself.
    """

    def __init__(self) -> None:
        self.forms = {"path", "token", "bearer", "basic"}
        self.api_forms = {"token", "bearer"}
        self.style = "left-out"
        self.challenge: str | None = None
        self.private_file = 404
        self.unknown_label = 404
        self.strict_tokens = False
        self.same_name = "replace"
        self.scopes = dict(SCOPES)
        self.wider = dict(WIDER)
        self.default_max_age = timedelta(days=365)
        self.existing_package = 409
        self.locked_label = 403
        self.copies_stay_private = True
        self.collaborator_perms = "write"
        self.link_seconds = 60
        self.cache_control: str | None = None
        self.response_headers: dict[str, str] = {}
        self.authentication_type = "password"
