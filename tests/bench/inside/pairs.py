"""What a closed channel costs beside an open one, package by package: OPEN CLOSED."""

import json
import os
import random
import sys
import tempfile
import time

from conda.base.context import context
from conda.core.subdir_data import SubdirData
from conda.gateways.connection.download import download
from conda.gateways.connection.session import get_session
from conda.models.channel import Channel
from requests import Request

channels = sys.argv[1:]


def cpu(work, *words):
    begin = time.process_time()
    work(*words)
    return time.process_time() - begin


def sign(url):
    get_session(url).auth(Request("GET", url).prepare())


def packages(url):
    every = SubdirData(Channel(f"{url}/noarch")).iter_records()
    return sorted((each for each in every if each.name.startswith("part-")), key=lambda one: one.fn)


with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as folder:
    os.environ["CONDA_PKGS_DIRS"] = cache
    context.__init__(argparse_args={"channel": channels, "override_channels": True})
    context.plugin_manager.invoke_pre_commands("create")
    # The open channel comes first: what conda itself loads for a request is not ours.
    cpu(sign, f"{channels[0]}/noarch/a")
    once = cpu(sign, f"{channels[1]}/noarch/a") - cpu(sign, f"{channels[0]}/noarch/b")
    added = []
    for pair in zip(*map(packages, channels), strict=True):
        taken = {}
        for number in random.sample((0, 1), 2):
            target = os.path.join(folder, f"{number}-{pair[number].fn}")
            taken[number] = cpu(download, pair[number].url, target)
        added.append(taken[1] - taken[0])
    print(json.dumps({"once": once, "packages": added}))
