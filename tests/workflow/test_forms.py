"""One content: structured report, pages, FHIR and HL7 say the same, in every script."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import subprocess
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hl7
import numpy as np
import pydicom
import pypdf
import pytest

from tests.dicom.test_report_objects import IMAGE, NOW, content, length
from tests.dicom.test_sr_reading import CALL, rich
from tests.workflow.test_signed_text import study
from workstation.dicom.documents import encapsulated_document
from workstation.dicom.sr_reading import read_report
from workstation.domain.delivery import OutgoingObject, ReportDocument
from workstation.domain.geometry import PlaneGeometry
from workstation.domain.image import CalibrationSource, FrameKey
from workstation.domain.measurement import (
    KeyImage,
    MeasuredValue,
    Measurement,
    MeasurementKind,
    RoiStatistics,
)
from workstation.domain.report import LOINC, Version
from workstation.domain.report_content import ReportContent
from workstation.domain.site import Site
from workstation.services.fhir_report import fhir_document
from workstation.services.hl7_report import hl7_document
from workstation.workflow.forms import Forms

SCRIPTS = [
    ("Ackermann^Lena", "Größe 5 mm,\nÖdem | ^ & ~ \\ \\X0D\\ <b> 100 %"),
    ("Лунина^Вера", "Без изменений"),
    ("Yamada^Tarou=山田^太郎=やまだ^たろう", "肺野に異常なし"),
    ("محمد^علي", "لا يوجد"),
    ("Wang^Xiaoming=王^晓明", "双肺未见异常，直肠壁无增厚"),
    ("Kim^Minsu=金^敏洙=김^민수", "우상엽에 12 mm 결절이 있습니다"),
    ("כהן^רות", "לא נמצא ממצא"),
]
#: Of those, what is set from left to right.
RIGHTWARD = [each for each in SCRIPTS if each[0] not in ("محمد^علي", "כהן^רות")]
SITE = Site("Hollin", "Hollin Field Unit", "2 Quay Street", "+44 20 7946 0000")
KEY = KeyImage(FrameKey(IMAGE.sop_instance_uid), IMAGE.sop_class_uid, "1.2.3.4", "S3/173")


NAMES = {
    "1.2.840.10008.5.1.4.1.1.88.22": "SR",
    "1.2.840.10008.5.1.4.1.1.88.34": "measurements",
    "1.2.840.10008.5.1.4.1.1.88.59": "key images",
    "1.2.840.10008.5.1.4.1.1.104.1": "PDF",
}


class Grey:
    """A frame of eight by eight."""

    def fetch(self, key: FrameKey) -> Any:
        return np.arange(64, dtype=np.uint16).reshape(8, 8) * 60


def forms(
    held: ReportContent, source: bytes, measurements: tuple[Measurement, ...] = (length(),)
) -> tuple[dict[str, OutgoingObject], dict[str, ReportDocument]]:
    maker = Forms(Grey(), (fhir_document, hl7_document), lambda _: SITE)
    objects, documents = maker.objects(held, source, [IMAGE], study(), measurements, (KEY,))
    return (
        {NAMES[each.sop_class_uid]: each for each in objects},
        {each.name: each for each in documents},
    )


def of_fhir(document: ReportDocument) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(document.content.decode("utf-8"))
    return held


def of_hl7(document: ReportDocument) -> Any:
    """Parsed by another library than ours."""
    return hl7.parse(document.content.decode("utf-8"), encoding="utf-8")


def first(segment: Any, field: int) -> str:
    """The first component of a field."""
    return str(segment[field]).split("^")[0]


def unescaped(message: Any, text: str) -> str:
    """The text of an FT; line ends are the one thing that the library leaves as they are."""
    lines = re.split(r"\\\.br\\", text)
    return "\n".join(message.unescape(line) for line in lines)


def hl7_sections(message: Any) -> list[tuple[str, str]]:
    codes = {code: kind.value for kind, (code, _) in LOINC.items()}
    found = []
    for obx in message.segments("OBX"):
        code = first(obx, 3)
        if str(obx[2]) == "FT" and code in codes:
            found.append((codes[code], unescaped(message, str(obx[5]))))
    return found


def fhir_sections(report: dict[str, Any]) -> list[tuple[str, str]]:
    codes = {code: kind.value for kind, (code, _) in LOINC.items()}
    found = []
    for extension in report["extension"]:
        if extension["url"] == "urn:nocturne:section":
            inner = {each["url"]: each for each in extension["extension"]}
            code = inner["code"]["valueCodeableConcept"]["coding"][0]["code"]
            found.append((codes[code], inner["text"]["valueString"]))
    return found


@pytest.mark.parametrize(("name", "text"), SCRIPTS)
def test_every_form_says_the_same_in_every_script(name: str, text: str) -> None:
    held, source = rich(name, text)
    objects, documents = forms(held, source)
    report = read_report(objects["SR"].content).content
    message, resource = of_hl7(documents["report.hl7"]), of_fhir(documents["report.fhir.json"])
    wanted = [(each.kind.value, each.text) for each in held.sections]
    assert [(each.kind.value, each.text) for each in report.sections] == wanted
    assert fhir_sections(resource) == wanted
    assert hl7_sections(message) == wanted

    numbers = [(q.name.value, q.number, q.unit.value) for q in held.quantities]
    assert [(q.name.value, q.number, q.unit.value) for q in report.quantities] == numbers
    inside = {each["id"]: each for each in resource["contained"]}
    results = [inside[each["reference"][1:]] for each in resource["result"]]
    assert [
        (
            each["code"]["coding"][0]["code"],
            str(each["valueQuantity"]["value"]),
            each["valueQuantity"]["code"],
        )
        for each in results
    ] == numbers
    nm = [obx for obx in message.segments("OBX") if str(obx[2]) == "NM"]
    assert [(first(o, 3), str(o[5]), message.unescape(first(o, 6))) for o in nm] == numbers

    patient = held.study.patient
    assert report.study.patient == patient
    assert inside["patient"]["identifier"][0]["value"] == patient.patient_id
    assert inside["patient"]["name"][0]["text"] == patient.name.to_dicom()
    assert inside["patient"]["birthDate"] == "1965-03-02"
    pid = message.segment("PID")
    assert first(pid, 3) == patient.patient_id
    groups = ["^".join(str(part) for part in each[:2]).rstrip("^") for each in pid[5]]
    assert "=".join(groups) == patient.name.to_dicom()
    assert resource["basedOn"][0]["identifier"]["value"] == held.study.accession_number
    assert str(message.segment("OBR")[3]) == held.study.accession_number

    assert resource["status"] == "appended"
    assert str(message.segment("OBR")[25]) == "C"
    digests = {
        report.digest,
        next(e["valueString"] for e in resource["extension"] if "sha256" in e["url"]),
        next(str(o[5]) for o in message.segments("OBX") if first(o, 3) == "SIGDIGEST"),
    }
    assert digests == {held.digest}
    assert str(message.segment("MSH")[18]) == "UNICODE UTF-8"


def printed(pages: bytes) -> str:
    """The words of all pages, as another library reads them."""
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pages)).pages)


#: What no type here has letters for, or whose order is not known: Thai, a rare Chinese character,
#: an override of direction, a picture.
REFUSED = ["ไม่พบ", "检查 龘", "safe \u202etext", "🙂"]


@pytest.mark.parametrize("text", REFUSED)
def test_pages_with_a_hole_are_not_made(text: str) -> None:
    held, source = rich(text=text)
    assert Forms.unprintable(text)
    objects, documents = forms(held, source)
    assert "PDF" not in objects
    assert "report.pdf" not in documents


@pytest.mark.parametrize(("name", "text"), [*RIGHTWARD, ("Παπαδοπούλου^Ελένη", "Χωρίς ευρήματα")])
def test_pages_say_all_that_was_signed(name: str, text: str) -> None:
    held, source = rich(name, text)
    objects, documents = forms(held, source)
    assert not Forms.unprintable(text)
    mime, pages = encapsulated_document(objects["PDF"].content)
    assert (mime, pages) == ("application/pdf", documents["report.pdf"].content)
    words = " ".join(
        "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pages)).pages).split()
    )
    for line in text.split("\n"):
        assert " ".join(line.split()) in words
    for fact in (
        "4471-20983", "A2611240-17", "2 Mar 1965", "17.061 mm",
        "FINAL REPORT WITH ADDENDUM", "Hollin Field Unit", "Page 1 of",
        "S3/173", held.digest, "VIDAL, Ana, radiologist",
        "Not a medical device; not for primary diagnosis.",
    ):  # fmt: skip
        assert fact in words, fact


def test_arabic_is_joined_and_read_in_its_order_by_another_program(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (Debian poppler-utils) is not installed")
    text = "لا يوجد استرواح صدري. عقيدة قياسها 12 mm في الفص العلوي."
    held, source = rich("محمد^علي", text)
    _, documents = forms(held, source)
    file = tmp_path / "report.pdf"
    file.write_bytes(documents["report.pdf"].content)
    told = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True).stdout
    shapes = [each for each in told if "\ufe70" <= each <= "\ufefc"]
    assert shapes, "letters stand in the form of their place in the word"
    plain = unicodedata.normalize("NFKC", told)
    plain = " ".join("".join(c for c in plain if unicodedata.category(c) != "Cf").split())
    for word in ("لا يوجد استرواح صدري", "عقيدة قياسها", "في الفص العلوي", "محمد", "علي"):
        assert word in plain, word
    assert not [each for each in told if "\ue000" <= each <= "\uf8ff"], "every glyph has a name"


def test_a_name_in_a_script_without_type_is_printed_by_its_alphabetic_group() -> None:
    held, source = rich("Long^Wei=龘^伟", "No change.")
    _, documents = forms(held, source)
    words = printed(documents["report.pdf"].content)
    assert "LONG, Wei" in words
    assert "龘" not in words


def test_the_groups_of_a_name_are_printed_where_there_is_type_for_them() -> None:
    held, source = rich("Yamada^Tarou=山田^太郎=やまだ^たろう", "No change.")
    _, documents = forms(held, source)
    assert "YAMADA, Tarou 山田 太郎" in " ".join(printed(documents["report.pdf"].content).split())


def test_the_type_of_the_pages_is_embedded() -> None:
    held, source = rich("Yamada^Tarou=山田^太郎", "所見なし، لا يوجد")
    _, documents = forms(held, source)
    reader = pypdf.PdfReader(io.BytesIO(documents["report.pdf"].content))
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index, union-attr]
            descriptor = font.get_object().get("/FontDescriptor")
            if str(font.get_object()["/BaseFont"]) != "/Helvetica":
                assert "/FontFile2" in descriptor.get_object()


def test_every_page_of_a_long_report_carries_patient_accession_standing_and_number() -> None:
    held, source = rich(text="A finding of some length that fills a line of the page. " * 300)
    _, documents = forms(held, source)
    reader = pypdf.PdfReader(io.BytesIO(documents["report.pdf"].content))
    count = len(reader.pages)
    assert count > 3
    for number, page in enumerate(reader.pages, start=1):
        words = page.extract_text()
        for fact in (
            "ACKERMANN, Lena", "ID 4471-20983", "Accession A2611240-17",
            f"Page {number} of {count}", "FINAL REPORT", "Signed by VIDAL, Ana",
        ):  # fmt: skip
            assert fact in words, (number, fact)


@pytest.mark.parametrize(
    ("version", "preliminary", "status", "code", "standing"),
    [
        (Version.ORIGINAL, False, "final", "F", "FINAL REPORT"),
        (Version.ORIGINAL, True, "preliminary", "P", "PRELIMINARY REPORT"),
        (Version.ADDENDUM, False, "appended", "C", "FINAL REPORT WITH ADDENDUM"),
        (Version.CORRECTION, False, "corrected", "C", "CORRECTED FINAL REPORT"),
    ],
)
def test_the_standing_is_the_same_in_every_form(
    version: Version, preliminary: bool, status: str, code: str, standing: str
) -> None:
    _, source = rich()
    held = replace(content(preliminary=preliminary, before="1.2.3.9"), version=version)
    objects, documents = forms(held, source)
    assert of_fhir(documents["report.fhir.json"])["status"] == status
    message = of_hl7(documents["report.hl7"])
    assert {str(obx[11]) for obx in message.segments("OBX")} == {code}
    assert standing in printed(documents["report.pdf"].content)
    dataset = pydicom.dcmread(io.BytesIO(objects["SR"].content))
    assert dataset.PreliminaryFlag == ("PRELIMINARY" if preliminary else "FINAL")


def test_a_critical_result_is_data_in_every_form() -> None:
    held, source = rich()
    objects, documents = forms(held, source)
    report = read_report(objects["SR"].content).content
    assert report.critical[0].communication == CALL.communication
    assert report.critical[1].open
    resource = of_fhir(documents["report.fhir.json"])
    told = [each for each in resource["contained"] if each["resourceType"] == "Communication"]
    assert [each["status"] for each in told] == ["completed", "preparation"]
    assert told[0]["recipient"] == [{"display": "Dr Oyelaran, ED"}]
    assert told[0]["sent"] == "2026-11-24T03:21:07Z"
    message = of_hl7(documents["report.hl7"])
    values = {
        (first(o, 3), str(o[4])): message.unescape(str(o[5])) for o in message.segments("OBX")
    }
    assert values["CRITFINDING", "C1"] == "Pneumothorax, right"
    assert values["CRITTOLDTO", "C1"] == "Dr Oyelaran, ED"
    assert values["CRITTOLD", "C1"] == "20261124032107+0000"
    assert ("CRITTOLDTO", "C2") not in values


def test_fhir_refers_only_to_what_it_contains_and_holds_the_pages() -> None:
    held, source = rich()
    _, documents = forms(held, source)
    resource = of_fhir(documents["report.fhir.json"])
    inside = {"#" + each["id"] for each in resource["contained"]}
    named = set(re.findall(r'"reference": "(#[^"]+)"', json.dumps(resource)))
    assert named <= inside
    assert inside - named <= {"#study"} | inside
    assert {"resourceType", "status", "code", "subject", "imagingStudy", "issued"} <= set(resource)
    data = base64.b64decode(resource["presentedForm"][0]["data"])
    assert data == documents["report.pdf"].content
    instant = datetime.fromisoformat(resource["issued"])
    assert instant == NOW.astimezone(UTC)


def test_text_cannot_end_a_field_or_a_segment_of_the_message() -> None:
    hostile = "a|b^c&d~e\\f\r\nOBX|99|FT|x||forged\x0b\x1c\x0d"
    held, source = rich(text=hostile)
    _, documents = forms(held, source)
    message = documents["report.hl7"].content.decode()
    heads = [segment[:4] for segment in message.rstrip("\r").split("\r")]
    assert set(heads) == {"MSH|", "PID|", "ORC|", "OBR|", "OBX|"}
    numbers = [s.split("|")[1] for s in message.split("\r") if s.startswith("OBX")]
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
    parsed = of_hl7(documents["report.hl7"])
    assert hl7_sections(parsed)[0][1] == "a|b^c&d~e\\f\nOBX|99|FT|x||forged"


def region(kind: MeasurementKind, points: tuple[tuple[float, float], ...]) -> Measurement:
    statistics = RoiStatistics(309, 49.2, 23.1, -14, 150, 48, 190.4, 2, "HU")
    return Measurement(
        f"r{kind.value}", 2, kind, "s", "1.2.3.4", FrameKey(IMAGE.sop_instance_uid), "S3/173",
        points, MeasuredValue(49.2, "HU", CalibrationSource.PATIENT, statistics=statistics),
    )  # fmt: skip


def test_measurements_go_out_with_their_places() -> None:
    held, source = rich()
    plane = PlaneGeometry((1, 2, 3), (1, 0, 0), (0, 0, -1), (0.5, 0.5), 8, 8, "1.2.77")
    marks = (
        length(),
        region(MeasurementKind.ELLIPSE, ((2.0, 1.0), (6.0, 3.0))),
        region(MeasurementKind.POLYGON, ((1.0, 1.0), (4.0, 1.0), (4.0, 5.0))),
        replace(length(), identifier="p", plane=plane, points=((0.0, 0.0), (4.0, 0.0))),
    )
    objects, _ = forms(held, source, marks)
    dataset = pydicom.dcmread(io.BytesIO(objects["measurements"].content))
    assert dataset.ContentTemplateSequence[0].TemplateIdentifier == "1500"
    places = [e for e in dataset.iterall() if e.keyword == "GraphicData"]
    types = [str(e.value) for e in dataset.iterall() if e.keyword == "GraphicType"]
    # PS3.3 C.18.6.1.1: the centre of the first pixel is 0.5,0.5.
    assert [float(v) for v in places[0].value] == [0.5, 0.5, 1.5, 0.5]
    assert types[:2] == ["POLYLINE", "ELLIPSE"]
    ellipse = [float(v) for v in places[1].value]
    assert ellipse == [2.5, 2.5, 6.5, 2.5, 4.5, 1.5, 4.5, 3.5]
    assert [float(v) for v in places[-1].value] == [1, 2, 3, 3, 2, 3]
    values = [
        float(e.value[0].NumericValue)
        for e in dataset.iterall()
        if e.keyword == "MeasuredValueSequence"
    ]
    assert values == pytest.approx([17.061, 49.2, 23.1, 190.4, 49.2, 23.1, 190.4, 17.061])


@pytest.mark.parametrize("preliminary", [False, True])
def test_an_independent_validator_finds_no_error_in_any_object(
    tmp_path: Path, preliminary: bool
) -> None:
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (Debian dicom3tools) is not installed")
    _, source = rich("Лунина^Вера", "Без изменений")
    held = content("Без изменений", preliminary=preliminary, name="Лунина^Вера")
    marks = (length(), region(MeasurementKind.ELLIPSE, ((2.0, 1.0), (6.0, 3.0))))
    objects, _ = forms(held, source, marks)
    assert set(objects) == set(NAMES.values())
    for number, each in enumerate(objects.values()):
        file = tmp_path / f"{number}.dcm"
        file.write_bytes(each.content)
        judged = subprocess.run(["dciodvfy", str(file)], capture_output=True, text=True)
        errors = [line for line in judged.stderr.splitlines() if line.startswith("Error")]
        assert errors == [], each.title
