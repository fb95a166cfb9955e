"""What a server asks for in ``WWW-Authenticate``, and what of it the plugin can send."""

from __future__ import annotations

import pytest

from conda_private.http.challenges import offers_basic, only_unsupported, schemes_in
from conda_private.http.errors import status_error, unsupported_error
from conda_private.model.address import Address
from conda_private.model.exceptions import TokenRefusedError
from tests.wording import assert_reads_well

ADDRESS = Address.parse("https://conda.example.org/private")
HEADERS = {
    "": (),
    "Negotiate": ("negotiate",),
    "Negotiate, NTLM": ("negotiate", "ntlm"),
    "Negotiate YIIBhg==, NTLM": ("negotiate", "ntlm"),
    'Digest realm="a, Basic b", nonce="x", algorithm=SHA-256, qop = "auth"': ("digest",),
    'Basic realm="say \\"Digest x\\", NTLM", charset="UTF-8"': ("basic",),
    'Bearer authorization_uri=https://login.example/1, Basic realm="x", TFS-Federated': (
        "bearer",
        "basic",
        "tfs-federated",
    ),
    'BASIC realm="Nexus"': ("basic",),
    "Negotiate,": ("negotiate",),
}


@pytest.mark.parametrize(("header", "schemes"), HEADERS.items())
def test_schemes_are_told_from_their_parameters(header: str, schemes: tuple[str, ...]) -> None:
    assert schemes_in(header) == schemes
    assert offers_basic(header) is ("basic" in schemes)


@pytest.mark.parametrize(
    ("header", "required"),
    [
        ("Negotiate", "Negotiate (Kerberos)"),
        ("Negotiate, NTLM", "Negotiate (Kerberos) or NTLM"),
        ('Digest realm="a", nonce="x", Digest realm="a", nonce="y"', "Digest"),
        ('Negotiate, Basic realm="a"', ""),
        ('Negotiate, Bearer realm="a"', ""),
        ("X-Their-Own", ""),
        ("", ""),
    ],
)
def test_server_that_accepts_nothing_that_can_be_sent_is_recognized(
    header: str, required: str
) -> None:
    assert only_unsupported(header) == required


def test_error_names_what_the_server_requires_and_does_not_doubt_the_credential() -> None:
    error = status_error(ADDRESS, 401, "Negotiate, NTLM")
    assert isinstance(error, TokenRefusedError)
    assert error.what == unsupported_error(ADDRESS, "Negotiate (Kerberos) or NTLM").what
    assert "mistyped" not in error.cause
    assert "--username" not in error.cause
    assert_reads_well(error, names="NTLM")


def test_basic_beside_them_is_offered() -> None:
    assert "use --username" in status_error(ADDRESS, 401, 'Negotiate, Basic realm="x"').cause
