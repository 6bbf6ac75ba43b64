"""What a link of the report reads, out of what was measured."""

from __future__ import annotations

from workstation.domain.report_table import CHANGE
from workstation.domain.wording import report_text
from workstation.ui.report.links import LinkText
from workstation.ui.viewport.measure_tools import ICONS
from workstation.workflow.measuring import Measuring


def text_of(measuring: Measuring | None, link: str) -> LinkText:
    """The words of `m:IDENTIFIER` or `k:SOP_UID:FRAME`; a removed one says that it is."""
    if link == CHANGE:
        return LinkText("", "")  # told by its row
    if measuring is not None:
        for held in measuring.measurements():
            if link == f"m:{held.identifier}":
                words = report_text(held)
                return LinkText(ICONS[held.kind], f"{words} {held.frame_label}", short=words)
        for image in measuring.key_images():
            key = image.frame
            if link == f"k:{key.sop_instance_uid}:{key.frame_number}":
                return LinkText("key_image", image.frame_label)
    return LinkText("warning", "removed measurement", known=False)
