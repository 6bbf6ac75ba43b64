"""Documents as pages: every value of a report, totals of dose, clinical documents made safe."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.dicom import make, reports
from tests.realdata import require
from workstation.dicom.documents import open_document
from workstation.dicom.reading import read_object
from workstation.domain.document_page import (
    Heading,
    ListItem,
    NamedValue,
    ObjectReference,
    Paragraph,
    PdfFile,
    ReadablePage,
    Table,
)
from workstation.domain.errors import DocumentRefused
from workstation.domain.image import FrameKey


def page(content: bytes | Path) -> ReadablePage:
    held = open_document(content)
    assert isinstance(held, ReadablePage)
    return held


def dumped(path: Path) -> list[str]:
    """The values of a report as DCMTK reads them, references and by-reference items left out."""
    if shutil.which("dsrdump") is None:
        pytest.skip("dsrdump of DCMTK is not installed")
    done = subprocess.run(
        ["dsrdump", "+Pl", str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    found = []
    for line in done.stdout.splitlines():
        match = re.match(r"\s*<.*?(TEXT|NUM|CODE|PNAME|UIDREF):.*?\)?=(.*)>$", line)
        if match is None:
            continue
        kind, words = match[1], match[2]
        if kind == "CODE":
            found.append(re.findall(r'"([^"]*)"', words)[-1])
        else:
            found.append(re.findall(r'"([^"]*)"', words)[0])
    return found


def test_every_value_that_dcmtk_reads_of_a_real_report_stands_on_its_page() -> None:
    path = require("sr-tid1500-petseg/sr.dcm")
    values = dumped(path)
    assert len(values) > 40
    # Family names are written in capitals.
    words = page(path).text().casefold()
    assert [value for value in values if value.casefold() not in words] == []


def test_every_value_that_dcmtk_reads_of_a_dose_report_stands_on_its_page(tmp_path: Path) -> None:
    path = tmp_path / "dose.dcm"
    path.write_bytes(make.to_bytes(reports.ct_dose()))
    values = dumped(path)
    assert values
    words = page(path).text()
    assert [value for value in values if value not in words] == []


def test_a_report_keeps_headings_levels_and_references() -> None:
    finding = reports.code("121071", "DCM", "Finding")
    dataset = reports.report(
        reports.COMPREHENSIVE,
        reports.code("126000", "DCM", "Imaging Measurement Report"),
        reports.container(
            reports.code("121070", "DCM", "Findings"),
            reports.coded(finding, reports.code("4147007", "SCT", "Mass")),
            reports.num(
                reports.code("103339001", "SCT", "Long axis"), "12.5", ("mm", "millimeter")
            ),
            reports.image("2.25.1"),
            reports.image("2.25.2", 3),
        ),
    )
    held = page(make.to_bytes(dataset))
    assert held.title == "Imaging Measurement Report"
    assert held.standing == "Not verified"
    assert held.blocks == (
        Heading("Findings", 0),
        NamedValue("Finding", "Mass", 1),
        NamedValue("Long axis", "12.5 mm", 1),
        ObjectReference("", "image", (FrameKey("2.25.1"), FrameKey("2.25.2", 3)), 1),
    )
    assert held.text().splitlines()[-1] == "  (2 images referenced)"


def test_a_dose_report_tells_its_totals_first_and_never_adds_up() -> None:
    dataset = reports.ct_dose()
    held = page(make.to_bytes(dataset))
    assert held.blocks[:4] == (
        Heading("Totals"),
        NamedValue("Total DLP", "595.6 mGy.cm"),
        NamedValue("Highest CTDIvol", "12.5 mGy"),
        NamedValue("Irradiation events", "2 events"),
    )
    assert held.blocks[4:6] == (
        Heading("CT acquisitions"),
        Table(
            ("Protocol", "Region", "CTDIvol", "DLP"),
            (
                ("Thorax native", "Chest", "9.87 mGy", "345.6 mGy.cm"),
                ("Thorax portal", "Chest", "12.5 mGy", "250 mGy.cm"),
            ),
        ),
    )
    del dataset.ContentSequence[0]
    words = page(make.to_bytes(dataset)).text()
    assert "595.6" not in words
    assert "Total DLP" not in words


def test_a_dose_report_of_projection_x_ray_tells_its_dose_area_product() -> None:
    area = ("Gy.m2", "Gy.m2")
    dataset = reports.report(
        reports.DOSE_SR,
        reports.code("113701", "DCM", "X-Ray Radiation Dose Report"),
        reports.container(
            reports.code("113702", "DCM", "Accumulated X-Ray Dose Data"),
            reports.num(reports.code("113722", "DCM", "Dose Area Product Total"), "0.0021", area),
            reports.num(reports.code("113730", "DCM", "Total Fluoro Time"), "84", ("s", "s")),
        ),
        reports.container(
            reports.code("113706", "DCM", "Irradiation Event X-Ray Data"),
            reports.text(reports.code("125203", "DCM", "Acquisition Protocol"), "Swallow"),
            reports.num(reports.code("122130", "DCM", "Dose Area Product"), "0.0004", area),
        ),
    )
    held = page(make.to_bytes(dataset))
    assert held.blocks[:5] == (
        Heading("Totals"),
        NamedValue("Total dose area product", "0.0021 Gy.m2"),
        NamedValue("Total fluoroscopy time", "84 s"),
        Heading("X-ray events"),
        Table(("Protocol", "Dose area product"), (("Swallow", "0.0004 Gy.m2"),)),
    )


def test_a_selection_names_each_image_by_itself() -> None:
    held = page(make.to_bytes(reports.key_objects("2.25.1", "2.25.2")))
    assert held.title == "For Surgery"
    assert held.blocks == (
        NamedValue("Key Object Description", "Screw near the canal", 0),
        ObjectReference("", "image", (FrameKey("2.25.1"),), 0),
        ObjectReference("", "image", (FrameKey("2.25.2"),), 0),
    )
    assert held.standing == ""


def test_a_clinical_document_becomes_headings_lists_and_tables() -> None:
    narrative = (
        "<paragraph>Stable <content styleCode='Bold'>chest</content> pain.</paragraph>"
        "<list listType='ordered'><item>Aspirin</item><item>Statin</item></list>"
        "<table><thead><tr><th>Lab</th><th>Value</th></tr></thead>"
        "<tbody><tr><td>CRP</td><td>61</td></tr></tbody></table>loose words"
    )
    body = reports.structured(reports.section("Course", narrative))
    held = page(make.to_bytes(reports.cda(body)))
    assert held.title == "Discharge summary"
    assert held.blocks == (
        NamedValue("Written", "2026-11-24"),
        NamedValue("Author", "Iris Marrowby"),
        Heading("Course", 0),
        Paragraph("Stable chest pain.", 0),
        ListItem("Aspirin", "1.", 0),
        ListItem("Statin", "2.", 0),
        Table(("Lab", "Value"), (("CRP", "61"),), 0),
        Paragraph("loose words", 0),
    )


def test_a_clinical_document_runs_nothing_and_fetches_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("from the disk")
    narrative = (
        "<script>alert(1)</script><style>p{}</style><paragraph>seen &out;</paragraph>"
        "<renderMultiMedia referencedObject='x'/>"
    )
    dataset = reports.cda(reports.structured(reports.section("Course", narrative)))
    content = dataset.EncapsulatedDocument.rstrip(b"\0").replace(
        b'<?xml version="1.0"?>',
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY out SYSTEM "{secret.as_uri()}">]>'.encode(),
    )
    dataset.EncapsulatedDocument = content + b"\0" * (len(content) % 2)
    dataset.EncapsulatedDocumentLength = len(content)
    words = page(make.to_bytes(dataset)).text()
    assert "alert" not in words
    assert "p{}" not in words
    assert "from the disk" not in words
    assert "seen" in words
    assert "(picture not shown)" in words


def test_entities_that_grow_without_end_are_refused() -> None:
    nested = "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' if n else '<!ENTITY a0 "lol">' for n in range(12)
    )
    dataset = reports.cda(reports.structured(reports.section("Course", "&a11;")))
    content = dataset.EncapsulatedDocument.rstrip(b"\0").replace(
        b'<?xml version="1.0"?>', f'<?xml version="1.0"?><!DOCTYPE x [{nested}]>'.encode()
    )
    dataset.EncapsulatedDocument = content + b"\0" * (len(content) % 2)
    dataset.EncapsulatedDocumentLength = len(content)
    with pytest.raises(DocumentRefused, match="damaged"):
        open_document(make.to_bytes(dataset))


def test_a_clinical_document_around_a_pdf_is_a_pdf() -> None:
    raw = base64.b64encode(b"%PDF-1.4 rest").decode()
    body = (
        "<component><nonXMLBody><text mediaType='application/pdf' representation='B64'>"
        f"{raw}</text></nonXMLBody></component>"
    )
    held = open_document(make.to_bytes(reports.cda(body)))
    assert held == PdfFile("Discharge summary", b"%PDF-1.4 rest")


@pytest.mark.parametrize("content", [b"no xml at all", b"<html><body>x</body></html>", b"<a><b>"])
def test_what_is_no_clinical_document_is_refused_by_name(content: bytes) -> None:
    dataset = reports.cda("")
    dataset.EncapsulatedDocument = content + b"\0" * (len(content) % 2)
    dataset.EncapsulatedDocumentLength = len(content)
    with pytest.raises(DocumentRefused, match="clinical document"):
        open_document(make.to_bytes(dataset))


def test_an_image_is_no_document() -> None:
    with pytest.raises(DocumentRefused, match="no document"):
        open_document(make.to_bytes(make.image()))
    assert read_object(make.to_bytes(make.image())).document is None
