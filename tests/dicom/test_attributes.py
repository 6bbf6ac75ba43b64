"""Values that many objects have in common are converted once, and are the same as one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests import realdata
from tests.dicom import make
from workstation.dicom import attributes
from workstation.dicom.folder import files
from workstation.dicom.part10 import open_object
from workstation.dicom.reading import ReceivedObject, read_object
from workstation.domain.errors import NotDicom

IMPLICIT = "1.2.840.10008.1.2"


def told(received: ReceivedObject) -> dict[str, Any]:
    """All that is read of an object, as words: their parts compare by identity."""
    return {name: repr(getattr(received, name)) for name in ReceivedObject.__slots__}


@pytest.mark.parametrize(
    "name",
    ["ct-head-tilt-varspacing", "charset", "odd", "series-traps", "pet-wb-qin-headneck-0024"],
)
def test_real_objects_read_together_say_what_each_says_alone(name: str) -> None:
    sources, alone = [], []
    for path in files(realdata.require(name)):
        try:
            alone.append(told(read_object(path)))
        except NotDicom:
            continue
        sources.append(path)
    assert sources
    with attributes.alike():
        together = [told(read_object(path)) for path in sources]
    assert together == alone


def test_a_value_is_read_in_the_sign_of_its_own_pixels_among_objects_of_both_signs() -> None:
    # The bytes of the padding are the same: Pixel Representation tells what they mean.
    made = [
        make.to_bytes(make.image(np.zeros((2, 2), kind), PixelPaddingValue=value), IMPLICIT)
        for kind, value in ((np.uint16, 63536), (np.int16, -2000), (np.uint16, 63536))
    ]
    with attributes.alike():
        found = [read_object(each).frames[0].padding for each in made]
    assert [each.low for each in found if each is not None] == [63536, -2000, 63536]


def test_the_same_bytes_are_read_in_the_character_set_of_each_object() -> None:
    def named(character_set: str, name: str) -> bytes:
        return make.to_bytes(make.image(SpecificCharacterSet=character_set, PatientName=name))

    greek, latin = named("ISO_IR 126", "Ά^Δ"), named("ISO_IR 100", "¶^Ä")
    with attributes.alike():
        found = [str(read_object(each).patient.name.alphabetic) for each in (greek, latin, greek)]
    assert found == ["Ά^Δ", "¶^Ä", "Ά^Δ"]


def test_what_was_written_wrong_is_said_of_each_object() -> None:
    dataset = make.image(StudyDescription="Schädel")
    dataset.SpecificCharacterSet = "ISO_IR 192"
    # Its bytes are Latin-1.
    content = make.to_bytes(dataset).replace("Schädel".encode(), b"Sch\xe4del ")
    said: list[list[str]] = [[], []]
    with attributes.alike():
        for notes in said:
            with attributes.quiet(notes):
                attributes.text(open_object(content).dataset, "StudyDescription")
    assert said == [["A text does not fit the character set that it names."]] * 2


def test_a_text_that_does_not_fit_its_character_set_is_said_of_the_object() -> None:
    dataset = make.image(StudyDescription="Schädel")
    dataset.SpecificCharacterSet = "ISO_IR 192"
    whole = make.to_bytes(dataset)
    # Its bytes are Latin-1.
    broken = read_object(whole.replace("Schädel".encode(), b"Sch\xe4del "))
    assert broken.repairs == ("A text does not fit the character set that it names.",)
    assert read_object(whole).repairs == ()


def test_nothing_is_remembered_after_the_objects_were_read() -> None:
    known: attributes.Known = {}
    with attributes.alike(known):
        read_object(make.to_bytes(make.image()))
    assert known
    before = dict(known)
    read_object(make.to_bytes(make.image(PatientID="another")))
    assert known == before


def test_only_the_asked_attributes_are_kept() -> None:
    part = open_object(make.to_bytes(make.image(PatientID="4471")), [0x00280010])
    assert attributes.integer(part.dataset, "Rows")
    assert "PatientID" not in part.dataset
    assert part.pixels is not None


def test_an_object_that_ends_in_what_is_passed_over_is_truncated() -> None:
    content = make.to_bytes(make.image(StudyDescription="x" * 60))
    at = content.index(b"x" * 60)
    part = open_object(content[: at + 20], [0x00280010])
    assert part.truncated
    assert part.pixels is None


def test_equal_tags_are_one_object_as_long_as_they_are_few() -> None:
    dataset = Dataset()
    dataset.Rows = 1
    (tag,) = dataset.keys()
    assert attributes.one_tag(tag) is attributes.one_tag(type(tag)(0x00280010))
