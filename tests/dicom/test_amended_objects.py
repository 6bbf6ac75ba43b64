"""What follows on a report: its measurements and key images say what they take the place of."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import highdicom
import pydicom
import pytest

from tests.dicom.test_measurement_report import below, measurement
from tests.dicom.test_report_objects import IMAGE, NOW, content, instance
from workstation.dicom.kos import build_key_images, key_image_words
from workstation.dicom.measurement_report import build_measurements
from workstation.domain.identity import new_uid
from workstation.domain.image import FrameKey
from workstation.domain.measurement import Measurement, MeasurementKind
from workstation.domain.report import ReportState, Version
from workstation.domain.report_content import Reference, ReportContent

K = MeasurementKind
OTHER = Reference(IMAGE.sop_class_uid, "1.2.3.4.6", IMAGE.series_instance_uid)
FIRST = replace(measurement(K.LENGTH), identifier="first", number=1)
ANGLE = replace(
    measurement(K.ANGLE), identifier="angle", number=2, frame=FrameKey(OTHER.sop_instance_uid)
)


def following(version: Version = Version.CORRECTION) -> ReportContent:
    later = replace(content(before="1.2.3.9"), signed_at=NOW + timedelta(hours=2))
    return replace(later, version=version)


def numbers_of(*marks: Measurement, held: ReportContent | None = None) -> bytes:
    made = build_measurements(new_uid(), instance(), [IMAGE, OTHER], held or content(), marks)
    assert made is not None
    return made.content


def after(
    before: bytes, *marks: Measurement, version: Version = Version.CORRECTION
) -> highdicom.sr.Comprehensive3DSR:
    """The report that follows, as another library reads it. The images of the first one are gone
    from the disk but for one."""
    made = build_measurements(
        new_uid(), instance(), [IMAGE], following(version), marks, before=before
    )
    assert made is not None
    return highdicom.sr.srread(io.BytesIO(made.content))


def tracked(document: highdicom.sr.Comprehensive3DSR) -> list[tuple[str, list[str]]]:
    groups = document.content.get_image_measurement_groups()
    return [
        (
            each.tracking_identifier.split()[0],
            [
                f"{float(number.MeasuredValueSequence[0].NumericValue):.1f}"
                for number in below(each[0], "NUM")
            ],
        )
        for each in groups
    ]


@pytest.mark.parametrize("version", [Version.ADDENDUM, Version.CORRECTION])
def test_the_measurements_of_an_amendment_are_whole_and_name_those_before(version: Version) -> None:
    before = numbers_of(FIRST, ANGLE)
    earlier = pydicom.dcmread(io.BytesIO(before))
    longer = replace(FIRST, result=replace(FIRST.result, value=FIRST.result.value + 3))
    third = replace(measurement(K.COBB), identifier="third", number=3)
    document = after(before, longer, third, version=version)
    (series,) = document.PredecessorDocumentsSequence[0].ReferencedSeriesSequence
    (named,) = series.ReferencedSOPSequence
    assert named.ReferencedSOPInstanceUID == earlier.SOPInstanceUID
    assert named.ReferencedSOPClassUID == earlier.SOPClassUID
    assert series.SeriesInstanceUID == earlier.SeriesInstanceUID == document.SeriesInstanceUID
    # What was measured again is there once, as it was measured last.
    assert [name for name, _ in tracked(document)] == ["M2", "M1", "M3"]
    was, now = dict(tracked(highdicom.sr.srread(io.BytesIO(before)))), dict(tracked(document))
    assert now["M2"] == was["M2"]
    assert float(now["M1"][0]) == pytest.approx(float(was["M1"][0]) + 3)


def test_an_amendment_without_numbers_of_its_own_keeps_those_before_it() -> None:
    document = after(numbers_of(FIRST, ANGLE))
    assert [name for name, _ in tracked(document)] == ["M1", "M2"]
    assert (document.PreliminaryFlag, document.VerificationFlag) == ("FINAL", "VERIFIED")


def test_the_final_report_on_a_preliminary_one_names_its_measurements_and_holds_its_own_alone() -> (
    None
):
    preliminary = replace(content(), state=ReportState.PRELIMINARY)
    before = numbers_of(FIRST, ANGLE, held=preliminary)
    document = after(before, FIRST, version=Version.ORIGINAL)
    assert [name for name, _ in tracked(document)] == ["M1"]
    assert "PredecessorDocumentsSequence" in document
    made = build_measurements(
        new_uid(), instance(), [IMAGE], following(Version.ORIGINAL), [], before=before
    )
    assert made is None


def test_a_first_report_names_no_predecessor() -> None:
    assert "PredecessorDocumentsSequence" not in pydicom.dcmread(io.BytesIO(numbers_of(FIRST)))
    assert key_image_words(content(), None) == ""


def key_images(words: str) -> bytes:
    return build_key_images(
        new_uid(), instance(), [IMAGE], [1], reader=content().reader, signed_at=NOW,
        description=words,
    ).content  # fmt: skip


def test_key_images_tell_in_their_description_what_they_take_the_place_of() -> None:
    """The module has no Predecessor Documents Sequence (PS3.3 C.17.6.2)."""
    before = key_images("")
    uid = str(pydicom.dcmread(io.BytesIO(before)).SOPInstanceUID)
    made = pydicom.dcmread(io.BytesIO(key_images(key_image_words(following(), before))))
    said = (
        "Key images of the corrected report. They take the place of the selection with the"
        f" SOP Instance UID {uid}."
    )
    (description,) = (
        each for each in made.ContentSequence
        if each.ConceptNameCodeSequence[0].CodeValue == "113012"
    )  # fmt: skip
    assert description.TextValue == said
    assert "PredecessorDocumentsSequence" not in made
    assert "IdenticalDocumentsSequence" not in made


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools are not installed")
@pytest.mark.parametrize("form", ["measurements", "key images"])
def test_an_independent_validator_finds_no_error(tmp_path: Path, form: str) -> None:
    before = numbers_of(FIRST, ANGLE)
    file = tmp_path / "object.dcm"
    if form == "measurements":
        made = build_measurements(new_uid(), instance(), [IMAGE], following(), [FIRST], before)
        assert made is not None
        file.write_bytes(made.content)
    else:
        file.write_bytes(key_images(key_image_words(following(), key_images(""))))
    judged = subprocess.run(["dciodvfy", str(file)], capture_output=True, text=True)
    assert [each for each in judged.stderr.splitlines() if each.startswith("Error")] == []
