import pytest

from conda_private.conda_config.condarc.channel_list import Added, remove
from conda_private.model.exceptions import CondarcError, FileFormatError
from tests.conda_config.condarc.editing import LABEL, ORG, added


def changed(old: str, new: str, *, text: str = "", keep_defaults: bool = True) -> str:
    """What removal makes of a file in which somebody has replaced some characters."""
    result, record = added(text, ORG, keep_defaults=keep_defaults)
    assert old in result
    result, record = remove(result.replace(old, new), ORG, record)
    assert record == Added()
    return result


@pytest.mark.parametrize(
    ("old", "new", "result"),
    [
        pytest.param(
            "- my-org\n", "- x\n  - my-org\n", "channels:\n  - x\n  - defaults\n", id="item before"
        ),
        pytest.param(
            "defaults\n", "defaults\n  - x\n", "channels:\n  - defaults\n  - x\n", id="item after"
        ),
        pytest.param("  - defaults\n", "  - x\n", "channels:\n  - x\n", id="item for defaults"),
        pytest.param("  - defaults\n", "", "", id="defaults gone"),
        pytest.param("  - my-org\n", "", "channels:\n  - defaults\n", id="ours gone"),
        pytest.param("  - my-org\n", "  # x\n  - my-org\n", "  # x\n", id="comment above"),
        pytest.param("my-org\n", "my-org # x\n", "", id="comment behind"),
        pytest.param("channels:", "channels: # x", "channels: # x\n", id="comment behind the key"),
        pytest.param("  - my-org\n", "      - my-org\n      - x\n", None, id="broken by hand"),
        pytest.param("  - ", "- ", "", id="indent"),
        pytest.param("- my-org", "- 'my-org'", "", id="quotes"),
        pytest.param("\n", "\r\n", "", id="line breaks"),
        pytest.param("channels:", "a: 1\nchannels:", "a: 1\n", id="key above"),
        pytest.param("defaults\n", "defaults\na: 1\n", "a: 1\n", id="key below"),
        pytest.param("channels:", "channel:", "", id="key renamed"),
        pytest.param("  - defaults\n", "  - defaults", "", id="no last line break"),
        pytest.param(
            "channels:\n  - my-org\n  - defaults\n", "channels: [my-org, defaults]\n", "", id="flow"
        ),
        pytest.param(
            "channels:\n  - my-org\n  - defaults\n",
            "channels: [x, my-org, # y\n  z]\n",
            "channels: [x, # y\n  z]\n",
            id="flow with items",
        ),
        pytest.param("channels:\n  - my-org\n  - defaults\n", "a: 1\n", "a: 1\n", id="all gone"),
    ],
)
def test_what_somebody_else_changed_stays(old, new, result):
    if result is None:
        with pytest.raises(FileFormatError):
            changed(old, new)
    else:
        assert changed(old, new) == result


@pytest.mark.parametrize(
    ("text", "old", "new", "result"),
    [
        pytest.param("channels: ~\n", "channels:", "channels: # x", "channels: ~ # x\n", id="null"),
        pytest.param("channels:\n- a\n", "- a\n", "", "channels: []\n", id="list emptied"),
        pytest.param("channels: [a]\n", ", a", "", "channels: []\n", id="flow list emptied"),
        pytest.param("channels: [a]\n", "my-org, a", "a, my-org", "channels: [a]\n", id="moved"),
        pytest.param(
            "channels: [a]\n",
            "my-org, a",
            "my-org, a, my-org",
            "channels: [a, my-org]\n",
            id="twice",
        ),
        pytest.param("{}", "}", ", a: 1}", "{channels: null, a: 1}", id="flow file"),
        pytest.param(
            "channels: [\n  a\n]\n", "a\n", "b # x\n", "channels: [\n  b # x\n]\n", id="other items"
        ),
        pytest.param(
            "channels:\n- a\n", "my-org\n", "my-org\n# x\n", "channels:\n# x\n- a\n", id="comment"
        ),
    ],
)
def test_list_that_was_there_stays_a_list_and_a_null_a_null(text, old, new, result):
    assert changed(old, new, text=text, keep_defaults=False) == result


@pytest.mark.parametrize(
    "new",
    [
        pytest.param("channels: &x [my-org, b]\nallowlist_channels: *x\n", id="alias of the list"),
        pytest.param("channels:\n- &x my-org\n- b\nb: *x\n", id="alias of the item"),
        pytest.param("x: &x my-org\nchannels: [*x, b]\n", id="item is an alias"),
        pytest.param("channels:\n- b\n-\n  my-org\n", id="item below its dash"),
        pytest.param("channels: [ # x\n  my-org\n]\n", id="comment within brackets"),
    ],
)
def test_removal_that_would_change_more_is_refused(new):
    _, record = added("", ORG)
    with pytest.raises(CondarcError, match="conda config --remove channels my-org"):
        remove(new, ORG, record)


def test_key_of_a_changed_list_goes_with_the_last_of_ours():
    text, record = added("", ORG, LABEL, keep_defaults=True)
    text = text.replace("channels:\n", "channels:\n  # x\n")
    text, record = remove(text, ORG, record)
    assert text == "channels:\n  # x\n  - my-org/label/dev\n  - defaults\n"
    assert remove(text, LABEL, record) == ("  # x\n", Added())


def test_comment_that_would_end_a_flag_refuses():
    text, record = added("channels:\n- a #!top\n", ORG, where="append")
    with pytest.raises(CondarcError):
        remove(text + "# x\n", ORG, record)
