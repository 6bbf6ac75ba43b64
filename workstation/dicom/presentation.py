"""Softcopy presentation states to the look of one image (PS3.3 A.33, PS3.4 N.2)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pydicom.dataset import Dataset

from workstation.dicom import attributes, graphics, lookup_tables, masks, overlays, shutters
from workstation.dicom.part10 import Part10, open_object
from workstation.domain.errors import NotFoundOnService, ReaderError, RegistrationRefused
from workstation.domain.image import (
    FrameDescription,
    LookupTable,
    ModalityTransform,
    Shutter,
    Voi,
)
from workstation.domain.presentation import (
    Blend,
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
        below = _blending_item(dataset, "UNDERLYING")
        references = () if below is None else _references(below)
    else:
        references = _references(dataset)
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


def _references(holder: Dataset) -> tuple[StateReference, ...]:
    found = []
    for series in attributes.items(holder, "ReferencedSeriesSequence"):
        for item in attributes.items(series, "ReferencedImageSequence"):
            frames = attributes.numbers(item, "ReferencedFrameNumber")
            found.append(
                StateReference(
                    attributes.text(item, "ReferencedSOPInstanceUID"),
                    frozenset(int(frame) for frame in frames),
                )
            )
    return tuple(found)


def _blending_item(dataset: Dataset, position: str) -> Dataset | None:
    """The item of the Blending Sequence that is UNDERLYING or SUPERIMPOSED (C.11.14)."""
    for item in attributes.items(dataset, "BlendingSequence"):
        if attributes.text(item, "BlendingPosition") == position:
            return item
    return None


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
        named_by_it = _registration_uids(part.dataset)
        if named_by_it and told.kind is StateKind.BLENDING:
            self._registrations = _registrations(named_by_it, registration_of)

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

    def _applies(self, frame: FrameDescription) -> Callable[[Dataset], bool]:
        """An item without images of its own is for all of the state."""

        def applies(item: Dataset) -> bool:
            held = attributes.items(item, "ReferencedImageSequence")
            return not held or any(_names(each, frame) for each in held)

        return applies

    def _look(self, frame: FrameDescription) -> Presentation:
        dataset, kind = self._part.dataset, self.summary.kind
        applies = self._applies(frame)
        layers, left_out = graphics.layers(dataset, applies)
        notes = list(left_out)
        transform, voi = ModalityTransform(), None
        lut: LookupTable | None = None
        inverse = False
        palette = None
        blend = None
        if kind is StateKind.BLENDING:
            below = _blending_item(dataset, "UNDERLYING")
            assert below is not None
            transform, voi = _values(below, frame, applies)
            if isinstance(self._registrations, ReaderError):
                raise self._registrations
            blend = _blend(dataset, frame, self._registrations)
        elif kind is not StateKind.COLOUR:
            transform, voi = _values(dataset, frame, applies)
        if kind is StateKind.GREYSCALE:
            lut, inverse = _presentation_lut(dataset)
        elif kind is StateKind.PSEUDO_COLOUR:
            palette = lookup_tables.palette(dataset, signed=False)
            if palette is None:
                raise ReaderError("The palette of the presentation state cannot be read.")
        if "ICCProfile" in dataset:
            notes.append("an ICC profile")
        subtracted, unknown = masks.masks(dataset)
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


def _names(item: Dataset, frame: FrameDescription) -> bool:
    if attributes.text(item, "ReferencedSOPInstanceUID") != frame.key.sop_instance_uid:
        return False
    numbers = attributes.numbers(item, "ReferencedFrameNumber")
    return not numbers or frame.key.frame_number in {int(number) for number in numbers}


def _values(
    dataset: Dataset, frame: FrameDescription, applies: Callable[[Dataset], bool]
) -> tuple[ModalityTransform, Voi | None]:
    signed = frame.pixel_format.signed
    transform = lookup_tables.modality_transform(
        dataset, None, signed=signed, modality="PR", implies_hounsfield=False
    )
    for item in attributes.items(dataset, "SoftcopyVOILUTSequence"):
        if applies(item):
            found = lookup_tables.voi_alternatives(
                item,
                None,
                signed=transform.lut is None and (signed or transform.intercept < 0),
                modality="PR",
            )
            return transform, found[0] if found else None
    return transform, None


def _registration_uids(dataset: Dataset) -> tuple[str, ...]:
    """The objects of Referenced Spatial Registration Sequence (0070,0404), C.11.14."""
    return tuple(
        dict.fromkeys(
            attributes.text(each, "ReferencedSOPInstanceUID")
            for each in attributes.items(dataset, "ReferencedSpatialRegistrationSequence")
        )
    )


def _registrations(
    uids: tuple[str, ...], registration_of: Callable[[str], Registration] | None
) -> tuple[Registration, ...] | ReaderError:
    """The registrations of a state, or why they cannot be applied."""
    missing = RegistrationRefused(
        "The blending state needs a spatial registration, which is not here.",
        means="The images are shown apart.",
        remedy="Ask the site to send it.",
    )
    if registration_of is None:
        return missing
    try:
        return tuple(registration_of(uid) for uid in uids)
    except NotFoundOnService:
        return missing
    except ReaderError as error:
        return error


def _blend(
    dataset: Dataset, frame: FrameDescription, registrations: tuple[Registration, ...]
) -> Blend:
    """What lies over the frame; ReaderError where it cannot be laid there truly."""
    over = _blending_item(dataset, "SUPERIMPOSED")
    opacity = attributes.number(dataset, "RelativeOpacity")
    palette = lookup_tables.palette(dataset, signed=False)
    if over is None or opacity is None or palette is None:
        raise ReaderError(
            "The blending state lacks its images, its opacity or its palette.",
            remedy="Ask the site to send the state again.",
        )
    # An item of the superimposed images names those, never the frame below.
    transform, voi = _values(over, frame, lambda _: True)
    share = min(max(opacity, 0.0), 1.0)
    return Blend(_references(over), transform, voi, palette, share, registrations)


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
