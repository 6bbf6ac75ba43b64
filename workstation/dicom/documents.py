"""Documents among the instances: encapsulated PDF and CDA, structured reports, waveforms."""

from __future__ import annotations

from pathlib import Path

from pydicom.dataset import Dataset

from workstation.dicom import attributes, dose_report, sr_page, waveforms
from workstation.dicom.part10 import open_object
from workstation.domain.document_page import PdfFile, ReadablePage
from workstation.domain.errors import DocumentRefused, NotDicom
from workstation.domain.study import Document
from workstation.domain.waveform import Waveform

PDF = "application/pdf"
CDA = "text/XML"
#: Our own word: a waveform has no MIME type.
WAVEFORM = "waveform"
ENCAPSULATED = {
    "1.2.840.10008.5.1.4.1.1.104.1": PDF,
    "1.2.840.10008.5.1.4.1.1.104.2": CDA,
}
_SR_ROOT = "1.2.840.10008.5.1.4.1.1.88."


def is_structured_report(sop_class_uid: str) -> bool:
    """Whether the SOP class is one of the SR family, the key object selection included."""
    return sop_class_uid.startswith(_SR_ROOT)


def describe(dataset: Dataset, sop_instance_uid: str, sop_class_uid: str) -> Document | None:
    """The document that an instance is, or None."""
    if sop_class_uid in ENCAPSULATED:
        title = attributes.text(dataset, "DocumentTitle") or sr_page.concept(dataset)
        mime = attributes.text(dataset, "MIMETypeOfEncapsulatedDocument")
        words = title or attributes.text(dataset, "SeriesDescription") or "Document"
        return Document(sop_instance_uid, words, mime or ENCAPSULATED[sop_class_uid])
    if is_structured_report(sop_class_uid):
        page = dose_report.page(dataset, sop_class_uid) or sr_page.page(dataset, sop_class_uid)
        dose = dose_report.totals(dataset, sop_class_uid)
        return Document(sop_instance_uid, page.title, "text/plain", page.text(), page, dose)
    if waveforms.is_waveform(sop_class_uid):
        return Document(sop_instance_uid, waveforms.title(dataset, sop_class_uid), WAVEFORM)
    return None


def encapsulated_document(source: bytes | Path) -> tuple[str, bytes]:
    """(MIME type, bytes) of an Encapsulated Document (PS3.3 C.24.2); NotDicom where it has none."""
    dataset = open_object(source).dataset
    held = attributes.value(dataset, "EncapsulatedDocument")
    if not isinstance(held, bytes):
        raise NotDicom("The object holds no document.", remedy="Ask the site to send it again.")
    mime = attributes.text(dataset, "MIMETypeOfEncapsulatedDocument") or PDF
    length = attributes.integer(dataset, "EncapsulatedDocumentLength")
    if length and 0 < length <= len(held):
        held = held[:length]
    elif mime == PDF:
        held = held.rstrip(b"\0")
    return mime, held


def open_document(source: bytes | Path) -> ReadablePage | PdfFile | Waveform:
    """A document as it is read; ReaderError says why it cannot be."""
    part = open_object(source)
    dataset = part.dataset
    sop_class = attributes.text(dataset, "SOPClassUID") or part.media_sop_class_uid
    described = describe(dataset, attributes.text(dataset, "SOPInstanceUID"), sop_class)
    if described is None:
        raise DocumentRefused("The object is no document.")
    if described.page is not None:
        return described.page
    if described.mime_type == WAVEFORM:
        return waveforms.read_waveform(source)
    mime, content = encapsulated_document(source)
    if mime.lower() == PDF:
        return PdfFile(described.title, content)
    # Imported late: lxml is large, and clinical documents are rare.
    from workstation.dicom import cda

    return cda.page(content, described.title)
