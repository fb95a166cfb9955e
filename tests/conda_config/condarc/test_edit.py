"""A channel is added to the text of a ``.condarc`` and taken out again; all else stays."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from conda.base.context import Context
from conda.common.configuration import ParameterFlag, YamlRawParameter
from ruamel.yaml import YAML

from conda_private.conda_config.condarc import edit
from conda_private.conda_config.condarc.nodes import NotEditableError
from conda_private.conda_config.condarc.reading import read
from conda_private.conda_config.condarc.record import Record, Where
from conda_private.model.exceptions import FileFormatError
from tests.conda_config.condarc.editing import (
    APPENDED,
    LABEL,
    ORG,
    ORIGINALS,
    PREPENDED,
    READ_THE_SAME,
    URL,
    added,
    removed,
)

WHERES: list[Where] = ["prepend", "append"]
NOT_EDITABLE = {
    "list is an alias": "x: &a [b]\nchannels: *a\n",
    "list has an alias": "channels: &a [b]\nallowlist_channels: *a\n",
    "list comes from a merge": "x: &a {channels: [b]}\n<<: *a\n",
    "null comes from a merge": "x: &a {channel: ~}\n<<: *a\n",
    "item is an alias": "b: &x a\nchannels:\n- *x\n",
    "key has a question mark": "? channels\n: - a\n",
    "key without a colon": "{channels}",
    "null in a flow file": "{channels: ~}",
    "item below its dash": "channels:\n  -\n    a\n",
    "file is a null": "null\n",
    "line breaks of an old Mac": "channels:\r- a\rb: 1\r",
    "line breaks of two kinds in one": "channels: [ # c\r\r\n]\r\r\n\t",
}


def named(cases: list[tuple[str, str, str]]) -> list[object]:
    return [pytest.param(text, result, id=name) for name, text, result in cases]


@pytest.mark.parametrize(("text", "result"), named([*PREPENDED, *READ_THE_SAME]))
def test_prepended_channel_goes_right_below_the_key(text: str, result: str) -> None:
    assert added(text, ORG)[0] == result


@pytest.mark.parametrize(("text", "result"), named(APPENDED))
def test_appended_channel_goes_after_the_last(text: str, result: str) -> None:
    assert added(text, ORG, where="append")[0] == result


@pytest.mark.parametrize("where", WHERES)
@pytest.mark.parametrize("text", NOT_EDITABLE.values(), ids=NOT_EDITABLE)
def test_text_that_cannot_be_edited_safely_is_refused(text: str, where: Where) -> None:
    with pytest.raises(NotEditableError):
        added(text, ORG, where=where, keep_defaults=True)


def test_listed_channel_is_not_added_again() -> None:
    text = "channels: [my-org]"
    assert edit.add(text, ORG, Record(), where="prepend", keep_defaults=False) is None


@pytest.mark.parametrize(
    ("text", "where", "result"),
    [
        ("", "prepend", ["my-org", "defaults"]),
        ("", "append", ["defaults", "my-org"]),
        ("channels: ~", "prepend", ["my-org", "defaults"]),
        ("{}", "append", ["defaults", "my-org"]),
        ("channels: []", "prepend", ["my-org"]),
        ("channels: [a]", "prepend", ["my-org", "a"]),
    ],
)
def test_defaults_are_kept_only_where_there_was_no_list(
    text: str, where: Where, result: list[str]
) -> None:
    assert read(added(text, ORG, where=where, keep_defaults=True)[0]).channels == result


def test_defaults_are_not_added_twice() -> None:
    assert read(added("", "defaults", keep_defaults=True)[0]).channels == ["defaults"]


@pytest.mark.parametrize(
    ("channel", "written"),
    [
        *((word, word) for word in ["my-org", "https://h.example/a"]),
        *((word, f'"{word}"') for word in ["on", "No", "y", "null", "true", "~", "2024", "1e5"]),
        *((word, f'"{word}"') for word in ["0x1f", "1_000", "2024-01-01", ".5", "-a", "=", "a:"]),
        *((word, f'"{word}"') for word in ["a #b", "#a", "*a", "&a", "!!a", "../a", "a, b", "[a]"]),
        *((word, f'"{word}"') for word in ["'a'", "{a}", "a: b", " a ", "é", "@a", "`a", "|"]),
        *((word, f'"{word}"') for word in ["? a", "https://h.example:8080/a"]),
        ('a"b', '"a\\"b"'),
        ("a\\b", '"a\\\\b"'),
    ],
)
@pytest.mark.parametrize("text", ["channels:\n  - x\n", "channels: [x]\n"])
def test_channel_reads_back_as_the_same_string(text: str, channel: str, written: str) -> None:
    result, record = added(text, channel)
    assert written in result
    assert read(result).channels == [channel, "x"]
    old_yaml = "%YAML 1.1\n---\n" + result
    assert YAML(typ="safe", pure=True).load(old_yaml)["channels"][0] == channel
    assert removed(result, record, channel) == (text, Record())


def flags(path: Path, text: str) -> tuple[object, dict[str, object]]:
    """Return the flag of the key, and those of the channels, as conda reads them."""
    path.write_bytes(text.encode())
    (channels,) = YamlRawParameter.make_raw_parameters_from_file(str(path)).values()
    items = dict(zip(channels._raw_value, channels.valueflags(None), strict=True))
    return channels.keyflag(), {channel: flag for channel, flag in items.items() if flag}


@pytest.mark.parametrize("where", WHERES)
@pytest.mark.parametrize(
    "text",
    [
        "channels: #!final\n  - a #!top\n  - b #!bottom\n",
        "channels: #!final\n  # x\n  - a\n  # y\n  - b\n  # z\n",
        "channels:\n  #!top\n  - a\n  #!bottom\n  - b\n",
        "channels:\n  - a\n  #!bottom\n\n  # x\n",
        "channels: [a, #!top\n  b]\n",
        "channels: [a, b] #!final\n",
        "channels: #!final\n- a #!top\n- b\n",
    ],
)
def test_flags_stay_with_the_channels_that_had_them(
    tmp_path: Path, text: str, where: Where
) -> None:
    result, record = added(text, ORG, where=where)
    assert flags(tmp_path / ".condarc", result) == flags(tmp_path / ".condarc", text)
    assert removed(result, record, ORG) == (text, Record())


def test_flag_of_a_key_without_channels_stays(tmp_path: Path) -> None:
    result, _ = added("channels: ~ #!final\n", ORG)
    assert flags(tmp_path / ".condarc", result) == (ParameterFlag.final, {})


@pytest.mark.parametrize("text", ["", "channels: [a]\n", "{}", "channel:\r\n- a\r\n", "\ufeffa: 1"])
def test_conda_itself_reads_the_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.delenv("CONDA_CHANNELS", raising=False)
    path = tmp_path / ".condarc"
    result, _ = added(text, URL, ORG, keep_defaults=True)
    path.write_bytes(result.encode())
    context = Context(search_path=(path,))
    assert list(context.channels)[:2] == [ORG, URL]
    assert list(context.channels) == read(result).channels


@pytest.mark.parametrize("keep_defaults", [False, True])
@pytest.mark.parametrize("text", ORIGINALS)
def test_last_removal_restores_every_character(text: str, keep_defaults: bool) -> None:
    once, record = added(text, ORG, keep_defaults=keep_defaults)
    twice, record = added(once, URL, where="append", record=record)
    for order in itertools.permutations([ORG, URL]):
        assert removed(twice, record, *order) == (text, Record())


@pytest.mark.parametrize("text", [text for _, text, _ in READ_THE_SAME])
def test_last_removal_leaves_a_file_that_conda_reads_as_before(text: str) -> None:
    result, record = added(text, ORG, keep_defaults=True)
    result, _ = removed(result, record, ORG)
    before, after = read(text), read(result)
    assert (after.entries, after.others) == (before.entries, before.others)
    assert result.count("#") == text.count("#")


@pytest.mark.parametrize("order", list(itertools.permutations([ORG, LABEL, URL])))
@pytest.mark.parametrize("text", ["", "{}", "channels: # x\n", "channels:\n- a\n", "channels: []"])
def test_order_of_removals_does_not_matter(text: str, order: tuple[str, ...]) -> None:
    result, record = added(text, ORG, keep_defaults=True)
    result, record = added(result, LABEL, where="append", record=record)
    result, record = added(result, URL, record=record)
    left = read(result).channels or []
    for channel in order[:2]:
        result, record = removed(result, record, channel)
        left.remove(channel)
        assert read(result).channels == left
    assert removed(result, record, order[2]) == (text, Record())


def test_removal_of_an_unknown_channel_changes_nothing() -> None:
    text, record = added("", ORG)
    assert removed(text, record, LABEL) == (text, record)


def test_list_that_a_user_deleted_is_made_again() -> None:
    _, record = added("a: 1\n", ORG, keep_defaults=True)
    text, record = added("a: 1\n", LABEL, record=record)
    assert text == "a: 1\nchannels:\n  - my-org/label/dev\n"
    assert removed(text, record, ORG, LABEL) == ("a: 1\n", Record())


def test_list_that_a_user_wrote_in_place_of_ours_is_not_ours() -> None:
    _, record = added("", ORG, keep_defaults=True)
    text, record = added("channels: [defaults]\n", LABEL, record=record)
    assert removed(text, record, ORG, LABEL) == ("channels: [defaults]\n", Record())


def test_defaults_that_a_user_added_stay() -> None:
    text, record = added("", ORG, keep_defaults=False)
    assert removed(text + "  - defaults\n", record, ORG)[0] == "channels:\n  - defaults\n"


def test_appended_channel_that_a_user_listed_once_more_is_removed_at_the_end() -> None:
    _, record = added("channels: [a]", ORG, where="append")
    assert removed("channels: [my-org, a, my-org]", record, ORG)[0] == "channels: [my-org, a]"


FLOW = "channels: [x, my-org, # y\n  z]\n"


@pytest.mark.parametrize(
    ("text", "changed", "result"),
    [
        # text before the addition; after it and a user's change; after the removal
        pytest.param("", "channels:\n- x\n- my-org\n", "channels:\n- x\n", id="item before"),
        pytest.param(
            "",
            "channels:\n- my-org\n- defaults\n- x\n",
            "channels:\n- defaults\n- x\n",
            id="item after",
        ),
        pytest.param("", "channels:\n- my-org\n- x\n", "channels:\n- x\n", id="not defaults"),
        pytest.param("", "channels:\n- my-org\n", "", id="defaults gone"),
        pytest.param("", "channels:\n- defaults\n", "channels:\n- defaults\n", id="ours gone"),
        pytest.param("", "a: 1\n", "a: 1\n", id="all gone"),
        pytest.param("", "channels:\n# x\n- my-org\n- defaults\n", "# x\n", id="comment above"),
        pytest.param("", "channels:\n- my-org # x\n- defaults\n", "", id="comment behind"),
        pytest.param("", "channels: # x\n- my-org\n", "channels: # x\n", id="comment at the key"),
        pytest.param("", "channels:\n- 'my-org'\n", "", id="quotes"),
        pytest.param("", "channels:\n- |-\n  my-org\n- b\n", "channels:\n- b\n", id="block text"),
        pytest.param("", "channels:\r\n- my-org\r\n", "", id="line breaks"),
        pytest.param("", "a: 1\nchannels:\n- my-org\n", "a: 1\n", id="key above"),
        pytest.param("", "channels:\n- my-org\na: 1\n", "a: 1\n", id="key below"),
        pytest.param("", "channel:\n- my-org\n- defaults", "", id="renamed, no line break"),
        pytest.param("", '"channels" : [my-org, defaults]\n', '"channels" :\n', id="odd key"),
        pytest.param("", "channels: [my-org, defaults]\n", "", id="flow"),
        pytest.param("", FLOW, "channels: [x, # y\n  z]\n", id="flow with items"),
        pytest.param("channels: ~", "channels: # x\n- my-org\n", "channels: # x\n", id="null"),
        pytest.param("channels: ~", "channels: [my-org]\n", "channels:\n", id="null, flow"),
        pytest.param("channels:\n- a\n", "channels:\n- my-org\n", "channels: []\n", id="emptied"),
        pytest.param("channels: [a]", "channels: [my-org]", "channels: []", id="flow emptied"),
        pytest.param("channels: [a]", "channels: [a, my-org]", "channels: [a]", id="moved"),
        pytest.param(
            "channels: [a]",
            "channels: [my-org, a, my-org]",
            "channels: [a, my-org]",
            id="listed twice",
        ),
        pytest.param("{}", "{channels: [my-org, defaults], a: 1}", "{a: 1}", id="flow file"),
    ],
)
def test_what_a_user_changed_since_stays(text: str, changed: str, result: str) -> None:
    _, record = added(text, ORG, keep_defaults=True)
    assert removed(changed, record, ORG) == (result, Record())


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param("channels: &x [my-org, b]\nallowlist_channels: *x\n", id="alias of the list"),
        pytest.param("channels:\n- &x my-org\n- b\nb: *x\n", id="alias of the item"),
        pytest.param("x: &x my-org\nchannels: [*x, b]\n", id="item is an alias"),
        pytest.param("x: &x {channels: [my-org]}\n<<: *x\n", id="list comes from a merge"),
        pytest.param("channels:\n- b\n-\n  my-org\n", id="item below its dash"),
        pytest.param("channels: [ # x\n  my-org\n]\n", id="comment within brackets"),
        pytest.param("channels: #!final\n- my-org\n# x\n- b\n", id="flag of the key"),
        pytest.param("channels:\n- a #!top\n- my-org\n# x\n- b\n", id="flag of an item"),
        pytest.param("a: 1 #!final\nchannels:\n- my-org\n# x\n", id="flag of another key"),
    ],
)
def test_removal_that_would_change_more_is_refused(changed: str) -> None:
    _, record = added("", ORG)
    with pytest.raises(NotEditableError):
        removed(changed, record, ORG)


def test_file_that_a_user_broke_is_an_error() -> None:
    text, record = added("", ORG)
    with pytest.raises(FileFormatError):
        removed(text + "a: [", record, ORG)


def test_import_loads_no_yaml() -> None:
    code = (
        "import sys, conda_private.conda_config.condarc.edit; print('ruamel.yaml' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout == "False\n"
