"""Structured reports and documents for tests, item by item as PS3.3 C.17.3 writes them."""

from __future__ import annotations

from typing import Any

from pydicom.dataset import Dataset

from tests.dicom import make

DOSE_SR = "1.2.840.10008.5.1.4.1.1.88.67"
COMPREHENSIVE = "1.2.840.10008.5.1.4.1.1.88.33"
KOS = "1.2.840.10008.5.1.4.1.1.88.59"
CDA = "1.2.840.10008.5.1.4.1.1.104.2"


def code(value: str, scheme: str, meaning: str) -> Dataset:
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = value, scheme, meaning
    return made


def item(kind: str, name: Dataset | None, *children: Dataset, **values: Any) -> Dataset:
    made = Dataset()
    made.RelationshipType = "CONTAINS"
    made.ValueType = kind
    if name is not None:
        made.ConceptNameCodeSequence = [name]
    if kind == "CONTAINER":
        made.ContinuityOfContent = "SEPARATE"
    for keyword, value in values.items():
        setattr(made, keyword, value)
    if children:
        made.ContentSequence = list(children)
    return made


def container(name: Dataset, *children: Dataset) -> Dataset:
    return item("CONTAINER", name, *children)


def text(name: Dataset, words: str) -> Dataset:
    return item("TEXT", name, TextValue=words)


def coded(name: Dataset, value: Dataset) -> Dataset:
    return item("CODE", name, ConceptCodeSequence=[value])


def num(name: Dataset, value: str, unit: tuple[str, str], *children: Dataset) -> Dataset:
    measured = Dataset()
    measured.NumericValue = value
    measured.MeasurementUnitsCodeSequence = [code(unit[0], "UCUM", unit[1])]
    return item("NUM", name, *children, MeasuredValueSequence=[measured])


def image(uid: str, frame: int | None = None, sop_class: str = make.CT) -> Dataset:
    held = Dataset()
    held.ReferencedSOPClassUID, held.ReferencedSOPInstanceUID = sop_class, uid
    if frame is not None:
        held.ReferencedFrameNumber = frame
    return item("IMAGE", None, ReferencedSOPSequence=[held])


def report(sop_class: str, title: Dataset, *children: Dataset, **values: Any) -> Dataset:
    made = Dataset()
    made.SOPClassUID, made.SOPInstanceUID = sop_class, f"{make.ROOT}.90"
    made.StudyInstanceUID, made.SeriesInstanceUID = f"{make.ROOT}.2", f"{make.ROOT}.91"
    made.Modality = "KO" if sop_class == KOS else "SR"
    made.PatientID, made.PatientName = "TEST-1", "Phantom^Test"
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SeriesNumber, made.InstanceNumber = "9", "1"
    made.ContentDate, made.ContentTime = "20261124", "031200"
    made.CompletionFlag, made.VerificationFlag = "COMPLETE", "UNVERIFIED"
    made.ValueType, made.ContinuityOfContent = "CONTAINER", "SEPARATE"
    made.ConceptNameCodeSequence = [title]
    made.ContentSequence = list(children)
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def ct_dose() -> Dataset:
    """Two scans of a CT: 9.87 and 12.5 mGy, 345.6 and 250 mGy.cm, 595.6 in all (TID 10011)."""
    gray, length = ("mGy", "mGy"), ("mGy.cm", "mGy.cm")

    def scan(protocol: str, ctdi: str, dlp: str) -> Dataset:
        return container(
            code("113819", "DCM", "CT Acquisition"),
            text(code("125203", "DCM", "Acquisition Protocol"), protocol),
            coded(code("123014", "DCM", "Target Region"), code("51185008", "SCT", "Chest")),
            container(
                code("113829", "DCM", "CT Dose"),
                num(code("113830", "DCM", "Mean CTDIvol"), ctdi, gray),
                num(code("113838", "DCM", "DLP"), dlp, length),
            ),
        )

    return report(
        DOSE_SR,
        code("113701", "DCM", "X-Ray Radiation Dose Report"),
        container(
            code("113811", "DCM", "CT Accumulated Dose Data"),
            num(
                code("113812", "DCM", "Total Number of Irradiation Events"),
                "2",
                ("{events}", "events"),
            ),
            num(code("113813", "DCM", "CT Dose Length Product Total"), "595.6", length),
        ),
        scan("Thorax native", "9.87", "345.6"),
        scan("Thorax portal", "12.5", "250"),
    )


def key_objects(*uids: str) -> Dataset:
    """A selection "For Surgery" with a description (TID 2010)."""
    return report(
        KOS,
        code("113006", "DCM", "For Surgery"),
        text(code("113012", "DCM", "Key Object Description"), "Screw near the canal"),
        *(image(uid) for uid in uids),
    )


def cda(body: str) -> Dataset:
    """An encapsulated clinical document around a body."""
    content = (
        '<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">'
        '<title>Discharge summary</title><effectiveTime value="202611240312"/>'
        "<author><assignedAuthor><assignedPerson><name><given>Iris</given>"
        "<family>Marrowby</family></name></assignedPerson></assignedAuthor></author>"
        f"{body}</ClinicalDocument>"
    ).encode()
    made = Dataset()
    made.SOPClassUID, made.SOPInstanceUID = CDA, f"{make.ROOT}.95"
    made.StudyInstanceUID, made.SeriesInstanceUID = f"{make.ROOT}.2", f"{make.ROOT}.96"
    made.Modality, made.PatientID, made.SeriesNumber = "DOC", "TEST-1", "8"
    made.DocumentTitle = "Discharge"
    made.MIMETypeOfEncapsulatedDocument = "text/XML"
    made.EncapsulatedDocumentLength = len(content)
    made.EncapsulatedDocument = content + b"\0" * (len(content) % 2)
    return made


def structured(sections: str) -> str:
    return f"<component><structuredBody>{sections}</structuredBody></component>"


def section(title: str, narrative: str, inner: str = "") -> str:
    below = f"<component>{inner}</component>" if inner else ""
    return (
        f"<component><section><title>{title}</title><text>{narrative}</text>{below}"
        "</section></component>"
    )
