"""What is written and drawn over a picture: corner text, letters, scale bar, crosshair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workstation.domain.image import CalibrationSource, FrameDescription, Window
from workstation.domain.presentation import StateSummary
from workstation.domain.study import DisplaySet
from workstation.domain.view import Edge, Plane, ViewState
from workstation.domain.wording import scale_text, slab_text, unit_text
from workstation.imaging.voi import described
from workstation.ui.viewport import fused
from workstation.ui.viewport.scene import Scene, spacing_aspect
from workstation.workflow.mammography import NO_ORIENTATION
from workstation.workflow.presenting import (
    colour_map_title,
    states_for,
    states_for_planes,
    states_not_applied,
)
from workstation.workflow.viewing import (
    PLANE_NAMES,
    Pane,
    missing_words,
    plane_name,
    step_at,
    steps_of,
)

PLANE_TONES = {Plane.AXIAL: "ax", Plane.CORONAL: "cor", Plane.SAGITTAL: "sag"}
_PROJECTIONS = {"CR", "DX", "MG", "RG", "IO", "PX", "XA", "RF"}
#: A viewport whose shorter side is less, in pixels of the drawings, leaves out what is looked up
#: less.
SMALL, TINY = 300, 170


@dataclass(frozen=True, slots=True)
class Arrival:
    """How much of a series is here; `expected` is None where nobody said."""

    here: int
    expected: int | None = None
    arriving: bool = False


@dataclass(slots=True)
class Corners:
    """Lines (text, colour token) of the four corners, from the edge inward."""

    dot: str = ""
    upper_left: list[tuple[str, str]] = field(default_factory=list)
    upper_right: list[tuple[str, str]] = field(default_factory=list)
    lower_left: list[tuple[str, str]] = field(default_factory=list)
    lower_right: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def series_words(shown: DisplaySet) -> str:
    """`S3  Soft 1.0`."""
    number = "" if shown.series_number is None else f"S{shown.series_number}"
    return "  ".join(part for part in (number, shown.description) if part)


def study_moment(pane: Pane) -> str:
    """`24 Nov 2026  02:51`, as the site wrote it."""
    at = pane.study.study_datetime
    return "" if at is None else f"{at.day} {at:%b %Y}  {at:%H:%M}"


def calibration_words(scene: Scene) -> tuple[str, str]:
    """What the scale of a picture without patient space is: (words, colour)."""
    frame = scene.frame
    if frame is None or scene.plane is not None:
        return "", "text"
    source = frame.calibration.source
    if frame.ultrasound_regions:
        return "scale by region", "text"
    if source is CalibrationSource.NONE or frame.calibration.spacing_mm is None:
        return "no spacing: px only, not to scale", "urgent"
    words = {
        CalibrationSource.DETECTOR: f"spacing {scale_text(source, frame.calibration.description)}",
        CalibrationSource.MAGNIFICATION_CORRECTED: "spacing corrected for magnification",
        CalibrationSource.FIDUCIAL: "spacing calibrated by fiducial",
        CalibrationSource.USER: "spacing set by user",
    }
    return words.get(source, ""), "text"


#: What tells whose and what kind of picture it is, and how far it can be trusted.
_STAYS = ("CURRENT", "PRIOR", "lossy")


def at_rest(words: Corners) -> Corners:
    """What stays while nobody touches the case: warnings, coloured words, CURRENT and PRIOR."""

    def kept(lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [
            (text, tone)
            for text, tone in lines
            if tone not in ("text", "text2", "text3") or any(each in text for each in _STAYS)
        ]

    return Corners(
        upper_left=kept(words.upper_left),
        upper_right=kept(words.upper_right),
        lower_left=kept(words.lower_left),
        lower_right=kept(words.lower_right),
        warnings=words.warnings,
    )


def corners(
    pane: Pane, view: ViewState, scene: Scene, arrival: Arrival, room: float, note: str = ""
) -> Corners:
    """The words of a viewport whose shorter side is `room` long in pixels of the drawings."""
    shown, found = pane.shown, Corners()
    small, tiny = room < SMALL, room < TINY
    plane = plane_name(view, shown)
    preset = view.voi_name
    if pane.named:
        head = "PRIOR" if pane.prior else "CURRENT"
        found.upper_left.append((f"{head}  {study_moment(pane)}".rstrip(), "text"))
    if plane is not None:
        found.dot = PLANE_TONES[plane]
        found.upper_left.append((f"{PLANE_NAMES[plane]}  {preset}".rstrip(), "text"))
    if view.plane is Plane.ACQUIRED:
        frame = scene.frame
        thick = dict(frame.technique).get("thick", "") if frame is not None else ""
        words = series_words(shown)
        view_words = ""
        if frame is not None and shown.modality in _PROJECTIONS:
            words = _projection_words(shown, frame)
            if shown.modality == "MG":
                words = _mammogram_words(found, shown, frame, view)
        elif thick and not shown.description:
            view_words = thick
        # A mammogram that hangs has its side and view at the top away from the chest wall.
        bare = "" if view.hung is not None else shown.modality
        line = "  ".join(part for part in (words or bare, view_words) if part)
        if line:
            found.upper_left.append((line, "text"))
    else:
        slab = slab_text(view.slab_mm, view.slab_mode) or "thin"
        found.upper_left.append((f"MPR  {slab}", "text"))
    if note:
        found.upper_left.append((note, "text2"))
    found.upper_left += [(words, "text") for words in look_words(pane, view, scene)]
    if scene.look is not None:
        found.warnings += scene.look.warnings
    if scene.laid is not None and scene.laid.words:
        found.warnings.append(scene.laid.words)
    _arrival_words(found, pane, view, arrival)
    _lower_words(found, pane, view, scene, small, tiny)
    hung = view.hung
    if hung is not None and (hung.rotation, hung.flipped) == (view.rotation, view.flipped):
        _off_the_breast(found, hung.edge)
    return found


def _off_the_breast(found: Corners, wall: Edge) -> None:
    """All words of a mammogram on the side of the air: tissue at the chest wall is read, not
    written on (IHE MAMMO)."""
    lower = found.lower_right + found.lower_left
    if wall is Edge.LEFT:
        found.upper_right += found.upper_left
        found.upper_left, found.lower_left, found.lower_right = [], [], lower
    else:
        found.upper_left += found.upper_right
        found.upper_right, found.lower_left, found.lower_right = [], lower, []


def _projection_words(shown: DisplaySet, frame: FrameDescription) -> str:
    """`DX  L  Knee AP`: the side of a paired part, and the view where the description lacks it."""
    side = frame.laterality if frame.laterality in ("R", "L", "B") else ""
    named = frame.view_position.upper() in shown.description.upper().split()
    view = "" if named else frame.view_position
    return "  ".join(part for part in (shown.modality, side, shown.description, view) if part)


def _mammogram_words(
    found: Corners, shown: DisplaySet, frame: FrameDescription, view: ViewState
) -> str:
    """`R MLO` at the top, away from the chest wall, where the axilla is; what else is known of
    the image stays in the upper left."""
    label = " ".join(part for part in (frame.laterality, frame.view_position) if part)
    more = shown.description
    if set(more.upper().split()) <= set(label.upper().split()):
        more = ""
    if view.hung is None:
        found.warnings.append(NO_ORIENTATION)
        return f"MG  {label}  {more}".rstrip()
    if view.hung.edge is Edge.LEFT:
        found.upper_right.append((label, "text"))
        return more
    return f"{label}  {more}".rstrip()


def uptake_words(shown: DisplaySet) -> list[str]:
    """Which SUV the values of a PET are, and what was taken for granted (display rules, §10)."""
    if shown.suv is None:
        return []
    return [shown.suv.kind.words, *shown.suv.notes]


def _states_waiting(states: Sequence[StateSummary]) -> list[str]:
    """Which states came for the image and are not applied, with the key that switches."""
    names = [each.label or "without label" for each in states]
    if not names:
        return []
    told = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return [f"State{'s' if len(names) > 1 else ''} {told}, not applied: Y"]


def _states(pane: Pane, view: ViewState) -> tuple[StateSummary, ...]:
    """Those that what is shown can be looked at in."""
    if view.plane is not Plane.ACQUIRED:
        return states_for_planes(pane.study, pane.shown)
    frames = pane.shown.frames
    return states_for(pane.study, frames[min(view.frame_index, len(frames) - 1)].key)


def _which_state(pane: Pane, view: ViewState) -> str:
    """`, 1 of 2: Y` where there are others to switch to."""
    held = [
        shown.state
        for shown in pane.study.display_sets
        if shown.state is not None and shown.state.sop_instance_uid == view.presentation
    ]
    states = _states(pane, view)
    if len(states) < 2 or not held or held[0] not in states:
        return ""
    return f", {states.index(held[0]) + 1} of {len(states)}: Y"


def look_words(pane: Pane, view: ViewState, scene: Scene) -> list[str]:
    """What was done to the picture beyond its window: a state, a mask, a palette, planes off."""
    look, found = scene.look, uptake_words(pane.shown)
    if look is not None and look.presentation is not None:
        state = look.presentation
        changed = ", window changed" if view.voi is not None else ""
        found.append(f"State {state.label or 'without label'}{changed}{_which_state(pane, view)}")
    elif scene.frame is not None:
        found += _states_waiting(_states(pane, view))
    if scene.frame is not None:
        found += [
            f"State {each.label or 'without label'} ({each.what}) is not applied"
            for each in states_not_applied(pane.study, scene.frame.key)
        ]
    if look is not None and look.mask is not None and look.mask.frames:
        numbers = ", ".join(str(number) for number in look.mask.frames)
        found.append(f"Mask subtracted: frame {numbers}")
    elif scene.frame is not None and any(mask.recommended for mask in scene.frame.masks):
        found.append("Made to be seen subtracted: Shift+D")
    if view.colour_map and view.fusion is None:
        found.append(f"Colours: {colour_map_title(view.colour_map)}")
    if scene.laid is not None and scene.laid.rgb is not None:
        found += fused.words(scene.laid, view.fusion)
    if look is not None:
        found += look.notes
    if scene.frame is not None and scene.frame.colour_note:
        found.append(scene.frame.colour_note)
    return found


def _arrival_words(found: Corners, pane: Pane, view: ViewState, arrival: Arrival) -> None:
    if arrival.arriving and arrival.expected:
        found.upper_right.append((f"{arrival.here} of {arrival.expected} here", "text"))
    elif view.plane is not Plane.ACQUIRED and arrival.here < len(pane.shown.frames):
        found.upper_right.append((f"{arrival.here} of {len(pane.shown.frames)} here", "text"))
    if not arrival.arriving:
        missing = missing_words(pane.shown)
        if missing:
            found.warnings.append(missing)
    if pane.shown.suv_refused:
        unit = unit_text(pane.shown.frames[0].modality_transform.unit) or "no known unit"
        found.warnings.append(f"Values in {unit}. {pane.shown.suv_refused}")
    found.warnings += list(pane.study.problems[:1])
    if view.plane is Plane.ACQUIRED:
        found.warnings += _repair_words(pane.shown)
    if view.plane is not Plane.ACQUIRED:
        # Missing slices have their own line above.
        found.warnings += [each for each in pane.shown.problems if "missing" not in each][:1]


def _repair_words(shown: DisplaySet) -> list[str]:
    """The first thing that is not as the header says; the thumbnail tells the rest."""
    if not shown.repairs:
        return []
    more = len(shown.repairs) - 1
    return [f"{shown.repairs[0]} And {more} more." if more else shown.repairs[0]]


def _true_size(scene: Scene) -> str:
    """Whether a millimetre of the object is one of the screen, within half a percent."""
    step = mm_per_pixel(scene)
    if step is None or scene.pitch_mm is None or abs(step / scene.pitch_mm - 1) > 0.005:
        return ""
    frame = scene.frame if scene.plane is None else None
    if frame is not None and frame.calibration.source is CalibrationSource.DETECTOR:
        return f", true size {scale_text(frame.calibration.source, frame.calibration.description)}"
    return ", true size"


def _fitted_to_breast(view: ViewState) -> bool:
    """Whether air of the image lies beyond the viewport, which the reader did not do."""
    return view.hung is not None and view.hung.on_breast and view.zoom is None


def _lower_words(
    found: Corners, pane: Pane, view: ViewState, scene: Scene, small: bool, tiny: bool
) -> None:
    shown, frame = pane.shown, scene.frame
    if scene.voi is not None:
        words = described(scene.voi)
        name = view.voi_name
        if not name and isinstance(scene.voi, Window):
            name = scene.voi.explanation if len(scene.voi.explanation) < 24 else ""
        if small and plane_name(view, shown) is not None:
            name = ""  # it stands beside the plane
        inverted = "  inverted" if view.inverted else ""
        found.lower_left.append((f"{words}  {name}".rstrip() + inverted, "text"))
    elif view.inverted:
        found.lower_left.append(("inverted", "text"))
    if scene.placement is not None and not tiny:
        scale = scene.placement.scale
        digits = 2 if scale < 1 else 1
        interpolated = "" if abs(scale - round(scale)) < 1e-6 else ", interpolated"
        fitted = ", fitted to breast" if _fitted_to_breast(view) else ""
        # Where there is little room the number goes first: who wants it has it in a larger view.
        words = "" if small else f"Zoom {scale:.{digits}f}×{interpolated}"
        words = f"{words}{_true_size(scene)}{fitted}".removeprefix(", ")
        found.lower_left += [(words, "text")] if words else []
    count = steps_of(view, shown)
    if count > 1:
        found.lower_right.append((f"{step_at(view, shown) + 1} / {count}", "text"))
    plane = scene.plane
    if plane is not None and not tiny:
        axis = max(range(3), key=lambda index: abs(plane.normal[index]))
        at = f"{plane.center[axis]:.1f} mm".replace("-", "−")
        found.lower_right.append((f"{'xyz'[axis]} {at}", "text"))
    words, tone = calibration_words(scene)
    if words:
        found.lower_right.append((words, tone))
    if frame is not None and frame.lossy:
        found.lower_right.append((frame.lossy, "urgent"))
    if frame is not None and not small and view.plane is Plane.ACQUIRED:
        technique = "  ".join(f"{name} {value}" for name, value in frame.technique[:4])
        if technique:
            found.lower_right.insert(0, (technique, "text2"))


def mm_per_pixel(scene: Scene) -> float | None:
    """Millimetres along the columns of one screen pixel; None where there is no true scale."""
    if scene.placement is None or scene.frame is None:
        return None
    if scene.plane is not None:
        return scene.plane.spacing_mm[1] / scene.placement.scale
    held = scene.frame.calibration
    if held.spacing_mm is None or held.source is CalibrationSource.NONE:
        return None
    return held.spacing_mm[1] / scene.placement.scale


def aspect(scene: Scene) -> float:
    """Height of a pixel over its width, of the image that the scene shows."""
    if scene.frame is None or scene.values is not None:
        return 1.0
    return spacing_aspect(scene.frame)
