"""The origin api: what the command line client of the real servers speaks with.

anaconda.org and anaconda.com are one origin here; the second has the paths of ``com.PATHS``.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ..wire import Answer, Call, Refusal
from . import (
    accounts,
    artifacts,
    collaborators,
    com,
    copies,
    groups,
    labels,
    packages,
    releases,
    tokens,
    uploads,
)
from .routing import dispatch

if TYPE_CHECKING:
    from ..world import Anaconda

BASE = "/api"
# Importing a module registers its routes.
MODULES = (
    accounts,
    tokens,
    packages,
    releases,
    uploads,
    copies,
    labels,
    groups,
    collaborators,
    com,
    artifacts,
)


def answer(world: Anaconda, call: Call) -> Answer:
    """Answer one request to the origin api."""
    path = call.raw_path
    try:
        if path != BASE and not path.startswith(BASE + "/"):
            raise Refusal(404, "Not found")
        found = dispatch(world, call, path[len(BASE) :])
    except Refusal as refusal:
        is_com = path.startswith(tuple(f"{BASE}/{each}" for each in com.PATHS))
        found = com.refused(world, refusal) if is_com else refusal.answer()
    return dataclasses.replace(found, headers={**world.response_headers, **found.headers})
