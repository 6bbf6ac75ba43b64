"""STOW-RS, seen from outside (PS3.18 10.5)."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.local_service import make
from tests.local_service.conftest import Send
from workstation.local_service.multipart import PartReader
from workstation.local_service.running import RunningService


def stored(answer: httpx.Response) -> list[str]:
    """UIDs of Referenced SOP Sequence."""
    items = answer.json().get("00081199", {}).get("Value", [])
    return [item["00081155"]["Value"][0] for item in items]


def failed(answer: httpx.Response) -> dict[str, int]:
    """UID to Failure Reason of Failed SOP Sequence."""
    items = answer.json().get("00081198", {}).get("Value", [])
    return {item["00081155"]["Value"][0]: item["00081197"]["Value"][0] for item in items}


def test_all_instances_that_are_stored_are_referenced(send: Send) -> None:
    answer = send(make.part10(make.ct(number=1)), make.part10(make.ct(number=2)))
    assert answer.status_code == 200
    assert stored(answer) == ["1.2.3.1.1.1", "1.2.3.1.1.2"]
    assert "00081198" not in answer.json()


def test_the_same_object_twice_is_one_object_and_a_success(
    send: Send, client: httpx.Client
) -> None:
    held = make.part10(make.ct())
    assert [send(held).status_code for _ in range(3)] == [200, 200, 200]
    assert len(client.get("instances").json()) == 1


def test_another_preamble_around_the_same_content_is_a_success(
    send: Send, client: httpx.Client
) -> None:
    held = make.part10(make.ct())
    send(held)
    assert send(b"x" * 128 + held[128:]).status_code == 200
    kept = client.get("studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1")
    assert make.parts_of(kept.headers["content-type"], kept.content)[0][1] == held


@pytest.mark.parametrize(
    "change", [{"PatientName": "Elm^Other"}, {"PixelData": b"\1" * 24}, {"Rows": 3}]
)
def test_a_changed_object_under_a_known_uid_is_refused_and_the_first_stays(
    send: Send, client: httpx.Client, change: dict[str, object]
) -> None:
    first = make.part10(make.ct())
    send(first)
    answer = send(make.part10(make.ct(**change)), make.part10(make.ct(number=2)))
    assert answer.status_code == 202
    assert failed(answer) == {"1.2.3.1.1.1": 0x0111}
    assert stored(answer) == ["1.2.3.1.1.2"]
    kept = client.get("studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1")
    assert make.parts_of(kept.headers["content-type"], kept.content)[0][1] == first


def test_where_all_fail_the_answer_is_409(send: Send) -> None:
    answer = send(make.part10(make.ct()), study="1.2.3.99")
    assert answer.status_code == 409
    assert failed(answer) == {"1.2.3.1.1.1": 0xA900}


def test_good_parts_are_stored_beside_malformed_ones(send: Send) -> None:
    nameless = make.ct(number=3)
    del nameless.StudyInstanceUID
    answer = send(b"", b"no DICOM", make.part10(make.ct()), make.part10(nameless))
    assert answer.status_code == 202
    assert stored(answer) == ["1.2.3.1.1.1"]
    assert failed(answer) == {"1.2.3.1.1.3": 0xC000}
    assert len(answer.json()["0008119A"]["Value"]) == 2


def test_a_body_that_ends_early_stores_what_was_whole(client: httpx.Client) -> None:
    whole = make.body(make.part10(make.ct(number=1)), make.part10(make.ct(number=2)))
    answer = client.post("studies", content=whole[:-40], headers={"Content-Type": make.RELATED})
    assert answer.status_code == 202
    assert stored(answer) == ["1.2.3.1.1.1"]
    assert len(client.get("instances").json()) == 1


@pytest.mark.parametrize(
    ("content_type", "content", "status"),
    [
        ("application/json", b"{}", 415),
        ('multipart/related; type="application/dicom"', b"--edge--", 400),
        (make.RELATED, b"", 400),
        (make.RELATED, b"nothing with a boundary", 400),
        (make.RELATED, b"--edge" + b"x" * 5000, 400),
        (make.RELATED, b"--edge\r\n" + b"x" * 50_000, 400),
        ('multipart/related; type="application/dicom+xml"; boundary=edge', b"--edge--", 415),
    ],
)
def test_a_malformed_request_is_refused(
    client: httpx.Client, content_type: str, content: bytes, status: int
) -> None:
    answer = client.post("studies", content=content, headers={"Content-Type": content_type})
    assert answer.status_code == status
    assert client.get("studies").status_code == 204


def test_a_part_that_is_too_large_is_dropped_without_being_kept(tmp_path: Path) -> None:
    names = iter(range(100))
    reader = PartReader("edge", lambda: tmp_path / str(next(names)), maximum=1000)
    found = reader.feed(make.body(b"x" * 5000, b"y" * 1000))
    assert [part.whole for part in found] == [False, True]
    assert found[0].path.stat().st_size <= 1000
    assert found[1].path.read_bytes() == b"y" * 1000


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_parts_are_the_same_however_the_body_is_cut(tmp_path: Path, size: int) -> None:
    wanted = [b"", b"\r\n", b"\r\n--edg", b"a\n--edge", b"-" * 9, b"end\r"]
    whole = b"preamble\r\n" + make.body(*wanted) + b"epilogue"
    names = iter(range(100))
    reader = PartReader("edge", lambda: tmp_path / str(next(names)), maximum=1000)
    found = [
        part
        for start in range(0, len(whole), size)
        for part in reader.feed(whole[start : start + size])
    ]
    assert [part.path.read_bytes() for part in found] == wanted
    assert reader.finish() == []
    assert reader.ended


def test_nothing_is_left_of_a_refused_object(send: Send, service: RunningService) -> None:
    send(b"no DICOM", make.part10(make.ct()), make.part10(make.ct(PatientID="B")))
    incoming = service.store.objects.incoming().parent
    assert list(incoming.iterdir()) == []
