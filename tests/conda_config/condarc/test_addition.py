from pathlib import Path

import pytest
from conda.base.context import Context
from conda.common.configuration import ParameterFlag, YamlRawParameter
from ruamel.yaml import YAML

from conda_private.conda_config.condarc.channel_list import Added, add, channels_in, remove
from conda_private.model.exceptions import CondarcError
from tests.conda_config.condarc.editing import APPENDED, ORG, PREPENDED, URL, added

UNEDITABLE = {
    "list is an alias": "x: &a [b]\nchannels: *a\n",
    "list has an alias": "channels: &a [b]\nallowlist_channels: *a\n",
    "list comes from a merge": "x: &a {channels: [b]}\n<<: *a\n",
    "key has a question mark": "? channels\n: - a\n",
    "key without a colon": "{channels}",
    "item below its dash": "channels:\n  -\n    a\n",
    "null below its key": "channels:\n  # x\n  ~\n",
    "file is a null": "null\n",
    "block text goes on": "a: |\n  x",
    "line breaks of two kinds in one": "channels: [ # c\r\r\n]\r\r\n\t",
}


def flags(path: Path, text: str) -> tuple[object, dict[str, object]]:
    """The flag of the key, and those of the channels, as conda reads them."""
    path.write_bytes(text.encode())
    (channels,) = YamlRawParameter.make_raw_parameters_from_file(str(path)).values()
    items = dict(zip(channels._raw_value, channels.valueflags(None), strict=True))
    return channels.keyflag(), {channel: flag for channel, flag in items.items() if flag}


def named(cases: list[tuple[str, str, str]]) -> list[object]:
    return [pytest.param(text, result, id=name) for name, text, result in cases]


@pytest.mark.parametrize("where", ["prepend", "append"])
@pytest.mark.parametrize("text", UNEDITABLE.values(), ids=UNEDITABLE)
def test_what_cannot_be_edited_without_a_risk_is_refused(text, where):
    with pytest.raises(CondarcError):
        add(text, ORG, Added(), where=where, keep_defaults=True)


def test_refusal_names_the_command_to_run():
    with pytest.raises(CondarcError, match="conda config --prepend channels my-org"):
        add("x: &a [b]\nchannels: *a\n", ORG, Added(), where="prepend", keep_defaults=False)


@pytest.mark.parametrize(("text", "result"), named(PREPENDED))
def test_prepended_channel_goes_right_below_the_key(text, result):
    assert added(text, ORG)[0] == result


@pytest.mark.parametrize(("text", "result"), named(APPENDED))
def test_appended_channel_goes_behind_the_last(text, result):
    assert added(text, ORG, where="append")[0] == result


def test_listed_channel_is_not_added_again():
    assert add("channels: [my-org]", ORG, Added(), where="prepend", keep_defaults=False) is None


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
def test_defaults_are_kept_only_where_there_was_no_list(text, where, result):
    assert channels_in(added(text, ORG, where=where, keep_defaults=True)[0]) == result


def test_defaults_are_not_added_twice():
    assert channels_in(added("", "defaults", keep_defaults=True)[0]) == ["defaults"]


@pytest.mark.parametrize(
    ("channel", "written"),
    [
        ("my-org", "my-org"),
        ("https://h.example:8080/a", '"https://h.example:8080/a"'),
        ("https://h.example/a", "https://h.example/a"),
        *((word, f'"{word}"') for word in ["on", "No", "y", "null", "true", "~", "2024", "1e5"]),
        *((word, f'"{word}"') for word in ["0x1f", "1_000", "2024-01-01", ".5", "-a", "=", "a:"]),
        *((word, f'"{word}"') for word in ["a #b", "#a", "*a", "&a", "!!a", "../a", "a, b", "[a]"]),
        *(
            (word, f'"{word}"')
            for word in ["'a'", "{a}", "a: b", " a ", "é", "@a", "`a", "|", "? a"]
        ),
        ('a"b', '"a\\"b"'),
        ("a\\b", '"a\\\\b"'),
    ],
)
@pytest.mark.parametrize("text", ["channels:\n  - x\n", "channels: [x]\n"])
def test_channel_reads_back_as_the_same_string(text, channel, written):
    result, record = added(text, channel)
    assert written in result
    assert channels_in(result) == [channel, "x"]
    assert YAML(typ="safe", pure=True).load("%YAML 1.1\n---\n" + result)["channels"][0] == channel
    assert remove(result, channel, record) == (text, Added())


@pytest.mark.parametrize(
    "channel", ["", " ", "a\nb", "a\x07", "a\u2028b", "${HOME}", "%PATH%", "\ud800"]
)
def test_name_that_conda_would_read_differently_is_refused(channel):
    with pytest.raises(CondarcError):
        add("channels: [x]\n", channel, Added(), where="prepend", keep_defaults=False)


@pytest.mark.parametrize("where", ["prepend", "append"])
@pytest.mark.parametrize(
    "text",
    [
        "channels: #!final\n  - a #!top\n  - b #!bottom\n",
        "channels: #!final\n  # x\n  - a\n  # y\n  - b #!bottom\n  # z\n",
        "channels:\n  #!top\n  - a\n  #!bottom\n  - b\n",
        "channels:\n  - a\n  #!bottom\n\n  # x",
        "channels: [a, #!top\n  b]\n",
        "channels: [a, b] #!final\n",
        "channels: #!final\n- a #!top\n- b",
    ],
)
def test_flags_stay_with_the_channels_that_had_them(tmp_path, text, where):
    result, record = added(text, ORG, where=where)
    assert flags(tmp_path / ".condarc", result) == flags(tmp_path / ".condarc", text)
    assert remove(result, ORG, record) == (text, Added())


def test_flag_of_a_key_without_channels_stays(tmp_path):
    result, _ = added("channels: ~ #!final\n", ORG)
    assert flags(tmp_path / ".condarc", result) == (ParameterFlag.final, {})


@pytest.mark.parametrize("text", ["", "channels: [a]\n", "{}", "channel:\r\n- a\r\n", "\ufeffa: 1"])
def test_conda_itself_reads_the_result(tmp_path, monkeypatch, text):
    monkeypatch.delenv("CONDA_CHANNELS", raising=False)
    path = tmp_path / ".condarc"
    result, _ = added(text, URL, ORG, keep_defaults=True)
    path.write_bytes(result.encode())
    context = Context(search_path=(path,))
    assert list(context.channels)[:2] == [ORG, URL]
    assert list(context.channels) == channels_in(result)
