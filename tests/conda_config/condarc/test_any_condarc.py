"""Any file, any order of additions and removals, and a user who edits the file in between."""

import io
import json
import re
from dataclasses import asdict

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from ruamel.yaml import YAML

from conda_private.conda_config.condarc.edit import add, remove
from conda_private.conda_config.condarc.nodes import NotEditableError
from conda_private.conda_config.condarc.reading import read
from conda_private.conda_config.condarc.record import Record

OURS = ["my-org", "my-org/label/dev", "https://conda.example.com/team", "2024"]
THEIRS = ["conda-forge", "a", "https://b.example.com/c"]

SETTINGS = [
    "ssl_verify: true # x",
    "auto_activate_base: no #!final",
    "# x",
    "  # indented",
    "",
    "env_dirs:\n  - /a #!top\n\n  # x\n  - /b",
    "proxy_servers:\n    http: http://u@h:1 # x",
    "custom_channels: {a: https://h, b: 'https://i'}",
    "text: |\n  # no comment\n  channels: [x]\n",
    "folded: >-\n  a\n\n  b",
    '"quoted # key": "a\n  b"',
    "number: .nan",
]

comments = st.sampled_from(["", " # x", "   # x: y", " #!top", " #!bottom"])
between = st.sampled_from(["", "", "", "\n", "# x\n", "      # x\n", "\n\n# x\n\n"])
scalars = st.sampled_from([*THEIRS, "'conda-forge'", '"b # c"', "&anchor d"])
keys = st.sampled_from(
    ["channels:", "channel:", '"channels" :', "channels: #!final", "channels: # x"]
)


@st.composite
def block_lists(draw: st.DrawFn) -> str:
    dash = " " * draw(st.integers(0, 4)) + "-" + " " * draw(st.integers(1, 3))
    items = draw(st.lists(scalars, min_size=1, max_size=3, unique_by=lambda item: item.strip("'")))
    lines = [draw(between) + dash + item + draw(comments) + "\n" for item in items]
    return draw(keys) + "\n" + "".join(lines) + draw(between)


@st.composite
def flow_lists(draw: st.DrawFn) -> str:
    items = draw(st.lists(scalars, max_size=3, unique_by=lambda item: item.strip("'")))
    start, comma, end = draw(
        st.sampled_from(
            [
                ("[", ", ", "]"),
                ("[ ", " ,", " ]"),
                ("[\n  ", ",\n  ", "\n]"),
                ("[ # x\n  ", ", # x\n  ", " # x\n  ]"),
                ("\n  [", ",", "]"),
            ]
        )
    )
    last = draw(st.sampled_from(["", ","])) if items else ""
    return "channels: " + start + comma.join(items) + last + end + draw(comments) + "\n"


@st.composite
def files(draw: st.DrawFn) -> str:
    nothing = st.sampled_from(["channels:\n", "channels: ~ # x\n", "channels: null #!final\n", ""])
    lines = draw(st.permutations(SETTINGS))
    before, after = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    channels = draw(st.one_of(nothing, block_lists(), flow_lists()))
    text = "".join(f"{line}\n" for line in lines[:before]) + channels
    text += "".join(f"{line}\n" for line in lines[before : before + after])
    text = draw(st.sampled_from(["", "", "# x\n\n", "---\n", "%YAML 1.2\n--- # x\n"])) + text
    if "..." not in text and re.search(r"^[a-z]", text, re.MULTILINE):
        text += draw(st.sampled_from(["", "", "...\n", "... # x\n# y"]))
    if draw(st.booleans()) and "no comment" not in text:
        text = text.rstrip("\n")
    text = draw(st.sampled_from(["", "", "\ufeff"])) + text
    return text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"])))


def settings_in(text: str) -> str:
    data = YAML(typ="safe", pure=True).load(text) or {}
    return repr({key: value for key, value in data.items() if key not in ("channels", "channel")})


def channels_in(text: str) -> list[str] | None:
    return read(text).channels


def is_ordinary(text: str) -> bool:
    """Return whether a file has a last line break, no BOM, and a block list or no key for it."""
    is_block = not re.search(r"(?m)^channels:\s*(\[|~|null)", text)
    return is_block and text.endswith("\n") and not text.startswith("\ufeff")


def comments_in(text: str) -> list[str]:
    return sorted(found.strip() for found in re.findall(r"#[^\",\]\r\n]*", text))


channels = st.sampled_from(OURS)
wheres = st.sampled_from(["prepend", "append"])
steps = st.lists(st.tuples(st.booleans(), channels, wheres), min_size=1, max_size=5)


def after_adding(model, channel, where, keep_defaults):
    if model is None:
        model = ["defaults"] if keep_defaults else []
    return [channel, *model] if where == "prepend" else [*model, channel]


def after_removing(model, channel, record, original):
    if [each.channel for each in record.channels] == [channel]:
        return original
    is_ours = any(each.channel == channel for each in record.channels)
    return [item for item in model if item != channel] if is_ours else model


def check_any_history(text, steps, keep_defaults, order):
    record, result, model = Record(), text, channels_in(text)
    for is_added, channel, where in [*steps, *((False, channel, "") for channel in order)]:
        note(repr(result))
        try:
            if not is_added:
                model, (result, record) = (
                    after_removing(model, channel, record, channels_in(text)),
                    remove(result, channel, record),
                )
            elif channel not in (model or ()):
                result, record = add(
                    result, channel, record, where=where, keep_defaults=keep_defaults
                )
                model = after_adding(model, channel, where, keep_defaults)
        except NotEditableError:
            # Another line below a flag with a comment below it would make or end the flag.
            assert is_added
            assert "#!" in text
        assert channels_in(result) == model
        assert settings_in(result) == settings_in(text)
        assert comments_in(result) == comments_in(text)
        assert Record.from_dict(json.loads(json.dumps(asdict(record)))) == record
    assert record == Record()
    if is_ordinary(text):
        assert result == text


@settings(max_examples=60)
@given(files(), steps, st.booleans(), st.permutations(OURS))
def test_any_history_ends_with_a_file_that_conda_reads_as_before(text, steps, keep_defaults, order):
    check_any_history(text, steps, keep_defaults, order)


@pytest.mark.hard
@pytest.mark.timeout(3600)
@settings(max_examples=10_000)
@given(files(), steps, st.booleans(), st.permutations(OURS))
def test_any_of_many_histories_ends_with_a_file_that_conda_reads_as_before(
    text, steps, keep_defaults, order
):
    check_any_history(text, steps, keep_defaults, order)


class TwoAtWork(RuleBasedStateMachine):
    """We add and remove channels, and a user edits the file by hand or with conda."""

    @initialize(text=files(), keep_defaults=st.booleans())
    def start(self, text, keep_defaults):
        self.text, self.record, self.keep_defaults = text, Record(), keep_defaults
        self.channels, self.settings = channels_in(text), settings_in(text)

    @rule(channel=channels, where=wheres)
    def we_add(self, channel, where):
        if channel in (self.channels or ()):
            return
        try:
            self.text, self.record = add(
                self.text, channel, self.record, where=where, keep_defaults=self.keep_defaults
            )
        except NotEditableError:
            assert "#!" in self.text
            return
        self.channels = after_adding(self.channels, channel, where, self.keep_defaults)

    @rule(channel=channels)
    def we_remove(self, channel):
        was_ours = channel in [each.channel for each in self.record.channels]
        before = self.record
        was_listed = was_ours and channel in (self.channels or ())
        try:
            self.text, self.record = remove(self.text, channel, self.record)
        except NotEditableError:
            # A comment written below ours would come below a flag, which ends the flag for conda.
            assert "#!" in self.text
            return
        if not was_listed:
            return
        self.channels.remove(channel)
        nothing = ([], ["defaults"]) if before.added_defaults else ([],)
        if before.made_list and not self.record.channels and self.channels in nothing:
            self.channels = None

    @rule(channel=st.sampled_from(THEIRS), where=wheres)
    def user_runs_conda_config(self, channel, where):
        if channel in (self.channels or ()):
            return
        yaml = YAML(typ="rt")
        yaml.indent(mapping=2, offset=2, sequence=4)
        data = yaml.load(self.text)
        data = {} if data is None else data
        key = "channel" if "channel" in data else "channels"
        if data.get(key) is None:
            data[key] = []
        data[key].insert(0 if where == "prepend" else len(data[key]), channel)
        stream = io.StringIO()
        yaml.dump(data, stream)
        if settings_in(stream.getvalue()) == self.settings:
            self.text, self.channels = stream.getvalue(), [str(item) for item in data[key]]

    @rule(data=st.data(), line=st.sampled_from(["# y\n", "  # y\n", "\n", "added: 1\n"]))
    def user_writes_a_line(self, data, line):
        lines = self.text.splitlines(keepends=True)
        at = data.draw(st.integers(0, len(lines)))
        text = "".join([*lines[:at], line, *lines[at:]])
        try:
            same = channels_in(text) == self.channels
            found = settings_in(text)
        except Exception:
            return
        if same and (at == 0 or lines[at - 1].endswith("\n")):
            self.text, self.settings = text, found

    @rule(channel=st.sampled_from([*THEIRS, *OURS, "defaults"]))
    def user_deletes_an_item(self, channel):
        text = re.sub(rf"(?m)^ *- +{re.escape(channel)}\r?\n", "", self.text, count=1)
        try:
            found = channels_in(text)
        except Exception:
            return
        if settings_in(text) == self.settings:
            self.text, self.channels = text, found

    @invariant()
    def file_says_what_was_meant(self):
        if hasattr(self, "text"):
            note(repr(self.text))
            assert channels_in(self.text) == self.channels
            assert settings_in(self.text) == self.settings


TwoAtWork.TestCase.settings = settings(max_examples=30, stateful_step_count=10)
test_two_at_work = TwoAtWork.TestCase


class ManyAtWork(TwoAtWork):
    """Longer histories of the same kind."""


ManyAtWork.TestCase.settings = settings(max_examples=3_000, stateful_step_count=20)
test_many_at_work = pytest.mark.long(pytest.mark.timeout(3600)(ManyAtWork.TestCase))
