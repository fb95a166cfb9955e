"""``conda private explain``: which login would sign a request, and why."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from conda_private import composition
from conda_private.actions.explain import Candidate, explain
from conda_private.channels import ChannelUrl
from conda_private.cli import arguments
from conda_private.conda_settings import scope_of
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
    url = text if "://" in text else str(scope_of(text))
    candidates = explain(url, composition.logins())
    winner = next((each for each in candidates if each.signs), None)
    target = ChannelUrl.of_request(url)
    shown = str(target) if target else "this URL"
    asked = bool(target and winner) and composition.is_wired(winner.login.scope)  # type: ignore[union-attr]
    report(
        [_headline(shown, winner), *_wired(winner, asked), *map(_line, candidates)],
        {
            "url": str(target) if target else None,
            "signed_by": str(winner.login.scope) if winner else None,
            "wired": asked,
            "candidates": [
                {"scope": str(each.login.scope), "signs": each.signs, "why": each.why}
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


def _wired(winner: Candidate | None, asked: bool) -> list[str]:
    if winner is None or asked:
        return []
    return [
        "but conda does not ask conda-private for it: another entry in channel_settings wins.",
        "Next:  conda config --show-sources",
    ]


def _line(candidate: Candidate) -> str:
    sign = mark("✓", "+") if candidate.signs else "-"
    return f"  {sign} {candidate.login.scope}: {candidate.why}"
