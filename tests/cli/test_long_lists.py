"""A list that fails on the way: what was printed stays, and the exit code says it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from conda.base.context import reset_context

from conda_private.cli.report import tell_list
from conda_private.model.exceptions import CondaPrivateError, ServerError, TokenRefusedError
from conda_private.output import ListRow


@pytest.fixture(params=[False, True], ids=["text", "json"])
def as_json(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Whether the command has ``--json``."""
    reset_context(argparse_args={"json": request.param})
    yield request.param
    reset_context(argparse_args={})


def failing(names: list[str], error: CondaPrivateError) -> Iterator[ListRow]:
    """Rows, and then an error."""
    yield from (((name,), {"name": name}) for name in names)
    raise error


def tell(rows: Iterator[ListRow]) -> int:
    return tell_list("names", rows, headings=("NAME",), none="None.", data={"asked": "channel"})


def test_error_in_front_of_the_first_row_prints_nothing_else(
    as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(TokenRefusedError):
        tell(failing([], TokenRefusedError("no", cause="c", next_step="n")))
    assert capsys.readouterr() == ("", "")


def test_error_behind_a_row_is_in_the_object_or_raised(
    as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = failing(["a"], TokenRefusedError("no", cause="c", next_step="n"))
    if not as_json:
        with pytest.raises(TokenRefusedError):
            tell(rows)
        assert capsys.readouterr().out == "NAME\na\n"
        return
    assert tell(rows) == 4
    assert json.loads(capsys.readouterr().out) == {
        "asked": "channel",
        "names": [{"name": "a"}],
        "error": {"name": "TokenRefusedError", "message": "no"},
        "warnings": [],
    }


def test_complete_list_has_no_error(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(iter([(("a",), {"name": "a"})])) == 0
    out = capsys.readouterr().out
    assert json.loads(out)["error"] is None if as_json else out == "NAME\na\n"


def test_quiet_list_that_cannot_begin_fails(capsys: pytest.CaptureFixture[str]) -> None:
    reset_context(argparse_args={"quiet": True})
    try:
        with pytest.raises(ServerError):
            tell(failing([], ServerError("no", cause="c", next_step="n")))
        assert tell(failing(["a"], ServerError("no", cause="c", next_step="n"))) == 0
    finally:
        reset_context(argparse_args={})
    assert capsys.readouterr() == ("", "")
