"""The event channel, seen from outside (PS3.18 8.10 and 11.10, PS3.4 CC.2.3 and CC.2.4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.local_service import make
from workstation.local_service.running import RunningService

UID, GLOBAL, FILTERED = "1.2.3.77", "1.2.840.10008.5.1.4.34.5", "1.2.840.10008.5.1.4.34.5.1"
OURS = "1.2.3.1001"


@contextmanager
def watching(client: httpx.Client, scope: str, query: str = "") -> Iterator[ClientConnection]:
    """Subscribe, and open the channel that Content-Location names."""
    answer = client.post(f"workitems/{scope}/subscribers/WATCHER{query}")
    assert answer.status_code == 201
    with connect(answer.headers["content-location"], proxy=None) as channel:
        yield channel


def heard(channel: ClientConnection) -> tuple[int, str, dict[str, Any]]:
    """(event type, work item, the report)."""
    message = channel.recv(timeout=20)
    assert isinstance(message, str)
    report = json.loads(message)
    assert report["00000002"]["Value"] == ["1.2.840.10008.5.1.4.34.6.4"]
    return report["00001002"]["Value"][0], report["00001000"]["Value"][0], report


def create(client: httpx.Client, uid: str = UID, **changes: Any) -> None:
    assert client.post(f"workitems?{uid}", json=make.workitem(**changes)).status_code == 201


def change(client: httpx.Client, state: str) -> None:
    answer = client.put(f"workitems/{UID}/state", json=make.state(state, OURS))
    assert answer.status_code == 200


def test_a_global_subscriber_hears_the_whole_life_of_a_task(client: httpx.Client) -> None:
    with watching(client, GLOBAL) as channel:
        create(client)
        kind, uid, report = heard(channel)
        assert (kind, uid) == (1, UID)
        assert report["00741000"]["Value"] == ["SCHEDULED"]
        assert report["00404041"]["Value"] == ["READY"]
        client.post(
            f"workitems/{UID}", json={"00404034": make.sequence({"00404009": make.code("R1")})}
        )
        kind, _, report = heard(channel)
        assert kind == 5
        assert report["00404009"]["Value"][0]["00080100"]["Value"] == ["R1"]
        change(client, "IN PROGRESS")
        assert heard(channel)[0] == 1
        progress = {"00741002": make.sequence({"00741004": make.element("DS", 40)})}
        client.post(f"workitems/{UID}?{OURS}", json=progress)
        kind, _, report = heard(channel)
        assert kind == 3
        assert report["00741002"]["Value"][0]["00741004"]["Value"] == [40]
        asked = {
            "00741238": make.element("LT", "Patient left"),
            "0074100C": make.element("LO", "Desk"),
        }
        client.post(f"workitems/{UID}/cancelrequest/SITE", json=asked)
        kind, _, report = heard(channel)
        assert kind == 2
        assert report["00741238"]["Value"] == ["Patient left"]
        assert report["0074100C"]["Value"] == ["Desk"]
        assert report["00741236"]["Value"] == ["SITE"]
        client.post(f"workitems/{UID}?{OURS}", json=make.given_up())
        assert heard(channel)[0] == 3
        change(client, "CANCELED")
        kind, _, report = heard(channel)
        assert (kind, report["00741000"]["Value"]) == (1, ["CANCELED"])
        assert OURS not in json.dumps(report)


def test_readiness_is_reported_as_a_state(client: httpx.Client) -> None:
    create(client, **{"00404041": make.element("CS", "INCOMPLETE")})
    with watching(client, UID) as channel:
        client.post(f"workitems/{UID}", json={"00404041": make.element("CS", "READY")})
        kind, _, report = heard(channel)
        assert (kind, report["00404041"]["Value"]) == (1, ["READY"])


def test_a_subscriber_of_one_task_hears_of_no_other(client: httpx.Client) -> None:
    create(client)
    with watching(client, UID) as channel:
        create(client, "1.2.9")
        change(client, "IN PROGRESS")
        assert heard(channel)[1] == UID


def test_a_filter_takes_in_what_matches(client: httpx.Client) -> None:
    with watching(client, FILTERED, "?filter=WorklistLabel=NIGHT") as channel:
        create(client, "1.2.8", **{"00741202": make.element("LO", "DAY")})
        create(client, "1.2.9", **{"00741202": make.element("LO", "NIGHT")})
        assert heard(channel)[1] == "1.2.9"


def test_a_subscription_reports_at_once_what_is_there(client: httpx.Client) -> None:
    create(client)
    with watching(client, GLOBAL) as channel:
        client.post(f"workitems/{UID}/subscribers/WATCHER")
        assert heard(channel)[:2] == (1, UID)


def test_suspending_leaves_known_tasks_watched(client: httpx.Client) -> None:
    create(client)
    with watching(client, GLOBAL) as channel:
        assert client.post(f"workitems/{GLOBAL}/subscribers/WATCHER/suspend").status_code == 200
        create(client, "1.2.9")
        change(client, "IN PROGRESS")
        assert heard(channel)[:2] == (1, UID)


def test_one_task_can_be_left_while_the_others_stay_watched(client: httpx.Client) -> None:
    create(client)
    with watching(client, GLOBAL) as channel:
        assert client.delete(f"workitems/{UID}/subscribers/WATCHER").status_code == 200
        change(client, "IN PROGRESS")
        create(client, "1.2.9")
        assert heard(channel)[1] == "1.2.9"


def test_an_ended_subscription_is_silent(client: httpx.Client) -> None:
    create(client)
    with watching(client, GLOBAL) as channel:
        assert client.delete(f"workitems/{GLOBAL}/subscribers/WATCHER").status_code == 200
        assert client.delete(f"workitems/{GLOBAL}/subscribers/WATCHER").status_code == 404
        create(client, "1.2.9")
        change(client, "IN PROGRESS")
        client.post("workitems/1.2.9/subscribers/WATCHER")
        assert heard(channel)[:2] == (1, "1.2.9")


def test_a_subscription_against_the_rules_is_refused(client: httpx.Client) -> None:
    create(client)
    for path in (
        f"{UID}/subscribers/NAME-THAT-IS-TOO-LONG",
        f"{UID}/subscribers/AET?deletionlock=maybe",
        f"{FILTERED}/subscribers/AET",
        f"{FILTERED}/subscribers/AET?filter=nonsense",
    ):
        assert client.post(f"workitems/{path}").status_code == 400
    assert client.post(f"workitems/{UID}/subscribers/AET/suspend").status_code == 404


def test_the_service_says_that_it_goes_down(client: httpx.Client, service: RunningService) -> None:
    with watching(client, GLOBAL) as channel:
        client.close()
        service.stop()
        kind, _, report = heard(channel)
        assert (kind, report["00741242"]["Value"]) == (4, ["GOING DOWN"])
        with pytest.raises(ConnectionClosed):
            channel.recv(timeout=20)
