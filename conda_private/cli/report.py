"""How logins and what they open look, the same for every verb."""

from __future__ import annotations

from conda_private.model.login import Login
from conda_private.model.ports import Comparison
from conda_private.model.schemes import BasicScheme


def entry(login: Login, *, from_system: bool = False) -> dict[str, object]:
    """One login as ``--json`` shows it; unknown values are null."""
    scheme = login.scheme
    return {
        "scope": str(login.scope),
        "scheme": scheme.text,
        "username": scheme.username if isinstance(scheme, BasicScheme) else None,
        "source": login.source,
        "account": login.account or None,
        "name": login.note or None,
        "expires": login.expires or None,
        "verified": login.verified or None,
        "allow_http": login.allow_http,
        "api": login.api or None,
        "pypi": login.pypi or None,
        "from_system": from_system,
        "channel": login.channel or None,
        "condarc": login.condarc or None,
    }


def describe_packages(found: Comparison) -> str:
    """How many packages, and how many of them private."""
    private, total = len(found.private), len(found.packages)
    if total == 0:
        return "no packages in it yet"
    if total == 1:
        return f"1 package, {'private' if private else 'public'}"
    return f"{total} packages, {'all' if private == total else f'{private} of them'} private"
