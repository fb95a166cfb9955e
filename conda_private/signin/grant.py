"""What an issuer grants: an access token, and a refresh token that renews it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from conda_private.model.expiry import moment
from conda_private.model.secret import Secret
from conda_private.model.sign_in import Client

_UNTIL = ("refresh_expires_in", "refresh_token_expires_in")  # Keycloak; GitHub and others


class Grant(NamedTuple):
    """One grant.

    Attributes:
        client: who signed in where.
        endpoint: where the issuer renews it, so that a renewal is a single request.
        access: the access token, which authenticates requests to the channel.
        ends: when the access token expires by this machine's clock; None if that is not known.
        refresh: the refresh token, which only the issuer gets; None if there is none.
        until: when the refresh token expires; None if that is not known.
    """

    client: Client
    endpoint: str
    access: Secret
    ends: datetime | None = None
    refresh: Secret | None = None
    until: datetime | None = None

    @classmethod
    def answered(
        cls,
        client: Client,
        endpoint: str,
        fields: Mapping[str, Any],
        now: datetime,
        before: Grant | None = None,
    ) -> Grant:
        """Parse an issuer's answer (RFC 6749, section 5.1).

        Args:
            client, endpoint: who asked, and where.
            fields: the answer.
            now: the time; the answer has durations, so a wrong clock does no harm.
            before: the grant that it renews. An issuer that does not rotate refresh tokens sends
                none, and the old one stays valid (section 6).

        Raises:
            SecretFormatError: it has no access token, or one that is not valid.
        """
        access = Secret.parse(str(fields.get("access_token") or ""), "token")
        ends, text = _after(fields.get("expires_in"), now), fields.get("refresh_token")
        until = next((_after(fields[name], now) for name in _UNTIL if fields.get(name)), None)
        if isinstance(text, str) and text:
            return cls(client, endpoint, access, ends, Secret.parse(text, "token"), until)
        if before:
            return cls(client, endpoint, access, ends, before.refresh, until or before.until)
        return cls(client, endpoint, access, ends)

    @classmethod
    def parse(cls, secret: Secret) -> Grant | None:
        """Parse what a store has; None if it is not a grant."""
        try:
            fields = json.loads(secret.reveal())
            refresh = fields.get("refresh")
            return cls(
                Client(fields["issuer"], fields["client_id"]),
                fields["endpoint"],
                Secret(fields["access"]),
                moment(fields.get("ends", "")),
                Secret(refresh) if refresh else None,
                moment(fields.get("until", "")),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    @property
    def stored(self) -> Secret:
        """What a store has: a secret as a whole."""
        fields = {
            **self.client._asdict(),
            "endpoint": self.endpoint,
            "access": self.access.reveal(),
            "ends": _text(self.ends),
            "refresh": self.refresh.reveal() if self.refresh else "",
            "until": _text(self.until),
        }
        return Secret(json.dumps({name: value for name, value in fields.items() if value}))


def _after(seconds: object, now: datetime) -> datetime | None:
    try:
        return now.astimezone(timezone.utc) + timedelta(seconds=float(str(seconds)))
    except (ValueError, OverflowError):
        return None


def _text(time: datetime | None) -> str:
    return time.isoformat(timespec="seconds") if time else ""
