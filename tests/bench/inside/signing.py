"""Gets conda's session for new URLs and signs: ADDRESS COUNT; ADDRESS has a {} for a number."""

import json
import random
import sys
from time import perf_counter_ns

from conda.base.context import context
from conda.gateways.connection.session import get_session
from requests import Request

address, labels, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
dice = random.Random(labels)
# Of a few labels, as in one command: what is signed is a new URL, with a secret that is known.
few = [dice.randrange(labels) for _ in range(5)]
chosen = [few[number % 5] for number in range(count + 5)]
urls = [
    f"{address.format(label)}/noarch/package-{number}-1.0-py_0.conda"
    for number, label in enumerate(chosen)
]
# What some plugins do before a command; and then what is made once in a process.
channels = [address.format(label) for label in sorted(set(few))]
context.__init__(argparse_args={"channel": channels, "override_channels": True})
context.plugin_manager.invoke_pre_commands("create")
sessions, signed = [], []
for url in urls:
    request = Request("GET", url).prepare()
    begin = perf_counter_ns()
    session = get_session(url)
    found = perf_counter_ns()
    session.auth(request)
    signed.append(perf_counter_ns() - found)
    sessions.append(found - begin)
    assert request.headers["Authorization"].endswith("bench-0123456789abcdef"), url
print(json.dumps({"session": sessions[5:], "sign": signed[5:]}))
