"""The report as a FHIR R4 DiagnosticReport, with what it refers to contained in it. Pure."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from html import escape
from typing import Any

from workstation.domain.critical import CATEGORY_CODES, CriticalResult
from workstation.domain.delivery import ReportDocument
from workstation.domain.identity import PersonName, Sex
from workstation.domain.report import LOINC, SectionKind, Version
from workstation.domain.report_content import Coded, ReportContent, clean

#: PS3.18 and FHIR write a UID as a URI (RFC 3061).
_UID = "urn:oid:"
_DICOM_UID = "urn:dicom:uid"
_SYSTEMS = {
    "SCT": "http://snomed.info/sct",
    "UCUM": "http://unitsofmeasure.org",
    "LN": "http://loinc.org",
    "DCM": "http://dicom.nema.org/resources/ontology/DCM",
    "RADLEX": "http://radlex.org",
}
#: Of the extensions that FHIR has no element for.
_OWN = "urn:nocturne:"


def status(content: ReportContent) -> str:
    """DiagnosticReport.status (FHIR R4, value set diagnostic-report-status)."""
    if content.preliminary:
        return "preliminary"
    return {Version.ADDENDUM: "appended", Version.CORRECTION: "corrected"}.get(
        content.version, "final"
    )


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _coding(code: Coded) -> dict[str, Any]:
    system = _SYSTEMS.get(code.scheme, f"{_OWN}{code.scheme}")
    return {"coding": [{"system": system, "code": code.value, "display": code.meaning}]}


#: Of the ideographic and the phonetic group (FHIR extension iso21090-EN-representation).
_REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"


def _parts(group: str) -> dict[str, Any]:
    """The five components of a group of PN (PS3.5 6.2.1) as those of a HumanName."""
    parts = [each.strip() for each in group.split("^")] + [""] * 5
    given = [each for part in parts[1:3] for each in part.split()]
    named = {"given": given, "prefix": [parts[3]], "suffix": [parts[4]]}
    made: dict[str, Any] = {"family": parts[0]} if parts[0] else {}
    return made | {key: words for key, words in named.items() if any(words)}


def _names(name: PersonName) -> list[dict[str, Any]]:
    """One name a group; the first holds the whole as text."""
    made: list[dict[str, Any]] = [{"text": name.to_dicom() or name.display}]
    made[0] |= _parts(name.alphabetic) or {"family": name.family or name.display}
    for group, code in ((name.ideographic, "IDE"), (name.phonetic, "SYL")):
        if group and name.alphabetic:
            told = {"extension": [{"url": _REPRESENTATION, "valueCode": code}]}
            made.append(told | _parts(group))
    return made


def _patient(content: ReportContent) -> dict[str, Any]:
    patient = content.study.patient
    identifier: dict[str, Any] = {"value": patient.patient_id}
    if patient.issuer_of_patient_id:
        identifier["assigner"] = {"display": patient.issuer_of_patient_id}
    gender = {Sex.FEMALE: "female", Sex.MALE: "male", Sex.OTHER: "other"}
    made: dict[str, Any] = {
        "resourceType": "Patient",
        "id": "patient",
        "identifier": [identifier],
        "name": _names(patient.name),
        "gender": gender.get(patient.sex, "unknown"),
    }
    if patient.birth_date is not None:
        made["birthDate"] = patient.birth_date.isoformat()
    return made


def _practitioner(content: ReportContent) -> list[dict[str, Any]]:
    reader = content.reader
    made: list[dict[str, Any]] = [
        {
            "resourceType": "Practitioner",
            "id": "signer",
            "identifier": [{"system": f"{_OWN}reader", "value": reader.code}],
            "name": _names(reader.name),
        },
        {
            "resourceType": "PractitionerRole",
            "id": "signer-role",
            "practitioner": {"reference": "#signer"},
            "code": [{"text": reader.role.value}],
        },
    ]
    if reader.organization:
        made[1]["organization"] = {"display": reader.organization}
    if content.author is not None:
        made.append(
            {"resourceType": "Practitioner", "id": "author", "name": _names(content.author)}
        )
    return made


def _observations(content: ReportContent) -> list[dict[str, Any]]:
    found = []
    for number, held in enumerate(content.quantities, start=1):
        made: dict[str, Any] = {
            "resourceType": "Observation",
            "id": f"measurement-{number}",
            "status": "preliminary" if content.preliminary else "final",
            "code": _coding(held.name),
            "subject": {"reference": "#patient"},
            "valueQuantity": {
                "value": float(held.number),
                "unit": held.unit.meaning,
                "system": _SYSTEMS["UCUM"],
                "code": held.unit.value,
            },
        }
        if held.sop_instance_uid:
            made["derivedFrom"] = [
                {
                    "identifier": {"system": _DICOM_UID, "value": _UID + held.sop_instance_uid},
                    "display": f"frame {held.frame}",
                }
            ]
        found.append(made)
    return found


def _communication(number: int, result: CriticalResult) -> dict[str, Any]:
    code, meaning = CATEGORY_CODES[result.category]
    told = result.communication
    made: dict[str, Any] = {
        "resourceType": "Communication",
        "id": f"critical-{number}",
        "status": "preparation" if told is None else "completed",
        "category": [_coding(Coded(code, "RADLEX", meaning))],
        "subject": {"reference": "#patient"},
        "payload": [{"contentString": clean(result.finding)}],
        "extension": [{"url": f"{_OWN}found-at", "valueDateTime": _instant(result.found_at)}],
    }
    if told is not None:
        made["sent"] = _instant(told.told_at)
        made["recipient"] = [{"display": told.told_to}]
        made["sender"] = {"display": told.told_by}
        made["medium"] = [{"text": told.means.value}]
        made["extension"].append({"url": f"{_OWN}read-back", "valueBoolean": told.read_back})
    return made


def _narrative(content: ReportContent) -> str:
    parts = []
    for section in content.sections:
        if clean(section.text):
            body = "<br/>".join(escape(clean(section.text), quote=False).split("\n"))
            parts.append(f"<h2>{escape(section.kind.value)}</h2><p>{body}</p>")
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{"".join(parts)}</div>'


def _sections(content: ReportContent) -> list[dict[str, Any]]:
    """Each section with its LOINC code: R4 has no element for them, so an extension carries it."""
    found = []
    for section in content.sections:
        if not clean(section.text):
            continue
        code, meaning = LOINC[section.kind]
        inner: list[dict[str, Any]] = [
            {"url": "code", "valueCodeableConcept": _coding(Coded(code, "LN", meaning))},
            {"url": "text", "valueString": clean(section.text)},
        ]
        if section.by and section.at is not None:
            inner.append({"url": "author", "valueString": section.by})
            inner.append({"url": "time", "valueDateTime": _instant(section.at)})
        found.append({"url": f"{_OWN}section", "extension": inner})
    return found


def _study(content: ReportContent) -> dict[str, Any]:
    study = content.study
    made: dict[str, Any] = {
        "resourceType": "ImagingStudy",
        "id": "study",
        "status": "available",
        "subject": {"reference": "#patient"},
        "identifier": [{"system": _DICOM_UID, "value": _UID + study.study_instance_uid}],
    }
    if content.modality:
        made["modality"] = [{"system": _SYSTEMS["DCM"], "code": content.modality}]
    if study.description:
        made["description"] = study.description
    if content.site:
        made["location"] = {"display": content.site}
    return made


def _accession(content: ReportContent) -> dict[str, Any]:
    if not content.study.accession_number:
        return {}
    coding = {"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}
    return {"identifier": {"type": {"coding": [coding]}, "value": content.study.accession_number}}


def _order(content: ReportContent) -> list[dict[str, Any]]:
    """The request, where it has a number or somebody who made it."""
    referrer = content.study.referrer
    known = bool(referrer.family or referrer.given)
    accession = _accession(content)
    if not accession and not known:
        return []
    made: dict[str, Any] = {
        "resourceType": "ServiceRequest",
        "id": "order",
        "status": "unknown",
        "intent": "order",
        "subject": {"reference": "#patient"},
    }
    if accession:
        made["identifier"] = [accession["identifier"]]
    if known:
        made["requester"] = {"display": referrer.display}
    return [made]


def diagnostic_report(content: ReportContent, pdf: bytes | None = None) -> dict[str, Any]:
    """The resource as plain data."""
    study = content.study
    communications = [_communication(n, each) for n, each in enumerate(content.critical, start=1)]
    observations = _observations(content)
    conclusion = "\n".join(
        clean(each.text) for each in content.sections if each.kind is SectionKind.IMPRESSION
    )
    made: dict[str, Any] = {
        "resourceType": "DiagnosticReport",
        "id": content.document_uid,
        "text": {"status": "additional", "div": _narrative(content)},
        "contained": [
            _patient(content),
            *_practitioner(content),
            _study(content),
            *_order(content),
            *observations,
            *communications,
        ],
        "extension": [
            *_sections(content),
            {"url": f"{_OWN}signature-sha256", "valueString": content.digest},
        ],
        "identifier": [{"system": _DICOM_UID, "value": _UID + content.document_uid}],
        "status": status(content),
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/v2-0074",
                        "code": "RAD",
                        "display": "Radiology",
                    }
                ]
            }
        ],
        "code": {
            "coding": [
                {
                    "system": _SYSTEMS["LN"],
                    "code": "18748-4",
                    "display": "Diagnostic imaging study",
                }
            ],
            "text": content.procedure or study.description or "Diagnostic imaging",
        },
        "subject": {"reference": "#patient"},
        "issued": _instant(content.signed_at),
        "performer": [{"reference": "#signer-role"}],
        "resultsInterpreter": [{"reference": "#signer"}],
        "imagingStudy": [{"reference": "#study"}],
    }
    if content.author is not None:
        made["resultsInterpreter"].append({"reference": "#author"})
    if study.study_date is not None:
        made["effectiveDateTime"] = study.study_date.isoformat()
    if _order(content):
        made["basedOn"] = [{"type": "ServiceRequest", "reference": "#order"} | _accession(content)]
    if observations:
        made["result"] = [{"reference": f"#{each['id']}"} for each in observations]
    made["extension"] += [
        {"url": f"{_OWN}critical", "valueReference": {"reference": f"#{each['id']}"}}
        for each in communications
    ]
    if content.predecessor is not None:
        before = content.predecessor.sop_instance_uid
        made["extension"].append(
            {
                "url": f"{_OWN}replaces",
                "valueReference": {
                    "type": "DiagnosticReport",
                    "identifier": {"system": _DICOM_UID, "value": _UID + before},
                },
            }
        )
    if content.key_images:
        made["media"] = [
            {"comment": f"{each.sop_instance_uid} frame {frame}", "link": {"display": "Key image"}}
            for each, frame in zip(content.key_images, content.key_frames, strict=True)
        ]
    if conclusion:
        made["conclusion"] = conclusion
    if pdf is not None:
        made["presentedForm"] = [
            {
                "contentType": "application/pdf",
                "data": base64.b64encode(pdf).decode("ascii"),
                "title": "Diagnostic imaging report",
                "creation": _instant(content.signed_at),
            }
        ]
    return made


def fhir_document(content: ReportContent, pdf: bytes | None) -> ReportDocument:
    """The resource as JSON in UTF-8."""
    words = json.dumps(diagnostic_report(content, pdf), ensure_ascii=False, indent=1)
    return ReportDocument(
        "report.fhir.json",
        "FHIR DiagnosticReport",
        "application/fhir+json",
        (words + "\n").encode(),
    )
