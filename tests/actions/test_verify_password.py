"""A password is for the channel alone: no API is shown one while a login is verified."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from conda_private.actions.verify import Finding, verify
from conda_private.model.address import Address
from conda_private.model.facts import TokenFacts
from conda_private.model.login_request import LoginRequest
from conda_private.model.ports import Comparison
from conda_private.model.schemes import Scheme
from conda_private.model.secret import Secret

PASSWORD = Secret("ca-nary-v2")
ADDRESS = Address.parse("https://conda.example.org/my-org")
API = Address.parse("https://api.example.org")
FACTS = TokenFacts(account="alice", scopes=("conda:download",))


class _Machines:
    """A channel where the credential makes a difference, and an API; what each was shown."""

    def __init__(self) -> None:
        self.channel: list[Scheme] = []
        self.api: list[Address] = []

    def look(self, address: Address) -> bool:
        raise NotImplementedError

    def reads(self, api: Address, secret: Secret, account: str, owner: str) -> bool:
        return False

    def compare(self, address: Address, schemes: Iterable[Scheme], secret: Secret) -> Comparison:
        self.channel += schemes
        return Comparison(self.channel[0], gives_access=True, closed=True)

    def facts(self, api: Address, secret: Secret) -> TokenFacts | None:
        self.api.append(api)
        return FACTS


def verified(scheme: str, username: str = "") -> tuple[_Machines, Finding]:
    """Verify a credential of this kind for a channel whose API is known."""
    machines = _Machines()
    request = LoginRequest.to(ADDRESS, scheme=scheme, username=username, api=API)
    return machines, verify(request, PASSWORD, probe=machines, server=machines)


@pytest.mark.parametrize("user", ["alice", "alice@example.org", "tokens"])
def test_password_is_not_shown_to_the_api(user: str) -> None:
    machines, finding = verified("basic", user)
    assert [scheme.text for scheme in machines.channel] == ["basic"]
    assert machines.api == []
    assert finding.facts is None


@pytest.mark.parametrize(("scheme", "user"), [("token", ""), ("basic", "token"), ("auto", "")])
def test_token_is_shown_to_the_api(scheme: str, user: str) -> None:
    machines, finding = verified(scheme, user)
    assert machines.api == [API]
    assert finding.facts == FACTS
