"""Broken and hostile objects: a domain error or a picture, never a crash, a hang or a log line."""

from __future__ import annotations

import json
import logging
import random
import struct
import zlib

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.dicom import make
from tests.realdata import require
from workstation.cli.verbs import inspect
from workstation.dicom import codecs, jpeg_xl, part10
from workstation.dicom.decoding import open_pixels
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.dicom.sandbox import Sandbox
from workstation.domain.errors import NotDicom, ReaderError, UndecodablePixels


def survive(data: bytes) -> str:
    """What became of it."""
    said = ""
    try:
        received = read_object(data)
        (study,) = build_studies([received])
        assert study.received == study.shown + len(study.not_shown)
        json.dumps(inspect.document((study,)), allow_nan=False).encode()
        if received.frames:
            reader = open_pixels(data)
            reader.frame(1)
            reader.frame(len(received.frames))
        return "read"
    except ReaderError as error:
        said = error.happened
    assert said.endswith("."), said
    return "refused"


def damaged(data: bytes, chance: random.Random) -> bytes:
    made = bytearray(data)
    reach = min(len(made), 3000) if chance.random() < 0.8 else len(made)
    for _ in range(chance.choice([1, 2, 5, 30])):
        at = chance.randrange(min(reach, len(made)))
        way = chance.randrange(4)
        if way == 0:
            made[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            made[at] = chance.randrange(256)
        elif way == 2:
            start = chance.randrange(len(made))
            made[at:at] = made[start : start + chance.randrange(40)]
        elif chance.random() < 0.2:
            made = made[: max(1, chance.randrange(len(made)))]
    return bytes(made)


def rich() -> Dataset:
    """An image with most of what a header can hold."""
    dataset = make.slice_of(1, 2.0, WindowCenter=[40, 300], WindowWidth=[80, 1500])
    dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType = 1, -1024, "HU"
    dataset.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    dataset.PixelPaddingValue = -2000
    table = Dataset()
    table.LUTDescriptor = [4, 0, 16]
    table.LUTData = bytes(8)
    dataset.VOILUTSequence = Sequence([table])
    region = Dataset()
    region.RegionLocationMinX0 = region.RegionLocationMinY0 = 0
    region.RegionLocationMaxX1 = region.RegionLocationMaxY1 = 3
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.1
    dataset.SequenceOfUltrasoundRegions = Sequence([region])
    return dataset


def test_damaged_objects_are_read_or_refused() -> None:
    chance = random.Random(20261124)
    data = make.to_bytes(rich())
    outcomes = {survive(damaged(data, chance)) for _ in range(400)}
    assert outcomes == {"read", "refused"}


@pytest.mark.parametrize(
    "name",
    [
        "ct-enhanced-2f/CT0012.fragmented_no_bot_jpeg_ls.80.dcm",
        "us-mixed/US-PAL-8-10x-echo.dcm",
        "sr-tid1500-petseg/sr.dcm",
        "seg-ct-liver/liver.dcm",
        "codec-wg04/US1_RLE.dcm",
    ],
)
def test_damaged_real_objects_are_read_or_refused(name: str) -> None:
    chance = random.Random(7)
    data = require(name).read_bytes()
    for _ in range(40):
        survive(damaged(data, chance))


@pytest.mark.parametrize("length", [0, 1, 7, 131, 132, 140, 300, 420])
def test_every_truncation_has_an_answer(length: int) -> None:
    survive(make.to_bytes(rich())[:length])


def test_a_matrix_larger_than_any_is_refused_before_it_is_allocated() -> None:
    dataset = make.image(np.zeros((2, 2), np.uint16), Rows=65535, Columns=65535)
    with pytest.raises(UndecodablePixels, match="not possible"):
        open_pixels(make.to_bytes(dataset))
    assert "not possible" in read_object(make.to_bytes(dataset)).image_problem


def test_a_million_frames_are_refused_before_they_are_described() -> None:
    dataset = make.image(np.zeros((2, 2), np.uint16), NumberOfFrames=1_000_000)
    assert "frames are not possible" in read_object(make.to_bytes(dataset)).image_problem


RAMP = (np.arange(64 * 48, dtype=np.uint16) * 37 % 4096).reshape(48, 64)
CODE_STREAMS = {
    "1.2.840.10008.1.2.4.51": lambda: imagecodecs.jpeg8_encode(RAMP, level=90, bitspersample=12),
    "1.2.840.10008.1.2.4.70": lambda: imagecodecs.ljpeg_encode(RAMP, bitspersample=12),
    "1.2.840.10008.1.2.4.80": lambda: imagecodecs.jpegls_encode(RAMP),
    "1.2.840.10008.1.2.4.90": lambda: imagecodecs.jpeg2k_encode(
        RAMP, codecformat="j2k", reversible=True
    ),
    "1.2.840.10008.1.2.4.201": lambda: imagecodecs.htj2k_encode(RAMP, reversible=True),
}


def compressed(syntax: str) -> tuple[bytes, bytes]:
    """(object, its code stream)."""
    stream = bytes(CODE_STREAMS[syntax]())
    dataset = make.image(RAMP, BitsStored=12, HighBit=11)
    return make.to_bytes(make.encapsulated(dataset, [stream]), syntax), stream


@pytest.mark.parametrize("syntax", CODE_STREAMS)
def test_a_code_stream_that_claims_a_huge_matrix_is_refused_before_decoding(syntax: str) -> None:
    data, stream = compressed(syntax)
    assert codecs.declared_size(stream) == (48, 64)
    narrow, wide = struct.pack(">HH", 48, 64), struct.pack(">LL", 64, 48)
    huge = stream.replace(narrow, struct.pack(">HH", 65500, 65500), 1)
    if huge == stream:
        huge = stream.replace(wide, struct.pack(">LL", 4_000_000, 4_000_000), 1)
    assert huge != stream
    with pytest.raises(UndecodablePixels, match="the header says 48 x 64"):
        open_pixels(data.replace(stream, huge)).frame(1)


@pytest.mark.parametrize(
    "size",
    [(8, 8), (64, 128), (96, 128), (90, 160), (300, 400), (513, 511), (99, 132), (3, 9000), (1, 1)],
)
def test_the_size_of_a_jpeg_xl_stream_is_read_before_decoding(size: tuple[int, int]) -> None:
    """Of libjxl's streams, with every way to write a length and a ratio."""
    stream = imagecodecs.jpegxl_encode(np.zeros(size, np.uint8), lossless=True)
    assert jpeg_xl.declared_size(stream) == size
    jpeg = imagecodecs.jpeg8_encode(np.zeros(size, np.uint8))
    assert jpeg_xl.declared_size(imagecodecs.jpegxl_encode_jpeg(jpeg)) == size
    for end in range(6):
        assert jpeg_xl.declared_size(stream[:end]) in (None, size)


def test_a_jpeg_xl_stream_of_another_size_is_refused_before_decoding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = imagecodecs.jpegxl_encode(np.zeros((5000, 4000), np.uint8), lossless=True, effort=1)
    known, syntax = "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.110"
    data = make.to_bytes(make.encapsulated(make.image(RAMP), [stream]), known)
    monkeypatch.setattr(imagecodecs, "jpegxl_decode", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(UndecodablePixels, match="5000 x 4000, the header says 48 x 64"):
        open_pixels(data.replace(known.encode(), syntax.encode(), 1)).frame(1)


def test_damaged_code_streams_do_not_reach_this_process() -> None:
    chance = random.Random(11)
    answers = set()
    with Sandbox(workers=2, memory_mb=2048, seconds=10) as sandbox:
        for syntax in CODE_STREAMS:
            data, stream = compressed(syntax)
            for _ in range(40):
                broken = bytearray(stream)
                for _ in range(chance.choice([1, 3, 20])):
                    broken[chance.randrange(len(broken))] = chance.randrange(256)
                try:
                    assert sandbox.decode(data.replace(stream, bytes(broken)), 1).shape == (48, 64)
                    answers.add("read")
                except UndecodablePixels:
                    answers.add("refused")
    assert answers == {"read", "refused"}


def test_a_deflate_bomb_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part10, "MAXIMUM_INFLATED", 1 << 20)
    plain = make.to_bytes(make.image(np.zeros((2000, 2000), np.uint16)))
    start = plain.index(b"\x08\x00\x16\x00UI")
    head = make.to_bytes(make.image(), part10.DEFLATED)
    squeeze = zlib.compressobj(wbits=-15)
    body = squeeze.compress(plain[start:]) + squeeze.flush()
    syntax = head.index(part10.DEFLATED.encode()) + len(part10.DEFLATED)
    meta_end = 144 + struct.unpack("<L", head[140:144])[0]
    assert meta_end >= syntax
    with pytest.raises(NotDicom, match="inflates"):
        read_object(head[:meta_end] + body)


def test_sequences_nested_without_end_are_refused() -> None:
    data = make.to_bytes(make.image())
    at = data.index(b"\x28\x00\x02\x00US")
    nest = (struct.pack("<HH2sHL", 0x0040, 0xA730, b"SQ", 0, 0xFFFFFFFF)) + struct.pack(
        "<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    assert survive(data[:at] + nest * 20_000 + data[at:]) == "read"
    assert "broken" in read_object(data[:at] + nest * 20_000).image_problem


@pytest.mark.parametrize("uid", [b"../../etc/x", b"1.2.3.4.x.5", b"1.2..3.4.55", b" " * 11])
def test_a_uid_that_is_none_is_refused(uid: bytes) -> None:
    data = make.to_bytes(make.image(SOPInstanceUID="2.25.1000.1"))
    with pytest.raises(NotDicom, match="SOP Instance UID"):
        read_object(data.replace(b"2.25.1000.1", uid))


def test_no_value_of_a_patient_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    dataset = rich()
    dataset.PatientName = "Geheim^Anna"
    data = make.to_bytes(dataset).replace(b"DS\x06\x00-1024 ", b"DS\x06\x00Geheim")
    read_object(data.replace(b"ISO 2022 IR 87", b"ISO 2022 IR 99"))
    assert "Geheim" not in caplog.text
