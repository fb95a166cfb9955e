"""Serves a world on four ports of the loopback."""

from __future__ import annotations

import contextlib
import selectors
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from . import api, downloads, files, pypi
from .faults import Fault, Faults, Rule
from .handler import Origin
from .wire import Answer, Call, Request
from .world import Anaconda

APPS: dict[str, Callable[[Anaconda, Call], Answer]] = {
    "api": api.answer,
    "conda": downloads.answer,
    "pypi": pypi.answer,
    "files": files.answer,
}


class Server:
    """Four origins, what they received, and the faults they are told to have.

    Attributes:
        api, conda, pypi, files: The URLs, without a trailing slash.
        ca_file: With ``tls=True`` the certificate that clients must trust.
        client_file: With ``client_certificates=True`` a certificate and its key that it accepts.
        errors: What went wrong in the server itself; tests want it empty.
    """

    def __init__(
        self,
        world: Anaconda,
        tls: ssl.SSLContext | None,
        log: Callable[[Request], None] | None,
    ) -> None:
        self.world = world
        self.requests: list[Request] = []
        self.errors: list[BaseException] = []
        self.ca_file: Path | None = None
        self.client_file: Path | None = None
        self.closing = threading.Event()
        self._faults = Faults()
        self._lock = threading.Lock()
        self._log = log
        self._origins = {name: Origin(name, self, tls) for name in APPS}
        urls = {name: origin.url for name, origin in self._origins.items()}
        self.api, self.conda = urls["api"] + "/api", urls["conda"]
        self.pypi, self.files = urls["pypi"], urls["files"]
        self._wake, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def channel(self, owner: str, **names: str) -> str:
        """The URL of a channel, as the personality of the world has it.

        Args:
            names: Perhaps ``label`` and ``token``, where there is a place for them.
        """
        return self.conda + self.world.personality.channel.fill(owner=owner, **names)

    def clear(self) -> None:
        """Forget the requests so far."""
        with self._lock:
            self.requests.clear()

    def fail(
        self,
        match: str,
        origin: str | None = None,
        *,
        how: Fault,
        times: int | None = None,
        signed: bool | None = None,
    ) -> None:
        """Inject a fault where a regular expression is found in the path and query.

        Args:
            times: How often; None is until ``heal``.
            signed: Only for requests with a credential, or only without; None is both.
        """
        self._faults.rules.append(Rule(match, origin, how, times, signed))

    def heal(self) -> None:
        """End all faults."""
        self._faults.rules.clear()

    def respond(self, call: Call) -> tuple[Answer, Fault]:
        """The answer to a request and the fault it meets."""
        with self._lock:
            fault = self._faults.of(call)
        if fault.delay:
            self.closing.wait(fault.delay)
        if fault.answer:
            return fault.answer, fault
        with self.world.lock:
            return fault.on(APPS[call.origin](self.world, call)), fault

    def record(self, request: Request) -> None:
        """Keep what was received."""
        with self._lock:
            self.requests.append(request)
            if self._log:
                self._log(request)

    def _accept(self) -> None:
        # One thread that waits for four sockets and a wake-up: stopping takes no poll interval.
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake, selectors.EVENT_READ)
            for origin in self._origins.values():
                selector.register(origin, selectors.EVENT_READ, origin)
            while not self.closing.is_set():
                for key, _ in selector.select():
                    if key.data is not None:
                        key.data.handle_request()

    def close(self) -> None:
        """Stop listening and hang up on every client."""
        self.closing.set()
        self._waker.send(b"x")
        self._thread.join()
        for origin in self._origins.values():
            origin.close()
        self._wake.close()
        self._waker.close()


@contextlib.contextmanager
def serve(
    world: Anaconda,
    tls: bool | ssl.SSLContext | None = None,
    log: Callable[[Request], None] | None = None,
    *,
    client_certificates: bool = False,
) -> Iterator[Server]:
    """Serve a world until the block ends.

    Args:
        tls: A server context, or True to have a certificate made (``server.ca_file``).
        log: Called with each request as it is answered.
        client_certificates: Whether to refuse clients without one (``server.client_file``).
    """
    with contextlib.ExitStack() as stack:
        context, ca_file = _certificate(stack, tls)
        server = Server(world, context, log)
        server.ca_file = ca_file
        if context and ca_file and client_certificates:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(ca_file)
            server.client_file = ca_file.with_name("client.pem")
        stack.callback(server.close)
        yield server


def _certificate(
    stack: contextlib.ExitStack, tls: bool | ssl.SSLContext | None
) -> tuple[ssl.SSLContext | None, Path | None]:
    if not isinstance(tls, bool):
        return tls, None
    if not tls:
        return None, None
    # Not at the top: only servers with TLS need it, and it is slow to import.
    import trustme

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="anaconda-ca-")))
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    client = authority.issue_cert("alice@example.org").private_key_and_cert_chain_pem
    client.write_to_path(folder / "client.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context, folder / "ca.pem"
