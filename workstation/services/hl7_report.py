"""The report as an HL7 v2.5.1 ORU^R01 message in UTF-8. Pure.

Text goes into OBX-5 as FT with the delimiters and line ends escaped (HL7 v2.5.1 chapter 2.7), so
that nothing in a report can end a field or a segment.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from datetime import datetime

from workstation.domain.critical import CATEGORY_CODES
from workstation.domain.delivery import ReportDocument
from workstation.domain.identity import PersonName
from workstation.domain.report import LOINC, SectionKind, Version
from workstation.domain.report_content import Coded, ReportContent, clean

_ESCAPES = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
#: HL7 table 0396: names of coding systems.
_SYSTEMS = {"SCT": "SCT", "LN": "LN", "UCUM": "UCUM", "DCM": "DCM", "RADLEX": "RADLEX"}


def escaped(text: str) -> str:
    """Text with its delimiters escaped and its line ends as `\\.br\\`."""
    held = "".join(_ESCAPES.get(each, each) for each in clean(text))
    return _CONTROL.sub("", held.replace("\t", "\\X09\\").replace("\n", "\\.br\\"))


def result_status(content: ReportContent) -> str:
    """OBR-25 and OBX-11 (HL7 tables 0123 and 0085): P preliminary, F final, C corrected."""
    if content.preliminary:
        return "P"
    return "F" if content.version is Version.ORIGINAL else "C"


def _ts(moment: datetime) -> str:
    return f"{moment:%Y%m%d%H%M%S%z}"


def _code(code: Coded) -> str:
    system = _SYSTEMS.get(code.scheme, f"99{code.scheme}"[:12])
    return f"{escaped(code.value)}^{escaped(code.meaning)}^{system}"


def _xpn(name: PersonName) -> list[str]:
    """One repetition a group: alphabetic A, ideographic I, phonetic P (HL7 table 4000)."""
    made = []
    for group, code in ((name.alphabetic, "A"), (name.ideographic, "I"), (name.phonetic, "P")):
        if group:
            parts = [escaped(part) for part in group.split("^")] + [""] * 5
            family, given, middle, prefix, suffix = parts[:5]
            made.append(f"{family}^{given}^{middle}^{suffix}^{prefix}^^L^{code}")
    return made


def _xcn(name: PersonName, code: str = "") -> str:
    parts = [escaped(part) for part in (name.alphabetic or name.ideographic).split("^")]
    parts += [""] * 5
    family, given, middle, prefix, suffix = parts[:5]
    return f"{escaped(code)}^{family}^{given}^{middle}^{suffix}^{prefix}"


def _assistant(content: ReportContent) -> dict[int, str]:
    """OBR-33: who wrote the preliminary report that the principal interpreter signs."""
    if content.author is None:
        return {}
    return {33: _xcn(content.author).rstrip("^").replace("^", "&")}


def _segment(name: str, fields: dict[int, str]) -> str:
    """A segment from its numbered fields."""
    last = max(fields)
    return name + "".join(f"|{fields.get(number, '')}" for number in range(1, last + 1))


class _Results:
    """OBX segments, numbered as they come."""

    def __init__(self, content: ReportContent) -> None:
        self._content = content
        self.segments: list[str] = []

    def add(
        self, kind: str, code: str, value: str, *, units: str = "", sub: str = "", flags: str = ""
    ) -> None:
        content = self._content
        self.segments.append(
            _segment(
                "OBX",
                {
                    1: str(len(self.segments) + 1),
                    2: kind,
                    3: code,
                    4: sub,
                    5: value,
                    6: units,
                    8: flags,
                    11: result_status(content),
                    14: _ts(content.signed_at),
                    16: _xcn(content.reader.name, content.reader.code),
                },
            )
        )


def _own(code: str, words: str) -> str:
    return f"{code}^{words}^99NOCTURNE"


def _observations(content: ReportContent, pdf: bytes | None) -> Iterable[str]:
    made = _Results(content)
    counts: dict[SectionKind, int] = {}
    for section in content.sections:
        if not clean(section.text):
            continue
        counts[section.kind] = counts.get(section.kind, 0) + 1
        code, meaning = LOINC[section.kind]
        text = escaped(section.text)
        if section.by and section.at is not None:
            # Who added it and when comes in observations of their own, tied by the sub-ID.
            tie = f"A{counts[section.kind]}"
            made.add("FT", _code(Coded(code, "LN", meaning)), text, sub=tie)
            made.add("ST", _own("ADDBY", "Added by"), escaped(section.by), sub=tie)
            made.add("TS", _own("ADDAT", "Added at"), _ts(section.at), sub=tie)
        else:
            made.add("FT", _code(Coded(code, "LN", meaning)), text, sub=str(counts[section.kind]))
    for number, held in enumerate(content.quantities, start=1):
        made.add("NM", _code(held.name), held.number, units=_code(held.unit), sub=f"M{number}")
        if held.sop_instance_uid:
            source = f"{held.sop_instance_uid} frame {held.frame}"
            made.add("ST", "121112^Source of Measurement^DCM", source, sub=f"M{number}")
    for number, result in enumerate(content.critical, start=1):
        sub = f"C{number}"
        code, meaning = CATEGORY_CODES[result.category]
        category = _code(Coded(code, "RADLEX", meaning))
        made.add("CWE", _own("CRITCATEGORY", "Category"), category, sub=sub, flags="AA")
        made.add("FT", _own("CRITFINDING", "Critical finding"), escaped(result.finding), sub=sub)
        made.add("TS", _own("CRITFOUND", "Time found"), _ts(result.found_at), sub=sub)
        told = result.communication
        if told is None:
            continue
        made.add("ST", _own("CRITTOLDBY", "Told by"), escaped(told.told_by), sub=sub)
        made.add("ST", _own("CRITTOLDTO", "Told to"), escaped(told.told_to), sub=sub)
        made.add("ST", _own("CRITMEANS", "Means"), escaped(told.means.value), sub=sub)
        made.add("TS", _own("CRITTOLD", "Time told"), _ts(told.told_at), sub=sub)
        back = "Y^Yes^HL70136" if told.read_back else "N^No^HL70136"
        made.add("CWE", _own("CRITREADBACK", "Read back"), back, sub=sub)
    for image, frame in zip(content.key_images, content.key_frames, strict=True):
        name = f"{image.sop_instance_uid} frame {frame}"
        made.add("ST", "121180^Key Images^DCM", name)
    made.add("ST", _own("SOPUID", "SOP Instance UID of the report"), content.document_uid)
    if content.predecessor is not None:
        words = "SOP Instance UID of the report before"
        made.add("ST", _own("REPLACES", words), content.predecessor.sop_instance_uid)
    made.add("ST", "110180^Study Instance UID^DCM", content.study.study_instance_uid)
    made.add("ST", _own("SIGDIGEST", "Signature digest SHA-256"), content.digest)
    if pdf is not None:
        data = base64.b64encode(pdf).decode("ascii")
        made.add("ED", "18748-4^Diagnostic imaging report^LN", f"^application^pdf^Base64^{data}")
    return made.segments


def oru_message(content: ReportContent, pdf: bytes | None = None) -> str:
    """The message; segments end with CR (HL7 v2.5.1, 2.5.2).

    The message control ID is made from the document's UID: sent again, it is the same message.
    """
    study, patient = content.study, content.study.patient
    control = content.document_uid.rsplit(".", 1)[-1][-20:]
    born = f"{patient.birth_date:%Y%m%d}" if patient.birth_date else ""
    sex = patient.sex.value or "U"
    order = escaped(study.accession_number)
    procedure = f"^{escaped(content.procedure or study.description)}"
    segments = [
        "MSH|^~\\&|NOCTURNE|"
        + "|".join(
            [
                escaped(content.reader.organization or content.reader.station_name),
                "",
                escaped(content.site),
                _ts(content.signed_at),
                "",
                "ORU^R01^ORU_R01",
                control,
                "P",
                "2.5.1",
                "",
                "",
                "AL",
                "NE",
                "",
                "UNICODE UTF-8",
            ]
        ),
        _segment(
            "PID",
            {
                1: "1",
                3: f"{escaped(patient.patient_id)}^^^{escaped(patient.issuer_of_patient_id)}^MR",
                5: "~".join(_xpn(patient.name)),
                7: born,
                8: sex,
            },
        ),
        _segment("ORC", {1: "RE", 2: order, 3: order, 12: _xcn(study.referrer)}),
        _segment(
            "OBR",
            {
                1: "1",
                2: order,
                3: order,
                4: procedure,
                7: f"{study.study_date:%Y%m%d}" if study.study_date else "",
                16: _xcn(study.referrer),
                22: _ts(content.signed_at),
                24: escaped(content.modality),
                25: result_status(content),
                32: _xcn(content.reader.name, content.reader.code).replace("^", "&"),
                **_assistant(content),
            },
        ),
        *_observations(content, pdf),
    ]
    return "\r".join(segments) + "\r"


def hl7_document(content: ReportContent, pdf: bytes | None) -> ReportDocument:
    """The message as bytes in UTF-8, as MSH-18 says."""
    return ReportDocument(
        "report.hl7",
        "HL7 ORU^R01",
        "x-application/hl7-v2+er7",
        oru_message(content, pdf).encode(),
    )
