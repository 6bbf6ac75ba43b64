"""The pages of a report as an Encapsulated PDF (PS3.3 A.45.1)."""

from __future__ import annotations

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from workstation import __version__
from workstation.dicom.pdf_pages import standing
from workstation.dicom.report_objects import (
    REPORT_TITLE,
    derived_uid,
    finish,
    head_of,
    in_zone_of,
)
from workstation.dicom.sr_classes import ENHANCED_SR
from workstation.domain.delivery import OutgoingObject
from workstation.domain.report_content import ReportContent

ENCAPSULATED_PDF = "1.2.840.10008.5.1.4.1.1.104.1"


def build_pdf_object(
    sop_instance_uid: str, study_instance: bytes, content: ReportContent, pages: bytes
) -> OutgoingObject:
    """The PDF with the study's patient; it names the structured report that it shows.

    Encapsulated PDF has no flag for preliminary: the title says it, as every page does, and the
    structured report beside it is the one that counts.
    """
    head = head_of(study_instance)
    head.AccessionNumber = content.study.accession_number
    dataset = Dataset()
    dataset.update(head)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = ENCAPSULATED_PDF
    dataset.SOPInstanceUID = sop_instance_uid
    dataset.Modality = "DOC"
    dataset.SeriesInstanceUID = derived_uid(
        "nocturne report pages", str(head.StudyInstanceUID), content.reader.code
    )
    dataset.SeriesNumber = 9003
    dataset.SeriesDescription = "Reports as pages"
    dataset.InstanceNumber = 1
    dataset.Manufacturer = dataset.ManufacturerModelName = "Nocturne"
    dataset.SoftwareVersions = __version__
    dataset.ConversionType = "WSD"
    moment = in_zone_of(head, content.signed_at)
    dataset.ContentDate, dataset.ContentTime = f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
    dataset.AcquisitionDateTime = ""
    dataset.BurnedInAnnotation = "YES"
    dataset.RecognizableVisualFeatures = "NO"
    dataset.DocumentTitle = standing(content).capitalize()
    dataset.VerificationFlag = "UNVERIFIED" if content.preliminary else "VERIFIED"
    title = Dataset()
    title.CodeValue = REPORT_TITLE.value
    title.CodingSchemeDesignator = REPORT_TITLE.scheme_designator
    title.CodeMeaning = REPORT_TITLE.meaning
    dataset.ConceptNameCodeSequence = [title]
    source = Dataset()
    source.ReferencedSOPClassUID = ENHANCED_SR
    source.ReferencedSOPInstanceUID = content.document_uid
    dataset.SourceInstanceSequence = [source]
    dataset.MIMETypeOfEncapsulatedDocument = "application/pdf"
    dataset.EncapsulatedDocumentLength = len(pages)
    dataset.EncapsulatedDocument = pages + b"\0" * (len(pages) % 2)
    title_words = "Preliminary report (PDF)" if content.preliminary else "Report (PDF)"
    return OutgoingObject(
        sop_instance_uid, ENCAPSULATED_PDF, title_words, finish(dataset, head, moment)
    )
