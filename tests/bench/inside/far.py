"""A server with TLS that sends as many bytes as a path says: ``far.py CERTIFICATE``."""

from __future__ import annotations

import socket
import ssl
import sys
import threading

_CHUNK = bytes(1 << 16)


def serve(plain: socket.socket, context: ssl.SSLContext) -> None:
    """Answer the requests of one client."""
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with plain, context.wrap_socket(plain, server_side=True) as client:
        text = b""
        while data := client.recv(1 << 16):
            text += data
            while b"\r\n\r\n" in text:
                head, _, text = text.partition(b"\r\n\r\n")
                size = int(head.split()[1].rpartition(b"/")[2])
                begin = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                start = begin + b"Content-Length: %d\r\n\r\n" % size
                client.sendall(start + _CHUNK[: min(size, 1 << 15)])
                left = size - min(size, 1 << 15)
                while left:
                    client.sendall(_CHUNK[: min(left, 1 << 16)])
                    left -= min(left, 1 << 16)


def main() -> None:
    """Print the port, and serve."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1])
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        print(listening.getsockname()[1], flush=True)
        while True:
            client, _ = listening.accept()
            threading.Thread(target=serve, args=(client, context), daemon=True).start()


if __name__ == "__main__":
    main()
