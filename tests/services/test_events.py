"""The event channel: opened with the login, opened again after a break, or given up."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tests.services.scripted import WORKITEM, Reply, Scripted, running
from tests.workflow.waiting import until
from workstation.domain.errors import ServiceAnswerInvalid
from workstation.domain.reading_task import TaskEvent, TaskEventKind
from workstation.services import service as service_module
from workstation.services.endpoint import BearerLogin, Endpoint
from workstation.services.service import ReadingService
from workstation.workflow.jobs import CancelToken


@dataclass
class Channel:
    """A WebSocket server that remembers who came."""

    port: int = 0
    open: list[ServerConnection] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    def handle(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.logins.append(connection.request.headers.get("Authorization", ""))
        self.open.append(connection)
        try:
            for _ in connection:
                pass
        except ConnectionClosed:
            return


@pytest.fixture
def channel() -> Iterator[Channel]:
    made = Channel()
    with serve(made.handle, "127.0.0.1", 0) as server:
        made.port = server.socket.getsockname()[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made
        for each in made.open:
            each.close()
        server.shutdown()
        thread.join()


@pytest.fixture
def site() -> Iterator[Scripted]:
    with running(Scripted()) as script:
        yield script


def subscription(channel: Channel) -> Reply:
    address = f"ws://127.0.0.1:{channel.port}/ws/subscribers/NOCTURNE"
    return 201, {"Content-Location": address}, b""


def watching(
    service: ReadingService, events: list[TaskEvent], token: CancelToken
) -> threading.Thread:
    thread = threading.Thread(target=service.watch, args=(events.append, token))
    thread.start()
    return thread


def test_events_arrive_and_a_broken_channel_is_opened_again(
    site: Scripted, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "RECONNECT_SECONDS", (0.01,))
    site.override = lambda *_request: subscription(channel)
    service = ReadingService(Endpoint("a", "A", site.url, BearerLogin(lambda: "secret")))
    events: list[TaskEvent] = []
    token = CancelToken()
    thread = watching(service, events, token)
    try:
        until(lambda: channel.open)
        report = {
            "00001002": {"vr": "US", "Value": [1]},
            "00001000": {"vr": "UI", "Value": [WORKITEM]},
        }
        channel.open[0].send(json.dumps(report))
        until(lambda: TaskEvent(TaskEventKind.STATE, WORKITEM) in events)
        channel.open[0].close()
        until(lambda: len(channel.open) == 2)
        until(lambda: sum(each.kind is TaskEventKind.CHANNEL_OPEN for each in events) == 2)
        assert TaskEventKind.CHANNEL_LOST in {each.kind for each in events}
        assert channel.logins == ["Bearer secret"] * 2
        assert "/workitems/1.2.840.10008.5.1.4.34.5/subscribers/NOCTURNE" in site.log[0]
    finally:
        token.cancel()
        thread.join(60)
        assert not thread.is_alive()
        service.close()


@pytest.mark.parametrize("status", [404, 405, 501, 401])
def test_a_service_without_events_ends_the_watch(site: Scripted, status: int) -> None:
    site.override = lambda *_request: (status, {}, b"")
    service = ReadingService(Endpoint("a", "A", site.url))
    try:
        thread = watching(service, [], CancelToken())
        thread.join(60)
        assert not thread.is_alive()
    finally:
        service.close()


def test_a_channel_on_another_host_does_not_get_the_login(site: Scripted) -> None:
    site.override = lambda *_request: (201, {"Content-Location": "ws://evil.example/ws"}, b"")
    service = ReadingService(Endpoint("a", "A", site.url))
    try:
        with pytest.raises(ServiceAnswerInvalid, match="another host"):
            service.ups.subscribe()
    finally:
        service.close()


def test_a_dialect_without_an_address_builds_it(site: Scripted) -> None:
    site.override = lambda *_request: (201, {}, b"")
    service = ReadingService(Endpoint("a", "A", site.url, dialect="raccoon"))
    try:
        address = service.ups.subscribe()
        assert address == site.url.replace("http", "ws") + "/ws/subscribers/NOCTURNE"
    finally:
        service.close()
