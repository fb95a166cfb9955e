"""Reads an index as conda does, watched and not watched in turn: ROUNDS FILE WATCHED OTHER.

Prints the CPU seconds of each reading, and of what is done once in a process.
"""

import json
import random
import sys
import time

from conda.base.context import context
from conda.gateways.connection.session import get_session

rounds, file, channels = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
BLOCK = 1 << 14  # as conda reads


def read(channel, name=file):
    begin = time.process_time()
    url = f"{channel}/noarch/{name}"
    with get_session(url).get(url, stream=True) as response:
        for _ in response.iter_content(BLOCK):
            pass
    return time.process_time() - begin


def is_watched(channel):
    url = f"{channel}/noarch/{file}"
    with get_session(url).get(url, stream=True) as response:
        return type(response.raw).__name__ == "WatchedBody"


context.__init__(argparse_args={"channel": channels, "override_channels": True})
context.plugin_manager.invoke_pre_commands("search")
for channel in channels:
    read(channel, "run_exports.json")  # reads the credential, and loads what every request needs
read(channels[1])
first = read(channels[0])
taken = {channel: [] for channel in channels}
for _ in range(rounds):
    for channel in random.sample(channels, 2):
        taken[channel].append(read(channel))
assert [is_watched(channel) for channel in channels] == [True, False]
watched, other = taken.values()
print(json.dumps({"watched": watched, "other": other, "once": first - min(watched)}))
