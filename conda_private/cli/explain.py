"""``conda private explain``: which login would sign a request, and why."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from conda_private.actions.explain import Candidate, explain
from conda_private.cli import arguments
from conda_private.composition import machine
from conda_private.conda_config.precedence import is_wired
from conda_private.conda_config.settings import scope_of
from conda_private.model.address import ChannelUrl
from conda_private.output import mark, report

HELP = """\
Show which login would sign a request to a URL, and why; and why the others would not. Reads no
secret and sends nothing.

example:
  conda private explain https://conda.anaconda.org/my-org/label/dev/noarch/repodata.json"""


def configure_parser(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "private_url", metavar="URL", help="the URL of a request, or a channel's name"
    )
    arguments.add_output(parser)


def execute(args: Namespace) -> int:
    """Explain; 0 also when no login signs."""
    text = args.private_url
    url = text if "://" in text else str(scope_of(text, "explain"))
    own, system = machine.index().logins(), machine.system_logins()
    candidates = explain(url, own, system)
    winner = next((each for each in candidates if each.signs), None)
    target = ChannelUrl.of_request(url)
    shown = str(target) if target else "this URL"
    wired = winner is not None and is_wired(winner.login.scope)
    others = machine.conflicts(winner.login.scope).overridden_by if winner and not wired else []
    report(
        [_headline(shown, winner), *map(_line, candidates), *_warning(winner, others, wired=wired)],
        {
            "url": str(target) if target else None,
            "signed_by": str(winner.login.scope) if winner else None,
            "wired": wired,
            "overridden_by": list(others),
            "candidates": [
                {
                    "scope": str(each.login.scope),
                    "from_system": each.from_system,
                    "signs": each.signs,
                    "why": each.why,
                }
                for each in candidates
            ],
        },
    )
    return 0


def _headline(shown: str, winner: Candidate | None) -> str:
    if winner is None:
        return f"No login signs {shown}; it is sent as conda would send it."
    login = winner.login
    return f"{shown}\nis signed by the login for {login.scope}, from {login.source}, as\n" + (
        f"  {login.scheme.description}"
    )


def _warning(winner: Candidate | None, others: Sequence[str], *, wired: bool) -> list[str]:
    if winner is None or wired:
        return []
    named = f": {', '.join(others)}" if others else "."
    return [
        f"But conda does not ask conda-private: another entry in channel_settings wins{named}",
        "Next:  take that entry out; see both with  conda config --show-sources",
    ]


def _line(candidate: Candidate) -> str:
    sign = mark("✓", "+") if candidate.signs else "-"
    whose = " (all users)" if candidate.from_system else ""
    return f"  {sign} {candidate.login.scope}{whose}: {candidate.why}"
