"""What a softcopy presentation state says of the look of an image (PS3.3 A.33)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import Point
from workstation.domain.image import (
    FrameKey,
    LookupTable,
    MaskFrames,
    ModalityTransform,
    Palette,
    Shutter,
    Voi,
)
from workstation.domain.registration import Registration

#: A coordinate beyond this, in pixels, is on no image.
_FAR = 1e6


class StateKind(StrEnum):
    """Which pipeline of PS3.4 N.2 a state describes; `OTHER` ones are listed, not applied."""

    GREYSCALE = "greyscale"
    COLOUR = "colour"
    PSEUDO_COLOUR = "pseudo-colour"
    BLENDING = "blending"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class StateReference:
    """One image that a state is made for; no frames mean all of them (PS3.3 10.3)."""

    sop_instance_uid: str
    frames: frozenset[int] = frozenset()

    def names(self, key: FrameKey) -> bool:
        """Whether the frame is meant."""
        if key.sop_instance_uid != self.sop_instance_uid:
            return False
        return not self.frames or key.frame_number in self.frames


@dataclass(frozen=True, slots=True)
class StateSummary:
    """What the list of states tells of one of them."""

    sop_instance_uid: str
    kind: StateKind
    label: str = ""
    description: str = ""
    creator: str = ""
    references: tuple[StateReference, ...] = ()
    #: which kind it is, in words
    what: str = ""
    #: the references by instance: a viewport asks at every picture
    _by_uid: dict[str, list[StateReference]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        if not self.sop_instance_uid:
            raise ValueError("a presentation state has a SOP Instance UID")
        for each in self.references:
            self._by_uid.setdefault(each.sop_instance_uid, []).append(each)

    def refers_to(self, key: FrameKey) -> bool:
        """Whether the state is made for the frame."""
        return any(each.names(key) for each in self._by_uid.get(key.sop_instance_uid, ()))


class SizeMode(StrEnum):
    """Presentation Size Mode (0070,0100), PS3.3 C.10.4."""

    FIT = "SCALE TO FIT"
    TRUE_SIZE = "TRUE SIZE"
    MAGNIFY = "MAGNIFY"


@dataclass(frozen=True, slots=True)
class DisplayedArea:
    """The part of an image to be shown (PS3.3 C.10.4).

    The edges are columns and rows of the outermost pixels, their centres, the first pixel at 0;
    they may lie outside of the image. `aspect` is the height of a pixel over its width, None where
    the state leaves it to the image. `spacing_mm` is (between rows, between columns).
    """

    left: float
    top: float
    right: float
    bottom: float
    mode: SizeMode = SizeMode.FIT
    aspect: float | None = None
    spacing_mm: tuple[float, float] | None = None
    magnification: float | None = None

    def __post_init__(self) -> None:
        if self.right < self.left or self.bottom < self.top:
            raise ValueError("a displayed area has its corners in order")
        if self.mode is SizeMode.TRUE_SIZE and self.spacing_mm is None:
            raise ValueError("TRUE SIZE needs the spacing of the pixels")
        if self.mode is SizeMode.MAGNIFY and not (self.magnification and self.magnification > 0):
            raise ValueError("MAGNIFY needs a ratio")

    @property
    def size(self) -> tuple[float, float]:
        """(columns, rows)."""
        return self.right - self.left + 1, self.bottom - self.top + 1

    @property
    def center(self) -> Point:
        """(column, row)."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


class AnnotationUnits(StrEnum):
    """What the coordinates of an annotation are (PS3.3 C.10.5)."""

    PIXEL = "PIXEL"
    DISPLAY = "DISPLAY"


class GraphicType(StrEnum):
    """Graphic Type (0070,0023), PS3.3 C.10.5.1.2."""

    POINT = "POINT"
    POLYLINE = "POLYLINE"
    INTERPOLATED = "INTERPOLATED"
    CIRCLE = "CIRCLE"
    ELLIPSE = "ELLIPSE"


@dataclass(frozen=True, slots=True)
class Graphic:
    """One graphic object. PIXEL points are (column, row), the centre of the first pixel at 0,0;
    DISPLAY points are fractions of the displayed area."""

    kind: GraphicType
    points: tuple[Point, ...]
    units: AnnotationUnits = AnnotationUnits.PIXEL
    filled: bool = False

    def __post_init__(self) -> None:
        least = {GraphicType.POINT: 1, GraphicType.ELLIPSE: 4}.get(self.kind, 2)
        if len(self.points) < least:
            raise ValueError(f"{self.kind} needs {least} points")
        if not all(math.isfinite(value) for point in self.points for value in point):
            raise ValueError("a graphic has finite points")
        if any(abs(value) > _FAR for point in self.points for value in point):
            raise ValueError("a graphic lies far outside of any image")


@dataclass(frozen=True, slots=True)
class Lettering:
    """One text object: at an anchor point, in a box, or both (PS3.3 C.10.5.1.1)."""

    text: str
    anchor: Point | None = None
    anchor_units: AnnotationUnits = AnnotationUnits.PIXEL
    anchor_visible: bool = False
    #: two opposite corners
    box: tuple[Point, Point] | None = None
    box_units: AnnotationUnits = AnnotationUnits.PIXEL
    justification: str = "LEFT"

    def __post_init__(self) -> None:
        if self.anchor is None and self.box is None:
            raise ValueError("a text has a place")


@dataclass(frozen=True, slots=True)
class GraphicLayer:
    """Annotations that are drawn together; layers come in the order in which they are drawn."""

    name: str
    graphics: tuple[Graphic, ...] = ()
    texts: tuple[Lettering, ...] = ()
    #: recommended colour, None for that of the display
    rgb: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class OverlayBits:
    """Overlay planes that a state draws: its own `bits`, (rows, columns), True where they draw, and
    the `groups` of the image that it activates (PS3.3 C.11.7)."""

    bits: NDArray[np.bool_] | None = None
    groups: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """What lies over an image in a blending state (PS3.3 C.11.14): which images, their values,
    their colours, and how opaque they are, 0 to 1. `voi` None is the identity. `registrations`
    take the images below to the space of those above; without any both lie in one space."""

    references: tuple[StateReference, ...]
    modality_transform: ModalityTransform
    voi: Voi | None
    palette: Palette
    opacity: float
    registrations: tuple[Registration, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.opacity <= 1:
            raise ValueError("an opacity lies between 0 and 1")

    def names(self, key: FrameKey) -> bool:
        """Whether the frame is one of those that lie over."""
        return any(each.names(key) for each in self.references)


@dataclass(frozen=True, slots=True, eq=False)
class Presentation:
    """The look of one image: all of the grey pipeline is here, nothing of the image's own is used.

    `voi` None is the identity over the range of the modality values (PS3.4 N.2.1.3). `lut` is the
    Presentation LUT, `inverse` its shape where it has no table. A colour state has no grey
    pipeline. Rotation is clockwise and comes before the horizontal flip (C.10.6). `left_out` names
    what the state also asks for and is not shown.
    """

    modality_transform: ModalityTransform
    voi: Voi | None
    lut: LookupTable | None = None
    inverse: bool = False
    label: str = ""
    left_out: tuple[str, ...] = ()
    kind: StateKind = StateKind.GREYSCALE
    palette: Palette | None = None
    shutter: Shutter | None = None
    area: DisplayedArea | None = None
    rotation: int = 0
    flipped: bool = False
    layers: tuple[GraphicLayer, ...] = ()
    overlays: OverlayBits | None = None
    mask: MaskFrames | None = None
    blend: Blend | None = None
