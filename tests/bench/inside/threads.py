"""Signs requests from several threads of one process: THREADS COUNT ADDRESS."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from requests import Request

from conda_private.handler.auth import PrivateAuth

threads, count, address = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
requests = [
    Request("GET", f"{address}/noarch/package-{number}-1.0-0.conda").prepare()
    for number in range(count + 1)
]
auth = PrivateAuth("my-org")
auth(requests.pop())


def sign(part):
    for request in part:
        auth(request)


parts = [requests[number::threads] for number in range(threads)]
begin, cpu = time.perf_counter(), time.process_time()
with ThreadPoolExecutor(threads) as pool:
    list(pool.map(sign, parts))
wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
print(json.dumps({"wall": wall / count, "cpu": cpu / count}))
