"""What is said of a volume that lies over a picture."""

from __future__ import annotations

from workstation.domain.study import DisplaySet
from workstation.domain.view import Fusion
from workstation.imaging.voi import described
from workstation.ui.viewport.blends import Laid
from workstation.workflow.presenting import colour_map_title


def series_words(over: DisplaySet) -> str:
    """`S3  PET AC`."""
    number = "" if over.series_number is None else f"S{over.series_number}"
    return "  ".join(part for part in (number, over.description or over.modality) if part)


def words(laid: Laid, fusion: Fusion | None) -> list[str]:
    """Which series lies over, how opaque, on which scale, and whether it was interpolated."""
    over = laid.over
    if over is None:
        return []
    share = f"{round(100 * laid.opacity)} %"
    first = f"{series_words(over)} over it, {share}"
    if laid.registered:
        first += ", registered"
    if laid.interpolated:
        first += ", interpolated"
    found = [first]
    if fusion is not None:
        # The name of the window tells the unit: SUV 0 to 5.
        scale = fusion.voi_name or described(fusion.voi)
        if over.suv is not None:
            scale = f"{over.suv.kind.words} {scale.removeprefix('SUV ')}"
        found.append(f"{scale}  {colour_map_title(fusion.colour_map)}")
        if over.suv is not None:
            found += over.suv.notes
        if over.suv_refused:
            found.append(over.suv_refused)
    return found
