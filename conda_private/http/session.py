"""conda's sessions, with its proxies and certificates, for requests of our own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from conda_private.model.exceptions import ConnectionFailedError

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.auth import AuthBase


def session_for(url: str, signer: AuthBase) -> requests.Session:
    """A session of conda's that signs with this and repeats nothing by itself.

    Raises:
        ConnectionFailedError: conda is offline.
    """
    from conda.base.context import context
    from conda.gateways.connection.session import CondaSession

    if context.offline:
        raise ConnectionFailedError(
            f"{url.split('/')[2]} was not asked, because conda is offline.",
            cause="CONDA_OFFLINE is set, or `offline: true` is in conda's configuration.",
            next_step="conda config --show-sources",
        )
    session: requests.Session = CondaSession(auth=signer)
    session.rebuild_auth = partial(_strip_auth, session)  # type: ignore[method-assign]
    for adapter in session.adapters.values():
        if isinstance(adapter, HTTPAdapter):
            adapter.max_retries = Retry(0, read=False)
    return session


def _strip_auth(session: requests.Session, request: PreparedRequest, response: Response) -> None:
    # requests itself would put in what ~/.netrc has for the host that a redirect leads to; an
    # object store refuses a signed link with a second credential.
    if session.should_strip_auth(str(response.request.url), str(request.url)):
        request.headers.pop("Authorization", None)
