"""Elements are those that pydicom reads, however they are written and wherever they break off."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomIO
from pydicom.filereader import data_element_generator
from pydicom.filewriter import write_dataset
from pydicom.tag import BaseTag
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

from tests import realdata
from tests.dicom import make
from workstation.dicom.elements import LONG, PIXELS, ElementWalk
from workstation.dicom.folder import files
from workstation.dicom.part10 import open_object
from workstation.domain.errors import NotDicom

ENCODINGS = {"implicit": (True, True), "explicit": (False, True), "big endian": (False, False)}
ONLY = (0x00280010, 0x00280011, 0x00281053, 0x00081140)


def written(implicit: bool, little: bool) -> bytes:
    """A header with sequences of defined and undefined length, empty and long values, private
    elements, a character set that is needed within a sequence; and pixels."""
    item = Dataset()
    item.ReferencedSOPInstanceUID = "2.25.8"
    item.CodeMeaning = "Größe"
    made = make.image(np.arange(12, dtype=np.uint16).reshape(3, 4))
    made.SpecificCharacterSet = "ISO_IR 192"
    made.PatientComments = ""
    made.WindowCenter = [40, 300]
    made.RescaleSlope = "1.5"
    made.add_new(0x00091010, "UN", b"\x01\x02\x03\x04")
    made.add_new(0x00092010, "UT", "x" * 70)
    for keyword, undefined in (
        ("ReferencedImageSequence", True),
        ("SourceImageSequence", False),
        ("RequestAttributesSequence", True),
    ):
        setattr(made, keyword, [item])
        made[keyword].is_undefined_length = undefined
    out = io.BytesIO()
    file = DicomIO(out)
    file.is_implicit_VR, file.is_little_endian = implicit, little
    write_dataset(file, made)
    return out.getvalue()


def told(element: RawDataElement | DataElement) -> tuple[Any, ...]:
    assert isinstance(element.tag, BaseTag)
    if isinstance(element, RawDataElement):
        return tuple(element)
    return int(element.tag), element.VR, str(element.value)


Read = tuple[list[tuple[Any, ...]], int | None, bool]


def by_walk(content: bytes, start: int, encoding: tuple[bool, bool], only: tuple[int, ...]) -> Read:
    walk = ElementWalk(io.BytesIO(content), content, start, encoding, only)
    found: list[tuple[Any, ...]] = []
    try:
        for element in walk:
            found.append(told(element))
    except Exception:  # noqa: BLE001 - that it fails is compared, not how
        return found, None, True
    return found, None if walk.pixels is None else walk.position, False


def by_pydicom(
    content: bytes, start: int, encoding: tuple[bool, bool], only: tuple[int, ...]
) -> Read:
    stream, pixels = io.BytesIO(content), None
    stream.seek(start)

    def stop(tag: int, vr: str | None, length: int) -> bool:
        nonlocal pixels
        if tag in PIXELS:
            pixels = stream.tell()
        return tag in PIXELS

    found: list[tuple[Any, ...]] = []
    try:
        for element in data_element_generator(stream, *encoding, stop, specific_tags=[*only]):
            found.append(told(element))
    except Exception:  # noqa: BLE001
        return found, None, True
    return found, pixels, False


@pytest.mark.parametrize("only", [(), ONLY], ids=["all", "some"])
@pytest.mark.parametrize("name", ENCODINGS)
def test_elements_are_those_of_pydicom_up_to_wherever_the_object_breaks_off(
    name: str, only: tuple[int, ...]
) -> None:
    encoding = ENCODINGS[name]
    content = written(*encoding)
    whole = by_walk(content, 0, encoding, only)
    assert whole == by_pydicom(content, 0, encoding, only)
    assert whole[1] is not None
    assert len(whole[0]) > 4
    for end in range(len(content)):
        part = content[:end]
        assert by_walk(part, 0, encoding, only) == by_pydicom(part, 0, encoding, only), end


@pytest.mark.parametrize("name", ENCODINGS)
def test_elements_are_those_of_pydicom_where_one_byte_is_another(name: str) -> None:
    encoding = ENCODINGS[name]
    content = written(*encoding)
    chance = np.random.default_rng(4)
    for _ in range(400):
        broken = bytearray(content)
        broken[int(chance.integers(len(content)))] = int(chance.integers(256))
        assert by_walk(bytes(broken), 0, encoding, ()) == by_pydicom(bytes(broken), 0, encoding, ())


def test_the_lengths_that_have_four_bytes_are_those_of_pydicom() -> None:
    assert {str(each).encode() for each in EXPLICIT_VR_LENGTH_32} == LONG


def test_headers_of_real_files_in_memory_are_those_that_are_read_from_the_file() -> None:
    compared = 0
    for path in files(realdata.require("MANIFEST.tsv").parent):
        held = _header(path), _header(path.read_bytes())
        assert held[0] == held[1], path.name
        compared += held[0] is not None
    assert compared > 500


def _header(source: bytes | Path) -> tuple[Any, ...] | None:
    """A path is read by pydicom alone."""
    try:
        part = open_object(source)
    except NotDicom as error:
        return ("", error.happened)
    elements = [told(part.dataset.get_item(tag)) for tag in part.dataset.keys()]  # noqa: SIM118
    return elements, part.pixels, part.truncated, part.repairs, part.transfer_syntax_uid
