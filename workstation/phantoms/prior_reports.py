"""The reports that were signed on the earlier studies: Enhanced SR by TID 2000 (PS3.16)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, timedelta

import pydicom

from workstation.dicom.report_objects import head_of, imaged_study
from workstation.dicom.sr import build_report
from workstation.domain.identity import PersonName, Reader
from workstation.domain.report import ReportState, Section, SectionKind
from workstation.domain.report_content import Reference, ReportContent
from workstation.phantoms.objects import Writer
from workstation.phantoms.uids import uid

#: Who read the earlier studies; invented like the patients.
READER = Reader("PHANTOM-READER", PersonName("Ravenscar^Odile^^Dr"), "Nocturne phantoms", "PHANTOM")
_SERIES = 91

CT_CHEST = (
    Section(SectionKind.CLINICAL_INFORMATION, "Haemoptysis once. Ex-smoker. Question: mass?"),
    Section(SectionKind.TECHNIQUE, "CT of the chest without intravenous contrast, 4.5 mm."),
    Section(SectionKind.COMPARISON, "None."),
    Section(
        SectionKind.FINDINGS,
        "Lungs: solid nodule of 9 mm in the RIGHT upper lobe. No other nodule, no consolidation.\n"
        "Pleura: no effusion.\n"
        "Mediastinum: no enlarged lymph node.\n"
        "Heart and great vessels: normal size.\n"
        "Bones and upper abdomen: no suspicious finding.",
    ),
    Section(
        SectionKind.IMPRESSION,
        "Solid nodule of 9 mm in the RIGHT upper lobe, indeterminate. CT after three months is"
        " recommended.",
    ),
)
DX_CHEST = (
    Section(SectionKind.CLINICAL_INFORMATION, "Before cataract surgery. No complaints."),
    Section(SectionKind.TECHNIQUE, "Chest radiograph, PA and lateral."),
    Section(SectionKind.COMPARISON, "None."),
    Section(
        SectionKind.FINDINGS,
        "No consolidation, no effusion. Heart size and mediastinal contours normal.",
    ),
    Section(SectionKind.IMPRESSION, "No acute finding."),
)


def _reference(path: str) -> Reference:
    held = pydicom.dcmread(path, stop_before_pixels=True)
    return Reference(held.SOPClassUID, held.SOPInstanceUID, held.SeriesInstanceUID)


def write_report(writer: Writer, sections: Sequence[Section]) -> None:
    """The final report of a study whose images are written, signed two hours after it began."""
    first = writer.files[0].read_bytes()
    request = writer.request
    content = ReportContent(
        document_uid=uid("report", request.name),
        study=imaged_study(head_of(first)),
        sections=tuple(sections),
        quantities=(),
        key_images=(),
        key_frames=(),
        procedure=request.procedure,
        reader=READER,
        signed_at=(writer.moment + timedelta(hours=2)).replace(tzinfo=UTC),
        state=ReportState.FINAL,
        modality=request.modality,
        site=request.person.site,
    )
    made = build_report(first, [_reference(str(each)) for each in writer.files], content)
    folder = writer.folder / request.name / f"{_SERIES:02d}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "0001.dcm"
    held = pydicom.dcmread(io.BytesIO(made.content))
    # The moment of writing would differ at every run.
    signed = content.signed_at
    held.InstanceCreationDate, held.InstanceCreationTime = f"{signed:%Y%m%d}", f"{signed:%H%M%S}"
    for item in held.ContributingEquipmentSequence:
        item.ContributionDateTime = f"{signed:%Y%m%d%H%M%S}"
    pydicom.dcmwrite(path, held, enforce_file_format=True)
    writer.files.append(path)
