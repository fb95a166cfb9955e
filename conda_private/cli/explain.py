"""``conda private explain``: show which login authenticates a request, and why."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from conda_private.actions.explain import Candidate, explain
from conda_private.cli import arguments
from conda_private.cli.report import tell
from conda_private.composition import machine
from conda_private.conda_config.names import meaning_of
from conda_private.conda_config.precedence import is_ours
from conda_private.model.address import Address, as_requested
from conda_private.model.known_servers import page_at
from conda_private.output import mark

HELP = """\
Show which login authenticates a request to a URL, and why the other logins do not. Reads no
credential and sends no request.

example:
  conda private explain https://conda.anaconda.org/my-org/label/dev/noarch/repodata.json"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "private_url", metavar="URL", help="the URL of a request, or the name of a channel"
    )
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Explain; 0 even if no login applies."""
    url, own_address, note = _asked(args.private_url)
    own, system = machine.records().logins(), machine.system_logins()
    candidates = explain(url, own, system)
    winner = next((each for each in candidates if each.authenticates), None)
    target = Address.of_request(url)
    shown = str(target) if target else "this URL"
    handled = winner is not None and is_ours(winner.login.address)
    others = machine.conflicts(winner.login.address).overridden_by if winner and not handled else []
    warning = _warning(winner, others, handled=handled)
    tell(
        [*note, _headline(shown, winner), *map(_line, candidates), *warning],
        {
            "url": str(target) if target else None,
            "address_in_settings": own_address or None,
            "authenticated_by": str(winner.login.address) if winner else None,
            "handled": handled,
            "overridden_by": list(others),
            "candidates": [_data(each) for each in candidates],
        },
    )
    return 0


def _asked(text: str) -> tuple[str, str, list[str]]:
    """Return the URL that conda asks for in this shell, and the address that a login is for."""
    if "://" in text and page_at(text) is None:
        return as_requested(text.partition("::")[0]), "", []
    address, here, changed_by = meaning_of(text, "explain")
    if here == address:
        return str(address), str(address), []
    note = (
        f"In this shell, {text} is {here or 'no single address'}, because of {changed_by}."
        f" A login for {text} is for {address}."
    )
    return str(here or address), str(address), [note]


def _data(candidate: Candidate) -> dict[str, object]:
    return {
        "address": str(candidate.login.address),
        "from_system": candidate.from_system,
        "authenticates": candidate.authenticates,
        "why": candidate.why,
    }


def _headline(shown: str, winner: Candidate | None) -> str:
    if winner is None:
        return (
            f"No login covers {shown}; conda handles the request as it would without conda-private."
        )
    login = winner.login
    return (
        f"{shown}\nis authenticated by the login for {login.address} (stored in {login.source}):\n"
        f"  {login.scheme.description}"
    )


def _warning(winner: Candidate | None, others: Sequence[str], *, handled: bool) -> list[str]:
    if winner is None or handled:
        return []
    named = f": {', '.join(others)}" if others else "."
    return [
        "But conda does not use conda-private for it: another entry in channel_settings takes"
        f" precedence{named}",
        "Next:  remove that entry; see both with  conda config --show-sources",
    ]


def _line(candidate: Candidate) -> str:
    sign = mark("✓", "+") if candidate.authenticates else "-"
    whose = " (all users)" if candidate.from_system else ""
    return f"  {sign} {candidate.login.address}{whose}: {candidate.why}"
