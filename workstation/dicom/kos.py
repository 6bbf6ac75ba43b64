"""Key images as a Key Object Selection (PS3.3 A.35.4, PS3.16 TID 2010)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from highdicom.ko import KeyObjectSelection, KeyObjectSelectionDocument
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code
from pydicom.valuerep import DA, TM

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
from workstation.domain.delivery import OutgoingObject
from workstation.domain.identity import Reader

KEY_OBJECT_SELECTION = "1.2.840.10008.5.1.4.1.1.88.59"


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
) -> OutgoingObject:
    """The selection "For Referring Provider" of at least one image; `frames` count from 1, one for
    each of `images`, and are named where an image has several."""
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
