"""Logins, names of this machine, and what the log may say."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.local_service import make
from workstation.local_service.auth import Auth
from workstation.local_service.running import AddressTaken, RunningService


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[RunningService]:
    with RunningService(tmp_path, user="reader", password="pässwort:1", token="t0ken") as running:
        yield running


def _headers(login: str) -> dict[str, str]:
    return {"Authorization": login} if login else {}


def _handshake(address: str, headers: dict[str, str]) -> int:
    """The status that a WebSocket handshake is answered with."""
    try:
        with connect(address, additional_headers=headers, proxy=None) as channel:
            return channel.response.status_code if channel.response else 0
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("", 401),
        ("Bearer t0ken", 204),
        ("bearer t0ken", 204),
        ("Bearer wrong", 401),
        ("Bearer", 401),
        ("Basic !!!", 401),
        ("Basic /w==", 401),
        ("Basic cmVhZGVyOnDDpHNzd29ydDox", 204),
        ("Basic cmVhZGVyOndyb25n", 401),
        ("Digest t0ken", 401),
    ],
)
def test_a_login_opens_http_and_channel_alike(
    guarded: RunningService, login: str, status: int
) -> None:
    answer = httpx.get(f"{guarded.url}/studies", headers=_headers(login))
    assert answer.status_code == status
    channel = guarded.url.replace("http", "ws", 1) + "/ws/subscribers/AET"
    if status == 401:
        assert "Basic" in answer.headers["www-authenticate"]
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(channel, additional_headers=_headers(login), proxy=None),
        ):
            pass
        assert refused.value.response.status_code == 401
    else:
        assert _handshake(channel, _headers(login)) == 101


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:80"}, 421),
        ({"Host": "127.0.0.1@evil.example"}, 421),
        ({"Host": "localhost"}, 204),
        ({"Host": "[::1]:80"}, 204),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:3000"}, 204),
    ],
)
def test_other_names_of_this_machine_are_refused(
    service: RunningService, headers: dict[str, str], status: int
) -> None:
    assert httpx.get(f"{service.url}/studies", headers=headers).status_code == status
    channel = service.url.replace("http", "ws", 1) + "/ws/subscribers/AET"
    if "Origin" in headers and status == 403:
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(channel, additional_headers=headers, proxy=None),
        ):
            pass
        assert refused.value.response.status_code == 403


def test_it_listens_on_loopback_alone(service: RunningService) -> None:
    port = int(service.url.split(":")[2].split("/")[0])
    listening = Path("/proc/net/tcp")
    if not listening.exists():
        pytest.skip("this system does not list its sockets")
    addresses = {
        line.split()[1].split(":")[0]
        for line in listening.read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    }
    assert addresses == {"0100007F"}


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        service = RunningService(tmp_path, port=other.getsockname()[1])
        with pytest.raises(AddressTaken):
            service.start()
        service.stop()


def test_a_login_is_not_printed() -> None:
    assert "secret" not in repr(Auth("reader", "secret", "secret"))


def test_no_log_line_names_a_patient(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        held = make.part10(make.ct(PatientName="Marker^Zzyx", PatientID="ZZYX7"))
        client.post("studies", content=make.body(held), headers={"Content-Type": make.RELATED})
        client.get("studies?PatientName=Marker*&PatientID=ZZYX7")
        client.get("studies?PatientID=ZZYX7&StudyDate=nonsense")
        client.post("workitems", content=json.dumps({"x": "ZZYX7"}))
    said = caplog.text.lower()
    assert "zzyx" not in said
    assert "marker" not in said


def test_a_defect_is_logged_without_the_message_that_may_quote_a_patient(
    service: RunningService,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("Marker^Zzyx")

    monkeypatch.setattr(service.store.workitems, "search", broken)
    with caplog.at_level(logging.DEBUG):
        assert httpx.get(f"{service.url}/workitems").status_code == 500
    assert "KeyError in broken" in caplog.text
    assert "Zzyx" not in caplog.text
    caplog.clear()
