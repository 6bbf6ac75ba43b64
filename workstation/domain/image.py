"""What one frame's pixels mean (PS3.3 C.7.6.3, C.11.1, C.11.2, C.8.5.5, 10.7)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import PlaneGeometry, Point

#: Photometric Interpretations of three samples (PS3.3 C.7.6.3.1.2); HSV, ARGB and CMYK are retired.
COLOUR_MODELS = frozenset(
    {
        "RGB",
        "YBR_FULL",
        "YBR_FULL_422",
        "YBR_PARTIAL_422",
        "YBR_PARTIAL_420",
        "YBR_ICT",
        "YBR_RCT",
        "XYB",
    }
)
#: and of one
GREY_MODELS = frozenset({"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"})


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """Image Pixel module of one object. `float_bits` is 32 or 64 for float pixel data, else 0."""

    rows: int
    columns: int
    frames: int
    samples_per_pixel: int
    photometric_interpretation: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    planar_configuration: int
    transfer_syntax_uid: str
    float_bits: int = 0

    def __post_init__(self) -> None:
        if self.rows < 1 or self.columns < 1 or self.frames < 1:
            raise ValueError("an image needs rows, columns and frames")
        if self.samples_per_pixel not in (1, 3):
            raise ValueError(f"{self.samples_per_pixel} samples per pixel are not defined")
        if self.samples_per_pixel == 3 and self.photometric_interpretation not in COLOUR_MODELS:
            raise ValueError(f"the colours are {self.photometric_interpretation}: not defined")

    @property
    def is_colour(self) -> bool:
        """More than one sample, or a palette."""
        return self.samples_per_pixel > 1 or self.photometric_interpretation == "PALETTE COLOR"


@dataclass(frozen=True, slots=True, eq=False)
class LookupTable:
    """A LUT of PS3.3 C.11.1.1 / C.11.2.1.1: `entries` for inputs from `first_mapped` on."""

    first_mapped: int
    bits: int
    entries: NDArray[np.uint16]
    explanation: str = ""

    def __post_init__(self) -> None:
        if self.entries.ndim != 1 or self.entries.size < 1:
            raise ValueError("a lookup table needs entries")


@dataclass(frozen=True, slots=True)
class ModalityTransform:
    """Stored values to modality values (PS3.3 C.11.1): a table, or slope and intercept."""

    slope: float = 1.0
    intercept: float = 0.0
    lut: LookupTable | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope) and math.isfinite(self.intercept)) or self.slope == 0:
            raise ValueError("rescale slope and intercept must be finite, the slope not 0")


class VoiFunction(StrEnum):
    """VOI LUT Function (0028,1056), PS3.3 C.11.2.1.3."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class Window:
    """A window in modality values (PS3.3 C.11.2.1.2)."""

    center: float
    width: float
    function: VoiFunction = VoiFunction.LINEAR
    explanation: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.center) and math.isfinite(self.width)):
            raise ValueError("a window is finite")
        if self.width <= 0 or (self.function is VoiFunction.LINEAR and self.width < 1):
            raise ValueError("a LINEAR window is at least 1 wide, the others wider than 0")

    @classmethod
    def of_reader(cls, center: float, width: float, explanation: str = "") -> Window:
        """What a reader types or drags: LINEAR, and LINEAR_EXACT where narrower than 1."""
        function = VoiFunction.LINEAR if width >= 1 else VoiFunction.LINEAR_EXACT
        return cls(center, width, function, explanation)

    def changed(self, center: float, width: float) -> Window:
        """This window moved by the reader: an exact one stays exact, as those of SUV are."""
        if self.function is VoiFunction.LINEAR_EXACT and width > 0:
            return Window(center, width, self.function)
        return Window.of_reader(center, width)


#: One alternative view: a window, a VOI LUT item.
Voi: TypeAlias = Window | LookupTable


@dataclass(frozen=True, slots=True)
class PixelPadding:
    """Inclusive range of STORED values that are no image (PS3.3 C.7.5.1.1.2)."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("the padding range is given low to high")


#: Details of a DETECTOR scale that is of no detector: a spacing that nothing says the plane of
#: (PS3.3 10.7), and that of a digitised film.
PLANE_NOT_STATED, FILM_DIGITISER = "plane not stated", "film digitiser"


class CalibrationSource(StrEnum):
    """Where the millimetres of a measurement come from (PS3.3 10.7, C.8.5.5)."""

    PATIENT = "patient"
    DETECTOR = "detector"
    MAGNIFICATION_CORRECTED = "magnification corrected"
    FIDUCIAL = "fiducial"
    ULTRASOUND_REGION = "ultrasound region"
    USER = "user"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Spacing for measuring on the image plane: (between rows, between columns) in mm."""

    source: CalibrationSource = CalibrationSource.NONE
    spacing_mm: tuple[float, float] | None = None
    description: str = ""

    def __post_init__(self) -> None:
        if self.spacing_mm is not None and not all(
            math.isfinite(step) and step > 0 for step in self.spacing_mm
        ):
            raise ValueError("spacing is not positive")


@dataclass(frozen=True, slots=True)
class UltrasoundRegion:
    """One item of Sequence of Ultrasound Regions (0018,6011), PS3.3 C.8.5.5.

    Bounds are inclusive pixels. Units: 3 cm, 4 s, 5 Hz, 7 cm/s. Deltas may be negative.
    """

    min_x: int
    min_y: int
    max_x: int
    max_y: int
    spatial_format: int
    data_type: int
    units_x: int
    units_y: int
    delta_x: float
    delta_y: float
    flags: int = 0
    reference_x: int | None = None
    reference_y: int | None = None
    reference_value_x: float = 0.0
    reference_value_y: float = 0.0

    def contains(self, column: float, row: float) -> bool:
        """Whether a point of the image lies in the region."""
        return self.min_x <= column <= self.max_x and self.min_y <= row <= self.max_y


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Palette Color LUT (PS3.3 C.7.9): red, green and blue tables of one descriptor."""

    first_mapped: int
    bits: int
    red: NDArray[np.uint16]
    green: NDArray[np.uint16]
    blue: NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Shutter:
    """What hides the surround of an image (PS3.3 C.7.6.11, C.7.6.15).

    Edges and centres are columns and rows, the first pixel at 0. Several shapes hide together: a
    pixel is seen where all of them leave it free. `grey` is what is shown instead, 0 to 255.
    """

    #: left, top, right, bottom: the outermost columns and rows that are seen
    rectangle: tuple[float, float, float, float] | None = None
    #: column, row, radius
    circle: tuple[float, float, float] | None = None
    polygon: tuple[Point, ...] = ()
    #: True where a bitmap hides
    bitmap: NDArray[np.bool_] | None = None
    grey: int = 0
    rgb: tuple[int, int, int] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.grey <= 255:
            raise ValueError("a shutter is a grey of 0 to 255")
        if self.circle is not None and not self.circle[2] > 0:
            raise ValueError("a circular shutter has a radius")
        if self.polygon and len(self.polygon) < 3:
            raise ValueError("a polygonal shutter has three corners")


@dataclass(frozen=True, slots=True)
class MaskFrames:
    """What is subtracted from a frame (PS3.3 C.7.6.10).

    `frames` count from 1, in the same object, and are averaged; `shift` is (rows, columns) by
    which the mask is moved before it is subtracted.
    """

    frames: tuple[int, ...]
    shift: tuple[float, float] = (0.0, 0.0)
    #: frames that the mask applies to; empty for all
    applies: tuple[tuple[int, int], ...] = ()
    #: Recommended Viewing Mode (0028,1090) is SUB
    recommended: bool = False

    def __post_init__(self) -> None:
        if not self.frames or min(self.frames) < 1:
            raise ValueError("a mask has frames that count from 1")

    def covers(self, frame: int) -> bool:
        """Whether the mask is made for a frame counted from 1."""
        return not self.applies or any(first <= frame <= last for first, last in self.applies)


@dataclass(frozen=True, slots=True)
class FrameKey:
    """Names one frame; `frame_number` counts from 1 (PS3.3 C.7.6.6)."""

    sop_instance_uid: str
    frame_number: int = 1

    def __post_init__(self) -> None:
        if self.frame_number < 1:
            raise ValueError("frames count from 1")


@dataclass(frozen=True, slots=True, eq=False)
class FrameDescription:
    """All that turns one frame's stored values into a picture and into numbers.

    `voi` lists the alternatives in the order of the viewer's menu: LUT items first for CR, DX, MG,
    IO and PX, windows first otherwise. `plane` is None where the object has no patient space.
    `patient_orientation` holds (0020,0020) as (row direction, column direction) or two blanks.
    `quadruped` tells that the axes of its space have the names of an animal's (0010,2210).
    """

    key: FrameKey
    sop_class_uid: str
    pixel_format: PixelFormat
    modality: str
    modality_transform: ModalityTransform = field(default_factory=ModalityTransform)
    voi: tuple[Voi, ...] = ()
    padding: PixelPadding | None = None
    palette: Palette | None = None
    plane: PlaneGeometry | None = None
    patient_orientation: tuple[str, str] = ("", "")
    quadruped: bool = False
    calibration: Calibration = field(default_factory=Calibration)
    #: height of a pixel over its width, for display where there is no spacing (0028,0034)
    pixel_aspect: float = 1.0
    ultrasound_regions: tuple[UltrasoundRegion, ...] = ()
    presentation_inverse: bool = False
    #: Presentation LUT (PS3.3 C.11.6) of a presentation state, after the VOI
    presentation_lut: LookupTable | None = None
    instance_number: int | None = None
    image_type: tuple[str, ...] = ()
    laterality: str = ""
    view_position: str = ""
    lossy: str = ""
    #: what else the corner text tells, as (caption, value), e.g. ("TE", "30 ms")
    technique: tuple[tuple[str, str], ...] = ()
    acquired: str = ""
    shutter: Shutter | None = None
    #: groups of the overlay planes that lie in the object (C.9.2)
    overlay_groups: tuple[int, ...] = ()
    masks: tuple[MaskFrames, ...] = ()
    #: images that this one was made of: those whose pixels lie at the same places, by Spatial
    #: Locations Preserved (0028,135A), and those whose pixels do not, or may not
    same_pixels: frozenset[str] = frozenset()
    moved_pixels: frozenset[str] = frozenset()
    #: what is said of the colours of the picture, "" where nothing needs to be
    colour_note: str = ""

    @property
    def inverted_photometric(self) -> bool:
        """MONOCHROME1, or a Presentation LUT Shape INVERSE: the lowest value is white."""
        monochrome1 = self.pixel_format.photometric_interpretation == "MONOCHROME1"
        return monochrome1 or self.presentation_inverse
