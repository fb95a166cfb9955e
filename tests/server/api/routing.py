"""Finds the function for a request to the API and signs the caller in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ..credentials import Credential, Principal, of_token, shown
from ..model import Account, Package
from ..rights import has_scope, may_see
from ..wire import Answer, Call, Refusal

if TYPE_CHECKING:
    from ..world import Anaconda

NEEDS_TOKEN = "This domain requires token authentication"
EXPIRED = "Authentication token has expired"
NOT_AUTHORIZED = "User is not authorized to perform this operation"
NO_SCOPE = (
    "Authentication token does not have the sufficient scope to perform this action expected: {}"
)

# How a route wants its caller: anybody, with any live token, or with a token of a scope.
ANYBODY = "anybody"
ANY_TOKEN = "any token"


@dataclass(frozen=True)
class Api:
    """What a function of the API works with; ``who`` is None for anonymous callers."""

    world: Anaconda
    call: Call
    who: Principal | None

    @property
    def principal(self) -> Principal:
        """The caller, where a route let nobody else in."""
        assert self.who is not None
        return self.who

    def account(self, login: str) -> Account:
        """An account, or 404."""
        if login not in self.world.accounts:
            raise not_found(login)
        return self.world.accounts[login]

    def sees(self, package: Package) -> bool:
        """Whether the caller may read a package."""
        return may_see(self.world, self.who, package, "api:read")


Handler = Callable[..., Answer]


@dataclass(frozen=True)
class Route:
    """A method and path, the function for it, and whom it lets in."""

    method: str
    pattern: re.Pattern[str]
    function: Handler
    scope: str
    optional: bool


ROUTES: list[Route] = []


def route(method: str, path: str, scope: str, *, optional: bool = False) -> Callable[..., Handler]:
    """Register a function; the first route that matches wins.

    Args:
        path: ``{name}`` is one segment, ``{name:path}`` is the rest.
        scope: What the token needs, or ``ANYBODY`` or ``ANY_TOKEN``.
        optional: Whether callers without it come in as anonymous.
    """
    pattern = re.sub(r"\{(\w+):path\}", r"(?P<\1>.*)", path)
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)

    def register(function: Handler) -> Handler:
        ROUTES.append(Route(method, re.compile(pattern), function, scope, optional))
        return function

    return register


def dispatch(world: Anaconda, call: Call, path: str) -> Answer:
    """Answer a request; ``path`` has lost the base of the API."""
    method = "GET" if call.method == "HEAD" else call.method
    for entry in ROUTES:
        match = entry.pattern.fullmatch(path)
        if match and entry.method == method:
            who = _sign_in(world, call, entry)
            names = {name: unquote(value) for name, value in match.groupdict().items()}
            return entry.function(Api(world, call, who), **names)
    raise Refusal(404, "Not found")


def _sign_in(world: Anaconda, call: Call, entry: Route) -> Principal | None:
    if entry.scope == ANYBODY:
        return None
    try:
        return _caller(world, call, entry.scope)
    except Refusal:
        lenient = entry.optional and not (world.strict_tokens and shown(call))
        if not lenient:
            raise
    return None


def _caller(world: Anaconda, call: Call, scope: str) -> Principal:
    accepted = [item for item in shown(call) if item.form in world.api_forms]
    who = next(filter(None, (_principal(world, item) for item in accepted)), None)
    if who is None:
        raise Refusal(401, NEEDS_TOKEN)
    if who.token and world.expired(who.token):
        raise Refusal(401, EXPIRED)
    if scope != ANY_TOKEN and not has_scope(world, who, scope):
        raise Refusal(401, NO_SCOPE.format(scope))
    return who


def _principal(world: Anaconda, credential: Credential) -> Principal | None:
    token = world.tokens.get(credential.secret)
    return of_token(token) if token else None


def not_found(name: str) -> Refusal:
    """The 404 of the API."""
    return Refusal(404, f'"{name}" could not be found')


def data(call: Call) -> dict[str, Any]:
    """The body of a request, which must be a JSON object."""
    body = call.json()
    if not isinstance(body, dict):
        raise Refusal(400, "The body is not an object")
    return body
