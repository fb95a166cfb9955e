"""A credential as programs and servers answer: a line of text, or JSON with an expiry date."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from conda_private.model.exceptions import SecretFormatError
from conda_private.model.expiry import from_token, moment
from conda_private.model.secret import Secret

MARGIN = timedelta(seconds=60)  # what a request may take, and what two clocks may differ by
# Objects that hold the answer: an ExecCredential of Kubernetes, and gcloud's config-helper.
_INSIDE = ("status", "credential")
_TOKENS = ("token", "access_token", "accessToken", "authorizationToken", "value")
_ENDS = ("expires", "expires_at", "expirationTimestamp", "token_expiry", "expiration")
# Azure's CLI prints both: seconds since 1970, and a date-time in the local zone.
_AZURE = ("expires_on", "expiresOn")
_FRACTION = re.compile(r"\.\d+")
_MILLISECONDS = 1e11  # larger numbers of seconds are after the year 5000


class Answer(NamedTuple):
    """A credential, and when it expires.

    Attributes:
        secret: the credential.
        ends: when it expires, with a time zone; None if that is not known.
    """

    secret: Secret
    ends: datetime | None = None

    def is_over(self, now: datetime, margin: timedelta = MARGIN) -> bool:
        """Whether it has expired, or will within the margin; False if that is not known."""
        return self.ends is not None and self.ends - now <= margin


def parse_answer(text: str, now: datetime) -> Answer:
    """Parse what a program printed, or what a server answered.

    It is the credential alone, or a JSON object: ``{"token", "expires"}``, an ExecCredential
    (https://kubernetes.io/docs/reference/access-authn-authz/authentication), an access token of
    OAuth (RFC 6749, section 5.1), or what the command-line programs of Azure, AWS and Google print.
    Without a date, the ``exp`` of a JSON Web Token counts.

    Raises:
        SecretFormatError: there is no credential in it. The error does not repeat the text.
    """
    text = text.strip("\r\n")
    fields = _fields(text) if text.startswith("{") else None
    if fields is None:
        secret, ends = Secret.parse(text), None
    else:
        secret, ends = _secret(fields), _ends(fields, now)
    return Answer(secret, ends or moment(from_token(secret)))


def _fields(text: str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(text)
    except (ValueError, RecursionError):
        reason = "begins like JSON, and is not valid JSON"
    else:
        inside = (content.get(name) for name in _INSIDE)
        return next((each for each in inside if isinstance(each, dict)), content)
    # Raised here, so that no chained error shows the text to debuggers.
    raise SecretFormatError.because(reason)


def _secret(fields: dict[str, Any]) -> Secret:
    found = next((fields[name] for name in _TOKENS if isinstance(fields.get(name), str)), None)
    if found is None:
        raise SecretFormatError.because(f"is JSON without any of: {', '.join(_TOKENS)}")
    return Secret.parse(found)


def _ends(fields: dict[str, Any], now: datetime) -> datetime | None:
    for name in (*_ENDS, *_AZURE):
        if found := _moment(fields.get(name), is_local=name == "expiresOn"):
            return found
    try:
        return now + timedelta(seconds=float(fields["expires_in"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _moment(value: object, *, is_local: bool) -> datetime | None:
    try:
        if isinstance(value, (int, float)) or str(value).isdecimal():
            seconds = float(str(value))
            seconds = seconds / 1000 if seconds > _MILLISECONDS else seconds
            return datetime.fromtimestamp(seconds, timezone.utc)
        text = _FRACTION.sub("", str(value))
        return datetime.fromisoformat(text).astimezone() if is_local else moment(text)
    except (ValueError, OverflowError, OSError):
        return None
