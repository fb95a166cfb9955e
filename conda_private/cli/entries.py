"""How a login looks in ``--json``, the same for every verb."""

from __future__ import annotations

from conda_private.credentials import Login
from conda_private.schemes import BasicScheme


def entry(login: Login) -> dict[str, object]:
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
        "channel": login.channel or None,
        "condarc": login.condarc or None,
    }
