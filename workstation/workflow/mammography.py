"""How a mammogram hangs: towards the chest wall, at one scale, whatever way it was stored
(display rules, §13; PS3.3 C.8.11.7, C.7.6.1.1.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from workstation.domain.image import FrameKey
from workstation.domain.study import DisplaySet
from workstation.domain.view import Edge, Hung, ViewState
from workstation.imaging.breast import BreastBox, breast_box
from workstation.imaging.letters import edge_letters

#: Where rows and columns run after hanging: right breasts on the viewer's left with the chest
#: wall to the middle, left breasts the other way round.
EXPECTED = {
    ("R", "CC"): ("P", "L"),
    ("L", "CC"): ("A", "R"),
    ("R", "MLO"): ("P", "F"),
    ("L", "MLO"): ("A", "F"),
}
#: Air that is left around a breast that a viewport is fitted to.
MARGIN_MM = 4.0
NO_ORIENTATION = "No Patient Orientation: the mammogram hangs as it was stored."


class Frames(Protocol):
    """The frame cache as the search for a breast uses it."""

    def fetch(self, key: FrameKey) -> NDArray[Any]:
        """The stored values of a frame; blocks."""


def view_of(shown: DisplaySet) -> str:
    """CC or MLO by the view's code or View Position, never by the words of a description."""
    named = shown.frames[0].view_position.upper()
    for view in ("MLO", "CC"):
        # Modifiers stand before the view, a side may; XCCL is a view of its own.
        if named == view or named.split(" ")[-1] == view or named in (f"R{view}", f"L{view}"):
            return view
    return ""


def is_tomosynthesis(shown: DisplaySet) -> bool:
    """Slices of a breast, which stand apart from its projections (C.8.21)."""
    return shown.modality == "MG" and len(shown.frames) > 1


def _turn(shown: DisplaySet) -> tuple[int, bool] | None:
    frame = shown.frames[0]
    wanted = EXPECTED.get((frame.laterality, view_of(shown)))
    if wanted is None or not all(frame.patient_orientation):
        return None
    for flipped in (False, True):
        for rotation in (0, 90, 180, 270):
            view = ViewState(rotation=rotation, flipped=flipped)
            edges = edge_letters(None, frame.patient_orientation, view)
            if (edges.right[:1], edges.bottom[:1]) == wanted:
                return rotation, flipped
    return None


def _extent_mm(shown: DisplaySet, rotation: int) -> tuple[float, float] | None:
    """(wide, tall) in mm as it hangs; None where the image has no spacing."""
    form, spacing = shown.frames[0].pixel_format, shown.frames[0].calibration.spacing_mm
    if spacing is None:
        return None
    tall, wide = form.rows * spacing[0], form.columns * spacing[1]
    return (tall, wide) if rotation % 180 else (wide, tall)


def field_mm(sets: Iterable[DisplaySet]) -> tuple[float, float] | None:
    """(wide, tall) that holds each of the mammograms, so that all of them get one scale.

    None where one of them has no spacing: then no scale is common.
    """
    wide = tall = 0.0
    for shown in sets:
        turn = _turn(shown)
        extent = _extent_mm(shown, turn[0] if turn else 0)
        if extent is None:
            return None
        wide, tall = max(wide, extent[0]), max(tall, extent[1])
    return (wide, tall) if wide and tall else None


def breast_field_mm(
    sets: Sequence[DisplaySet], breasts: Mapping[str, BreastBox | None]
) -> tuple[float, float] | None:
    """(wide, tall) that holds the breast of each mammogram from its chest wall on, with a margin;
    the whole image where its breast was not found. `breasts` by identifier."""
    wide = tall = 0.0
    for shown in sets:
        turn = _turn(shown)
        extent = _extent_mm(shown, turn[0] if turn else 0)
        if extent is None:
            return None
        box = breasts.get(shown.identifier)
        if box is not None:
            top, bottom = _along(box, extent[1])
            reach = min(1.0, box.reach + MARGIN_MM / extent[0])
            extent = reach * extent[0], (bottom - top) * extent[1]
        wide, tall = max(wide, extent[0]), max(tall, extent[1])
    return (wide, tall) if wide and tall else None


def _along(box: BreastBox, tall_mm: float) -> tuple[float, float]:
    """(top, bottom) of a breast with its margin, parts of an image that is so tall: nothing beyond
    the image is shown for a margin."""
    margin = MARGIN_MM / tall_mm
    return max(0.0, box.top - margin), min(1.0, box.bottom + margin)


def hung(
    shown: DisplaySet, field: tuple[float, float] | None, breast: BreastBox | None = None
) -> Hung | None:
    """How the viewport of a mammogram opens, with its breast in the middle where that is known;
    None where nothing tells where its chest wall is."""
    turn = _turn(shown)
    if turn is None:
        return None
    rotation, flipped = turn
    spacing = shown.frames[0].calibration.spacing_mm
    edge = Edge.RIGHT if shown.frames[0].laterality == "R" else Edge.LEFT
    own = field or _extent_mm(shown, rotation)
    if own is None or spacing is None:
        return Hung(rotation, flipped, edge)
    extent = _extent_mm(shown, rotation)
    middle = 0.5
    if breast is not None and extent is not None:
        middle = sum(_along(breast, extent[1])) / 2
    return Hung(rotation, flipped, edge, own, spacing[1], middle, breast is not None)


def find_breast(frames: Frames, shown: DisplaySet, held: Hung) -> BreastBox | None:
    """The breast of a mammogram as it hangs, of slices in the middle one; blocks. None where it
    cannot be told from the air; ReaderError where the image cannot be decoded."""
    frame = shown.frames[len(shown.frames) // 2]
    return breast_box(
        frames.fetch(frame.key),
        frame,
        rotation=held.rotation,
        flipped=held.flipped,
        wall_right=held.edge is Edge.RIGHT,
    )
