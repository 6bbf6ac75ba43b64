"""The event channel: a WebSocket that says when to look again (PS3.18 8.10, RAD-109)."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.sync.client import ClientConnection, connect

from workstation.domain.errors import Cancelled, LoginRefused, ServiceUnreachable
from workstation.domain.reading_task import TaskEvent
from workstation.services import task_mapping
from workstation.services.endpoint import Endpoint
from workstation.services.wire import Cancel, refusal

#: How often a waiting channel looks whether it was cancelled.
CANCEL_SECONDS = 0.1
#: Silence after which the other side is asked whether it lives; twice that is a lost link.
PING_SECONDS = 20.0
MAX_EVENT_BYTES = 1024 * 1024


def listen(
    endpoint: Endpoint,
    address: str,
    context: ssl.SSLContext | None,
    on_open: Callable[[], None],
    on_event: Callable[[TaskEvent], None],
    cancel: Cancel,
) -> None:
    """Open the channel and hand on its events until it breaks (ServiceUnreachable) or `cancel`
    (Cancelled). What is no event report is passed over: events are hints."""
    try:
        channel = connect(
            address,
            additional_headers=endpoint.headers(),
            ssl=context,
            open_timeout=10,
            close_timeout=1,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            max_size=MAX_EVENT_BYTES,
            proxy=None if endpoint.is_loopback else True,
        )
    except InvalidStatus as error:
        raise refusal(error.response.status_code, {}, endpoint) from error
    except (OSError, InvalidHandshake, InvalidURI, TimeoutError) as error:
        raise ServiceUnreachable(
            f"The event channel of {endpoint.name} cannot be opened."
        ) from error
    with channel:
        on_open()
        _receive(channel, endpoint, on_event, cancel)


def _receive(
    channel: ClientConnection,
    endpoint: Endpoint,
    on_event: Callable[[TaskEvent], None],
    cancel: Cancel,
) -> None:
    while True:
        if cancel.cancelled:
            raise Cancelled("The event channel was closed.")
        try:
            message = channel.recv(timeout=CANCEL_SECONDS)
        except TimeoutError:
            continue
        except ConnectionClosed as error:
            if error.rcvd is not None and error.rcvd.code == 1008:
                raise LoginRefused(
                    f"{endpoint.name} closed the event channel: the login ran out.",
                    remedy="Log in again in the settings.",
                ) from error
            raise ServiceUnreachable(f"The event channel of {endpoint.name} broke off.") from error
        for event in events_of(message):
            on_event(event)


def events_of(message: str | bytes) -> list[TaskEvent]:
    """The event reports of one message: a data set, or an array of them."""
    try:
        held = json.loads(message)
    except (UnicodeDecodeError, json.JSONDecodeError):
        return []
    reports = held if isinstance(held, list) else [held]
    found = (task_mapping.task_event(each) for each in reports if isinstance(each, dict))
    return [event for event in found if event is not None]
