"""Key images as a Key Object Selection (PS3.3 A.35.4, PS3.16 TID 2010).

Such a document has no Predecessor Documents Sequence, and its Identical Documents Sequence is for
copies in several studies alone (PS3.3 C.17.6.2): what a selection takes the place of is told in its
Key Object Description.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from highdicom.ko import KeyObjectSelection, KeyObjectSelectionDocument
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code
from pydicom.valuerep import DA, TM

from workstation.dicom import attributes
from workstation.dicom.part10 import open_object
from workstation.dicom.report_objects import (
    Reference,
    derived_uid,
    evidence,
    finish,
    frame_numbers,
    head_of,
    in_zone_of,
    quiet,
)
from workstation.dicom.sr import observer
from workstation.dicom.sr_classes import KEY_OBJECT_SELECTION
from workstation.domain.delivery import OutgoingObject
from workstation.domain.identity import Reader
from workstation.domain.report import Version
from workstation.domain.report_content import ReportContent

_NAMES = {
    Version.ADDENDUM: "the addendum",
    Version.CORRECTION: "the corrected report",
}


def key_image_words(content: ReportContent, before: bytes | None) -> str:
    """The Key Object Description of the key images of a report that follows on another; nothing of
    a first one. `before` is the selection that they take the place of, where it is known."""
    if content.predecessor is None:
        return ""
    words = f"Key images of {_NAMES.get(content.version, 'the final report')}."
    if before is None:
        return words
    earlier = attributes.text(open_object(before).dataset, "SOPInstanceUID")
    return f"{words} They take the place of the selection with the SOP Instance UID {earlier}."


def _name_frames(document: Dataset, images: Sequence[Reference], frames: Sequence[int]) -> None:
    """Referenced Frame Number of each selected image (PS3.3 Table 10-3)."""
    chosen: dict[str, list[int]] = {}
    for image, frame in zip(images, frames, strict=True):
        named = chosen.setdefault(image.sop_instance_uid, [])
        named += [each for each in frame_numbers(image, frame) or () if each not in named]
    for item in document.ContentSequence:
        for held in item.get("ReferencedSOPSequence") or ():
            if named := chosen.get(held.ReferencedSOPInstanceUID, []):
                held.ReferencedFrameNumber = named


def build_key_images(
    sop_instance_uid: str,
    study_instance: bytes,
    images: Sequence[Reference],
    frames: Sequence[int],
    *,
    reader: Reader,
    signed_at: datetime,
    description: str = "",
) -> OutgoingObject:
    """The selection "For Referring Provider" of at least one image; `frames` count from 1, one for
    each of `images`, and are named where an image has several. `description` is its Key Object
    Description."""
    head = head_of(study_instance)
    unique = list({each.sop_instance_uid: each for each in images}.values())
    referenced = evidence(head, unique)
    with quiet():
        document = KeyObjectSelectionDocument(
            evidence=referenced,
            content=KeyObjectSelection(
                document_title=Code("113002", "DCM", "For Referring Provider"),
                referenced_objects=referenced,
                observer_person_context=observer(reader),
                description=description or None,
            ),
            series_instance_uid=derived_uid(
                "nocturne key images", str(head.StudyInstanceUID), reader.code
            ),
            series_number=9002,
            sop_instance_uid=sop_instance_uid,
            instance_number=1,
            manufacturer="Nocturne",
        )
    _name_frames(document, images, frames)
    document.SeriesDescription = "Key images"
    moment = in_zone_of(head, signed_at)
    document.ContentDate, document.ContentTime = DA(moment.date()), TM(moment.time())
    count = len(unique)
    return OutgoingObject(
        sop_instance_uid,
        KEY_OBJECT_SELECTION,
        f"{count} key image{'s' if count > 1 else ''}",
        finish(document, head, signed_at),
    )
