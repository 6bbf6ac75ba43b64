"""PET/CT of the trunk with fluorodeoxyglucose: spheres of known SUV in the body of the chest CT."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import cv2
import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import PositronEmissionTomographyImageStorage

from workstation.domain.geometry import Vector
from workstation.phantoms import chest
from workstation.phantoms.drawn import write_structures
from workstation.phantoms.objects import (
    Writer,
    code,
    copied,
    decimal,
    series_truth,
    set_pixels,
    set_plane,
    set_window,
    write_ct,
)
from workstation.phantoms.shapes import (
    Field,
    Grid,
    blend,
    ellipsoid,
    generator,
    grain,
    soft,
    sphere,
)

SLICES, STEP = 80, 4.0
DOSE_BQ = 312.0e6
HALF_LIFE_S = 6586.2
UPTAKE_MINUTES = 61
#: Sharpness of the scanner, sigma in mm.
BLUR_MM = 2.0


@dataclass(frozen=True)
class Hot:
    """A sphere of known uptake."""

    name: str
    center: Vector
    diameter_mm: float
    suv: float


SPHERES = (
    Hot("left lower lobe", (70.0, 34.0, -12.0), 30.0, 12.0),
    Hot("right upper lobe", (-70.0, -4.0, 56.0), 22.0, 8.0),
    Hot("liver", (-68.0, -10.0, -112.0), 26.0, 6.0),
    Hot("left axilla", (128.0, 22.0, 84.0), 20.0, 10.0),
)


#: Of the contours around the spheres.
_COLOURS = ((79, 209, 139), (229, 122, 195), (95, 168, 255), (182, 224, 74))


def _uptake(anatomy: Field, grid: Grid) -> Field:
    """SUV from the density of the tissue and from where the organs lie."""
    densities, uptakes = (-1000, -900, -600, -150, 20, 60), (0.0, 0.35, 0.5, 0.3, 0.8, 0.8)
    tissue = np.interp(anatomy, densities, uptakes)
    volume: Field = np.where(anatomy > 150, 1.5, tissue).astype(np.float32)
    at = grid.coordinates()
    organs: tuple[tuple[Vector, Vector, float, float], ...] = (
        ((-62, -8, -150), (80, 80, 76), 2.3, 0),
        ((88, 34, -128), (24, 34, 38), 1.8, 30),
        ((22, -27, -45), (58, 43, 52), 1.5, 28),
        ((16, 44, -60), (12, 12, 120), 1.4, 0),
    )
    for center, semi, suv, turn in organs:
        weight = soft(ellipsoid(at, center, semi, turn), 5.0)
        blend(volume, grid.whole, weight * (anatomy > -60), suv)
    # the wall of the left ventricle
    shell = np.abs(ellipsoid(at, (40, -32, -52), (33, 27, 34), 28)) - 4.5
    blend(volume, grid.whole, soft(shell, 4.0) * (anatomy > -60), 4.2)
    for hot in SPHERES:
        blend(volume, grid.whole, soft(sphere(at, hot.center, hot.diameter_mm / 2), 4.0), hot.suv)
    return volume


def _blurred(volume: Field, grid: Grid) -> Field:
    """The resolution of the scanner in all three directions."""
    planes = [cv2.GaussianBlur(plane, (0, 0), BLUR_MM / grid.spacing[1]) for plane in volume]
    flat = np.stack(planes).reshape(volume.shape[0], -1)
    along = cv2.GaussianBlur(flat, (1, 0), sigmaX=0.01, sigmaY=BLUR_MM / grid.spacing[0])
    return np.asarray(along.reshape(volume.shape), np.float32)


def _radiopharmaceutical(writer: Writer, start_minutes: float) -> Dataset:
    item = Dataset()
    item.Radiopharmaceutical = "Fluorodeoxyglucose"
    injected = writer.moment + timedelta(minutes=start_minutes - UPTAKE_MINUTES)
    item.RadiopharmaceuticalStartTime = f"{injected:%H%M%S}"
    item.RadiopharmaceuticalStartDateTime = f"{injected:%Y%m%d%H%M%S}"
    item.RadionuclideTotalDose = decimal(DOSE_BQ)
    item.RadionuclideHalfLife = decimal(HALF_LIFE_S)
    item.RadionuclidePositronFraction = "0.97"
    item.RadionuclideCodeSequence = [code("77004003", "SCT", "^18^Fluorine")]
    item.RadiopharmaceuticalCodeSequence = [code("35321007", "SCT", "Fluorodeoxyglucose F^18^")]
    return item


def write(writer: Writer) -> dict[str, Any]:
    """The CT and the attenuation-corrected PET beside it, in one frame of reference."""
    center = (0.0, 0.0, -18.0)
    ct_grid = Grid.around(center, (SLICES, 192, 192), (STEP, 2.0, 2.0))
    anatomy = chest.build(ct_grid)
    at = ct_grid.coordinates()
    for hot in SPHERES:
        weight = soft(sphere(at, hot.center, hot.diameter_mm / 2), 2.5)
        blend(anatomy, ct_grid.whole, weight, 40.0)
    ct = writer.image_series(2, "CT AC 4.0", "CT", after_minutes=62)
    noisy = anatomy + 16 * grain(anatomy.shape, 0.7, "pet ct", "ct")
    write_ct(
        writer,
        ct,
        noisy,
        ct_grid,
        thickness=STEP,
        kernel="B30f",
        windows=[(40.0, 400.0, "MEDIASTINUM"), (-600.0, 1500.0, "LUNG")],
        compress=True,
    )

    start = 65.0
    grid = Grid.around(center, (SLICES, 128, 128), (STEP, 4.0, 4.0))
    coarse = chest.build(grid, table=False)
    suv = _blurred(_uptake(coarse, grid), grid)
    random = generator("pet ct", "noise")
    noise = random.standard_normal(suv.shape, dtype=np.float32)
    noise = np.stack([cv2.GaussianBlur(plane, (0, 0), 0.8) for plane in noise])
    suv = np.maximum(suv + noise / noise.std() * (0.03 + 0.03 * suv), 0)
    grams = writer.request.person.weight_kg * 1000
    decay = 2 ** (-UPTAKE_MINUTES * 60 / HALF_LIFE_S)
    # PS3.3 C.8.9: SUVbw = concentration x weight / decayed dose, 1 ml of the body weighs 1 g
    becquerel = suv * np.float32(DOSE_BQ * decay / grams)
    series = writer.image_series(3, "PET AC", "PT", after_minutes=start)
    for number, index in enumerate(reversed(range(SLICES)), start=1):
        held = copied(series)
        _pet_attributes(held, writer, start, number)
        slope = max(float(becquerel[index].max()) / 32767, 1e-4)
        held.RescaleIntercept = "0"
        held.RescaleSlope = decimal(slope)
        stored = np.rint(becquerel[index] / float(held.RescaleSlope)).astype(np.int16)
        spacing = (grid.spacing[1], grid.spacing[2])
        set_plane(held, grid.position(index), grid.row, grid.column, spacing, STEP)
        middle = 5 * DOSE_BQ * decay / grams
        set_window(held, [(round(middle / 2), round(middle), "SUV 0 TO 5")])
        set_pixels(held, stored, bits=16)
        writer.write(held, PositronEmissionTomographyImageStorage, number)
    write_structures(
        writer,
        ct,
        ct_grid,
        [
            (hot.name, hot.center, hot.diameter_mm, colour)
            for hot, colour in zip(SPHERES, _COLOURS, strict=True)
        ],
        number=80,
        label="Lesions",
    )
    return {
        "series": [series_truth(ct, ct_grid), series_truth(series, grid)],
        "suv": {
            "type": "bw",
            "dose_bq": DOSE_BQ,
            "half_life_s": HALF_LIFE_S,
            "uptake_s": UPTAKE_MINUTES * 60,
            "weight_kg": grams / 1000,
            "decay_correction": "START",
            "factor_g_per_bq": grams / (DOSE_BQ * decay),
        },
        "spheres": [
            {
                "name": hot.name,
                "center_lps_mm": list(hot.center),
                "diameter_mm": hot.diameter_mm,
                "suv": hot.suv,
            }
            for hot in SPHERES
        ],
    }


def _pet_attributes(held: Dataset, writer: Writer, start: float, number: int) -> None:
    """PET Series, PET Isotope and PET Image modules (C.8.9.1, C.8.9.2, C.8.9.4)."""
    held.SeriesType = ["STATIC", "IMAGE"]
    held.Units = "BQML"
    held.CountsSource = "EMISSION"
    held.NumberOfSlices = SLICES
    held.CorrectedImage = ["DECY", "ATTN", "SCAT", "DTIM", "RAN", "NORM"]
    held.RandomsCorrectionMethod = "DLYD"
    held.AttenuationCorrectionMethod = "measured, CT"
    held.ScatterCorrectionMethod = "model"
    held.DecayCorrection = "START"
    held.ReconstructionMethod = "OSEM"
    held.CollimatorType = "NONE"
    held.RadiopharmaceuticalInformationSequence = [_radiopharmaceutical(writer, start)]
    held.ImageType = ["ORIGINAL", "PRIMARY"]
    bed = (number - 1) // 27
    acquired = writer.moment + timedelta(minutes=start, seconds=150 * bed)
    held.AcquisitionDate = f"{acquired:%Y%m%d}"
    held.AcquisitionTime = f"{acquired:%H%M%S}"
    held.FrameReferenceTime = decimal(150000 * bed + 75000)
    held.ActualFrameDuration = "150000"
    held.DecayFactor = decimal(2 ** (150 * bed / HALF_LIFE_S))
    held.ImageIndex = number
    # the position is told by codes here, and may then not stand in Patient Position (C.8.4.6)
    del held.PatientPosition
    held.PatientGantryRelationshipCodeSequence = [code("102540001", "SCT", "headfirst")]
    held.PatientOrientationCodeSequence = [_recumbent()]
    held.SliceSensitivityFactor = "1"


def _recumbent() -> Dataset:
    item = code("102538003", "SCT", "recumbent")
    item.PatientOrientationModifierCodeSequence = [code("40199007", "SCT", "supine")]
    return item
