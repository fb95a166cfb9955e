"""Answers the requests of the command: guards the names, authenticates, forwards, and relays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from urllib3.exceptions import HTTPError

from conda_private.gateway.credentials import Credential, Credentials, Origin
from conda_private.gateway.forwarding import Forwarder
from conda_private.gateway.indexes import Indexes, Refusal
from conda_private.gateway.relay import Answer
from conda_private.gateway.wire import Body, Head, Stream, written
from conda_private.http.proxies import proxy_for, readable_by_proxy
from conda_private.model.exceptions import CondaPrivateError, ServerError

if TYPE_CHECKING:
    from requests import Response

_REFUSED = (401, 403)


class Answering:
    """What the gateway does with the requests that it can read.

    Args:
        credentials: finds the credential of a request.
        indexes: guards the names of packages.
        forwarder: sends requests.
        tell: shows a message to the user. It may get the same message several times.
    """

    def __init__(
        self,
        credentials: Credentials,
        indexes: Indexes,
        forwarder: Forwarder,
        tell: Callable[[str], None],
    ) -> None:
        self._credentials, self._indexes = credentials, indexes
        self._forwarder, self._tell = forwarder, tell
        self._opened = credentials.origins | indexes.opened

    @property
    def opened(self) -> frozenset[Origin]:
        """The servers whose TLS is opened."""
        return self._opened

    def opens(self, origin: Origin) -> bool:
        """Whether TLS with a server is opened, to authenticate its requests."""
        return origin in self._opened

    def refuses(self, origin: Origin) -> str:
        """Return why no connection to a server is allowed, or ""."""
        if not self._indexes.refuses_server(origin):
            return ""
        reason = f"{origin[0]} is a public package index. (--with-pypi adds PyPI)"
        self._tell(reason)
        return reason

    def answer(self, stream: Stream, head: Head, url: str) -> bool:
        """Answer one request; return whether the connection can be used for another one.

        Raises:
            BadRequestError: the request is not valid.
            OSError: the client is gone.
        """
        size = head.length
        body = Body(stream, size) if size else (stream.chunks() if size is None else None)
        try:
            return self._answer(stream, head, url, body)
        except CondaPrivateError as error:
            self._tell(str(error))
            # Only a failure of the server is worth repeating the request.
            status = 502 if isinstance(error, ServerError) else 403
            return _say(stream, head, status, str(error), body)

    def _answer(
        self, stream: Stream, head: Head, url: str, body: Body | Iterator[bytes] | None
    ) -> bool:
        if refusal := self._refusal(url):
            if refusal.is_namesake or refusal.status != 404:
                self._tell(refusal.text)
            return _say(stream, head, refusal.status, refusal.text, body)
        credential = self._credentials.find(url)
        if credential:
            _refuse_proxy_without_tls(url, credential)
        response = self._send(head, url, body, credential)
        with response:
            self._indexes.learn(url, response.status_code)
            if credential and response.status_code in _REFUSED:
                self._report(credential, response)
            try:
                return Answer(response, credential).write(stream, head)
            except HTTPError as error:
                # The connection ends in the middle of the body, as that of the server did.
                raise OSError("The server did not send the whole answer.") from error

    def _refusal(self, url: str) -> Refusal | None:
        refusal = self._indexes.refusal(url)
        if refusal and refusal.is_namesake:
            credential = self._credentials.find(url)
            asked = self._forwarder.send("HEAD", url, [("Accept", "*/*")], credential=credential)
            with asked as response:
                if response.status_code != 200:
                    return refusal._replace(text="There is no such project.", is_namesake=False)
        return refusal

    def _send(
        self,
        head: Head,
        url: str,
        body: Body | Iterator[bytes] | None,
        credential: Credential | None,
    ) -> Response:
        headers = head.end_to_end()
        if credential:
            headers = [*_without_encodings(headers), ("Accept-Encoding", _encoding(head))]
        response = self._forwarder.send(head.method, url, headers, body, credential)
        is_for_host = credential and not credential.login.address.path
        if is_for_host and head.method in ("GET", "HEAD") and response.status_code in _REFUSED:
            # As for conda: the credential of a whole server may be wrong for one of its channels.
            again = self._forwarder.send(head.method, url, head.end_to_end())
            if again.status_code not in _REFUSED:
                response.close()
                return again
            again.close()
        return response

    def _report(self, credential: Credential, response: Response) -> None:
        login, status = credential.login, response.status_code
        if credential.is_for_index:
            self._tell(
                f"{login.pypi and login.pypi.netloc} refused the credential for {login.address} for"
                f" PyPI packages (status {status}).\n"
                "Cause: It has expired or was revoked, or it gives no access to PyPI packages (on"
                " anaconda.org, that requires the scope pypi:download).\n"
                f"Next:  conda private token create --for {login.address} --pypi"
            )
        elif status == 401:
            self._tell(
                f"{login.address.netloc} refused the credential for {login.address} (status 401)."
                f"  Next:  conda private check {login.address}"
            )


def _say(stream: Stream, head: Head, status: int, text: str, body: object) -> bool:
    content = f"{text}\n".encode() if head.method != "HEAD" else b""
    keeps_open = head.keeps_open and body is None
    headers = [("Content-Type", "text/plain; charset=utf-8")]
    headers.append(("Content-Length", str(len(content))))
    headers += [] if keeps_open else [("Connection", "close")]
    stream.sock.sendall(written(status, "Refused by conda private run", headers) + content)
    return keeps_open


def _without_encodings(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [each for each in headers if each[0].lower() != "accept-encoding"]


def _encoding(head: Head) -> str:
    # One that can be read here. A part of a compressed file would be a part of something else.
    asked = head.headers.get("Accept-Encoding", "").lower()
    return "gzip" if "gzip" in asked and "Range" not in head.headers else "identity"


def _refuse_proxy_without_tls(url: str, credential: Credential) -> None:
    address, allow_http = credential.login.address, credential.login.allow_http
    is_plain = url.lower().startswith("http:") and not allow_http
    if is_plain and (setting := proxy_for(url)):
        raise readable_by_proxy(address, setting)
