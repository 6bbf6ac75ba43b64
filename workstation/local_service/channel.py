"""The event channel: WebSockets that carry event reports to their subscribers (PS3.18 8.10)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from workstation.local_service import events
from workstation.local_service.data_sets import DataSet
from workstation.local_service.workitems import Workitems

#: A subscriber that is this far behind is cut off: it searches again when it comes back.
MAXIMUM_WAITING = 10_000
#: The service ends, or a subscriber is too far behind (RFC 6455 7.4.1).
GOING_AWAY = 1001
STOP_SECONDS = 1.0


class Channel:
    """Hands events from the threads that make them to the sockets of one event loop."""

    def __init__(self, workitems: Workitems) -> None:
        self._workitems = workitems
        self._waiting: dict[asyncio.Queue[str | None], str] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: Callable[[], None] | None = None
        self._message_id = 0

    def start(self) -> None:
        """Begin to listen; called on the event loop."""
        self._loop = asyncio.get_running_loop()
        self._end = self._workitems.listen(self._heard)

    async def stop(self) -> None:
        """Say that the service goes down, and end every socket. May be called twice."""
        if self._end is None:
            return
        self._end()
        self._end = None
        report = json.dumps(events.service("GOING DOWN"))
        for queue in self._waiting:
            queue.put_nowait(report)
            queue.put_nowait(None)
        # A subscriber that does not take its last message holds nobody up.
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                while self._waiting:
                    await asyncio.sleep(0.01)

    def _heard(self, watching: tuple[str, ...], report: DataSet) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hand_on, watching, report)

    def _hand_on(self, watching: tuple[str, ...], report: DataSet) -> None:
        self._message_id = self._message_id % 65535 + 1
        numbered = report | {"00000110": {"vr": "US", "Value": [self._message_id]}}
        message = json.dumps(dict(sorted(numbered.items())), ensure_ascii=False)
        for queue, aet in self._waiting.items():
            if aet not in watching:
                continue
            if queue.qsize() < MAXIMUM_WAITING:
                queue.put_nowait(message)
            elif queue.qsize() == MAXIMUM_WAITING:
                queue.put_nowait(None)

    async def serve(self, socket: WebSocket) -> None:
        """One subscriber, until it leaves or the service ends."""
        aet = str(socket.path_params["aet"]).strip()
        await socket.accept()
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._waiting[queue] = aet
        leaving = asyncio.ensure_future(self._until_gone(socket))
        try:
            while True:
                ready = asyncio.ensure_future(queue.get())
                await asyncio.wait({ready, leaving}, return_when=asyncio.FIRST_COMPLETED)
                if not ready.done():
                    ready.cancel()
                    return
                message = ready.result()
                if message is None:
                    await socket.close(GOING_AWAY)
                    return
                await socket.send_text(message)
        except (WebSocketDisconnect, RuntimeError):
            return  # it left while it was being written to
        finally:
            leaving.cancel()
            del self._waiting[queue]

    async def _until_gone(self, socket: WebSocket) -> None:
        """Subscribers say nothing here; what they say is passed over."""
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass
