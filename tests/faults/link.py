"""A loopback link that breaks on purpose: cut after N bytes, stall, half-close, lost reply."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from urllib.parse import urlsplit


class Fault(StrEnum):
    """What the link does once its budget of bytes from the service is used up."""

    #: resets every connection
    CUT = "cut"
    #: keeps the connections open and passes nothing
    STALL = "stall"
    #: ends the service's direction properly, in the middle of an answer
    HALF_CLOSE = "half-close"
    #: passes requests on and throws every answer away
    LOST_REPLY = "lost reply"


class Link:
    """A TCP proxy in front of one service. `break_after` arms a fault, `mend` ends it."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._lock = threading.Condition()
        self._fault: Fault | None = None
        self._budget = 0
        self._broken = False
        self._closing = False
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._spawn(self._accept)

    # -- what a test says ------------------------------------------------------------------------

    def break_after(self, fault: Fault, down_bytes: int) -> None:
        """Once so many more bytes came from the service, the fault sets in."""
        with self._lock:
            self._fault, self._budget, self._broken = fault, down_bytes, False

    @property
    def broken(self) -> bool:
        """Whether the fault has set in."""
        with self._lock:
            return self._broken

    def mend(self) -> None:
        """The link works again; connections that the fault touched are gone."""
        with self._lock:
            self._fault, self._broken = None, False
            self._abort()
            self._lock.notify_all()

    def close(self) -> None:
        """End everything."""
        with self._lock:
            self._closing = True
            self._fault = None
            self._abort()
            self._lock.notify_all()
        self._listener.close()
        # A thread in accept() is not woken by closing the socket: one last connection does.
        for thread in self._threads:
            thread.join(60)

    # -- the wire ----------------------------------------------------------------------------------

    def _spawn(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _abort(self) -> None:
        for each in self._sockets:
            try:
                # RST instead of a proper end: the other side loses what it had not read yet.
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it was gone already
            each.close()
        self._sockets.clear()

    def _accept(self) -> None:
        self._listener.settimeout(0.02)
        while True:
            with self._lock:
                if self._closing:
                    return
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            client.settimeout(None)
            with self._lock:
                refuse = self._broken and self._fault is Fault.CUT
            if refuse:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                client.close()
                continue
            service = socket.create_connection(self._target)
            with self._lock:
                self._sockets |= {client, service}
            self._spawn(self._pump, client, service, False)
            self._spawn(self._pump, service, client, True)

    def _pump(self, source: socket.socket, sink: socket.socket, down: bool) -> None:
        try:
            while data := source.recv(4096):
                if down and not self._pass_down(data, sink):
                    continue
                if not down:
                    sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return  # the other side or the fault ended it

    def _pass_down(self, data: bytes, sink: socket.socket) -> bool:
        """Send what the fault lets through."""
        with self._lock:
            fault = self._fault
            if fault is not None and not self._broken:
                allowed = data[: self._budget]
                self._budget -= len(allowed)
                rest = len(allowed) < len(data)
            else:
                allowed, rest = data, False
            broken_before = self._broken
        if broken_before:
            return self._withhold(fault)
        if allowed:
            sink.sendall(allowed)
        if not rest:
            return True
        with self._lock:
            self._broken = True
            if fault is Fault.CUT:
                self._abort()
        if fault is Fault.HALF_CLOSE:
            sink.shutdown(socket.SHUT_WR)
        return self._withhold(fault)

    def _withhold(self, fault: Fault | None) -> bool:
        if fault is Fault.STALL:
            with self._lock:
                while self._broken and not self._closing:
                    self._lock.wait()
        return False


@contextmanager
def link_to(url: str) -> Iterator[tuple[Link, str]]:
    """(the link, the address of the same service through it)."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    link = Link((parts.hostname, parts.port))
    try:
        yield link, parts._replace(netloc=f"127.0.0.1:{link.port}").geturl()
    finally:
        link.close()
