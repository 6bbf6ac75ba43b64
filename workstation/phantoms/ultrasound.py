"""Ultrasound of the upper abdomen: a cine of the liver with a cyst while the patient breathes, and
a colour still. Speckle is drawn along the beams and then converted to the sector."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import UltrasoundImageStorage, UltrasoundMultiFrameImageStorage

from workstation.phantoms.objects import Writer, code, copied, set_pixels
from workstation.phantoms.shapes import Field, generator, smooth_noise, soft

ROWS, COLUMNS, FRAMES = 480, 640, 40
FRAME_TIME_MS = 50.0
MM_PER_PIXEL = 0.35
#: The sector: apex above the image, radius of the probe, depth below its surface, half angle.
APEX = (319.5, -96.0)
PROBE_MM = 45.0
DEPTH_MM = 148.0
HALF_ANGLE = math.radians(33)
BEAMS, SAMPLES = 220, 640
REGION = (20, 26, 619, 469)

CYST_DIAMETER_MM = 26.0
#: Rest place of the cyst: mm to the right of the middle of the image, mm below the apex.
CYST = (-20.0, 99.0)
BREATH_MM = 6.0
AORTA = (14.0, 151.0)

Plane: TypeAlias = tuple[Field, Field]


def _polar() -> Plane:
    """x and depth in mm, shape (samples, beams)."""
    angle = np.linspace(-HALF_ANGLE, HALF_ANGLE, BEAMS, dtype=np.float32)
    radius = np.linspace(PROBE_MM, PROBE_MM + DEPTH_MM, SAMPLES, dtype=np.float32)[:, None]
    return radius * np.sin(angle), radius * np.cos(angle)


def _disc(at: Plane, center: tuple[float, float], half: tuple[float, float]) -> Field:
    u = (at[0] - np.float32(center[0])) / np.float32(half[0])
    v = (at[1] - np.float32(center[1])) / np.float32(half[1])
    return ((np.sqrt(u * u + v * v) - 1) * np.float32(min(half))).astype(np.float32)


def breath(frame: int) -> float:
    """How far the liver has moved down, mm: one breath and a half in the cine."""
    return BREATH_MM * math.sin(2 * math.pi * 1.5 * frame / FRAMES)


def _echo(at: Plane, frame: int) -> NDArray[np.floating[Any]]:
    """Mean echo in decibels below white."""
    move = np.float32(breath(frame))
    x, depth = at
    moved = (x, depth - move)
    echo: NDArray[np.floating[Any]] = np.full_like(x, -30.0)
    surface = depth + np.float32(0.004) * x * x
    wall = surface - 64 + 1.2 * np.sin(x / 9)
    layers = -21 + 6 * np.sin(surface * 1.35) + 2.5 * np.sin(surface * 3.1 + x / 40)
    liver = np.maximum(66 - surface, _disc(moved, (-10, 112), (96, 52)))
    inside = soft(liver, 2.5)
    echo = echo * (1 - inside) + inside * np.float32(-29)
    # capsule of the liver, diaphragm beneath it
    capsule = soft(np.abs(_disc(moved, (-10, 112), (96, 52))) - 0.8, 1.8)
    echo += capsule * np.float32(16)
    behind = soft(-_disc(moved, (-10, 112), (97, 53.5)), 2.0) * (depth > 120)
    echo -= behind * np.float32(7)
    # kidney at the right of the image
    kidney = _disc(moved, (46, 118), (19, 30))
    echo = echo + soft(kidney, 2.0) * (np.float32(-35) - echo)
    echo = echo + soft(_disc(moved, (46, 118), (7.5, 19)), 5.0) * (np.float32(-22) - echo)
    echo += soft(np.abs(kidney) - 0.5, 1.4) * np.float32(6)
    # hepatic veins, portal vein with a bright wall
    for a, b, half in (((-66, 112), (2, 141), 2.8), ((-2, 126), (17, 100), 2.2)):
        ax, ay = np.float32(b[0] - a[0]), np.float32(b[1] - a[1])
        t = np.clip(((moved[0] - a[0]) * ax + (moved[1] - a[1]) * ay) / (ax * ax + ay * ay), 0, 1)
        bend = 3.5 * np.sin(t * 3.0) - 1.2 * np.sin(t * 9.0)
        tube = np.hypot(moved[0] - a[0] - t * ax, moved[1] - a[1] - t * ay - bend) - half * (
            1.2 - 0.5 * t
        )
        echo = echo + soft(tube, 1.5) * (np.float32(-58) - echo)
        if half < 3:
            echo += soft(np.abs(tube) - 0.7, 1.4) * np.float32(9)
    # the aorta beats
    beat = 8.5 + 0.9 * max(0.0, math.sin(2 * math.pi * 4 * frame / FRAMES)) ** 2
    aorta = _disc(at, AORTA, (beat, beat))
    echo = echo + soft(aorta, 1.5) * (np.float32(-60) - echo)
    echo += soft(np.abs(aorta) - 0.6, 1.4) * np.float32(12)
    # cyst: without echoes, sharp wall, enhancement behind it
    radius = CYST_DIAMETER_MM / 2
    center = (CYST[0], CYST[1])
    cyst = _disc(moved, center, (radius, radius))
    echo = echo + soft(cyst, 0.7) * (np.float32(-75) - echo)
    shadow = np.abs(moved[0] - center[0] * (moved[1] / center[1])) - radius * 0.85
    echo += soft(np.maximum(shadow, center[1] + radius - moved[1]), 4.0) * np.float32(6)
    # spine
    spine = soft(_disc(at, (0, 188), (24, 13)), 3)
    echo += spine * (np.float32(14) * (depth < 178) - np.float32(10))
    front = soft(wall, 2.0)
    echo = echo * (1 - front) + front * layers
    return echo - np.float32(0.055) * (depth - 60)


def _speckle() -> Field:
    """Rayleigh speckle in decibels, fine along the beam, wider across and with depth."""
    random = generator("ultrasound", "speckle")
    parts = random.standard_normal((2, SAMPLES, BEAMS), dtype=np.float32)
    smooth = [cv2.GaussianBlur(part, (0, 0), sigmaX=0.95, sigmaY=1.5) for part in parts]
    power = smooth[0] ** 2 + smooth[1] ** 2
    power /= float(power.mean())
    texture = smooth_noise((4, SAMPLES, BEAMS), (2, 36, 20), "ultrasound", "texture")[0]
    return (10 * np.log10(power + 0.02) + 1.2 * texture).astype(np.float32)


def _sector_map() -> tuple[Field, Field, Field]:
    """Where each pixel lies in the polar array, and the mask of the sector."""
    rows, columns = np.indices((ROWS, COLUMNS), dtype=np.float32)
    x = (columns - APEX[0]) * np.float32(MM_PER_PIXEL)
    y = (rows - APEX[1]) * np.float32(MM_PER_PIXEL)
    radius, angle = np.hypot(x, y), np.arctan2(x, y)
    beam = (angle + HALF_ANGLE) / (2 * HALF_ANGLE) * (BEAMS - 1)
    sample = (radius - PROBE_MM) / DEPTH_MM * (SAMPLES - 1)
    mask = (beam >= 0) & (beam <= BEAMS - 1) & (sample >= 0) & (sample <= SAMPLES - 1)
    return beam.astype(np.float32), sample.astype(np.float32), mask.astype(np.float32)


def pictures() -> NDArray[np.uint8]:
    """All frames, shape (frames, rows, columns), grey."""
    at = _polar()
    speckle = _speckle()
    beam, sample, mask = _sector_map()
    out = np.empty((FRAMES, ROWS, COLUMNS), np.uint8)
    ticks = np.zeros((ROWS, COLUMNS), np.uint8)
    for centimetre in range(0, 16):
        row = round(APEX[1] + (PROBE_MM + centimetre * 10) / MM_PER_PIXEL)
        if row < ROWS - 8:
            ticks[row, 604 : 614 if centimetre % 5 == 0 else 610] = 200
    per_mm = (SAMPLES - 1) / DEPTH_MM
    for frame in range(FRAMES):
        # speckle is made of the tissue and moves with it
        move = np.array([[1, 0, 0], [0, 1, breath(frame) * per_mm]], np.float32)
        moved = cv2.warpAffine(speckle, move, (BEAMS, SAMPLES), borderMode=cv2.BORDER_REFLECT)
        decibel = _echo(at, frame) + moved
        polar = np.clip((decibel + 58) / 52, 0, 1) ** 1.15 * 235
        shown = cv2.remap(polar.astype(np.float32), beam, sample, cv2.INTER_LINEAR) * mask
        out[frame] = np.maximum(np.clip(np.rint(shown), 0, 255).astype(np.uint8), ticks)
    return out


def cyst_place(frame: int) -> tuple[float, float]:
    """(column, row) of the middle of the cyst in a frame, counted from 0."""
    return (
        APEX[0] + CYST[0] / MM_PER_PIXEL,
        APEX[1] + (CYST[1] + breath(frame)) / MM_PER_PIXEL,
    )


def _region() -> Dataset:
    """US Region Calibration (C.8.5.5): centimetres, the middle of the probe is the origin."""
    item = Dataset()
    item.RegionSpatialFormat = 1
    item.RegionDataType = 1
    item.RegionFlags = 2
    item.RegionLocationMinX0, item.RegionLocationMinY0 = REGION[:2]
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = REGION[2:]
    item.ReferencePixelX0 = round(APEX[0]) - REGION[0]
    item.ReferencePixelY0 = 7
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = 3
    item.PhysicalDeltaX = item.PhysicalDeltaY = MM_PER_PIXEL / 10
    item.ReferencePixelPhysicalValueX = item.ReferencePixelPhysicalValueY = 0.0
    item.TransducerFrequency = 3500
    return item


def _common(held: Dataset, image_type: list[str]) -> None:
    """US Image module (C.8.5.6) and what both objects share."""
    held.ImageType = image_type
    held.BodyPartExamined = "ABDOMEN"
    held.PatientOrientation = ""
    held.SequenceOfUltrasoundRegions = [_region()]
    held.AnatomicRegionSequence = [code("10200004", "SCT", "Liver")]
    held.LossyImageCompression = "00"
    held.BurnedInAnnotation = "NO"
    held.TransducerType = "CURVED LINEAR"


def write(writer: Writer) -> dict[str, Any]:
    """The cine and the still."""
    frames = pictures()
    cine = writer.series(1, "Liver cine", "US", after_minutes=4)
    held = copied(cine)
    _common(held, ["ORIGINAL", "PRIMARY", "ABDOMINAL", "0001"])
    held.NumberOfFrames = str(FRAMES)
    held.FrameIncrementPointer = 0x00181063
    held.FrameTime = "50"
    held.CineRate = "20"
    held.RecommendedDisplayFrameRate = "20"
    held.PreferredPlaybackSequencing = 1
    set_pixels(held, frames, bits=8)
    writer.write(held, UltrasoundMultiFrameImageStorage, 1)

    still = writer.series(2, "Liver colour Doppler", "US", after_minutes=6)
    held = copied(still)
    _common(held, ["ORIGINAL", "PRIMARY", "ABDOMINAL", "0011"])
    held.UltrasoundColorDataPresent = 1
    set_pixels(held, _doppler(frames[0]), bits=8, photometric="RGB")
    writer.write(held, UltrasoundImageStorage, 1)
    return {
        "series": [
            {
                "series_instance_uid": str(cine.SeriesInstanceUID),
                "description": "Liver cine",
                "modality": "US",
                "frames": FRAMES,
                "frame_time_ms": FRAME_TIME_MS,
                "rows": ROWS,
                "columns": COLUMNS,
            },
            {
                "series_instance_uid": str(still.SeriesInstanceUID),
                "description": "Liver colour Doppler",
                "modality": "US",
                "frames": 1,
                "rows": ROWS,
                "columns": COLUMNS,
            },
        ],
        "calibration": "ultrasound region",
        "mm_per_pixel": MM_PER_PIXEL,
        "region": list(REGION),
        "cyst": {
            "diameter_mm": CYST_DIAMETER_MM,
            "diameter_px": CYST_DIAMETER_MM / MM_PER_PIXEL,
            "column_row_by_frame": [
                [round(part, 3) for part in cyst_place(frame)] for frame in range(FRAMES)
            ],
        },
    }


def _doppler(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Colour of flow in the aorta within a box, and its scale at the edge."""
    rgb = np.repeat(grey[..., None], 3, axis=2)
    rows, columns = np.indices(grey.shape, dtype=np.float32)
    x = (columns - APEX[0]) * MM_PER_PIXEL - AORTA[0]
    y = (rows - APEX[1]) * MM_PER_PIXEL - AORTA[1]
    inside = np.hypot(x, y) / 8.0
    flow = np.clip(1 - inside**2, 0, 1)
    speed = flow * (0.85 + 0.15 * smooth_noise((4, ROWS, COLUMNS), (2, 7, 7), "us", "flow")[0])
    shown = speed > 0.12
    rgb[shown] = (
        np.stack([150 + 105 * speed, 210 * np.maximum(speed - 0.3, 0), 0 * speed], axis=-1)
        .clip(0, 255)
        .astype(np.uint8)[shown]
    )
    ramp = np.linspace(1, -1, 120)
    rgb[40:160, 40:50, 0] = np.where(ramp > 0, 120 + 135 * ramp, 0)[:, None]
    rgb[40:160, 40:50, 1] = (160 * np.maximum(np.abs(ramp) - 0.4, 0))[:, None]
    rgb[40:160, 40:50, 2] = np.where(ramp < 0, 120 - 135 * ramp, 0)[:, None]
    return rgb
