"""A small anaconda.org on the loopback: an API, channels, a PyPI index and a file store."""

from .faults import Fault
from .model import Account, File, Group, Package, Token, User
from .packages import build_package, build_sdist, build_wheel
from .personalities import PERSONALITIES, Personality
from .serving import Server, serve
from .wire import Answer, Request
from .world import Anaconda

__all__ = [
    "PERSONALITIES",
    "Account",
    "Anaconda",
    "Answer",
    "Fault",
    "File",
    "Group",
    "Package",
    "Personality",
    "Request",
    "Server",
    "Token",
    "User",
    "build_package",
    "build_sdist",
    "build_wheel",
    "serve",
]
