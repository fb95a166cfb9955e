"""The variables of the command. They are the same, whatever the command is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conda_private.gateway.bundle import ALWAYS, IF_SET
from conda_private.http.tunnels import RUN_PROXY

_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
_BYPASSES = ("NO_PROXY", "no_proxy")
_OLD_OF_UV = ("UV_INDEX_URL", "UV_EXTRA_INDEX_URL")


@dataclass(frozen=True)
class Route:
    """The way of the command's requests.

    Attributes:
        proxy: the URL of the gateway, with its key.
        bundle: the file of certificates.
        private: the package indexes of the logins, in their order.
        public: the public package indexes that are used after them.
        is_checked: whether the gateway knows the user of each client, so that the key alone is
            worth nothing.
    """

    proxy: str
    bundle: str
    private: Sequence[str] = ()
    public: Sequence[str] = ()
    is_checked: bool = True


def for_command(environment: Mapping[str, str], route: Route) -> dict[str, str]:
    """Return the user's variables with those that lead through the gateway.

    Args:
        environment: the user's variables.
        route: the way of the requests.
    """
    left_out = {*_BYPASSES, *(_OLD_OF_UV if route.private else ())}
    if route.private and "://" in environment.get("UV_FIND_LINKS", ""):
        left_out.add("UV_FIND_LINKS")
    return {
        **{name: value for name, value in environment.items() if name not in left_out},
        **dict.fromkeys((*_PROXIES, RUN_PROXY), route.proxy),
        **dict.fromkeys(ALWAYS, route.bundle),
        **{name: route.bundle for name in IF_SET if environment.get(name)},
        "NODE_USE_ENV_PROXY": "1",  # Node 24 and newer
        **_of_git(environment, route.proxy),
        # It wins over pip.conf. pip repeats it in the arguments of its children, which all users
        # of the machine can read.
        **({"PIP_PROXY": route.proxy} if route.is_checked else {}),
        **(_indexes(environment, route) if route.private else {}),
    }


def _of_git(environment: Mapping[str, str], proxy: str) -> dict[str, str]:
    """Add a setting to those that the user's variables have (git-config(1))."""
    count = environment.get("GIT_CONFIG_COUNT", "0")
    number = int(count) if re.fullmatch("[0-9]{1,4}", count) else 0
    return {
        "GIT_CONFIG_COUNT": str(number + 1),
        f"GIT_CONFIG_KEY_{number}": "http.proxy",
        f"GIT_CONFIG_VALUE_{number}": proxy,
    }


def _indexes(environment: Mapping[str, str], route: Route) -> dict[str, str]:
    private, public = ([f"{url}/" for url in urls] for urls in (route.private, route.public))
    first, *others = [*private, *public]
    local = [each for each in environment.get("PIP_FIND_LINKS", "").split() if "://" not in each]
    return {
        "PIP_INDEX_URL": first,
        # A space, because pip ignores an empty variable and uses pip.conf.
        "PIP_EXTRA_INDEX_URL": " ".join(others) or " ",
        "PIP_FIND_LINKS": " ".join(local) or " ",
        # uv asks these before the indexes of its files, and the default index last.
        "UV_INDEX": " ".join(private),
        "UV_DEFAULT_INDEX": [*private, *public][-1],
        "UV_INDEX_STRATEGY": "first-index",
    }
