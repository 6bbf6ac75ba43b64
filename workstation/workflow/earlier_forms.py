"""The measurements and the key images that went out with the reports that an amendment follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from workstation.domain.delivery import OutgoingObject
from workstation.domain.report import Version
from workstation.domain.report_content import ReportContent


@dataclass(frozen=True, slots=True)
class EarlierForms:
    """The newest of each that was signed before, as Part 10 bytes; None where there is none, or
    where it was not signed on this disk."""

    measurements: bytes | None = None
    key_images: bytes | None = None


class Signed(Protocol):
    """What was signed on this disk."""

    def signed_with(self, document_uid: str) -> tuple[OutgoingObject, ...]:
        """All objects of the report whose document this is; none where it was not signed here."""
        ...


def earlier_forms(
    store: Signed, document_uid: str, content_of: Callable[[str], ReportContent]
) -> EarlierForms:
    """Those of the document before, or of the amendments that it follows on: one without numbers
    of its own left those before it as they were."""
    from workstation.dicom.sr_classes import COMPREHENSIVE_3D_SR, KEY_OBJECT_SELECTION

    found: dict[str, bytes] = {}
    seen: set[str] = set()
    at = document_uid
    while at and at not in seen:
        seen.add(at)
        held = store.signed_with(at)
        for each in held:
            found.setdefault(each.sop_class_uid, each.content)
        if not held or {COMPREHENSIVE_3D_SR, KEY_OBJECT_SELECTION} <= found.keys():
            break
        content = content_of(at)
        before = content.predecessor
        # What a preliminary report measured the final one need not hold.
        at = before.sop_instance_uid if before and content.version is not Version.ORIGINAL else ""
    return EarlierForms(found.get(COMPREHENSIVE_3D_SR), found.get(KEY_OBJECT_SELECTION))
