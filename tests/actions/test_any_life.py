"""Any order of logins and logouts on real files, with other programs editing them in between."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from fnmatch import fnmatch
from pathlib import Path

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from ruamel.yaml import YAML

from conda_private.model.address import Address
from conda_private.model.secret import Secret
from tests.crashes.writers import HOST, User

NAMES = ["alpha", "beta", "gamma"]
THEIRS = ["conda-forge", "bioconda"]
CONDARCS = [
    None,
    "",
    "# mine\nssl_verify: true  # x\n",
    "channels:\n  - conda-forge  # first\n  - bioconda\nssl_verify: true\n",
    "channels: [conda-forge]\n",
    "channels: []\nssl_verify: true\n",
    "ssl_verify: true\nchannels:\n# here\n- bioconda\n",
]
names = st.sampled_from(NAMES)
secrets = st.text(alphabet="abcXYZ019-_", min_size=8, max_size=20).map("ca-nary-{}".format)


def address_of(name: str) -> Address:
    return Address.parse(f"{HOST}/{name}")


def loaded(text: str) -> dict[str, object]:
    found: dict[str, object] = YAML(typ="safe", pure=True).load(text) or {}
    return found


class Life(RuleBasedStateMachine):
    """A user who logs in and out, and who edits and deletes files by hand."""

    @initialize(condarc=st.sampled_from(CONDARCS))
    def begin(self, condarc: str | None) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="life-"))
        self.user = User(self.home)
        self.fsync, os.fsync = os.fsync, lambda descriptor: None
        self.before, self.edited = condarc, False
        if condarc is not None:
            self.user.condarc.write_text(condarc)
        self.secrets: dict[str, str] = {}
        self.listed: set[str] = set()
        self.configured = True

    def teardown(self) -> None:
        if hasattr(self, "home"):
            os.fsync = self.fsync
            shutil.rmtree(self.home)

    @property
    def text(self) -> str | None:
        path = self.user.condarc
        return path.read_text() if path.exists() else None

    @rule(name=names, secret=secrets)
    def log_in(self, name: str, secret: str) -> None:
        self.user.log_in(address_of(name), secret)
        self.secrets[name] = secret
        self.listed.add(name)
        self.configured = True

    @rule(name=names)
    def log_out(self, name: str) -> None:
        if name not in self.secrets:
            return
        self.user.log_out(address_of(name))
        del self.secrets[name]
        self.listed.discard(name)
        self.configured = True

    @rule(name=names)
    def a_channel_is_removed_by_hand(self, name: str) -> None:
        text = self.text or ""
        without = re.sub(rf"(?m)^ *- {name}\n", "", text)
        if without != text and loaded(without).get("channels"):
            self.user.condarc.write_text(without)
            self.listed.discard(name)
            self.edited = True

    @rule(name=st.sampled_from(THEIRS), last=st.booleans())
    def a_channel_is_added_by_hand(self, name: str, last: bool) -> None:
        text = self.text or ""
        items = list(re.finditer(r"(?m)^( *)- .*\n", text))
        if not items or name in (loaded(text).get("channels") or ()):  # type: ignore[operator]
            return
        item = items[-1 if last else 0]
        at = item.end() if last else item.start()
        self.user.condarc.write_text(f"{text[:at]}{item[1]}- {name}\n{text[at:]}")
        self.edited = True

    @rule(line=st.sampled_from(["# a thought\n", "\n", "# two\n# lines\n"]), last=st.booleans())
    def a_comment_is_added_by_hand(self, line: str, last: bool) -> None:
        text = self.text
        if text is not None and (not text or text.endswith("\n")):
            self.user.condarc.write_text(text + line if last else line + text)
            self.edited = True

    @rule()
    def lock_files_and_channel_settings_are_deleted(self) -> None:
        for path in [*self.home.rglob(".*.lock"), self.user.channel_settings]:
            path.unlink(missing_ok=True)
        self.configured = False

    @rule(secret=secrets)
    def writer_was_killed(self, secret: str) -> None:
        if self.user.store.path.exists():
            rest = self.user.store.path.with_name(".secrets.json.abcd_123")
            rest.touch(0o600)
            rest.write_text(secret)

    @invariant()
    def store_and_records_have_the_logins(self) -> None:
        if not hasattr(self, "home"):
            return
        note(repr(self.text))
        addresses = [address_of(name) for name in sorted(self.secrets)]
        assert [login.address for login in self.user.records.logins()] == addresses
        for name in NAMES:
            found = self.user.store.get(address_of(name))
            assert found == (Secret(self.secrets[name]) if name in self.secrets else None)
        if self.configured:
            settings_file = self.user.channel_settings
            written = settings_file.read_text() if settings_file.exists() else ""
            found = re.findall(r'"channel": "([^"]*)"', written)
            for name in NAMES:
                url = str(address_of(name).child("noarch", "repodata.json"))
                is_covered = any(fnmatch(url, pattern) for pattern in found)
                assert is_covered is (name in self.secrets)

    @invariant()
    def condarc_has_their_lines_and_ours(self) -> None:
        if not hasattr(self, "home"):
            return
        found = loaded(self.text or "")
        channels = found.get("channels") or []
        assert isinstance(channels, list)
        assert {name for name in channels if name in NAMES} == self.listed
        assert len(set(channels)) == len(channels)
        assert found.get("ssl_verify") == loaded(self.before or "").get("ssl_verify")

    @invariant()
    def nothing_is_left_after_the_last_logout(self) -> None:
        if hasattr(self, "home") and not self.secrets and not self.edited:
            assert self.text == self.before
            assert not self.user.store.path.exists()
            assert not self.user.records.path.exists()


Life.TestCase.settings = settings(max_examples=40, stateful_step_count=12)
test_any_life = Life.TestCase


class LongLife(Life):
    """A longer life."""


LongLife.TestCase.settings = settings(max_examples=500, stateful_step_count=30)
test_any_long_life = pytest.mark.long(pytest.mark.timeout(3600)(LongLife.TestCase))
