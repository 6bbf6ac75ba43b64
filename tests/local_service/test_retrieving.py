"""WADO-RS, seen from outside (PS3.18 10.4)."""

from __future__ import annotations

import io

import cv2
import httpx
import numpy as np
import pydicom
import pytest

from tests.local_service import make
from tests.local_service.conftest import Send
from tests.realdata import require

ONE = "studies/1.2.3.1/series/1.2.3.1.1/instances/1.2.3.1.1.1"
ANY = 'multipart/related; type="application/dicom"; transfer-syntax=*'


def get(client: httpx.Client, path: str, accept: str = ANY) -> httpx.Response:
    return client.get(path, headers={"Accept": accept})


def test_bytes_come_back_as_they_were_stored(client: httpx.Client, send: Send) -> None:
    held = [make.part10(make.ct(number=number)) for number in (1, 2, 3)]
    send(*held)
    for path, wanted in (("studies/1.2.3.1", held), ("studies/1.2.3.1/series/1.2.3.1.1", held)):
        answer = get(client, path)
        assert answer.status_code == 200
        assert int(answer.headers["content-length"]) == len(answer.content)
        parts = make.parts_of(answer.headers["content-type"], answer.content)
        assert [content for _, content in parts] == wanted
    headers, content = make.parts_of(*_typed(get(client, ONE)))[0]
    assert content == held[0]
    assert headers["content-type"] == "application/dicom; transfer-syntax=1.2.840.10008.1.2.1"
    assert pydicom.dcmread(io.BytesIO(content)).InstanceNumber == 1


def _typed(answer: httpx.Response) -> tuple[str, bytes]:
    return answer.headers["content-type"], answer.content


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (ANY, 200),
        ("*/*", 200),
        ("multipart/related", 200),
        ('multipart/related; type="application/dicom"', 200),
        ('multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1', 200),
        ('multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.5', 406),
        ("application/dicom", 200),
        ("application/zip", 406),
        ('multipart/related; type="image/jpeg"', 406),
        ('multipart/related; type="application/dicom"; q=0', 406),
        ('image/png, multipart/related; type="application/dicom"; transfer-syntax=*', 200),
    ],
)
def test_what_cannot_be_given_is_not_acceptable(
    client: httpx.Client, send: Send, accept: str, status: int
) -> None:
    send(make.part10(make.ct()))
    assert get(client, ONE, accept).status_code == status


def test_a_study_of_several_syntaxes_gives_those_that_are_accepted(
    client: httpx.Client, send: Send
) -> None:
    other = make.compressed(1, [b"\xff\xd8\xff\xd9"])
    other.SOPInstanceUID = "1.2.3.1.1.9"
    send(make.part10(make.ct()), make.jpeg(other))
    accept = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1'
    answer = get(client, "studies/1.2.3.1", accept)
    assert answer.status_code == 206
    assert len(make.parts_of(*_typed(answer))) == 1


@pytest.mark.parametrize(
    "path",
    [
        "studies/1.2.3.9",
        "studies/1.2.3.1/series/1.2.3.1.9",
        f"{ONE}9",
        "studies/..%2f..%2fetc/metadata",
        "studies/x/metadata",
        f"{ONE}/frames/2",
        f"{ONE}/bulkdata/00420011",
        f"{ONE}/bulkdata/00081140.0.00081150",
    ],
)
def test_what_is_not_there_is_not_found(client: httpx.Client, send: Send, path: str) -> None:
    send(make.part10(make.ct()))
    assert client.get(path).status_code == 404


def test_metadata_is_the_header_and_its_addresses_give_the_pixels(
    client: httpx.Client, send: Send
) -> None:
    source = make.ct(PatientName="Ash^Rowan=木^林", SpecificCharacterSet="ISO_IR 192")
    send(make.part10(source))
    held = client.get(f"{ONE}/metadata").json()[0]
    address = held["7FE00010"]["BulkDataURI"]
    answer = client.get(address)
    assert make.parts_of(*_typed(answer))[0][1] == source.PixelData

    def pixels(_: str, __: str, uri: str) -> bytes:
        return make.parts_of(*_typed(client.get(uri)))[0][1]

    again = pydicom.Dataset.from_json(held, pixels)
    for element in source:
        assert again[element.tag].value == element.value, element.keyword


def test_frames_come_singly_and_in_the_order_asked(client: httpx.Client, send: Send) -> None:
    frames = [b"\xff\xd8\xff\x01", b"\xff\xd8\xff\x02\x02\x02", b"\xff\xd8\xff\x03"]
    send(make.jpeg(make.compressed(1, frames)))
    answer = client.get(f"{ONE}/frames/3,1")
    parts = make.parts_of(*_typed(answer))
    assert [content[3] for _, content in parts] == [3, 1]
    assert parts[0][0]["content-type"] == "image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50"
    octets = 'multipart/related; type="application/octet-stream"'
    assert get(client, f"{ONE}/frames/1", octets).status_code == 406
    assert client.get(f"{ONE}/frames/4").status_code == 404
    assert client.get(f"{ONE}/frames/0").status_code == 400


def test_native_frames_are_cut_at_their_length(client: httpx.Client, send: Send) -> None:
    pixels = np.arange(24, dtype="<u2")
    send(make.part10(make.ct(NumberOfFrames=2, PixelData=pixels.tobytes())))
    parts = make.parts_of(*_typed(client.get(f"{ONE}/frames/2")))
    assert np.array_equal(np.frombuffer(parts[0][1], "<u2"), pixels[12:])


def test_broken_pixels_are_served_and_said_to_be_broken(client: httpx.Client, send: Send) -> None:
    held = make.part10(make.ct())
    assert send(held[:-10]).status_code == 200
    assert make.parts_of(*_typed(get(client, ONE)))[0][1] == held[:-10]
    assert client.get(f"{ONE}/frames/1").status_code == 500
    assert client.get(f"{ONE}/rendered").status_code == 406


def test_a_rendered_picture_follows_the_window(client: httpx.Client, send: Send) -> None:
    # 100..111; LINEAR, center 106, width 11: y = ((x - 105.5) / 10 + 0.5) * 255 (C.11.2.1.2)
    send(make.part10(make.ct()))
    answer = get(client, f"{ONE}/rendered?window=106,11,linear", "image/png")
    assert answer.headers["content-type"] == "image/png"
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_UNCHANGED)
    stored = np.arange(100, 112).reshape(4, 3)
    wanted = np.clip(((stored - 105.5) / 10 + 0.5) * 255, 0, 255)
    assert np.abs(picture - wanted).max() <= 1
    small = get(client, f"{ONE}/thumbnail?viewport=40,40", "image/jpeg")
    assert cv2.imdecode(np.frombuffer(small.content, np.uint8), 0).shape == (40, 30)
    for bad in ("window=1", "window=1,0,linear", "window=1,2,odd", "viewport=0,5", "quality=0"):
        assert client.get(f"{ONE}/rendered?{bad}").status_code == 400
    assert get(client, f"{ONE}/rendered", "image/gif").status_code == 406


def test_real_objects_come_back_byte_for_byte(client: httpx.Client, send: Send) -> None:
    folder = require("codec-ct-syntaxes")
    files = sorted(path for path in folder.rglob("*") if path.is_file())[:12]
    held = {path.name: path.read_bytes() for path in files}
    for content in held.values():
        read = pydicom.dcmread(io.BytesIO(content), stop_before_pixels=True, force=True)
        answer = send(content)
        if answer.status_code != 200:
            continue
        path = (
            f"studies/{read.StudyInstanceUID}/series/{read.SeriesInstanceUID}"
            f"/instances/{read.SOPInstanceUID}"
        )
        assert make.parts_of(*_typed(get(client, path)))[0][1] == content
