"""How a frame that a document names is called in the study."""

from __future__ import annotations

from workstation.domain.image import FrameKey
from workstation.domain.study import Study


def name_of(study: Study | None, frame: FrameKey) -> tuple[str, bool] | None:
    """`S3 Soft 1.0, image 12` or what another object is, and whether it can be gone to; None where
    it is not in the study."""
    for shown in study.display_sets if study is not None else ():
        if frame.sop_instance_uid not in shown.sop_instance_uids:
            continue
        number = "" if shown.series_number is None else f"S{shown.series_number}"
        words = " ".join(part for part in (number, shown.description or shown.modality) if part)
        keys = [each.key for each in shown.frames]
        if frame in keys:
            place = f", image {keys.index(frame) + 1}" if len(keys) > 1 else ""
            return words + place, True
        if not keys:
            return words, False
    return None
