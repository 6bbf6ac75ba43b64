"""A signed report comes back as it was signed, and a changed one is found out."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pydicom
import pytest

from tests.dicom.test_report_objects import IMAGE, NOW, READER, content, instance, report
from workstation.dicom.report_objects import head_of, imaged_study
from workstation.dicom.sr import ENHANCED_SR, report_series_uid
from workstation.dicom.sr_reading import read_report
from workstation.domain.critical import (
    Communication,
    CriticalCategory,
    CriticalResult,
    Means,
)
from workstation.domain.identity import PersonName, Role
from workstation.domain.report import Section, SectionKind, Version
from workstation.domain.report_content import Reference, ReportContent

CALL = CriticalResult(
    "c1",
    "1.2.3",
    CriticalCategory.MINUTES,
    "Pneumothorax, right",
    NOW - timedelta(minutes=9),
    Communication("Vidal, Ana", "Dr Oyelaran, ED", Means.TELEPHONE, NOW, True),
)


def rich(name: str = "Ackermann^Lena", text: str = "Words.") -> tuple[ReportContent, bytes]:
    """An addendum with everything in it, and an image of its study."""
    source = instance(name, "ISO_IR 192")
    held = content(text, before="1.2.3.9", name=name)
    return (
        replace(
            held,
            study=replace(imaged_study(head_of(source)), accession_number="A2611240-17"),
            version=Version.ADDENDUM,
            sections=(
                *held.sections,
                Section(SectionKind.COMMUNICATION, "Told."),
                Section(SectionKind.ADDENDUM, text, "Vidal^Ana", NOW),
            ),
            critical=(CALL, replace(CALL, finding="Free air", communication=None)),
            author=PersonName("Resident^Rae"),
        ),
        source,
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ackermann^Lena", "Größe 5 mm,\nÖdem | ^ & ~ \\ \\X0D\\"),
        ("Лунина^Вера", "Без изменений"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "肺野に異常なし"),
        ("محمد^علي", "لا يوجد"),
    ],
)
def test_the_content_comes_back_and_its_digest_fits(name: str, text: str) -> None:
    held, source = rich(name, text)
    read = read_report(report(held, source).content)
    assert read.agrees is True
    assert read.digest == held.digest
    back = read.content
    assert back.study == held.study
    assert back.sections == held.sections
    assert [q.number for q in back.quantities] == ["17.061"]
    assert back.quantities[0].sop_instance_uid == IMAGE.sop_instance_uid
    assert back.key_images == held.key_images
    assert back.predecessor == held.predecessor
    assert back.author == held.author
    assert (back.state, back.version) == (held.state, held.version)
    assert (back.reader.name, back.signed_at) == (READER.name, NOW)
    assert [(c.finding, c.found_at, c.communication) for c in back.critical] == [
        (c.finding, c.found_at, c.communication) for c in held.critical
    ]


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("TextValue", "Other words."),
        ("NumericValue", "71.061"),
        ("PatientID", "4471-20984"),
        ("VerificationDateTime", "20261124042107+0000"),
        ("VerifyingObserverName", "Other^Reader"),
        ("DateTime", "20261124030000+0000"),
    ],
)
def test_a_document_that_was_changed_does_not_fit_its_digest(keyword: str, value: str) -> None:
    held, source = rich()
    dataset = pydicom.dcmread(io.BytesIO(report(held, source).content))
    found = [e for e in dataset.iterall() if e.keyword == keyword]
    # The first text is the organization, which the verifying observer holds too.
    element = found[1] if keyword == "TextValue" else found[0]
    element.value = value
    stream = io.BytesIO()
    pydicom.dcmwrite(stream, dataset, enforce_file_format=True)
    assert read_report(stream.getvalue()).agrees is False


def test_a_document_without_a_digest_is_read_and_said_to_have_none() -> None:
    dataset = pydicom.dcmread(io.BytesIO(report(content()).content))
    dataset.ContentSequence = [
        item
        for item in dataset.ContentSequence
        if item.ConceptNameCodeSequence[0].CodeValue != "SIGDIGEST"
    ]
    stream = io.BytesIO()
    pydicom.dcmwrite(stream, dataset, enforce_file_format=True)
    read = read_report(stream.getvalue())
    assert read.agrees is None
    assert read.content.sections[0].text == "Words."


def test_a_residents_preliminary_report_says_whose_it_is() -> None:
    resident = replace(READER, role=Role.RESIDENT, name=PersonName("Resident^Rae"))
    held = replace(content(preliminary=True), reader=resident)
    read = read_report(report(held).content)
    assert read.agrees is True
    assert read.content.preliminary
    assert read.content.reader.role is Role.RESIDENT
    assert read.content.reader.name == resident.name


def test_an_addendum_names_its_predecessor_and_keeps_all_evidence(tmp_path: Path) -> None:
    held, source = rich()
    made = report(held, source)
    dataset = pydicom.dcmread(io.BytesIO(made.content))
    before = dataset.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0]
    assert before.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == "1.2.3.9"
    evidence = dataset.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0]
    named = [each.ReferencedSOPInstanceUID for each in evidence.ReferencedSOPSequence]
    assert named == [IMAGE.sop_instance_uid]
    other = Reference(ENHANCED_SR, "1.2.3.9", report_series_uid("1.2.3", READER))
    assert held.predecessor == other
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (Debian dicom3tools) is not installed")
    file = tmp_path / "object.dcm"
    file.write_bytes(made.content)
    judged = subprocess.run(["dciodvfy", str(file)], capture_output=True, text=True)
    assert [line for line in judged.stderr.splitlines() if line.startswith("Error")] == []
