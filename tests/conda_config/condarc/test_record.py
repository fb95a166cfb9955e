"""What was added to a ``.condarc`` survives as JSON."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from conda_private.conda_config.condarc.record import Added, Record
from tests.conda_config.condarc.editing import LABEL, ORG, added, removed

NEW = {
    "channels": [
        {"channel": "my-org", "where": "prepend"},
        {"channel": "my-org/label/dev", "where": "append"},
    ],
    "made_file": False,
    "made_key": True,
    "made_list": True,
    "added_defaults": True,
}
# The first format stored the very characters that were added.
OLD = {
    "key": "channels:\n",
    "null": None,
    "defaults": "  - defaults\n",
    "items": [
        {"channel": "my-org", "text": "  - my-org\n", "where": "prepend"},
        {"channel": "my-org/label/dev", "text": "  - my-org/label/dev\n", "where": "append"},
    ],
    "made_file": True,
}


def test_record_survives_json() -> None:
    text, record = added("", ORG, keep_defaults=True)
    _, record = added(text, LABEL, where="append", record=record)
    stored = json.loads(json.dumps(dataclasses.asdict(record)))
    assert stored == NEW
    assert Record.from_dict(stored) == record


@pytest.mark.parametrize("made_file", [False, True])
def test_record_of_the_first_format_still_removes_everything(made_file: bool) -> None:
    record = Record.from_dict({**OLD, "made_file": made_file})
    assert record == dataclasses.replace(Record.from_dict(NEW), made_file=made_file)
    text = "channels:\n  - my-org\n  - defaults\n  - my-org/label/dev\n"
    assert removed(text, record, LABEL, ORG) == ("", Record())


@pytest.mark.parametrize(
    ("change", "flags"),
    [
        ({"key": "", "null": None, "defaults": ""}, (False, False, False)),
        ({"key": "", "null": "", "defaults": ""}, (False, True, False)),
        ({"key": "", "null": " ~", "defaults": "  - defaults\n"}, (False, True, True)),
    ],
)
def test_null_of_the_first_format_means_that_the_key_is_not_ours(
    change: dict[str, Any], flags: tuple[bool, bool, bool]
) -> None:
    record = Record.from_dict({**OLD, **change})
    assert (record.made_key, record.made_list, record.added_defaults) == flags


def test_first_format_without_made_file_is_about_a_file_that_existed() -> None:
    data = {name: value for name, value in OLD.items() if name != "made_file"}
    assert not Record.from_dict(data).made_file


@pytest.mark.parametrize(
    "data",
    [
        {},
        {**NEW, "channels": None},
        {**NEW, "channels": [1]},
        {**NEW, "channels": [{"channel": "a"}]},
        {**NEW, "channels": [{"channel": 1, "where": "append"}]},
        {**NEW, "channels": [{"channel": "a", "where": "above"}]},
        {**NEW, "channels": [{"channel": "a", "where": ["append"]}]},
        {**NEW, "made_key": "yes"},
        {name: value for name, value in NEW.items() if name != "added_defaults"},
        {**OLD, "items": None},
        {**OLD, "made_file": "yes"},
        {name: value for name, value in OLD.items() if name != "null"},
    ],
)
def test_malformed_record_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        Record.from_dict(data)


def test_nothing_is_true_of_a_file_that_lists_none_of_the_channels() -> None:
    record = Record((Added("a", "append"), Added("b", "append")), made_file=True, made_list=True)
    assert record.still_in(["b", "c"]).channels == (Added("b", "append"),)
    assert record.still_in(["b"]).made_file
    assert record.still_in(["c"]) == Record()
