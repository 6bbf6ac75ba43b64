"""MR of the brain, oblique axial: an acute infarct in the territory of the right middle cerebral
artery, bright at b 1000, dark in the map of the apparent diffusion coefficient."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage

from workstation.domain.geometry import Vector
from workstation.phantoms import head
from workstation.phantoms.objects import (
    Writer,
    copied,
    decimal,
    series_truth,
    set_pixels,
    set_plane,
    set_window,
)
from workstation.phantoms.shapes import Field, Grid, generator, smooth_noise

INFARCT = head.Lesion(
    center=(-38.0, -6.0, 17.0), semi=(13.0, 20.0, 15.0), tissue="infarct", waviness_mm=2.2
)
SLICES = 24
GAP_MM = 6.0
THICKNESS_MM = 5.0
B_VALUE = 1000.0

_NAMES = (
    "skin",
    "fat",
    "muscle",
    "cortex bone",
    "marrow",
    "csf",
    "grey",
    "white",
    "deep grey",
    "dura",
    "calcified",
    "infarct",
    "air",
    "air cells",
    "globe",
    "lens",
)


def _table(*values: float) -> dict[str, float]:
    return dict(zip(_NAMES, values, strict=True))


# skin fat muscle | bone | marrow csf grey white | deep | dura calc infarct air | cells | globe lens
T1 = _table(310, 930, 340, 40, 640, 120, 430, 590, 470, 330, 90, 385, 12, 90, 150, 310)
T2 = _table(330, 620, 170, 40, 430, 1000, 500, 370, 430, 160, 130, 660, 12, 120, 980, 150)
FLAIR = _table(260, 520, 190, 35, 360, 60, 440, 330, 400, 150, 110, 590, 12, 90, 90, 170)
B0 = _table(60, 45, 110, 15, 70, 950, 480, 370, 410, 110, 60, 610, 8, 40, 700, 90)
#: Apparent diffusion coefficient in um2/s.
ADC = _table(900, 500, 1300, 600, 600, 3000, 830, 750, 780, 900, 700, 420, 500, 600, 2900, 1000)


def plane_directions() -> tuple[Vector, Vector]:
    """Row and column cosines: tilted 14 degrees to the skull base, turned 3 degrees."""
    turn, tilt = math.radians(3), math.radians(14)
    row = (math.cos(turn), math.sin(turn), 0.0)
    column = (
        -math.sin(turn) * math.cos(tilt),
        math.cos(turn) * math.cos(tilt),
        -math.sin(tilt),
    )
    rounded = [tuple(round(part, 6) for part in axis) for axis in (row, column)]
    return (
        (rounded[0][0], rounded[0][1], rounded[0][2]),
        (rounded[1][0], rounded[1][1], rounded[1][2]),
    )


def grid_of(matrix: int, field_mm: float) -> Grid:
    """All series share centre, slices and field of view."""
    row, column = plane_directions()
    step = field_mm / matrix
    return Grid.around((0, 2, 20), (SLICES, matrix, matrix), (GAP_MM, step, step), row, column)


def _shading(grid: Grid) -> Field:
    """Receive coils see what is near them better."""
    x, y, z = grid.coordinates()
    return (0.88 + 0.16 * ((x / 90) ** 2 + ((y - 10) / 100) ** 2) - 0.0007 * (z - 20)).astype(
        np.float32
    )


def _acquired(volume: Field, sigma: float) -> Field:
    """The point spread of the sampling, pixels."""
    return np.stack([cv2.GaussianBlur(plane, (0, 0), sigma) for plane in volume])


def _magnitude(signal: Field, sd: float, *names: object) -> Field:
    """Magnitude of a signal with noise in both channels (Rician)."""
    random = generator("mr brain", *names)
    real = signal + np.float32(sd) * random.standard_normal(signal.shape, dtype=np.float32)
    other = np.float32(sd) * random.standard_normal(signal.shape, dtype=np.float32)
    return np.sqrt(real * real + other * other)


def _common(
    held: Dataset, *, sequence: str, variant: str, tr: float, te: float, ti: float | None = None
) -> None:
    """MR Image module (C.8.3.1)."""
    held.ScanningSequence = sequence.split("\\")
    held.SequenceVariant = variant
    held.ScanOptions = ""
    held.MRAcquisitionType = "2D"
    held.RepetitionTime = decimal(tr)
    held.EchoTime = decimal(te)
    held.EchoTrainLength = "1"
    if ti is not None:
        held.InversionTime = decimal(ti)
    held.MagneticFieldStrength = "1.5"
    held.FlipAngle = "90"
    held.SpacingBetweenSlices = decimal(GAP_MM)


def _write(
    writer: Writer,
    series: Dataset,
    pixels: NDArray[np.float32],
    grid: Grid,
    window: tuple[float, float, str],
    *,
    first: int = 1,
    image_type: Sequence[str] = ("ORIGINAL", "PRIMARY", "M", "SE"),
    b_value: float | None = None,
) -> dict[str, Any]:
    stored = np.clip(np.rint(pixels), 0, 4095).astype(np.uint16)
    for index in range(len(stored)):
        held = copied(series)
        held.ImageType = list(image_type)
        held.AcquisitionNumber = "1" if not b_value else "2"
        spacing = (grid.spacing[1], grid.spacing[2])
        set_plane(held, grid.position(index), grid.row, grid.column, spacing, THICKNESS_MM)
        set_window(held, [window])
        if b_value is not None:
            held.DiffusionBValue = b_value
        set_pixels(held, stored[index], bits=12)
        writer.write(held, MRImageStorage, first + index)
    return series_truth(series, grid)


def write(writer: Writer) -> dict[str, Any]:
    """T1, T2, FLAIR, DWI at b 0 and 1000, ADC."""
    grid = grid_of(256, 230)
    layers = head.build(grid, "mr brain", lesion=INFARCT, age=0.55)
    texture = 1 + 0.035 * smooth_noise(grid.shape, (1.0, 9.0, 9.0), "mr brain", "texture")
    shading = _shading(grid) * texture
    shown = []
    for number, (name, table, sd, kind, window) in enumerate(
        (
            ("T2 TSE ax", T2, 11.0, ("SE", "SK", 5200, 98, None), (520, 1000, "T2")),
            ("FLAIR ax", FLAIR, 9.0, ("SE\\IR", "SK", 9000, 112, 2500), (300, 620, "FLAIR")),
            ("T1 SE ax", T1, 10.0, ("SE", "SP", 520, 12, None), (430, 800, "T1")),
        ),
        start=2,
    ):
        signal = _acquired(layers.compose(table, 6.0), 0.75) * shading
        series = writer.image_series(number, name, "MR", after_minutes=3 * number)
        sequence, variant, tr, te, ti = kind
        _common(series, sequence=sequence, variant=variant, tr=tr, te=te, ti=ti)
        shown.append(_write(writer, series, _magnitude(signal, sd, name), grid, window))

    coarse = grid_of(128, 230)
    layers = head.build(coarse, "mr brain", lesion=INFARCT, age=0.55)
    clean = _acquired(layers.compose(B0, 4.0), 0.6) * _shading(coarse)
    diffusion = _acquired(layers.compose(ADC, 600.0), 0.6)
    b0 = _magnitude(clean, 7.0, "b0")
    b1000 = _magnitude(clean * np.exp(-diffusion * np.float32(B_VALUE * 1e-6)), 5.0, "b1000")
    series = writer.image_series(5, "DWI b0 b1000 ax", "MR", after_minutes=15)
    _common(series, sequence="EP", variant="SK", tr=4400, te=84)
    _write(writer, series, b0, coarse, (480, 950, "b 0"), b_value=0.0)
    shown.append(
        _write(
            writer, series, b1000, coarse, (170, 340, "b 1000"), first=SLICES + 1, b_value=B_VALUE
        )
    )
    measured = np.log(np.maximum(b0, 1) / np.maximum(b1000, 1)) * np.float32(1e6 / B_VALUE)
    measured = np.where(b0 > 150, np.clip(measured, 0, 4000), 0).astype(np.float32)
    series = writer.image_series(6, "ADC ax", "MR", after_minutes=16)
    _common(series, sequence="EP", variant="SK", tr=4400, te=84)
    derived = ("DERIVED", "PRIMARY", "DIFFUSION", "ADC")
    shown.append(_write(writer, series, measured, coarse, (1000, 2000, "ADC"), image_type=derived))
    return {
        "series": shown,
        "infarct": {
            "center_lps_mm": list(INFARCT.center),
            "semi_axes_mm": list(INFARCT.semi),
            "volume_ml": round(head.lesion_ml(INFARCT), 2),
            "adc_um2_per_s": ADC["infarct"],
            "adc_normal_um2_per_s": ADC["white"],
            "side": "R",
        },
    }
