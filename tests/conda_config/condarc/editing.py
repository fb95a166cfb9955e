"""Texts of a ``.condarc`` in every style, before and after an addition; and the edits in short."""

from __future__ import annotations

from conda_private.conda_config.condarc import edit
from conda_private.conda_config.condarc.record import Record, Where

ORG, LABEL, URL = "my-org", "my-org/label/dev", "https://conda.example.com/team"


def added(
    text: str,
    *channels: str,
    where: Where = "prepend",
    keep_defaults: bool = False,
    record: Record | None = None,
) -> tuple[str, Record]:
    """Add channels that are not yet listed; return the text and record."""
    record = record or Record()
    for channel in channels:
        result = edit.add(text, channel, record, where=where, keep_defaults=keep_defaults)
        assert result is not None
        text, record = result
    return text, record


def removed(text: str, record: Record, *channels: str) -> tuple[str, Record]:
    """Remove channels; return the text and record."""
    for channel in channels:
        text, record = edit.remove(text, channel, record)
    return text, record


# Name, text before and after; a removal gives every character back.
PREPENDED = [
    ("empty file", "", "channels:\n  - my-org\n"),
    ("blank lines", "\n\n", "\n\nchannels:\n  - my-org\n"),
    ("comments only", "# a\n\n# b\n", "# a\n\n# b\nchannels:\n  - my-org\n"),
    ("other keys", "a: 1\n", "a: 1\nchannels:\n  - my-org\n"),
    ("CRLF", "a: 1\r\n", "a: 1\r\nchannels:\r\n  - my-org\r\n"),
    ("indented file", "  a: 1\n", "  a: 1\n  channels:\n    - my-org\n"),
    ("block text", "a: |+\n  x\n\n", "a: |+\n  x\n\nchannels:\n  - my-org\n"),
    ("block text goes on", "a: |\n  x", "channels:\n  - my-org\na: |\n  x"),
    ("document end", "a: 1\n...\n# z\n", "channels:\n  - my-org\na: 1\n...\n# z\n"),
    ("document start", "---\na: 1\n...\n", "---\nchannels:\n  - my-org\na: 1\n...\n"),
    ("BOM, document end", "\ufeffa: 1\n...\n", "\ufeffchannels:\n  - my-org\na: 1\n...\n"),
    ("flow file", "{}\n", "{channels: [my-org]}\n"),
    ("flow file with keys", "{a: 1}", "{channels: [my-org], a: 1}"),
    ("flow lines", '{\n  "a": 1\n}', '{\n  channels: [my-org],\n  "a": 1\n}'),
    ("no value", "channels:\nb: 1\n", "channels:\n  - my-org\nb: 1\n"),
    ("no value, comments", "channels:\n  # - x\n", "channels:\n  - my-org\n  # - x\n"),
    ("list", "channels:\n  - a\n", "channels:\n  - my-org\n  - a\n"),
    ("key in quotes", '"channels":\n  - a\n', '"channels":\n  - my-org\n  - a\n'),
    ("no indent", "channels:\n- a\nb: 1\n", "channels:\n- my-org\n- a\nb: 1\n"),
    ("deep", "channels:\n      -   a\n", "channels:\n      -   my-org\n      -   a\n"),
    ("comment above", "channels:\n  # x\n  - a\n", "channels:\n  - my-org\n  # x\n  - a\n"),
    ("blank above", "channels: # x\n\n  - a\n", "channels: # x\n  - my-org\n\n  - a\n"),
    ("alias of the key", "channel:\n  - a\n", "channel:\n  - my-org\n  - a\n"),
    ("third name of the key", "_channels: [a]", "_channels: [my-org, a]"),
    ("flow", "channels: [a, b]\n", "channels: [my-org, a, b]\n"),
    ("empty flow", "channels: []", "channels: [my-org]"),
    ("blank flow", "channels: [ ]", "channels: [ my-org]"),
    ("flow over lines", "channels: [\n  a\n]\n", "channels: [\n  my-org,\n  a\n]\n"),
    ("flow below the key", "channels:\n  [a]\n", "channels:\n  [my-org, a]\n"),
    ("anchored list", "channels: &x\n  - a\n", "channels: &x\n  - my-org\n  - a\n"),
    ("anchored item", "channels:\n- &x a\nb: *x\n", "channels:\n- my-org\n- &x a\nb: *x\n"),
    ("tagged list", "channels: !!seq [a]\n", "channels: !!seq [my-org, a]\n"),
    ("old YAML", "%YAML 1.1\n---\nchannels: [a]\n", "%YAML 1.1\n---\nchannels: [my-org, a]\n"),
    ("not a number", "a: .nan\nchannels: [a]", "a: .nan\nchannels: [my-org, a]"),
    ("BOM", "\ufeffchannels:\n- a\n", "\ufeffchannels:\n- my-org\n- a\n"),
    (
        "a comment that would become a flag's end",
        "channels: #!final\n  # x\n  - a\n",
        "channels: #!final\n  # x\n  - my-org\n  - a\n",
    ),
]

APPENDED = [
    ("list", "channels:\n  - a\n", "channels:\n  - a\n  - my-org\n"),
    ("CRLF", "channels:\r\n- a\r\n", "channels:\r\n- a\r\n- my-org\r\n"),
    ("mixed line breaks", "channels:\n- a\n#\r\n", "channels:\n- a\n- my-org\r\n#\r\n"),
    ("comment behind", "channels:\n  - a # x\n", "channels:\n  - a # x\n  - my-org\n"),
    ("comment below", "channels:\n- a\n\n# x\nb: 1", "channels:\n- a\n- my-org\n\n# x\nb: 1"),
    ("quotes", "channels:\n  - 'a'\n", "channels:\n  - 'a'\n  - my-org\n"),
    ("block text", "channels:\n- |-\n  a\n\nb: 1", "channels:\n- |-\n  a\n\n- my-org\nb: 1"),
    ("document end", "channels:\n- a\n...\n", "channels:\n- a\n- my-org\n...\n"),
    ("flow", "channels: [a, b]", "channels: [a, b, my-org]"),
    ("last comma", "channels: [a,]", "channels: [a, my-org,]"),
    ("flow over lines", "channels: [\n  a\n]\n", "channels: [\n  a,\n  my-org\n]\n"),
    ("flow with a comment", "channels: [\n  a # x\n]\n", "channels: [\n  a,\n  my-org # x\n]\n"),
]

# Texts that a removal does not give back to the character; conda reads the same.
READ_THE_SAME = [
    ("no last line break", "a: 1", "a: 1\nchannels:\n  - my-org\n"),
    ("no last line break in a list", "channels:\n- a", "channels:\n- my-org\n- a"),
    ("blanks", "  ", "  \nchannels:\n  - my-org\n"),
    ("BOM only", "\ufeff", "\ufeffchannels:\n  - my-org\n"),
    ("no value, no line break", "channels:", "channels:\n  - my-org\n"),
    ("null", "channels: ~\n", "channels:\n  - my-org\n"),
    ("null with comment", "channels: null # x\n", "channels: # x\n  - my-org\n"),
    ("null below its key", "channels:\n  # x\n  ~\n", "channels:\n  - my-org\n  # x\n\n"),
]

ORIGINALS = sorted({text for _, text, _ in PREPENDED + APPENDED})
