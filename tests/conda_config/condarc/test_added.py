import dataclasses
import json

import pytest

from conda_private.conda_config.condarc.added import Added
from conda_private.model.exceptions import FileFormatError
from tests.conda_config.condarc.editing import LABEL, ORG, added


def test_record_survives_json():
    _, record = added("a: 1", ORG, LABEL, keep_defaults=True)
    assert dataclasses.asdict(record) == {
        "key": "\nchannels:",
        "null": None,
        "defaults": "\n  - defaults",
        "items": (
            {"channel": "my-org", "text": "  - my-org\n", "where": "prepend"},
            {"channel": "my-org/label/dev", "text": "  - my-org/label/dev\n", "where": "prepend"},
        ),
    }
    assert Added.from_dict(json.loads(json.dumps(dataclasses.asdict(record)))) == record


@pytest.mark.parametrize(
    "change",
    [
        {"items": None},
        {"items": [1]},
        {"items": [{"channel": "a"}]},
        {"items": [{"channel": "a", "text": "- a", "where": "above"}]},
        {"items": [{"channel": 1, "text": "- a", "where": "append"}]},
        {"key": None},
        {"null": 0},
    ],
)
def test_malformed_record_is_refused(change):
    with pytest.raises(FileFormatError):
        Added.from_dict({**dataclasses.asdict(Added()), **change})


def test_record_without_a_part_is_refused():
    with pytest.raises(FileFormatError):
        Added.from_dict({"key": ""})
