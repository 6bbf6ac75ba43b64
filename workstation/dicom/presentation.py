"""Softcopy presentation states to the look of one image (PS3.3 A.33, PS3.4 N.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pydicom.dataset import Dataset

from workstation.dicom import (
    attributes,
    blending_state,
    graphics,
    lookup_tables,
    masks,
    overlays,
    shutters,
    state_values,
)
from workstation.dicom.part10 import Part10, open_object
from workstation.domain.errors import ReaderError
from workstation.domain.image import (
    FrameDescription,
    LookupTable,
    ModalityTransform,
    Shutter,
)
from workstation.domain.presentation import (
    DisplayedArea,
    OverlayBits,
    Presentation,
    SizeMode,
    StateKind,
    StateReference,
    StateSummary,
)
from workstation.domain.registration import Registration

_ROOT = "1.2.840.10008.5.1.4.1.1.11."
_KINDS = {
    "1": StateKind.GREYSCALE,
    "2": StateKind.COLOUR,
    "3": StateKind.PSEUDO_COLOUR,
    "4": StateKind.BLENDING,
    # The XA/XRF state is a greyscale one with a mask of its own (A.33.5).
    "5": StateKind.GREYSCALE,
}
#: What the others are (PS3.4 table B.5-1, PS3.3 A.80).
_OTHERS = {
    "6": "planar MPR",
    "7": "composited planar MPR",
    "8": "advanced blending",
    "9": "volume rendering",
    "10": "segmented volume rendering",
    "11": "rendering of several volumes",
    "12": "variable modality LUT",
}
#: States deeper than this are none.
_MAXIMUM_DEPTH = 12


def kind_of(sop_class_uid: str) -> StateKind | None:
    """Which pipeline a SOP class describes; None where it is no presentation state."""
    if not sop_class_uid.startswith(_ROOT):
        return None
    return _KINDS.get(sop_class_uid.removeprefix(_ROOT), StateKind.OTHER)


def summary(dataset: Dataset, sop_class_uid: str, sop_instance_uid: str) -> StateSummary | None:
    """What a list tells of a state; None where the object is none."""
    kind = kind_of(sop_class_uid)
    if kind is None:
        return None
    what = kind.value
    if kind is StateKind.OTHER:
        references = _every_image(dataset)
        what = _OTHERS.get(sop_class_uid.removeprefix(_ROOT), "unknown kind")
    elif kind is StateKind.BLENDING:
        # It is chosen on the images that lie below.
        below = blending_state.item(dataset, "UNDERLYING")
        references = () if below is None else state_values.references(below)
    else:
        references = state_values.references(dataset)
    return StateSummary(
        sop_instance_uid,
        kind,
        attributes.text(dataset, "ContentLabel"),
        attributes.text(dataset, "ContentDescription"),
        attributes.text(dataset, "ContentCreatorName").replace("^", " ").strip(),
        references,
        what,
    )


def _every_image(dataset: Dataset, depth: int = 0) -> tuple[StateReference, ...]:
    """All images that a state names anywhere: its inputs lie in sequences of its own kind."""
    found: list[StateReference] = []
    for element in dataset if depth < _MAXIMUM_DEPTH else ():
        if element.VR != "SQ":
            continue
        for item in element.value or ():
            uid = attributes.text(item, "ReferencedSOPInstanceUID")
            if uid:
                found.append(StateReference(uid))
            found += _every_image(item, depth + 1)
    return tuple(dict.fromkeys(found))


class PresentationState:
    """One state that is open. `of` tells the look of a frame; it reads no file."""

    def __init__(
        self, part: Part10, registration_of: Callable[[str], Registration] | None = None
    ) -> None:
        self._part = part
        with attributes.quiet():
            uid = attributes.text(part.dataset, "SOPInstanceUID") or part.media_sop_instance_uid
            named = attributes.text(part.dataset, "SOPClassUID") or part.media_sop_class_uid
            told = summary(part.dataset, named, uid) if uid else None
        if told is None:
            raise ReaderError("The file is no softcopy presentation state.")
        self.summary: StateSummary = told
        self._registrations: tuple[Registration, ...] | ReaderError = ()
        named_by_it = blending_state.registration_uids(part.dataset)
        if named_by_it and told.kind is StateKind.BLENDING:
            self._registrations = blending_state.registrations(named_by_it, registration_of)

    def of(self, frame: FrameDescription) -> Presentation:
        """How the state shows a frame; ReaderError where it is not made for it, or cannot be."""
        kind = self.summary.kind
        if kind is StateKind.OTHER:
            raise ReaderError(
                f"A presentation state of this kind ({self.summary.what}) is not applied.",
                means="The image is shown as it is.",
                remedy="Look at it in a viewer that renders volumes.",
            )
        if not self.summary.refers_to(frame.key):
            raise ReaderError("The presentation state does not refer to this image.")
        colour = frame.pixel_format.samples_per_pixel > 1 or frame.palette is not None
        if colour != (kind is StateKind.COLOUR):
            raise ReaderError(
                f"A {kind.value} presentation state does not apply to a"
                f" {'colour' if colour else 'grey'} image."
            )
        try:
            with attributes.quiet():
                return self._look(frame)
        except ReaderError:
            raise
        except Exception as error:
            # What others wrote may be wrong in any way; it must not take the image with it.
            raise ReaderError(
                f"The presentation state is broken: {type(error).__name__} while reading it.",
                means="The image is shown as it is.",
                remedy="Ask the site to send the state again.",
            ) from error

    def of_volume(self, frames: Sequence[FrameDescription]) -> Presentation:
        """How a blending state shows a plane cut through the volume of `frames`; ReaderError where
        it shows none, or not the whole volume in one way."""
        kind = self.summary.kind
        if kind is not StateKind.BLENDING:
            raise ReaderError(
                f"A {kind.value} presentation state is the look of images as they were acquired.",
                means="A plane cut through them is shown as it is.",
            )
        named = sum(self.summary.refers_to(frame.key) for frame in frames)
        if named < len(frames):
            raise ReaderError(
                f"The blending state is made for {named} of the {len(frames)} images below.",
                means="It is shown on those as they were acquired, not on planes cut through all.",
            )
        look = self.of(frames[0])
        with attributes.quiet():
            return blending_state.of_plane(self._part.dataset, frames, look)

    def _look(self, frame: FrameDescription) -> Presentation:
        dataset, kind = self._part.dataset, self.summary.kind
        applies = state_values.applies_to(frame)
        layers, left_out = graphics.layers(dataset, applies)
        notes = list(left_out)
        transform, voi = ModalityTransform(), None
        lut: LookupTable | None = None
        inverse = False
        palette = None
        blend = None
        if kind is StateKind.BLENDING:
            below = blending_state.item(dataset, "UNDERLYING")
            assert below is not None
            transform, voi = state_values.values(below, frame, applies)
            if isinstance(self._registrations, ReaderError):
                raise self._registrations
            blend = blending_state.blend(dataset, frame, self._registrations)
        elif kind is not StateKind.COLOUR:
            transform, voi = state_values.values(dataset, frame, applies)
        if kind is StateKind.GREYSCALE:
            lut, inverse = _presentation_lut(dataset)
        elif kind is StateKind.PSEUDO_COLOUR:
            palette = lookup_tables.palette(dataset, signed=False)
            if palette is None:
                raise ReaderError("The palette of the presentation state cannot be read.")
        if "ICCProfile" in dataset:
            notes.append("an ICC profile")
        subtracted, unknown = masks.masks(dataset, frame.pixel_format.frames)
        notes += unknown
        mask = next((each for each in subtracted if each.covers(frame.key.frame_number)), None)
        rotation = attributes.integer(dataset, "ImageRotation") or 0
        if rotation % 90:
            raise ReaderError(f"The presentation state turns by {rotation} degrees.")
        return Presentation(
            transform,
            voi,
            lut,
            inverse,
            self.summary.label,
            tuple(notes),
            kind,
            palette,
            self._shutter(frame),
            _area(dataset, applies),
            rotation % 360,
            attributes.text(dataset, "ImageHorizontalFlip") == "Y",
            layers,
            self._overlays(frame),
            mask,
            blend,
        )

    def _shutter(self, frame: FrameDescription) -> Shutter | None:
        dataset, form = self._part.dataset, frame.pixel_format
        group = attributes.integer(dataset, "ShutterOverlayGroup")
        bitmap = None
        if group is not None and "BITMAP" in attributes.texts(dataset, "ShutterShape"):
            bitmap = overlays.planes(self._part, 1, form.rows, form.columns, (group,))
        try:
            return shutters.shutter(dataset, bitmap)
        except ValueError as error:
            raise ReaderError(f"The presentation state cannot be applied: {error}.") from error

    def _overlays(self, frame: FrameDescription) -> OverlayBits | None:
        """A plane is drawn where Overlay Activation Layer names a layer for it (C.11.7)."""
        dataset, form = self._part.dataset, frame.pixel_format
        shutter = attributes.integer(dataset, "ShutterOverlayGroup")
        own, active = set(overlays.groups_of(dataset)), []
        for group in range(0x6000, 0x6020, 2):
            held = dataset[group, 0x1001].value if (group, 0x1001) in dataset else None
            if held and group != shutter:
                active.append(group)
        bits = None
        drawn = own.intersection(active)
        if drawn:
            bits = overlays.planes(self._part, 1, form.rows, form.columns, drawn)
        groups = tuple(group for group in active if group not in own)
        return OverlayBits(bits, groups) if bits is not None or groups else None


def _presentation_lut(dataset: Dataset) -> tuple[LookupTable | None, bool]:
    """(the table, whether its shape is INVERSE)."""
    inverse = attributes.text(dataset, "PresentationLUTShape") == "INVERSE"
    for item in attributes.items(dataset, "PresentationLUTSequence"):
        held = lookup_tables.lookup_table(item, signed=False)
        if held is None:
            raise ReaderError("The Presentation LUT of the presentation state cannot be read.")
        return held, inverse
    return None, inverse


def _area(dataset: Dataset, applies: Callable[[Dataset], bool]) -> DisplayedArea | None:
    for item in attributes.items(dataset, "DisplayedAreaSelectionSequence"):
        if not applies(item):
            continue
        corners = (
            attributes.numbers(item, "DisplayedAreaTopLeftHandCorner"),
            attributes.numbers(item, "DisplayedAreaBottomRightHandCorner"),
        )
        if any(len(corner) != 2 for corner in corners):
            return None
        (x0, y0), (x1, y1) = corners
        written = attributes.text(item, "PresentationSizeMode")
        spacing = attributes.lengths(item, "PresentationPixelSpacing")
        ratio = attributes.lengths(item, "PresentationPixelAspectRatio")
        aspect = None
        if ratio is not None:
            aspect = ratio[0] / ratio[1]
        if spacing is not None:
            aspect = spacing[0] / spacing[1]
        try:
            # The corners are those after turning and flipping, in coordinates before it.
            return DisplayedArea(
                min(x0, x1) - 1,
                min(y0, y1) - 1,
                max(x0, x1) - 1,
                max(y0, y1) - 1,
                SizeMode(written) if written in set(SizeMode) else SizeMode.FIT,
                aspect,
                spacing,
                attributes.number(item, "PresentationPixelMagnificationRatio"),
            )
        except ValueError as error:
            raise ReaderError(f"The presentation state cannot be applied: {error}.") from error
    return None


def open_state(
    source: bytes | Path, registration_of: Callable[[str], Registration] | None = None
) -> PresentationState:
    """Open a presentation state; ReaderError where the object is none. `registration_of` reads a
    Spatial Registration by its SOP Instance UID."""
    return PresentationState(open_object(source), registration_of)


def presentation_of(source: bytes | Path, frame: FrameDescription) -> Presentation:
    """How the state shows a frame; ReaderError where it is none, or not one of this image."""
    return open_state(source).of(frame)
