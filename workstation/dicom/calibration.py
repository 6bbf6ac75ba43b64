"""Where millimetres come from: PS3.3 10.7 for projections, C.8.5.5 for ultrasound."""

from __future__ import annotations

from collections.abc import Callable

from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.domain.image import (
    FILM_DIGITISER,
    PLANE_NOT_STATED,
    Calibration,
    CalibrationSource,
    UltrasoundRegion,
)

#: Modalities whose Pixel Spacing lies in the plane of the patient.
PLANAR = frozenset({"CT", "MR", "PT", "NM", "RTDOSE", "OPT", "OCT"})


#: Nothing is imaged that many times its size on a detector.
_MOST_MAGNIFIED = 100.0


def _same(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return all(abs(x - y) <= 1e-4 * max(x, y) for x, y in zip(a, b, strict=True))


def _magnification(dataset: Dataset) -> float | None:
    """Estimated Radiographic Magnification Factor, or SID over source-to-patient distance."""
    factor = attributes.number(dataset, "EstimatedRadiographicMagnificationFactor")
    if factor is not None:
        return factor if 1 <= factor <= _MOST_MAGNIFIED else None
    detector = attributes.number(dataset, "DistanceSourceToDetector")
    patient = attributes.number(dataset, "DistanceSourceToPatient")
    if detector and patient and _MOST_MAGNIFIED * patient >= detector >= patient > 0:
        return detector / patient
    return None


def calibration(
    dataset: Dataset, *, modality: str, spacing: tuple[float, float] | None, in_patient: bool
) -> Calibration:
    """The calibration of an image.

    `spacing` is Pixel Spacing (0028,0030) or that of Pixel Measures; `in_patient` tells whether
    the object has a plane in patient space.
    """
    if spacing is not None and (in_patient or modality in PLANAR):
        return Calibration(CalibrationSource.PATIENT, spacing)
    imager = attributes.lengths(dataset, "ImagerPixelSpacing")
    kind = attributes.text(dataset, "PixelSpacingCalibrationType")
    description = attributes.text(dataset, "PixelSpacingCalibrationDescription")
    factor = _magnification(dataset)
    corrected = CalibrationSource.MAGNIFICATION_CORRECTED
    if spacing is not None:
        if kind == "FIDUCIAL":
            return Calibration(CalibrationSource.FIDUCIAL, spacing, description)
        if kind == "GEOMETRY":
            return Calibration(corrected, spacing, description)
        if imager is not None and not _same(spacing, imager):
            return Calibration(corrected, spacing, description)
        if imager is None:
            # No type and no detector spacing to compare with: a spacing of unknown plane.
            return Calibration(CalibrationSource.DETECTOR, spacing, PLANE_NOT_STATED)
    if imager is not None:
        if factor is not None:
            # Object-plane spacing = detector spacing / magnification (PS3.3 C.8.7.10.1.1).
            return Calibration(
                corrected, (imager[0] / factor, imager[1] / factor), f"ERMF {factor:.3g}"
            )
        return Calibration(CalibrationSource.DETECTOR, imager)
    digitiser = attributes.lengths(dataset, "NominalScannedPixelSpacing")
    if digitiser is not None:
        return Calibration(CalibrationSource.DETECTOR, digitiser, FILM_DIGITISER)
    return Calibration()


def of_frame(
    dataset: Dataset,
    macro: Callable[[str, int], Dataset | None],
    index: int,
    modality: str,
    spacing: tuple[float, float] | None,
    *,
    in_patient: bool,
) -> Calibration:
    """`calibration` of a frame counted from 0 of an enhanced object: enhanced XA and XRF tell the
    size of a pixel at the object, in the centre of the beam (C.8.19.6.9), else at the detector
    (C.8.19.6.4)."""
    of_object = calibration(dataset, modality=modality, spacing=spacing, in_patient=in_patient)
    if of_object.source is not CalibrationSource.NONE:
        return of_object

    def told(sequence: str, keyword: str) -> tuple[float, float] | None:
        held = macro(sequence, index)
        return None if held is None else attributes.lengths(held, keyword)

    beam = told("ProjectionPixelCalibrationSequence", "ObjectPixelSpacingInCenterOfBeam")
    if beam is not None:
        return Calibration(CalibrationSource.MAGNIFICATION_CORRECTED, beam, "centre of the beam")
    imager = told("FramePixelDataPropertiesSequence", "ImagerPixelSpacing")
    return of_object if imager is None else Calibration(CalibrationSource.DETECTOR, imager)


def pixel_aspect(dataset: Dataset, spacing: tuple[float, float] | None) -> float:
    """Height of a pixel over its width: from the spacing, else Pixel Aspect Ratio (0028,0034)."""
    if spacing is not None:
        return spacing[0] / spacing[1]
    ratio = attributes.lengths(dataset, "PixelAspectRatio")
    return ratio[0] / ratio[1] if ratio is not None else 1.0


def ultrasound_regions(dataset: Dataset) -> tuple[UltrasoundRegion, ...]:
    """Sequence of Ultrasound Regions (0018,6011); items that cannot be right are left out."""
    found = []
    for item in attributes.items(dataset, "SequenceOfUltrasoundRegions"):
        bounds = [
            attributes.integer(item, f"RegionLocation{name}")
            for name in ("MinX0", "MinY0", "MaxX1", "MaxY1")
        ]
        units_x = attributes.integer(item, "PhysicalUnitsXDirection")
        units_y = attributes.integer(item, "PhysicalUnitsYDirection")
        if None in bounds or units_x is None or units_y is None:
            continue
        x0, y0, x1, y1 = (int(bound or 0) for bound in bounds)
        if x1 < x0 or y1 < y0:
            continue
        found.append(
            UltrasoundRegion(
                min_x=x0,
                min_y=y0,
                max_x=x1,
                max_y=y1,
                spatial_format=attributes.integer(item, "RegionSpatialFormat") or 0,
                data_type=attributes.integer(item, "RegionDataType") or 0,
                units_x=units_x,
                units_y=units_y,
                delta_x=attributes.number(item, "PhysicalDeltaX") or 0.0,
                delta_y=attributes.number(item, "PhysicalDeltaY") or 0.0,
                flags=attributes.integer(item, "RegionFlags") or 0,
                reference_x=attributes.integer(item, "ReferencePixelX0"),
                reference_y=attributes.integer(item, "ReferencePixelY0"),
                reference_value_x=attributes.number(item, "ReferencePixelPhysicalValueX") or 0.0,
                reference_value_y=attributes.number(item, "ReferencePixelPhysicalValueY") or 0.0,
            )
        )
    return tuple(found)
