"""Show that a login renews itself, and until when."""

from __future__ import annotations

from datetime import datetime, timezone

from conda_private.model.expiry import describe
from conda_private.model.login import Login


def renews_until(login: Login) -> str:
    """Return until when a login renews itself, ISO 8601; "" if that is not known.

    It is in a file without a secret, so no credential is read.
    """
    if not login.source.signs_in:
        return ""
    from conda_private.composition import sign_ins

    return sign_ins.renews_until(login)


def shown_renewal(login: Login) -> dict[str, object]:
    """Return whether and until when a login renews itself, as ``--json`` shows it."""
    return {"renews": login.source.signs_in, "renews_until": renews_until(login) or None}


def renewal_row(login: Login, now: datetime) -> str:
    """Return by whom and until when a login is renewed; "" for one that does not renew itself.

    Args:
        login: the login. One without a refresh token has an expiry date.
        now: the time, with a time zone.
    """
    if not login.source.signs_in or login.expires:
        return ""
    until = describe(renews_until(login), now)
    return f"by itself, at {login.source.issuer}" + (f", until {until}" if until else "")


def renewal_note(login: Login) -> str:
    """Return who renews a login, and until when, for a table.

    "" for a login that does not renew itself.
    """
    row = renewal_row(login, datetime.now(timezone.utc))
    return f"renews itself{row.removeprefix('by itself,')}" if row else ""
