"""Reads ``WWW-Authenticate``: what a server asks for, and whether this plugin can send it."""

from __future__ import annotations

import re

# How people know the schemes that need more than a header with a credential: a dialog with the
# server, or a ticket of the operating system.
_UNSUPPORTED = {
    "negotiate": "Negotiate (Kerberos)",
    "kerberos": "Kerberos",
    "ntlm": "NTLM",
    "digest": "Digest",
    "mutual": "Mutual",
    "hoba": "HOBA",
    "scram-sha-1": "SCRAM",
    "scram-sha-256": "SCRAM",
    "aws4-hmac-sha256": "AWS Signature Version 4",
}
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
# A parameter is NAME=VALUE; a scheme is alone, or has parameters or a token behind it.
_SCHEME = re.compile(r"\s*([\w.-]+)(?=\s+[^\s=]|\s*\Z)", re.ASCII)


def schemes_in(challenge: str) -> tuple[str, ...]:
    """Return the schemes that a server offers, in lower case.

    Args:
        challenge: the value of ``WWW-Authenticate`` (RFC 9110, section 11.6.1). Several headers are
            joined by commas, which also separate parameters.
    """
    items = _QUOTED.sub('""', challenge).split(",")
    return tuple(match[1].lower() for match in map(_SCHEME.match, items) if match)


def offers_basic(challenge: str) -> bool:
    """Whether the server accepts a username and a password."""
    return "basic" in schemes_in(challenge)


def only_unsupported(challenge: str) -> str:
    """Return what the server requires if the plugin can send none of it, else "".

    Schemes that are not known here count as supported, because servers invent names for tokens.
    """
    offered = schemes_in(challenge)
    if not offered or not _UNSUPPORTED.keys() >= set(offered):
        return ""
    return " or ".join(dict.fromkeys(_UNSUPPORTED[each] for each in offered))
