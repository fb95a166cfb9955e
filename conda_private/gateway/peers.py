"""Asks the kernel which user is at the other end of a connection (sock_diag(7), Linux).

/proc/net/tcp has the same facts, but reading it takes milliseconds on a busy machine, and it lacks
the clients that use IPv6 sockets for IPv4.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading

_SOCK_DIAG, _BY_FAMILY, _REQUEST = 4, 20, 1
_ESTABLISHED = 1
_HEADER = struct.Struct("=IHHII")  # struct nlmsghdr: length, type, flags, sequence, port
_QUESTION = struct.Struct("=BBBBI")  # struct inet_diag_req_v2: family, protocol, and states
_ENDS = struct.Struct("!HH4s12x4s12xIQ")  # struct inet_diag_sockid: the peer first; any cookie
_ANSWER = struct.Struct("=BBBB48xIIIII")  # struct inet_diag_msg: family, state, ..., user, inode
_ANY_COOKIE = 0xFFFF_FFFF_FFFF_FFFF
_SECONDS = 1.0
Ends = tuple[str, int]


class Peers:
    """Tells connections of the own user from those of others.

    Raises:
        OSError: this system cannot tell.
    """

    def __init__(self) -> None:
        family = getattr(socket, "AF_NETLINK", None)
        if family is None:
            raise OSError("This system has no netlink sockets.")
        self._kernel = socket.socket(family, socket.SOCK_RAW, _SOCK_DIAG)
        self._kernel.settimeout(_SECONDS)
        self._asking = threading.Lock()
        self._number = 0
        if not self._knows_itself():
            self.close()
            raise OSError("This kernel does not tell who is connected.")

    def close(self) -> None:
        """Release the socket."""
        self._kernel.close()

    def are_own(self, connection: socket.socket) -> bool:
        """Whether the other end is an open socket of the own user.

        A socket that its user has closed belongs to user 0, whoever that was. So its state counts.
        """
        try:
            user, state = self._ask(connection.getpeername(), connection.getsockname())
        except OSError:
            return False  # nobody is there anymore
        if sys.platform == "win32":
            return False
        return user == os.geteuid() and state == _ESTABLISHED

    def _ask(self, peer: Ends, here: Ends) -> tuple[int, int]:
        with self._asking:
            self._number += 1
            ends = _ENDS.pack(
                *(peer[1], here[1], socket.inet_aton(peer[0]), socket.inet_aton(here[0])),
                *(0, _ANY_COOKIE),
            )
            question = _QUESTION.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, 0, 0xFFFF_FFFF) + ends
            length = _HEADER.size + len(question)
            header = _HEADER.pack(length, _BY_FAMILY, _REQUEST, self._number, 0)
            self._kernel.send(header + question)
            return self._answer()

    def _answer(self) -> tuple[int, int]:
        while True:
            answer = self._kernel.recv(4096)
            _, kind, _, number, _ = _HEADER.unpack_from(answer)
            if number == self._number:  # else the answer to a question that timed out
                break
        if kind != _BY_FAMILY:
            raise OSError("There is no such connection.")
        _, state, _, _, _, _, _, user, _ = _ANSWER.unpack_from(answer, _HEADER.size)
        return user, state

    def _knows_itself(self) -> bool:
        try:
            with socket.create_server(("127.0.0.1", 0)) as listening:
                client = socket.create_connection(listening.getsockname(), _SECONDS)
                with client, listening.accept()[0] as accepted:
                    return self.are_own(accepted)
        except OSError:
            return False
