"""Whatever is signed, each form says the same, and judges of other makers find each form valid."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pydicom
import pypdf
import pytest
from fhir.resources.R4B.diagnosticreport import DiagnosticReport
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dicom.test_report_objects import NOW, content, length
from tests.dicom.test_sr_reading import CALL, rich
from tests.workflow.test_forms import (
    SCRIPTS,
    fhir_sections,
    first,
    forms,
    hl7_sections,
    of_fhir,
    of_hl7,
)
from workstation.dicom.documents import encapsulated_document
from workstation.dicom.sr_reading import read_report
from workstation.domain.identity import PersonName, Reader, Role
from workstation.domain.quantities import quantities
from workstation.domain.report import LOINC, Section, SectionKind, Version
from workstation.domain.report_content import ReportContent, clean
from workstation.workflow.forms import Forms

#: http://hl7.org/fhir/R4/valueset-diagnostic-report-status.html; the models take any word.
STATUS = {
    "registered", "partial", "preliminary", "final", "amended", "corrected", "appended",
    "cancelled", "entered-in-error", "unknown",
}  # fmt: skip
LETTERS = "aZ09 ,.;:()|^&~\\<>\"'%+-–µ²\nßéЖяΩλ肺野にアابتﻻ١ก한"
WORDS = st.text(st.sampled_from(LETTERS), max_size=60)
NAMES = st.sampled_from([name for name, _ in SCRIPTS])
VALUES = st.lists(st.floats(0.000_1, 900, allow_nan=False), min_size=0, max_size=3)


@st.composite
def signed(draw: st.DrawFn) -> tuple[ReportContent, bytes, tuple[Any, ...]]:
    """A content, an image of its study, and the measurements that its numbers come from."""
    base, source = rich(draw(NAMES))
    kinds = draw(st.lists(st.sampled_from([k for k in LOINC if k is not SectionKind.ADDENDUM]),
                          unique=True, max_size=6))  # fmt: skip
    sections = [Section(kind, draw(WORDS)) for kind in kinds]
    version = draw(st.sampled_from(list(Version)))
    if version is Version.ADDENDUM:
        sections.append(Section(SectionKind.ADDENDUM, draw(WORDS), "Vidal^Ana", NOW))
    marks = tuple(
        replace(length(value), identifier=f"m{number}") for number, value in enumerate(draw(VALUES))
    )
    state = content(preliminary=draw(st.booleans()) and version is Version.ORIGINAL).state
    told = draw(st.sampled_from([(), (CALL,), (replace(CALL, communication=None),)]))
    made = replace(
        base,
        sections=tuple(sections),
        version=version,
        predecessor=None if version is Version.ORIGINAL else base.predecessor,
        quantities=quantities(list(marks)),
        critical=told,
        state=state,
        reader=Reader("R1", PersonName("Vidal^Ana"), "Night", role=draw(st.sampled_from(Role))),
        author=draw(st.sampled_from([None, PersonName("Resident^Rae")])),
    )
    return made, source, marks


def said(held: ReportContent) -> list[tuple[str, str]]:
    """The sections that are not empty, as they are signed."""
    return [(s.kind.value, clean(s.text)) for s in held.sections if clean(s.text)]


def digest_of(documents: dict[str, Any]) -> tuple[str, str]:
    resource, message = of_fhir(documents["report.fhir.json"]), of_hl7(documents["report.hl7"])
    return (
        next(e["valueString"] for e in resource["extension"] if "sha256" in e["url"]),
        next(str(o[5]) for o in message.segments("OBX") if first(o, 3) == "SIGDIGEST"),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(signed())
def test_each_form_says_what_was_signed(made: tuple[ReportContent, bytes, tuple[Any, ...]]) -> None:
    held, source, marks = made
    objects, documents = forms(held, source, marks)
    read = read_report(objects["SR"].content)
    assert read.agrees is True
    message, resource = of_hl7(documents["report.hl7"]), of_fhir(documents["report.fhir.json"])
    wanted = said(held)
    assert said(read.content) == wanted
    assert fhir_sections(resource) == wanted
    assert hl7_sections(message) == wanted
    assert {held.digest, *digest_of(documents)} == {held.digest}

    numbers = [each.number for each in held.quantities]
    assert [each.number for each in read.content.quantities] == numbers
    assert [str(o[5]) for o in message.segments("OBX") if str(o[2]) == "NM"] == numbers
    inside = {each["id"]: each for each in resource["contained"]}
    observed = [inside[each["reference"][1:]] for each in resource.get("result", ())]
    assert [float(each["valueQuantity"]["value"]) for each in observed] == [
        float(each) for each in numbers
    ]
    if marks:
        measured = pydicom.dcmread(io.BytesIO(objects["measurements"].content))
        values = [
            float(e.value[0].NumericValue)
            for e in measured.iterall()
            if e.keyword == "MeasuredValueSequence"
        ]
        assert values == pytest.approx([float(each) for each in numbers], rel=1e-9)
    else:
        assert "measurements" not in objects

    preliminary, version = held.preliminary, held.version
    assert read.content.state is held.state
    assert resource["status"] == (
        "preliminary"
        if preliminary
        else {"original": "final", "addendum": "appended", "correction": "corrected"}[version.value]
    )
    letter = "P" if preliminary else "F" if version is Version.ORIGINAL else "C"
    assert {str(obx[11]) for obx in message.segments("OBX")} == {letter}
    assert str(message.segment("OBR")[25]) == letter
    assert [each.open for each in read.content.critical] == [each.open for each in held.critical]

    texts = "\n".join(each.text for each in held.sections)
    assert ("report.pdf" in documents) is ("PDF" in objects) is not bool(Forms.unprintable(texts))
    if "PDF" in objects:
        pages = documents["report.pdf"].content
        assert encapsulated_document(objects["PDF"].content) == ("application/pdf", pages)
        printed = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pages)).pages)
        assert held.digest in printed
        for number in numbers:
            assert f"Length {number} mm" in " ".join(printed.split())
        for _, text in wanted:
            if not any(unicodedata.bidirectional(each) in ("R", "AL", "AN") for each in text):
                assert "".join(text.split()) in "".join(printed.split())


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(signed())
def test_a_validator_of_fhir_and_one_of_hl7_find_nothing_wrong(
    made: tuple[ReportContent, bytes, tuple[Any, ...]],
) -> None:
    held, source, marks = made
    _, documents = forms(held, source, marks)
    resource = of_fhir(documents["report.fhir.json"])
    model = DiagnosticReport.model_validate(resource)
    assert model.status == resource["status"]
    assert resource["status"] in STATUS
    back = json.loads(model.model_dump_json())
    assert (
        back["conclusion" if "conclusion" in back else "id"]
        == resource["conclusion" if "conclusion" in resource else "id"]
    )
    assert len(back["contained"]) == len(resource["contained"])
    message = parse_message(
        documents["report.hl7"].content.decode(), validation_level=VALIDATION_LEVEL.TOLERANT
    )
    assert message.name == "ORU_R01"
    assert message.validate() is True


@pytest.mark.parametrize(("name", "text"), SCRIPTS)
@pytest.mark.parametrize("version", list(Version))
def test_dciodvfy_finds_no_error_in_any_object_in_any_script(
    tmp_path: Path, name: str, text: str, version: Version
) -> None:
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (Debian dicom3tools) is not installed")
    held, source = rich(name, text)
    held = replace(
        held,
        version=version,
        predecessor=None if version is Version.ORIGINAL else held.predecessor,
        sections=tuple(s for s in held.sections if s.kind is not SectionKind.ADDENDUM),
    )
    objects, _ = forms(held, source)
    assert {"SR", "measurements", "key images", "PDF"} == set(objects)
    for title, each in objects.items():
        file = tmp_path / "object.dcm"
        file.write_bytes(each.content)
        judged = subprocess.run(["dciodvfy", str(file)], capture_output=True, text=True)
        errors = [line for line in judged.stderr.splitlines() if line.startswith("Error")]
        assert errors == [], title
        dataset = pydicom.dcmread(file)
        assert dataset.SpecificCharacterSet == "ISO_IR 192"
        assert str(dataset.PatientName) == name
