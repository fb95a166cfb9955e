"""A body is read to its end and no further, in both forms (RFC 9112)."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator

import pytest

from conda_private.gateway.credentials import unreadable
from conda_private.gateway.peers import Peers
from conda_private.gateway.wire import BadRequestError, Body, Stream
from conda_private.model.address import Address
from conda_private.model.exceptions import CredentialMissingError
from conda_private.model.login import Login
from conda_private.model.schemes import TOKEN
from conda_private.model.secret import Secret
from conda_private.model.source import Source


@pytest.fixture
def pair() -> Iterator[tuple[Stream, socket.socket]]:
    """A connection as the gateway reads it, and its other end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Stream(ours, 1.0), theirs


def send(end: socket.socket, data: bytes) -> None:
    """Send everything, and end."""
    end.sendall(data)
    end.shutdown(socket.SHUT_WR)


def test_chunks_are_read_with_their_extensions_and_trailers(
    pair: tuple[Stream, socket.socket],
) -> None:
    stream, end = pair
    send(end, b"3;a=b\r\nabc\r\n0A \r\n0123456789\r\n0\r\nA: b\r\n\r\nrest")
    assert b"".join(stream.chunks()) == b"abc0123456789"
    assert stream.read(100) == b"rest"


@pytest.mark.parametrize("data", [b"", b"x\r\n", b"-1\r\n", b"3\r\nab", b"3", b"a" * 70_000])
def test_invalid_chunks_are_refused(pair: tuple[Stream, socket.socket], data: bytes) -> None:
    stream, end = pair
    send(end, data)
    with pytest.raises(BadRequestError):
        list(stream.chunks())


def test_body_ends_at_its_size(pair: tuple[Stream, socket.socket]) -> None:
    stream, end = pair
    send(end, b"GET http://a/ HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloGET")
    head = stream.head(1)
    assert head
    body = Body(stream, head.length or 0)
    assert len(body) == 5
    assert (body.read(2), body.read(), body.read(1)) == (b"he", b"llo", b"")
    short = Body(stream, 9)
    assert short.read(9) == b"GET"
    with pytest.raises(BadRequestError):
        short.read()


def test_headers_of_the_connection_are_not_for_the_server(
    pair: tuple[Stream, socket.socket],
) -> None:
    stream, end = pair
    send(
        end,
        b"GET http://a/ HTTP/1.0\r\nConnection: X-Own, close\r\nX-Own: 1\r\nX-Kept: 2\r\n"
        b"Proxy-Authorization: Basic eA==\r\nExpect: 100-continue\r\nUpgrade: h2c\r\n\r\n",
    )
    head = stream.head(1)
    assert head
    assert head.end_to_end() == [("X-Kept", "2")]
    assert (head.is_old, head.keeps_open) == (True, False)
    assert stream.head(1) is None


def test_head_that_ends_in_the_middle_is_no_request(pair: tuple[Stream, socket.socket]) -> None:
    stream, end = pair
    send(end, b"GET http://a/ HTTP/1.1\r\nAccept")
    assert stream.head(1) is None


@pytest.mark.parametrize("line", [b"no colon", b": no name", b"A b: c"])
def test_invalid_headers_are_refused(pair: tuple[Stream, socket.socket], line: bytes) -> None:
    stream, end = pair
    send(end, b"GET http://a/ HTTP/1.1\r\n" + line + b"\r\n\r\n")
    with pytest.raises(BadRequestError):
        stream.head(1)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no netlink")
def test_system_without_netlink_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_NETLINK")
    with pytest.raises(OSError, match="netlink"):
        Peers()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no netlink")
def test_kernel_that_does_not_know_our_own_connection_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    with pytest.raises(OSError, match="does not tell who is connected"):
        Peers()


class Unknown:
    """Says that it is a connection between two ports that nobody uses."""

    def getpeername(self) -> tuple[str, int]:
        """The other end."""
        return "127.0.0.1", 1

    getsockname = getpeername


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no netlink")
def test_connection_that_the_kernel_does_not_know_is_not_our_own() -> None:
    peers = Peers()
    assert not peers.are_own(Unknown())
    with pytest.raises(OSError, match="no such connection"):
        peers._ask(("127.0.0.1", 1), ("127.0.0.1", 1))
    peers.close()


class Twice:
    """Asks the kernel every question twice, so that one answer is left."""

    def __init__(self, kernel: socket.socket) -> None:
        self._kernel = kernel
        self.recv, self.close = kernel.recv, kernel.close

    def send(self, data: bytes) -> None:
        """Send it twice."""
        for _ in range(2):
            self._kernel.send(data)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no netlink")
def test_answer_to_an_earlier_question_is_not_taken_for_that_to_this_one() -> None:
    peers = Peers()
    peers._kernel = Twice(peers._kernel)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.create_connection(listening.getsockname())
        with client, listening.accept()[0] as accepted:
            assert peers.are_own(accepted)
            assert not peers.are_own(Unknown())
    peers.close()


def test_only_sources_that_cost_nothing_are_looked_at() -> None:
    read: list[str] = []

    def missing(login: Login) -> Secret:
        read.append(login.source.kind)
        raise CredentialMissingError.not_in(login.address, "It is not there.")

    address = Address.parse("https://conda.example.org/my-org")
    kinds = ("keyring", "env", "helper", "file", "secret-file")
    logins = [Login(address, TOKEN, Source(kind)) for kind in kinds]
    assert len(unreadable(logins, missing)) == 3
    assert read == ["env", "file", "secret-file"]
    assert unreadable(logins, lambda login: Secret("x")) == []
