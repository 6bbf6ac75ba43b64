"""What a report could lose on its way out, form by form, read by programs that are not ours."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pydicom
import pytest

from tests.dicom.test_report_objects import IMAGE, NOW, READER, content, instance
from tests.dicom.test_sr_reading import rich
from tests.workflow.test_forms import (
    fhir_sections,
    first,
    forms,
    hl7_sections,
    length,
    of_fhir,
    of_hl7,
    printed,
    region,
)
from workstation.dicom.kos import build_key_images
from workstation.dicom.report_objects import head_of, imaged_study
from workstation.dicom.sr import build_report
from workstation.dicom.sr_reading import read_report
from workstation.domain.identity import PersonName, new_uid
from workstation.domain.measurement import MeasurementKind
from workstation.domain.quantities import UNITS, quantities
from workstation.domain.report_content import Reference, ReportContent

ULTRASOUND_CINE = "1.2.840.10008.5.1.4.1.1.3.1"
#: A component of each kind; prefix and suffix stand in another order in HL7 than in DICOM.
NAME = "van der Berg^Anna^Louise^Prof.^PhD"


def parsed(data: bytes) -> pydicom.Dataset:
    return pydicom.dcmread(io.BytesIO(data))


def refused_by_a_validator(folder: Path, data: bytes) -> list[str]:
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (Debian dicom3tools) is not installed")
    file = folder / "object.dcm"
    file.write_bytes(data)
    judged = subprocess.run(["dciodvfy", str(file)], capture_output=True, text=True)
    return [line for line in judged.stderr.splitlines() if line.startswith("Error")]


def test_signs_that_no_form_may_hold_become_line_ends_or_nothing(tmp_path: Path) -> None:
    """A page break or a line tabulation of a paste, an escape, a bell, a line separator."""
    held, source = rich(text="One\x0btwo\x0cthree\u2028four\x85five \x1bsix\x07 seven\x7f")
    objects, documents = forms(held, source)
    wanted = "One\ntwo\nthree\nfour\nfive six seven"
    kinds = [each.kind.value for each in held.sections if each.text != "Told."]
    assert read_report(objects["SR"].content).agrees
    for told in (
        [(s.kind.value, s.text) for s in read_report(objects["SR"].content).content.sections],
        fhir_sections(of_fhir(documents["report.fhir.json"])),
        hl7_sections(of_hl7(documents["report.hl7"])),
    ):
        assert [kind for kind, text in told if text == wanted] == kinds
    words = " ".join(printed(documents["report.pdf"].content).split())
    assert "One two three four five six seven" in words
    assert refused_by_a_validator(tmp_path, objects["SR"].content) == []


def test_a_name_of_five_components_keeps_each_of_them() -> None:
    held, source = rich(NAME)
    held = replace(held, reader=replace(READER, name=PersonName("Cruz^Ana^Inés^Dr.^FRCR")))
    objects, documents = forms(held, source)
    assert str(parsed(objects["SR"].content).PatientName) == NAME
    inside = {each["id"]: each for each in of_fhir(documents["report.fhir.json"])["contained"]}
    assert inside["patient"]["name"][0] == {
        "text": NAME,
        "family": "van der Berg",
        "given": ["Anna", "Louise"],
        "prefix": ["Prof."],
        "suffix": ["PhD"],
    }
    message = of_hl7(documents["report.hl7"])
    # XPN: family, given, further given, suffix, prefix (HL7 v2.5.1, 2.A.89)
    assert str(message.segment("PID")[5]).startswith("van der Berg^Anna^Louise^PhD^Prof.")
    assert str(message.segment("OBR")[32]) == "R1&Cruz&Ana&Inés&FRCR&Dr."
    words = printed(documents["report.pdf"].content)
    assert "VAN DER BERG, Anna Louise" in words


def test_each_group_of_a_name_is_a_name_of_its_own_in_fhir() -> None:
    held, source = rich("Yamada^Tarou=山田^太郎=やまだ^たろう")
    _, documents = forms(held, source)
    inside = {each["id"]: each for each in of_fhir(documents["report.fhir.json"])["contained"]}
    names = inside["patient"]["name"]
    assert [(each["family"], each["given"]) for each in names] == [
        ("Yamada", ["Tarou"]),
        ("山田", ["太郎"]),
        ("やまだ", ["たろう"]),
    ]
    codes = [each.get("extension", [{}])[0].get("valueCode") for each in names]
    assert codes == [None, "IDE", "SYL"]


def test_names_that_are_longer_than_dicom_holds_are_cut_and_stay_whole_elsewhere(
    tmp_path: Path,
) -> None:
    """LO holds 64 characters and no backslash (PS3.5 6.2)."""
    held, source = rich()
    procedure = "CT of thorax, abdomen and pelvis with contrast medium, portal \\ venous phase"
    organization = "Night Reading \\ an organisation with a name of more than 64 characters, Ltd"
    held = replace(held, procedure=procedure, reader=replace(READER, organization=organization))
    objects, documents = forms(held, source)
    for name in ("SR", "measurements"):
        assert refused_by_a_validator(tmp_path, objects[name].content) == []
    read = read_report(objects["SR"].content)
    assert read.agrees
    assert read.content.reader.organization == organization
    message = of_hl7(documents["report.hl7"])
    assert message.unescape(str(message.segment("OBR")[4][0][1])) == procedure
    assert of_fhir(documents["report.fhir.json"])["code"]["text"] == procedure


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_comes_back_from_every_form(unit: str) -> None:
    mark = region(MeasurementKind.ELLIPSE, ((2.0, 1.0), (6.0, 3.0)))
    statistics = mark.result.statistics
    assert statistics is not None
    mark = replace(mark, result=replace(mark.result, statistics=replace(statistics, unit=unit)))
    held, source = rich()
    held = replace(held, quantities=quantities([mark]))
    objects, documents = forms(held, source, (mark,))
    wanted = [each.unit.value for each in held.quantities]
    read = read_report(objects["SR"].content)
    assert read.agrees
    assert [each.unit for each in read.content.quantities] == [
        each.unit for each in held.quantities
    ]
    inside = of_fhir(documents["report.fhir.json"])["contained"]
    assert [
        each["valueQuantity"]["code"] for each in inside if each["resourceType"] == "Observation"
    ] == wanted
    message = of_hl7(documents["report.hl7"])
    numbers = [obx for obx in message.segments("OBX") if str(obx[2]) == "NM"]
    assert [message.unescape(first(obx, 6)) for obx in numbers] == wanted


def test_the_writer_of_the_preliminary_and_the_document_before_are_told_in_every_form() -> None:
    held, source = rich()
    objects, documents = forms(held, source)
    dataset = parsed(objects["SR"].content)
    assert str(dataset.AuthorObserverSequence[0].PersonName) == "Resident^Rae"
    message = of_hl7(documents["report.hl7"])
    assert str(message.segment("OBR")[33]) == "&Resident&Rae"
    assert [str(o[5]) for o in message.segments("OBX") if first(o, 3) == "REPLACES"] == ["1.2.3.9"]
    resource = of_fhir(documents["report.fhir.json"])
    assert {"reference": "#author"} in resource["resultsInterpreter"]
    replaced = [e for e in resource["extension"] if e["url"] == "urn:nocturne:replaces"]
    assert replaced[0]["valueReference"]["identifier"]["value"] == "urn:oid:1.2.3.9"


def test_who_referred_where_it_was_made_and_of_what_modality_is_told_by_fhir_as_by_hl7() -> None:
    held, source = rich()
    _, documents = forms(replace(held, site="Hollin", modality="CT"), source)
    resource = of_fhir(documents["report.fhir.json"])
    inside = {each["id"]: each for each in resource["contained"]}
    assert inside["order"]["requester"] == {"display": "OYELARAN, M"}
    assert resource["basedOn"][0]["reference"] == "#order"
    assert inside["study"]["location"] == {"display": "Hollin"}
    assert inside["study"]["modality"][0]["code"] == "CT"


def test_no_form_claims_a_language_that_nobody_knows() -> None:
    held, source = rich("Лунина^Вера", "Без изменений")
    objects, documents = forms(held, source)
    resource = of_fhir(documents["report.fhir.json"])
    assert "language" not in resource
    assert "language" not in resource["presentedForm"][0]
    codes = [
        str(each.value[0].get("CodeValue", ""))
        for each in parsed(objects["SR"].content).iterall()
        if each.keyword == "ConceptNameCodeSequence"
    ]
    assert "121049" not in codes


def cine(frame: int) -> tuple[ReportContent, Reference, Any]:
    image = Reference(ULTRASOUND_CINE, IMAGE.sop_instance_uid, IMAGE.series_instance_uid)
    held = content()
    mark = length()
    mark = replace(mark, frame=replace(mark.frame, frame_number=frame))
    return (
        replace(held, key_images=(image,), key_frames=(frame,), quantities=quantities([mark])),
        image,
        mark,
    )


def frames_named(dataset: pydicom.Dataset) -> list[int]:
    return [int(e.value) for e in dataset.iterall() if e.keyword == "ReferencedFrameNumber"]


@pytest.mark.parametrize("frame", [1, 7])
def test_of_a_cine_the_frame_is_named_also_where_it_is_the_first(frame: int) -> None:
    """Without a frame number all frames are meant (PS3.3 Table 10-3)."""
    from workstation.dicom.measurement_report import build_measurements

    held, image, mark = cine(frame)
    source = instance()
    dataset = parsed(build_report(source, [image], held).content)
    assert frames_named(dataset) == [frame, frame]
    numbers = build_measurements(new_uid(), source, [image], held, [mark])
    assert numbers is not None
    assert frames_named(parsed(numbers.content)) == [frame]
    made = build_key_images(new_uid(), source, [image], [frame], reader=READER, signed_at=NOW)
    assert frames_named(parsed(made.content)) == [frame]


def test_two_frames_of_one_cine_are_two_frames_of_the_selection(tmp_path: Path) -> None:
    _, image, _ = cine(1)
    made = build_key_images(
        new_uid(), instance(), [image, image], [3, 9], reader=READER, signed_at=NOW
    )
    named = [
        e.value for e in parsed(made.content).iterall() if e.keyword == "ReferencedFrameNumber"
    ]
    assert [list(each) for each in named] == [[3, 9]]
    assert refused_by_a_validator(tmp_path, made.content) == []


@pytest.mark.parametrize("name", ["SR", "measurements", "key images", "PDF"])
def test_the_time_of_the_study_stays_in_the_zone_of_its_images(name: str) -> None:
    """One offset counts for every time of an object (PS3.3 C.12.1.1.8): that of the study is
    05:30, the reader sits at UTC."""
    source = parsed(instance())
    source.TimezoneOffsetFromUTC = "+0530"
    stream = io.BytesIO()
    source.save_as(stream)
    objects, _ = forms(content(), stream.getvalue())
    dataset = parsed(objects[name].content)
    assert (dataset.TimezoneOffsetFromUTC, dataset.StudyTime) == ("+0530", "025100")
    assert (dataset.ContentDate, str(dataset.ContentTime)[:6]) == ("20261124", "085107")
    assert read_report(objects["SR"].content).content.signed_at == NOW
    preliminary = forms(content(preliminary=True), stream.getvalue())[0]["SR"]
    read = read_report(preliminary.content)
    assert (read.content.signed_at, read.agrees) == (NOW, True)


def test_the_offset_of_the_reader_is_told_where_the_images_name_none() -> None:
    east = timezone(timedelta(hours=9))
    held = replace(content(), signed_at=NOW.astimezone(east))
    objects, documents = forms(held, instance())
    assert parsed(objects["SR"].content).TimezoneOffsetFromUTC == "+0900"
    assert read_report(objects["SR"].content).content.signed_at == NOW
    message = of_hl7(documents["report.hl7"])
    assert str(message.segment("OBR")[22]) == "20261124122107+0900"
    assert of_fhir(documents["report.fhir.json"])["issued"] == "2026-11-24T03:21:07Z"


def test_the_procedure_is_told_also_where_there_is_no_accession_number(tmp_path: Path) -> None:
    source = parsed(instance())
    source.AccessionNumber = ""
    stream = io.BytesIO()
    source.save_as(stream)
    data = stream.getvalue()
    held = replace(content(), study=imaged_study(head_of(data)))
    made = build_report(data, [IMAGE], held)
    read = read_report(made.content)
    assert (read.content.procedure, read.content.study.accession_number) == ("CT chest", "")
    assert refused_by_a_validator(tmp_path, made.content) == []


def test_the_name_that_a_reader_gave_a_measurement_tracks_it() -> None:
    held, source = rich()
    objects, _ = forms(held, source, (replace(length(), label="Target 1"),))
    told = [
        str(e.value)
        for e in parsed(objects["measurements"].content).iterall()
        if e.keyword == "TextValue"
    ]
    assert "M1 Target 1 S3/173" in told


def test_a_number_that_rounds_to_nothing_has_no_sign() -> None:
    (held,) = quantities([length()])
    assert replace(held, value=-0.000_000_1).number == "0"


@pytest.mark.parametrize("long", [70_000, 200_000])
def test_a_long_report_is_whole_in_every_form(long: int) -> None:
    text = ("A finding | of some & length, number %d.\n" * (long // 40)) % tuple(range(long // 40))
    held, source = rich(text=text)
    held = replace(held, sections=held.sections[3:4])
    objects, documents = forms(held, source)
    wanted = text.strip()
    (section,) = read_report(objects["SR"].content).content.sections
    assert section.text == wanted
    assert fhir_sections(of_fhir(documents["report.fhir.json"]))[0][1] == wanted
    assert hl7_sections(of_hl7(documents["report.hl7"]))[0][1] == wanted
