"""``conda private explain``: show which login authenticates a request, and why."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conda_private.actions.explain import Candidate, explain
from conda_private.cli import arguments
from conda_private.cli.report import tell
from conda_private.cli.settings import instead_of, shown_settings
from conda_private.composition import machine, settings
from conda_private.conda_config.channels import members, requested_instead
from conda_private.conda_config.hiding import Hiding
from conda_private.conda_config.names import meaning_of
from conda_private.conda_config.precedence import Entry
from conda_private.model.address import Address, as_requested
from conda_private.model.exceptions import HiddenLoginError
from conda_private.model.known_servers import page_at
from conda_private.output import mark

HELP = """\
Show which login authenticates a request to a URL, and why the other logins do not. Also shows which
URL conda requests instead, which other auth handler the login replaces, and, with exit code 4, the
setting because of which conda does not use the login. Reads no credential and sends no request.

example:
  conda private explain https://conda.anaconda.org/my-org/label/dev/noarch/repodata.json"""


@dataclass(frozen=True)
class _Explained:
    """What happens with a request.

    Attributes:
        url: the URL of the request; None if it never gets a credential.
        asked: the URL that was asked about, if conda requests another one instead.
        own_address: the address that a login for the name has; "" for the URL of a request.
        note: what the settings change about the URL, or "".
        candidates: the logins, the one that authenticates the request first.
        hidden: the settings because of which conda does not use that one.
        other: the other handler's entry that it takes precedence over.
    """

    url: Address | None
    asked: Address | None
    own_address: str
    note: str
    candidates: tuple[Candidate, ...]
    hidden: Sequence[Hiding]
    other: Entry | None

    @property
    def winner(self) -> Candidate | None:
        """The login that authenticates the request."""
        return next((each for each in self.candidates if each.authenticates), None)


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "private_url", metavar="URL", help="the URL of a request, or the name of a channel"
    )
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Explain; 0 even if no login applies, 4 if conda does not use the one that applies."""
    found = [_explain(*each) for each in _asked(args.private_url)]
    lines = [line for each in found for line in ["", *_lines(each)]][1:]
    tell(lines, _data(found[0]) if len(found) == 1 else {"channels": list(map(_data, found))})
    return HiddenLoginError.return_code if any(each.hidden for each in found) else 0


def _asked(text: str) -> list[tuple[str, str, str]]:
    """Return each URL that conda asks for in this shell, what a login is for, and a note."""
    if channels := members(text):
        return [(str(address), str(address), "") for address in channels]
    if "://" in text and page_at(text) is None:
        return [(as_requested(text.partition("::")[0]), "", "")]
    address, here, changed_by = meaning_of(text, "explain")
    if here == address:
        return [(str(address), str(address), "")]
    note = (
        f"In this shell, {text} is {here or 'no single address'}, because of {changed_by}."
        f" A login for {text} is for {address}."
    )
    return [(str(here or address), str(address), note)]


def _explain(text: str, own_address: str, note: str) -> _Explained:
    asked = Address.of_request(text)
    url = requested_instead(asked) if asked else None
    own, system = machine.records().logins(), machine.system_logins()
    candidates = explain(str(url) if url else text, own, system)
    winner = next((each.login for each in candidates if each.authenticates), None)
    (hidden,) = settings.hiding(winner.address) if winner else ([],)
    (other,) = settings.displaced(winner.address) if winner else (None,)
    if asked != url:
        note = f"conda's settings replace {asked}:"
    return _Explained(
        url, asked if asked != url else None, own_address, note, candidates, hidden, other
    )


def _data(found: _Explained) -> dict[str, Any]:
    winner = found.winner
    return {
        "url": str(found.url) if found.url else None,
        "instead_of_url": str(found.asked) if found.asked else None,
        "address_in_settings": found.own_address or None,
        "authenticated_by": str(winner.login.address) if winner else None,
        "handled": winner is not None and not found.hidden,
        **shown_settings(found.hidden, found.other),
        "candidates": [_candidate(each) for each in found.candidates],
    }


def _candidate(candidate: Candidate) -> dict[str, object]:
    return {
        "address": str(candidate.login.address),
        "from_system": candidate.from_system,
        "authenticates": candidate.authenticates,
        "why": candidate.why,
    }


def _lines(found: _Explained) -> list[str]:
    other = instead_of(found.other) if found.other else ""
    return [
        *([found.note] if found.note else ()),
        _headline(str(found.url) if found.url else "this URL", found.winner, found.hidden),
        *map(_line, found.candidates),
        *([f"The login {other}."] if other else ()),
        *(line for each in found.hidden for line in _warning(each)),
    ]


def _headline(shown: str, winner: Candidate | None, hidden: Sequence[Hiding]) -> str:
    if winner is None:
        return (
            f"No login covers {shown}; conda handles the request as it would without conda-private."
        )
    login = winner.login
    verb, source = "would be" if hidden else "is", login.source
    place = source.place if source.signs_in else source
    renewal = f", renewed at {source.issuer}" if source.signs_in else ""
    return (
        f"{shown}\n{verb} authenticated by the login for {login.address} (stored in"
        f" {place}{renewal}):\n  {login.scheme.description}"
    )


def _warning(each: Hiding) -> list[str]:
    fix = each.error.next_step.replace("\n", "\n       ")
    return [f"But {each.error.what}", f"Cause: {each.error.cause}", f"Next:  {fix}"]


def _line(candidate: Candidate) -> str:
    sign = mark("✓", "+") if candidate.authenticates else "-"
    whose = " (all users)" if candidate.from_system else ""
    return f"  {sign} {candidate.login.address}{whose}: {candidate.why}"
