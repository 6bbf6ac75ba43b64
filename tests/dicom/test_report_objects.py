"""The report and the key images as DICOM: valid, in every script, saying what they are."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset

from workstation.dicom.comparing import same_content, series_of
from workstation.dicom.documents import describe
from workstation.dicom.kos import build_key_images
from workstation.dicom.sr import ENHANCED_SR, build_report, report_series_uid
from workstation.domain.delivery import OutgoingObject
from workstation.domain.identity import Patient, PersonName, Reader, Sex, new_uid
from workstation.domain.image import CalibrationSource, FrameKey
from workstation.domain.measurement import MeasuredValue, Measurement, MeasurementKind
from workstation.domain.quantities import quantities
from workstation.domain.report import BODY, ReportState, Section
from workstation.domain.report_content import ImagedStudy, Reference, ReportContent

NOW = datetime(2026, 11, 24, 3, 21, 7, tzinfo=UTC)
READER = Reader("R1", PersonName("Vidal^Ana"), "Night Reading")
IMAGE = Reference("1.2.840.10008.5.1.4.1.1.2", "1.2.3.4.5", "1.2.3.4")


def instance(name: str = "Ackermann^Lena", character_set: str = "ISO_IR 100") -> bytes:
    """An image of a site that writes Latin-1, or what is given."""
    dataset = Dataset()
    dataset.SpecificCharacterSet = character_set
    dataset.SOPClassUID = IMAGE.sop_class_uid
    dataset.SOPInstanceUID = IMAGE.sop_instance_uid
    dataset.StudyInstanceUID = "1.2.3"
    dataset.SeriesInstanceUID = IMAGE.series_instance_uid
    dataset.PatientName = name
    dataset.PatientID = "4471-20983"
    dataset.PatientBirthDate = "19650302"
    dataset.PatientSex = "F"
    dataset.StudyDate, dataset.StudyTime = "20261124", "025100"
    dataset.StudyID = "1"
    dataset.AccessionNumber = "A2611240-17"
    dataset.ReferringPhysicianName = "Oyelaran^M"
    dataset.Modality = "CT"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    stream = io.BytesIO()
    pydicom.dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()


def length(value: float = 17.0612345) -> Measurement:
    return Measurement(
        "a1", 1, MeasurementKind.LENGTH, "s", "1.2.3.4", FrameKey("1.2.3.4.5"), "S3/173",
        ((0.0, 0.0), (1.0, 0.0)), MeasuredValue(value, "mm", CalibrationSource.PATIENT),
    )  # fmt: skip


def content(
    text: str = "Words.",
    *,
    preliminary: bool = False,
    before: str = "",
    name: str = "Ackermann^Lena",
) -> ReportContent:
    return ReportContent(
        document_uid=new_uid(),
        study=ImagedStudy(
            "1.2.3",
            Patient("4471-20983", PersonName.from_dicom(name), date(1965, 3, 2), Sex.FEMALE),
            "A2611240-17",
            date(2026, 11, 24),
            referrer=PersonName("Oyelaran^M"),
        ),
        sections=tuple(Section(kind, text) for kind in BODY),
        quantities=quantities([length()]),
        key_images=(IMAGE,),
        key_frames=(1,),
        procedure="CT chest",
        reader=READER,
        signed_at=NOW,
        state=ReportState.PRELIMINARY if preliminary else ReportState.FINAL,
        predecessor=(
            Reference(ENHANCED_SR, before, report_series_uid("1.2.3", READER)) if before else None
        ),
    )


def report(held: ReportContent, source: bytes | None = None) -> OutgoingObject:
    return build_report(source or instance(), [IMAGE], held)


def parsed(item: OutgoingObject) -> Dataset:
    return pydicom.dcmread(io.BytesIO(item.content))


@pytest.mark.parametrize("kind", ["final", "preliminary", "second", "bare", "key images"])
def test_an_independent_validator_finds_no_error(tmp_path: Path, kind: str) -> None:
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (Debian dicom3tools) is not installed")
    made = {
        "final": lambda: report(content()),
        "preliminary": lambda: report(content(preliminary=True)),
        "second": lambda: report(content(before="1.2.3.9")),
        "bare": lambda: report(content("")),
        "key images": lambda: build_key_images(
            new_uid(), instance(), [IMAGE], [1], reader=READER, signed_at=NOW
        ),
    }[kind]()
    file = tmp_path / "object.dcm"
    file.write_bytes(made.content)
    judged = subprocess.run(["dciodvfy", str(file)], capture_output=True, text=True)
    errors = [line for line in judged.stderr.splitlines() if line.startswith("Error")]
    assert errors == []
    assert "EnhancedSR" in judged.stderr or "KeyObjectSelectionDocument" in judged.stderr


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ackermann^Lena", "Größe 5 mm, Ödem"),
        ("Лунина^Вера", "Без изменений"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "肺野に異常なし"),
        ("محمد^علي", "لا يوجد"),
    ],
)
def test_names_and_text_of_every_script_arrive_as_they_were(name: str, text: str) -> None:
    source = instance(name, "ISO_IR 192")
    made = parsed(report(content(text), source))
    assert made.SpecificCharacterSet == "ISO_IR 192"
    assert str(made.PatientName) == name
    texts = [str(e.value) for e in made.iterall() if e.keyword == "TextValue"]
    assert texts.count(text) == len(BODY)


def test_a_final_report_is_complete_verified_and_names_its_reader() -> None:
    made = parsed(report(content()))
    assert (made.CompletionFlag, made.VerificationFlag, made.PreliminaryFlag) == (
        "COMPLETE",
        "VERIFIED",
        "FINAL",
    )
    observer = made.VerifyingObserverSequence[0]
    assert str(observer.VerifyingObserverName) == "Vidal^Ana"
    assert str(observer.VerificationDateTime).startswith("20261124032107")
    assert made.ContentTemplateSequence[0].TemplateIdentifier == "2000"
    assert made.ReferencedRequestSequence[0].AccessionNumber == "A2611240-17"


def test_a_preliminary_report_is_neither_final_nor_verified() -> None:
    made = parsed(report(content(preliminary=True)))
    assert (made.VerificationFlag, made.PreliminaryFlag) == ("UNVERIFIED", "PRELIMINARY")
    assert "VerifyingObserverSequence" not in made


def test_a_later_version_names_the_one_before_in_the_same_series() -> None:
    first, second = report(content()), report(content(before="1.2.3.9"))
    made = parsed(second)
    named = made.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0]
    assert named.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == "1.2.3.9"
    assert named.SeriesInstanceUID == made.SeriesInstanceUID == series_of(first.content)


def test_a_linked_measurement_is_a_number_with_its_unit() -> None:
    made = parsed(report(content()))
    numbers = [e.value[0] for e in made.iterall() if e.keyword == "MeasuredValueSequence"]
    assert float(numbers[0].NumericValue) == pytest.approx(17.061)
    assert numbers[0].MeasurementUnitsCodeSequence[0].CodeValue == "mm"


def test_what_a_device_wrote_wrong_is_unknown_in_the_report() -> None:
    # Both values keep their length, so that the bytes stay a well-formed object.
    source = instance().replace(b"19650302", b"unknown ").replace(b"CS\x02\x00F ", b"CS\x02\x00X ")
    made = parsed(report(content(), source))
    assert made.PatientSex == ""
    assert made.PatientBirthDate == ""


def test_our_own_reader_shows_the_report_as_text() -> None:
    made = parsed(report(content("Solid nodule.")))
    document = describe(made, str(made.SOPInstanceUID), str(made.SOPClassUID))
    assert document is not None
    assert document.text.count("Solid nodule.") == len(BODY)


def test_the_same_bytes_are_the_same_and_a_changed_word_is_not() -> None:
    sent = report(content("Words."))
    changed = parsed(sent)
    again = io.BytesIO()
    pydicom.dcmwrite(again, changed, enforce_file_format=True)
    assert same_content(sent.content, again.getvalue())
    changed.PatientID = "4471-20984"
    other = io.BytesIO()
    pydicom.dcmwrite(other, changed, enforce_file_format=True)
    assert not same_content(sent.content, other.getvalue())
