"""Checks that a credential gives access to a package index, before names are looked up there.

An index may hide private packages from an invalid token instead of refusing it, and a command would
take packages of those names from a public index. So the server's API is asked about the token. A
server without an API is asked for the list of its packages, if a public index is used as well.
"""

from __future__ import annotations

from conda_private.composition import servers
from conda_private.gateway.credentials import Credential
from conda_private.gateway.forwarding import Forwarder
from conda_private.model.address import Address
from conda_private.model.exceptions import AccessDeniedError


def check_index(
    root: Address, credential: Credential, forwarder: Forwarder, *, with_public: bool
) -> None:
    """Check that the credential gives access to the index.

    Args:
        root: the index, without ``/simple``.
        credential: the credential for it.
        forwarder: sends the request for the list.
        with_public: whether names that no private index has are looked up in a public one.

    Raises:
        TokenRefusedError: the API refuses the token.
        AccessDeniedError: the token gives no access to PyPI packages.
    """
    api = credential.login.api
    if api:
        _check_scopes(api, credential)
    elif with_public:
        _check_list(root, credential, forwarder)


def _check_scopes(api: Address, credential: Credential) -> None:
    facts = servers.tokens(api, credential.secret).current()
    address = credential.login.address
    if not facts.may_download_pypi:
        raise AccessDeniedError(
            f"The token for {address} gives no access to PyPI packages.",
            cause=f"It lacks the scope pypi:download. Its scopes: {', '.join(facts.scopes)}.",
            next_step=f"conda private token create --for {address} --pypi",
        )


def _check_list(root: Address, credential: Credential, forwarder: Forwarder) -> None:
    url = f"{root}/simple/"
    with forwarder.send("GET", url, [("Accept", "*/*")], credential=credential) as response:
        status = response.status_code
    if status != 200:
        raise AccessDeniedError(
            f"{root}/simple does not list its packages (status {status}).",
            cause="If it hides a private package, pip and uv would install a package of the same"
            " name from PyPI instead.",
            next_step=f"conda private check {credential.login.address}\nor omit --with-pypi",
        )
