"""Two-view chest radiograph: the body of the CT seen through a cone of rays.

The source is a point, the detector a plane; each slab of the body is enlarged from the source
onto the detector and its attenuation added up, so that a place of truth.json is found on the
image by the same two lines of geometry that `project` holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from pydicom.uid import DigitalXRayImageStorageForPresentation

from workstation.domain.geometry import Vector
from workstation.phantoms import chest
from workstation.phantoms.ct_chest import DIAMETER_MM, PRIOR_DIAMETER_MM, nodule_truth
from workstation.phantoms.objects import (
    Writer,
    code,
    copied,
    decimal,
    decimals,
    set_pixels,
)
from workstation.phantoms.prior_reports import DX_CHEST, write_report
from workstation.phantoms.shapes import Field, Grid, grain

SIZE = 1080
PITCH = 0.4
SOURCE_TO_DETECTOR = 1800.0
SOURCE_TO_CENTER = 1640.0
WATER_PER_MM = 0.0185
BONE_EXCESS = 0.9


@dataclass(frozen=True)
class View:
    """A projection along one axis of the patient: 1 for y (PA), 0 for x (left lateral).

    `right` is the axis and sign along increasing columns, rows run towards the feet.
    """

    name: str
    axis: int
    across: int
    right: float
    #: +1 when rays run towards increasing coordinates along `axis`
    toward: float
    orientation: tuple[str, str]
    code: tuple[str, str, str]

    def magnification(self, place: Vector) -> float:
        """How many times larger than in the body a thing at `place` is drawn."""
        return SOURCE_TO_DETECTOR / (SOURCE_TO_CENTER + self.toward * place[self.axis])

    def project(self, place: Vector) -> tuple[float, float]:
        """(column, row) of a place in LPS mm."""
        scale = self.magnification(place) / PITCH
        middle = (SIZE - 1) / 2
        return (
            middle + self.right * place[self.across] * scale,
            middle - (place[2] - CENTER_Z) * scale,
        )


CENTER_Z = 0.0
#: The rays of a PA film run from the back to the front, against y.
PA = View("PA", 1, 0, 1.0, -1.0, ("L", "F"), ("399348003", "SCT", "postero-anterior"))
#: Left side at the detector, front of the chest to the viewer's left.
LATERAL = View("LL", 0, 1, 1.0, 1.0, ("P", "F"), ("399173006", "SCT", "left lateral"))


def attenuation(volume: Field, grid: Grid, view: View) -> Field:
    """Line integrals of the linear attenuation on the detector, shape (SIZE, SIZE)."""
    # bone takes away more than its HU say: the beam of a radiograph is softer than that of CT
    harder = np.maximum(volume - 120, 0) * np.float32(BONE_EXCESS)
    density = np.maximum((volume + harder + 1000) / 1000, 0) * np.float32(WATER_PER_MM)
    total = np.zeros((SIZE, SIZE), np.float32)
    array_axis = 2 - view.axis
    thickness = grid.spacing[array_axis]
    for index in range(grid.shape[array_axis]):
        plane = np.ascontiguousarray(density.take(index, axis=array_axis))
        depth = grid.origin[view.axis] + index * thickness
        place = [0.0, 0.0, 0.0]
        place[view.axis] = depth
        scale = view.magnification((place[0], place[1], place[2])) / PITCH
        step = grid.spacing[2 - view.across] * scale * view.right
        middle = (SIZE - 1) / 2
        column0 = middle + view.right * grid.origin[view.across] * scale
        row0 = middle - (grid.origin[2] - CENTER_Z) * scale
        matrix = np.array([[step, 0, column0], [0, -grid.spacing[0] * scale, row0]])
        total += cv2.warpAffine(
            plane * np.float32(thickness), matrix, (SIZE, SIZE), flags=cv2.INTER_LINEAR
        )
    return total


def nodule_attenuation(view: View, diameter: float) -> Field:
    """The chord of each ray through the nodule, beyond what lung would attenuate."""
    column, row = view.project(chest.NODULE_CENTER)
    scale = view.magnification(chest.NODULE_CENTER) / PITCH
    rows, columns = np.ogrid[:SIZE, :SIZE]
    squared = ((columns - column) ** 2 + (rows - row) ** 2) / scale**2
    chord = 2 * np.sqrt(np.maximum((diameter / 2) ** 2 - squared, 0)).astype(np.float32)
    return chord * np.float32(WATER_PER_MM * (chest.NODULE_HU - chest.LUNG) / 1000)


def picture(total: Field, noise: float, *names: object) -> Field:
    """Processed values 0 to 4095, dense is high: detail is lifted above the large shadows."""
    blurred = cv2.GaussianBlur(total, (0, 0), 1.1)
    small = cv2.resize(blurred, (SIZE // 8, SIZE // 8), interpolation=cv2.INTER_AREA)
    large = cv2.resize(cv2.GaussianBlur(small, (0, 0), 9), (SIZE, SIZE))
    detail = blurred - large
    fine = blurred - cv2.GaussianBlur(blurred, (0, 0), 2.5)
    # quantum noise grows with what the body takes away
    quantum = (
        np.exp(np.minimum(total, 8) * np.float32(0.28))
        * grain((1, SIZE, SIZE), 0.8, "radiograph", *names)[0]
    )
    mixed = 0.62 * large + 1.0 * detail + 0.8 * fine + np.float32(noise) * quantum
    value = 180 + mixed * 640
    return np.asarray(4095 * (1 - np.exp(-np.maximum(value, 0) / 2100)), np.float32)


@lru_cache(maxsize=1)
def _bodies() -> tuple[tuple[View, Field], ...]:
    frontal = Grid.around((0, 0, 0), (330, 84, 320), (1.3, 3.0, 1.3))
    lateral = Grid.around((0, 0, 0), (330, 200, 124), (1.3, 1.3, 3.0))
    return (
        (PA, attenuation(chest.build(frontal, table=False), frontal, PA)),
        (LATERAL, attenuation(chest.build(lateral, table=False), lateral, LATERAL)),
    )


def _write(
    writer: Writer, diameter: float, views: tuple[str, ...], *, inverted: bool
) -> dict[str, Any]:
    shown = []
    for number, (view, body) in enumerate(_bodies(), start=1):
        if view.name not in views:
            continue
        total = body + nodule_attenuation(view, diameter)
        value = picture(total, 0.008, writer.request.name, view.name)
        stored = np.clip(np.rint(4095 - value if inverted else value), 0, 4095).astype(np.uint16)
        series = writer.series(number, f"Chest {view.name}", "DX", after_minutes=number)
        held = copied(series)
        held.BodyPartExamined = "CHEST"
        held.PresentationIntentType = "FOR PRESENTATION"
        held.ImageType = ["ORIGINAL", "PRIMARY", ""]
        held.AcquisitionNumber = "1"
        held.PatientOrientation = list(view.orientation)
        held.ImageLaterality = "U"
        held.AnatomicRegionSequence = [code("51185008", "SCT", "Chest")]
        held.ViewPosition = view.name
        held.ViewCodeSequence = [code(*view.code)]
        held.ViewCodeSequence[0].ViewModifierCodeSequence = []
        held.PositionerType = "NONE"
        held.ImagerPixelSpacing = decimals((PITCH, PITCH))
        held.DetectorType = "SCINTILLATOR"
        held.DetectorID = "D1"
        held.KVP = "125"
        held.DistanceSourceToDetector = decimal(SOURCE_TO_DETECTOR)
        held.DistanceSourceToPatient = decimal(SOURCE_TO_CENTER)
        magnification = SOURCE_TO_DETECTOR / SOURCE_TO_CENTER
        held.EstimatedRadiographicMagnificationFactor = decimal(magnification)
        held.PixelIntensityRelationship = "LOG"
        held.PixelIntensityRelationshipSign = -1 if inverted else 1
        held.RescaleIntercept = "0"
        held.RescaleSlope = "1"
        held.RescaleType = "US"
        held.PresentationLUTShape = "INVERSE" if inverted else "IDENTITY"
        held.LossyImageCompression = "00"
        held.BurnedInAnnotation = "NO"
        held.AcquisitionContextSequence = []
        low, high = np.percentile(stored[200:-200, 320:-320], (1.0, 99.5))
        held.WindowCenter = decimal(round((low + high) / 2))
        held.WindowWidth = decimal(round((high - low) * 1.08))
        held.WindowCenterWidthExplanation = "STANDARD"
        photometric = "MONOCHROME1" if inverted else "MONOCHROME2"
        set_pixels(held, stored, bits=12, photometric=photometric)
        writer.write(held, DigitalXRayImageStorageForPresentation, 1)
        column, row = view.project(chest.NODULE_CENTER)
        shown.append(
            {
                "series_instance_uid": str(series.SeriesInstanceUID),
                "description": str(series.SeriesDescription),
                "modality": "DX",
                "view": view.name,
                "rows": SIZE,
                "columns": SIZE,
                "imager_pixel_spacing_mm": [PITCH, PITCH],
                "magnification_factor": magnification,
                "calibration": "magnification corrected",
                "source_to_detector_mm": SOURCE_TO_DETECTOR,
                "source_to_center_mm": SOURCE_TO_CENTER,
                "nodule_column_row": [column, row],
                "nodule_diameter_px": diameter * view.magnification(chest.NODULE_CENTER) / PITCH,
                "nodule_magnification": view.magnification(chest.NODULE_CENTER),
            }
        )
    return {"series": shown, "nodule": nodule_truth(diameter)}


def write(writer: Writer) -> dict[str, Any]:
    """PA and lateral of today, MONOCHROME2."""
    return _write(writer, DIAMETER_MM, ("PA", "LL"), inverted=False)


def write_prior(writer: Writer) -> dict[str, Any]:
    """PA and lateral from before, stored as MONOCHROME1."""
    truth = _write(writer, PRIOR_DIAMETER_MM, ("PA", "LL"), inverted=True)
    write_report(writer, DX_CHEST)
    return truth
