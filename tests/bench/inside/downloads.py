"""Reads repodata and downloads packages, as conda does: COUNT THREADS CHANNEL..."""

import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from conda.base.context import context
from conda.core.subdir_data import SubdirData
from conda.gateways.connection.download import download
from conda.models.channel import Channel

count, threads, channels = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
context.__init__(argparse_args={"channel": channels, "override_channels": True})


def records(number, url):
    """As many of the packages of one channel; other ones than of the channel before it."""
    every = [
        each
        for each in SubdirData(Channel(f"{url}/noarch")).iter_records()
        if each.name.startswith("part-")
    ]
    every.sort(key=lambda each: int(each.name.partition("-")[2]))
    return every[number * count : (number + 1) * count]


def run(folder):
    context.plugin_manager.invoke_pre_commands("create")
    wanted = [each for number, url in enumerate(channels) for each in records(number, url)]
    assert len(wanted) == count * len(channels), len(wanted)

    def fetch(record):
        download(record.url, os.path.join(folder, record.fn), sha256=record.sha256)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fetch, wanted))


with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as folder:
    os.environ["CONDA_PKGS_DIRS"] = cache
    context.__init__(argparse_args={"channel": channels, "override_channels": True})
    begin, cpu = time.perf_counter(), time.process_time()
    run(folder)
    print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.perf_counter() - begin}))
