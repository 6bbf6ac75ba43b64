"""Four-view mammogram with a cluster of calcifications in the upper outer left breast."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.uid import DigitalMammographyXRayImageStorageForPresentation

from workstation.phantoms.objects import Writer, code, copied, decimal, decimals, set_pixels
from workstation.phantoms.shapes import Field, generator, smooth_noise, soft

ROWS, COLUMNS = 1500, 1200
#: At the detector; the compressed breast lies a little above it.
PITCH = 0.14
MAGNIFICATION = 1.05


@dataclass(frozen=True)
class View:
    """One of the four. `orientation` is (0020,0020) as the image is stored: chest wall at the side
    it hangs on, so that left and right stand back to back."""

    side: str
    name: str
    orientation: tuple[str, str]
    code: tuple[str, str]
    #: where the calcifications lie, mm from the chest wall and from the top, or None
    cluster: tuple[float, float] | None


VIEWS = (
    View("R", "CC", ("P", "L"), ("399162004", "cranio-caudal"), None),
    View("L", "CC", ("A", "R"), ("399162004", "cranio-caudal"), (58.0, 68.0)),
    View("R", "MLO", ("P", "FL"), ("399368009", "medio-lateral oblique"), None),
    View("L", "MLO", ("A", "FR"), ("399368009", "medio-lateral oblique"), (61.0, 82.0)),
)
COUNT = 14


def cluster(view: View) -> list[tuple[float, float, float]]:
    """(mm from the chest wall, mm from the top, diameter mm) of each calcification."""
    if view.cluster is None:
        return []
    random = generator("mammogram", "cluster", view.name)
    found: list[tuple[float, float, float]] = []
    while len(found) < COUNT:
        u, v = random.normal(0, 3.2), random.normal(0, 2.6)
        apart = [math.hypot(u - a + view.cluster[0], v - b + view.cluster[1]) for a, b, _ in found]
        if math.hypot(u, v) < 8 and min(apart, default=9) > 1.5:
            size = float(random.uniform(0.45, 0.8))
            found.append((view.cluster[0] + float(u), view.cluster[1] + float(v), size))
    return found


def _half() -> tuple[Field, Field]:
    """mm from the chest wall and from the top at half resolution, chest wall at column 0."""
    rows, columns = np.indices((ROWS // 2, COLUMNS // 2), dtype=np.float32)
    return (columns * 2 + 0.5) * np.float32(PITCH), (rows * 2 + 0.5) * np.float32(PITCH)


def _shape(view: View, u: Field, v: Field) -> tuple[Field, Field, tuple[float, float]]:
    """Distance in mm from the skin, from the pectoral muscle, and the place of the nipple."""
    if view.name == "CC":
        nipple = (102.0, 106.0)
        span = np.where(v < 106, 84.0, 80.0)
        reach = 102 * np.sqrt(np.maximum(1 - (np.abs(v - 106) / span) ** 2.3, 0))
        skin = (u - reach) * np.float32(0.72)
        pectoral = u - 2.5 + 0.0035 * (v - 106) ** 2
    else:
        nipple = (108.0, 128.0)
        top = 38 + 0.42 * v
        low = 108 * np.sqrt(np.maximum(1 - (np.abs(v - 128) / 66) ** 2.4, 0))
        high = 108 * np.sqrt(np.maximum(1 - (np.maximum(128 - v, 0) / 152) ** 2.0, 0))
        reach = np.where(v < 128, np.maximum(high, np.minimum(top, 50)), low)
        skin = (u - reach) * np.float32(0.72)
        pectoral = (u - 62 + 0.46 * v - 4 * np.sin(v / 45)) * np.float32(0.9)
    around = np.hypot(u - nipple[0] - 1.5, v - nipple[1]) - 4.2
    return np.minimum(skin, around).astype(np.float32), pectoral.astype(np.float32), nipple


def _tissue(view: View) -> Field:
    """Relative density at half resolution, 0 outside, about 1 for dense tissue."""
    u, v = _half()
    skin, pectoral, nipple = _shape(view, u, v)
    shape = (4, ROWS // 2, COLUMNS // 2)

    def noise(scale: float, *names: str) -> Field:
        return smooth_noise(shape, (2, scale, scale), "mammogram", view.side, view.name, *names)[0]

    depth = -skin
    thickness = np.clip(1 - np.exp(-np.maximum(depth, 0) / 7.0), 0, 1)
    # glandular tissue: a cone behind the nipple, broken up by fat
    across = np.abs(v - nipple[1]) / (12 + 0.62 * (nipple[0] - u).clip(0, 90))
    along = (nipple[0] - u) / 92
    cone = np.exp(-(across**2.2)) * np.clip(along * 6, 0, 1) * np.exp(-((along / 0.72) ** 4))
    clouds = 0.55 * noise(90, "a") + 0.35 * noise(38, "b") + 0.22 * noise(17, "c")
    gland = cone * (1 / (1 + np.exp(-2.4 * (clouds + 0.25))))
    # strands that run to the nipple, finer ones beside them
    angle = np.arctan2(v - nipple[1], nipple[0] - u + 8)
    far = np.hypot(v - nipple[1], nipple[0] - u)
    warp = angle * 26 + 1.6 * noise(60, "w") + far * 0.01
    strands = np.exp(-((np.sin(warp) / 0.22) ** 2)) * np.exp(-(((far - 42) / 34) ** 2))
    ridge = np.exp(-((noise(40, "r") / 0.3) ** 2)) + 0.5 * np.exp(-((noise(16, "q") / 0.3) ** 2))
    density = (
        0.28
        + 0.58 * gland
        + 0.045 * strands
        + 0.035 * ridge
        + 0.012 * noise(7, "t")
        + 0.02 * noise(22, "u")
    )
    # a few vessels
    for number in range(3):
        start = 30.0 + 45 * number + (15 if view.side == "L" else 0)
        path = v - (start + 0.22 * u + 7 * np.sin(u / (13 + 3 * number) + number))
        density = density + 0.09 * soft(np.abs(path) - 0.8, 1.2) * np.exp(-(((u - 45) / 40) ** 2))
    muscle = soft(pectoral, 3.5)
    density = density * (1 - muscle) + muscle * (0.74 + 0.02 * noise(30, "m"))
    density = density * (0.30 + 0.70 * thickness)
    line = soft(np.abs(skin + 0.9) - 0.7, 1.0)
    density = density + 0.16 * line
    inside = soft(skin, 0.6)
    return (density * inside).astype(np.float32)


def picture(view: View) -> NDArray[np.uint16]:
    """12-bit values, dense is high, 0 outside the breast; chest wall at its hanging side."""
    small = _tissue(view)
    value = cv2.resize(small, (COLUMNS, ROWS), interpolation=cv2.INTER_CUBIC)
    random = generator("mammogram", view.side, view.name, "noise")
    noise = cv2.GaussianBlur(random.standard_normal((ROWS, COLUMNS), dtype=np.float32), (0, 0), 0.7)
    inside = value > 0.03
    for u, v, size in cluster(view):
        radius = size / 2 / PITCH
        column, row = u / PITCH, v / PITCH
        box = slice(int(row) - 8, int(row) + 9), slice(int(column) - 8, int(column) + 9)
        rows, columns = np.ogrid[box]
        distance = np.hypot(columns - column, rows - row) - radius
        value[box] += np.asarray(0.55 * np.clip(0.5 - distance, 0, 1), np.float32)
    shown = (value + 0.022 * noise) * 2350 + 160
    stored = np.where(inside, np.clip(np.rint(shown), 1, 4095), 0).astype(np.uint16)
    # right breasts hang with the chest wall at the right edge of the image
    return np.ascontiguousarray(stored[:, ::-1]) if view.side == "R" else stored


def write(writer: Writer) -> dict[str, Any]:
    """The four views, each a series of its own."""
    shown = []
    for number, view in enumerate(VIEWS, start=1):
        stored = picture(view)
        series = writer.series(number, f"{view.side} {view.name}", "MG", after_minutes=number)
        held = copied(series)
        held.BodyPartExamined = "BREAST"
        held.PresentationIntentType = "FOR PRESENTATION"
        held.ImageType = ["ORIGINAL", "PRIMARY", ""]
        held.PatientOrientation = list(view.orientation)
        held.ImageLaterality = view.side
        held.AnatomicRegionSequence = [code("76752008", "SCT", "Breast")]
        held.ViewPosition = view.name
        item = code(view.code[0], "SCT", view.code[1])
        item.ViewModifierCodeSequence = []
        held.ViewCodeSequence = [item]
        held.ImagerPixelSpacing = decimals((PITCH, PITCH))
        held.EstimatedRadiographicMagnificationFactor = decimal(MAGNIFICATION)
        held.DistanceSourceToDetector = "660"
        held.DistanceSourceToPatient = decimal(660 / MAGNIFICATION)
        held.DetectorType = "DIRECT"
        held.DetectorID = "M1"
        held.PositionerType = "MAMMOGRAPHIC"
        held.PositionerPrimaryAngle = "0" if view.name == "CC" else "45"
        held.BodyPartThickness = "54"
        held.CompressionForce = "96"
        held.OrganExposed = "BREAST"
        held.KVP = "29"
        held.AnodeTargetMaterial = "TUNGSTEN"
        held.FilterMaterial = "RHODIUM"
        held.BreastImplantPresent = "NO"
        held.PartialView = "NO"
        held.AcquisitionNumber = "1"
        held.PixelIntensityRelationship = "LOG"
        held.PixelIntensityRelationshipSign = 1
        held.RescaleIntercept = "0"
        held.RescaleSlope = "1"
        held.RescaleType = "US"
        held.PresentationLUTShape = "IDENTITY"
        held.LossyImageCompression = "00"
        held.BurnedInAnnotation = "NO"
        held.AcquisitionContextSequence = []
        held.WindowCenter = "1500"
        held.WindowWidth = "2500"
        held.WindowCenterWidthExplanation = "STANDARD"
        held.PixelPaddingValue = 0
        syntax = set_pixels(held, stored, bits=12, compress=True)
        writer.write(held, DigitalMammographyXRayImageStorageForPresentation, 1, syntax=syntax)
        spots = [
            [COLUMNS - 1 - u / PITCH if view.side == "R" else u / PITCH, v / PITCH, size / PITCH]
            for u, v, size in cluster(view)
        ]
        shown.append(
            {
                "series_instance_uid": str(series.SeriesInstanceUID),
                "description": str(series.SeriesDescription),
                "modality": "MG",
                "laterality": view.side,
                "view": view.name,
                "rows": ROWS,
                "columns": COLUMNS,
                "imager_pixel_spacing_mm": [PITCH, PITCH],
                "magnification_factor": MAGNIFICATION,
                "calibration": "magnification corrected",
                "calcifications_column_row_diameter_px": [
                    [round(part, 3) for part in spot] for spot in spots
                ],
            }
        )
    return {"series": shown, "calcification_cluster": {"side": "L", "count": COUNT}}
