"""What a viewport looks at: immutable; commands replace it, the widget shows it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from workstation.domain.geometry import Vector
from workstation.domain.image import Voi


class Plane(StrEnum):
    """How the viewport cuts: frames as they were acquired, or a plane of the volume."""

    ACQUIRED = "acquired"
    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"


class SlabMode(StrEnum):
    """How the samples of a slab become one value."""

    MEAN = "mean"
    MIP = "mip"
    MINIP = "minip"


class Edge(StrEnum):
    """The side of a viewport that an image is held to."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Hung:
    """How an image hangs until the reader changes it: turned, held to an edge, at a scale that
    lets `field_mm` (wide, tall) fill the viewport. `column_mm` is the spacing of its columns,
    `middle` the part of its height, 0 to 1, that lies in the middle. `on_breast` tells that the
    field is that of the breast, and not of the whole image."""

    rotation: int
    flipped: bool
    edge: Edge
    field_mm: tuple[float, float] | None = None
    column_mm: float | None = None
    middle: float = 0.5
    on_breast: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.middle <= 1:
            raise ValueError("the middle of an image lies inside of it")
        if self.rotation not in (0, 90, 180, 270):
            raise ValueError("an image hangs turned by quarters")
        if (self.field_mm is None) != (self.column_mm is None):
            raise ValueError("a field in mm needs the spacing of the columns")
        if min(*(self.field_mm or (1.0,)), 1.0 if self.column_mm is None else self.column_mm) <= 0:
            raise ValueError("a field and a spacing are larger than 0 mm")


@dataclass(frozen=True, slots=True)
class Fusion:
    """A volume of the same study that lies over what a viewport shows.

    `over` is its display set, `opacity` its share of the picture, 0 to 1 (PS3.4 N.2.4), `voi` its
    window, `colour_map` its palette. `instead_of` is the display set that gave way when the
    reader asked for the fusion, and comes back with its end.
    """

    over: str
    voi: Voi
    voi_name: str = ""
    opacity: float = 0.5
    colour_map: str = "hotiron"
    instead_of: str = ""

    def __post_init__(self) -> None:
        if not self.over or not self.colour_map:
            raise ValueError("a fusion has a volume that lies over, and its colours")
        if not 0 <= self.opacity <= 1:
            raise ValueError("an opacity lies between 0 and 1")


@dataclass(frozen=True, slots=True)
class ViewState:
    """Immutable state of one viewport.

    `frame_index` counts from 0 along the display set and is used when `plane` is ACQUIRED;
    `focus` is the LPS point an MPR plane passes through (None until the volume is known).
    `zoom` is screen pixels per image pixel, or None for fit. `pan` is the offset of the image
    centre in screen pixels. `rotation` is in degrees clockwise, applied before the horizontal
    flip (PS3.3 C.10.6). `voi` None is the view the object itself opens with. `presentation` is the
    SOP Instance UID of the state that is applied, `colour_map` the name of a palette for grey
    images, `overlays` whether overlay planes and shutters are shown, `subtracted` whether the mask
    is subtracted. `hung` is how the image hangs on its edge, `fusion` what lies over it.
    """

    display_set: str = ""
    plane: Plane = Plane.ACQUIRED
    frame_index: int = 0
    focus: Vector | None = None
    voi: Voi | None = None
    voi_name: str = ""
    inverted: bool = False
    zoom: float | None = None
    pan: tuple[float, float] = (0.0, 0.0)
    rotation: int = 0
    flipped: bool = False
    slab_mm: float = 0.0
    slab_mode: SlabMode = SlabMode.MEAN
    presentation: str = ""
    colour_map: str = ""
    overlays: bool = True
    subtracted: bool = False
    hung: Hung | None = None
    fusion: Fusion | None = None

    def __post_init__(self) -> None:
        if self.frame_index < 0:
            raise ValueError("frames of a display set count from 0")
        if self.zoom is not None and not (math.isfinite(self.zoom) and self.zoom > 0):
            raise ValueError("zoom is positive")
        if self.rotation % 90:
            raise ValueError("the view turns in quarters")

    def rotated(self, degrees: int) -> ViewState:
        """Turned clockwise on the screen."""
        return replace(self, rotation=(self.rotation + degrees) % 360)

    def reset(self) -> ViewState:
        """The view the object opens with, at the same place of the stack."""
        return ViewState(
            display_set=self.display_set,
            plane=self.plane,
            frame_index=self.frame_index,
            focus=self.focus,
            rotation=0 if self.hung is None else self.hung.rotation,
            flipped=self.hung is not None and self.hung.flipped,
            hung=self.hung,
        )
