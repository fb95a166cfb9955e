"""How the servers behave where the real one is not known, was seen to vary, or others differ."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .personalities import ANACONDA, Personality

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
    "conda:download": ("conda", "repos", "repo:read"),
    "pypi:download": ("pypi", "repos", "repo:read"),
    "pypi:upload": ("pypi",),
}


# The scopes of an API key of anaconda.com, as its sign-in asks for them.
API_KEY = ("cloud:read", "cloud:write", "repo:read")


class Settings:
    """The switches of a world; the defaults are what is known of anaconda.org.

    Attributes:
        personality: The server whose downloads these are; setting it sets forms, style, denied,
            challenge and direct_files, which a test may then change.
        forms: The credentials the download side reads: path, token, bearer, the headers
            x-api-key, x-auth and x-jfrog-art-api, and four kinds of Basic: basic (the token is
            the user), password (user and password), password-token (user and token),
            basic:NAME (NAME and token; NAME is * for any).
        api_forms: The same for the API: token, bearer.
        style: How a private channel is refused: left-out, 401, 403 or 404.
        denied: The same for somebody known who lacks the right; empty is as the style says.
        challenge: The ``WWW-Authenticate`` of a 401; None sends none.
        direct_files: Whether a channel gives package files itself, and no link to the origin files.
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
        copies_publish: Whether a copy makes the private package public that it goes to.
        collaborator_perms: What a collaborator may do who is added through the API.
        metadata_files: Whether the index offers the metadata of wheels apart (PEP 658).
        link_seconds: How long a link to the files origin is good.
        cache_control: The ``Cache-Control`` of index files; None sends none.
        response_headers: Headers added to every answer of the API.
        authentication_type: What the API says of itself.
        trusted_jobs: Whose token a CI job gets for its ID token, by the subject of that.
        job: The subject of the ID tokens that the CI system gives.
        job_token: The token by which a job asks the CI system; "" is no permission.
        audiences: The audiences that the CI system knows; None is any.
        com_error: Where an error of anaconda.com has its text: message, detail or error.
        channel_limit: How many private channels a namespace has; None is any number. How the real
            server refuses one more, or one more user, is known from what its client looks for.
        sharing_limit: The number of users that a channel is shared with, likewise.
        discovery: What the origin conda says about authentication; None says nothing.
        shared_again: The status for sharing a channel with somebody who has it; not known.
    """

    def __init__(self, personality: Personality = ANACONDA) -> None:
        self.personality = personality
        self.api_forms = {"token", "bearer"}
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
        self.copies_publish = False
        self.collaborator_perms = "write"
        self.metadata_files = False
        self.link_seconds = 60
        self.cache_control: str | None = None
        self.response_headers: dict[str, str] = {}
        self.authentication_type = "password"
        self.trusted_jobs: dict[str, str] = {}
        self.job = "repo:my-org/analysis:ref:refs/heads/main"
        self.job_token = ""
        self.audiences: set[str] | None = None
        self.com_error = "message"
        self.channel_limit: int | None = None
        self.sharing_limit: int | None = None
        self.shared_again = 200
        self.discovery: Any = None

    @property
    def personality(self) -> Personality:
        """The server whose downloads these are."""
        return self._personality

    @personality.setter
    def personality(self, personality: Personality) -> None:
        self._personality = personality
        self.forms = set(personality.forms)
        self.style = personality.style
        self.denied = personality.denied
        self.challenge = personality.challenge
        self.direct_files = personality.direct_files
