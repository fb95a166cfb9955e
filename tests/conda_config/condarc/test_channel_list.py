import itertools
import subprocess
import sys

import pytest

from conda_private.conda_config.condarc.channel_list import Added, channels_in, remove
from tests.conda_config.condarc.editing import LABEL, ORG, ORIGINALS, URL, added, removed


@pytest.mark.parametrize("keep_defaults", [False, True])
@pytest.mark.parametrize("text", ORIGINALS)
def test_last_removal_restores_every_character(text, keep_defaults):
    once, record = added(text, ORG, keep_defaults=keep_defaults)
    twice, record = added(once, URL, where="append", keep_defaults=keep_defaults, record=record)
    for order in itertools.permutations([ORG, URL]):
        assert removed(twice, record, *order) == (text, Added())


@pytest.mark.parametrize("order", list(itertools.permutations([ORG, LABEL, URL])))
@pytest.mark.parametrize("text", ["", "{}", "channels: ~ # x", "channels:\n- a", "channels: []"])
def test_order_of_removals_does_not_matter(text, order):
    result, record = added(text, ORG, keep_defaults=True)
    result, record = added(result, LABEL, where="append", record=record)
    result, record = added(result, URL, record=record)
    left = channels_in(result)
    for channel in order[:2]:
        result, record = remove(result, channel, record)
        left.remove(channel)
        assert channels_in(result) == left
    assert remove(result, order[2], record) == (text, Added())


def test_key_and_defaults_stay_until_the_last_channel_goes():
    text, record = added("", ORG, keep_defaults=True)
    text, record = added(text, LABEL, record=record)
    text, record = remove(text, ORG, record)
    assert text == "channels:\n  - my-org/label/dev\n  - defaults\n"
    assert remove(text, LABEL, record) == ("", Added())


def test_removal_of_an_unknown_channel_changes_nothing():
    text, record = added("", ORG)
    assert remove(text, LABEL, record) == (text, record)


def test_channel_that_somebody_else_took_out_leaves_the_record():
    text, record = added("", ORG, LABEL, keep_defaults=True)
    text = text.replace("  - my-org\n", "")
    same, record = remove(text, ORG, record)
    assert same == text
    assert remove(same, LABEL, record) == ("", Added())


def test_channel_that_goes_last_takes_along_what_others_left():
    text, record = added("", ORG, LABEL, keep_defaults=True)
    text = text.replace("  - my-org\n", "")
    assert remove(text, LABEL, record) == ("", Added())


def test_list_that_somebody_else_deleted_is_made_again():
    _, record = added("a: 1\n", ORG, keep_defaults=True)
    text, record = added("a: 1\n", LABEL, record=record)
    assert text == "a: 1\nchannels:\n  - my-org/label/dev\n"
    assert removed(text, record, ORG, LABEL) == ("a: 1\n", Added())


def test_import_loads_no_yaml():
    module = "conda_private.conda_config.condarc.channel_list"
    code = f"import sys, {module}; print('ruamel.yaml' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout == "False\n"
