"""Where a frame lies in the patient: planes from attributes, and those of multi-frame objects that
give one position and a way from frame to frame."""

from __future__ import annotations

from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.domain.geometry import (
    ORTHOGONALITY_TOLERANCE,
    PlaneGeometry,
    add,
    cross,
    dot,
    unit,
)
from workstation.domain.image import PixelFormat


def plane(
    orientation: tuple[float, ...],
    position: tuple[float, ...],
    spacing: tuple[float, float] | None,
    pixels: PixelFormat,
    frame_of_reference: str,
    repairs: list[str],
) -> PlaneGeometry | None:
    """The plane of a frame (PS3.3 C.7.6.2.1.1), None where it is not given or cannot be right.

    Rounded cosines are made unit and orthogonal; what misses a right angle by more is not used.
    """
    if len(orientation) != 6 or len(position) != 3 or spacing is None:
        return None
    try:
        row = unit((orientation[0], orientation[1], orientation[2]))
        column = unit((orientation[3], orientation[4], orientation[5]))
    except ValueError:
        repairs.append("The orientation has no direction and is not used.")
        return None
    if abs(dot(row, column)) > ORTHOGONALITY_TOLERANCE:
        repairs.append("Rows and columns are not at right angles: the position is not used.")
        return None
    column = unit(add(column, row, -dot(row, column)))
    return PlaneGeometry(
        origin=(position[0], position[1], position[2]),
        row_cosine=row,
        column_cosine=column,
        spacing_mm=spacing,
        rows=pixels.rows,
        columns=pixels.columns,
        frame_of_reference_uid=frame_of_reference,
    )


def spacing(source: Dataset | None) -> tuple[float, float] | None:
    """Pixel Spacing (0028,0030) as (between rows, between columns) in mm, such as can be."""
    return None if source is None else attributes.lengths(source, "PixelSpacing")


def classic(
    dataset: Dataset, pixels: PixelFormat, repairs: list[str]
) -> tuple[PlaneGeometry | None, ...]:
    """The planes of all frames of an object without functional groups."""
    orientation = attributes.numbers(dataset, "ImageOrientationPatient")
    position = attributes.numbers(dataset, "ImagePositionPatient")
    for detector in attributes.items(dataset, "DetectorInformationSequence")[:1]:
        # NM keeps both there (PS3.3 C.8.4.11); of several detectors none speaks for a frame.
        if len(attributes.items(dataset, "DetectorInformationSequence")) == 1:
            orientation = orientation or attributes.numbers(detector, "ImageOrientationPatient")
            position = position or attributes.numbers(detector, "ImagePositionPatient")
    if attributes.value(dataset, "ImagePositionPatient") is not None and not position:
        repairs.append("The position holds what is no number and is not used.")
    step = spacing(dataset)
    written = attributes.numbers(dataset, "PixelSpacing")
    if written and step is None:
        words = " x ".join(f"{each:g}" for each in written[:2])
        repairs.append(f"A pixel spacing of {words} mm is not possible and is not used.")
    first = plane(
        orientation,
        position,
        step,
        pixels,
        attributes.text(dataset, "FrameOfReferenceUID"),
        repairs,
    )
    if first is None or pixels.frames == 1:
        return (first,) * pixels.frames
    offsets = _offsets(dataset, pixels.frames)
    if offsets is None:
        # One position cannot be that of many frames.
        return (None,) * pixels.frames
    normal = cross(first.row_cosine, first.column_cosine)
    return tuple(
        PlaneGeometry(
            origin=add(first.origin, normal, offset),
            row_cosine=first.row_cosine,
            column_cosine=first.column_cosine,
            spacing_mm=first.spacing_mm,
            rows=first.rows,
            columns=first.columns,
            frame_of_reference_uid=first.frame_of_reference_uid,
        )
        for offset in offsets
    )


def _offsets(dataset: Dataset, frames: int) -> tuple[float, ...] | None:
    """mm along the normal from the first frame: Grid Frame Offset Vector of a dose
    (PS3.3 C.8.8.3.2), Slice Vector of reconstructed NM (C.8.4.8, C.8.4.15)."""
    grid = attributes.numbers(dataset, "GridFrameOffsetVector")
    if len(grid) == frames:
        # The first value is 0, or else they are z coordinates of the patient.
        return tuple(offset - grid[0] for offset in grid)
    slices = attributes.numbers(dataset, "SliceVector")
    step = attributes.number(dataset, "SpacingBetweenSlices")
    if len(slices) == frames and step:
        return tuple((number - slices[0]) * step for number in slices)
    return None
