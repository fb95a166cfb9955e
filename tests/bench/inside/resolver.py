"""Asks the resolver for new URLs and prints the nanoseconds that each took: ADDRESSES URLS."""

import json
import random
import sys
from time import perf_counter_ns

from conda_private.actions.resolver import Resolver
from conda_private.model.address import Address
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.model.source import FILE

count, asked = map(int, sys.argv[1:])
CHANNEL = "https://conda.example.org/my-org/label/"
logins = [Login(Address.parse(f"{CHANNEL}v{number}"), TOKEN, FILE) for number in range(count)]


def open_store(source):
    raise AssertionError("finding a login reads no store")


resolver = Resolver(logins=lambda: logins, open_store=open_store)
dice = random.Random(count)
urls = [
    f"{CHANNEL}v{dice.randrange(count)}/noarch/package-{number}-1.0-py_0.conda"
    for number in range(asked)
]
assert resolver.find(urls[0])
taken = []
for url in urls:
    begin = perf_counter_ns()
    resolver.find(url)
    taken.append(perf_counter_ns() - begin)
print(json.dumps(taken))
