"""The service as a thread of this process, bound to loopback and nothing else."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from workstation.domain.clock import Clock, utc_now
from workstation.domain.errors import ReaderError
from workstation.local_service.application import build
from workstation.local_service.auth import Auth
from workstation.local_service.channel import Channel
from workstation.local_service.http import PREFIX
from workstation.local_service.store import ServiceStore

HOST = "127.0.0.1"
START_SECONDS = 30.0
STOP_SECONDS = 5


class AddressTaken(ReaderError):
    """Another program listens on that port."""


class _QuietHttp(H11Protocol):
    """Never writes an access log, whoever sets up logging: its paths and queries name patients."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.access_log = False


class _Server(uvicorn.Server):
    """Tells when it listens; its thread may be none that receives signals."""

    def __init__(self, config: uvicorn.Config, channel: Channel) -> None:
        super().__init__(config)
        self.listening = threading.Event()
        self._channel = channel

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn cuts the sockets first; their subscribers are told before.
        await self._channel.stop()
        await super().shutdown(sockets)


class RunningService:
    """Start it, talk to `url`, stop it. `store` is open between making it and `stop`."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        user: str | None = None,
        password: str | None = None,
        token: str | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._port = port
        self._auth = Auth(user or "", password or "", token or "")
        self.store = ServiceStore(folder, clock=clock)
        self.url = ""
        self._socket: socket.socket | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Listen; returns `http://127.0.0.1:PORT/dicom-web`. Raises AddressTaken."""
        # asyncio sets TCP_NODELAY only on sockets that say TCP; without it an answer waits 40 ms.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, self._port))
        except OSError as error:
            listening.close()
            raise AddressTaken(
                f"The reading service cannot listen on port {self._port}.",
                remedy="Choose another port, or none: then a free one is taken.",
            ) from error
        self._socket = listening
        application: Starlette = build(self.store, self._auth)
        config = uvicorn.Config(
            application,
            http=_QuietHttp,
            access_log=False,
            log_config=None,
            lifespan="on",
            ws="websockets-sansio",
            timeout_graceful_shutdown=STOP_SECONDS,
            server_header=False,
        )
        self._server = _Server(config, application.state.channel)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listening]}, name="reading-service"
        )
        self._thread.start()
        if not self._server.listening.wait(START_SECONDS) or not self._thread.is_alive():
            self.stop()
            raise ReaderError("The reading service did not start.")
        self.url = f"http://{HOST}:{listening.getsockname()[1]}{PREFIX}"
        return self.url

    def stop(self) -> None:
        """End the requests under way, then the thread and the database. May be called twice."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join()
        if self._socket is not None:
            self._socket.close()
        self._server = self._thread = self._socket = None
        self.store.close()

    def __enter__(self) -> RunningService:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
