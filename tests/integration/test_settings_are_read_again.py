"""Settings that are written after conda has read its configuration are seen when it reads again."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.integration.runner import Conda

CODE = """
import json, sys
from pathlib import Path
from conda.base.context import context
from conda.common.configuration import PrimitiveParameter
from conda.plugins import hookimpl
from conda.plugins.types import CondaSetting
from conda_private.conda_config.channels import files_with_lists
from conda_private.conda_config.settings import files, read_again

class Other:
    @hookimpl
    def conda_settings(self):
        parameter = PrimitiveParameter("", element_type=str)
        yield CondaSetting("of_another_plugin", "a setting", parameter)

def seen():
    return {
        "channels": list(context.channels),
        "alias": str(context.channel_alias),
        "plugin": context.plugins.of_another_plugin,
        "offline": context.offline,
        "json": context.json,
        "prefix": context._argparse_args.get("prefix"),
        "files": [source for source, settings in files() if "channels" in settings],
    }

file = Path(sys.argv[1])
context.plugin_manager.register(Other())
context.plugin_manager.load_settings()
context.__init__(argparse_args={"offline": True, "json": True, "prefix": "/somewhere"})
found = {"before": seen()}
file.write_text("channels: [new]\\nchannel_alias: https://new.example\\n")
found["written"] = seen()
read_again()
found["read"] = seen()
file.write_text("channels: [newer]\\n")
read_again()
found["lists"] = files_with_lists()
found["again"] = seen()
file.unlink()
read_again()
found["removed"] = seen()
print(json.dumps(found))
"""


@pytest.fixture
def found(conda: Conda) -> Any:
    """What conda has seen after each step."""
    del conda.settings["channel_alias"]
    conda.settings["plugins"] = {"of_another_plugin": "set"}
    conda.run("--version")  # writes conda's settings
    done = subprocess.run(
        [conda.executable.with_name("python"), "-c", CODE, str(conda.condarc)],
        env=conda.environment,
        cwd=conda.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_setting_that_was_written_is_seen_after_reading_again(conda: Conda, found: Any) -> None:
    assert found["before"] == found["written"]
    assert "new" not in found["before"]["channels"]
    read = found["read"]
    assert (read["channels"], read["alias"]) == (["new"], "https://new.example")
    assert read["files"] == [str(conda.condarc)]


def test_second_change_and_removal_of_the_file_are_seen_too(conda: Conda, found: Any) -> None:
    assert found["lists"] == [str(conda.condarc)]
    assert found["again"]["channels"] == ["newer"]
    assert found["removed"] == found["before"]


def test_arguments_of_the_command_stay_in_effect(found: Any) -> None:
    for seen in found.values():
        if isinstance(seen, dict):
            assert (seen["offline"], seen["json"], seen["prefix"]) == (True, True, "/somewhere")


def test_settings_of_other_plugins_stay(found: Any) -> None:
    assert {seen["plugin"] for seen in found.values() if isinstance(seen, dict)} == {"set"}
