"""Descriptions of an object's frames (PS3.3 C.7.6.3, C.7.6.16)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydicom.dataset import Dataset

from workstation.dicom import attributes, calibration, lookup_tables, technique
from workstation.domain.errors import UndecodablePixels
from workstation.domain.geometry import ORTHOGONALITY_TOLERANCE, PlaneGeometry, dot, unit
from workstation.domain.image import FrameDescription, FrameKey, PixelFormat, PixelPadding

#: An image larger than this is refused before anything is allocated.
MAXIMUM_PIXELS = 400_000_000
MAXIMUM_FRAMES = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class DescribedFrame:
    """One frame and the values by which display sets are split."""

    description: FrameDescription
    grouping: Mapping[str, object] = field(default_factory=dict)


def pixel_format(
    dataset: Dataset, transfer_syntax_uid: str, keyword: str = "PixelData"
) -> PixelFormat:
    """The Image Pixel module; UndecodablePixels names what is missing or impossible."""

    def need(keyword: str) -> int:
        held = attributes.integer(dataset, keyword)
        if held is None:
            raise UndecodablePixels(f"The image has no {keyword}.", remedy="Ask the site.")
        return held

    rows, columns = need("Rows"), need("Columns")
    frames = attributes.integer(dataset, "NumberOfFrames") or 1
    samples = attributes.integer(dataset, "SamplesPerPixel") or 1
    float_bits = {"FloatPixelData": 32, "DoubleFloatPixelData": 64}.get(keyword, 0)
    allocated = float_bits or need("BitsAllocated")
    stored = allocated if float_bits else (attributes.integer(dataset, "BitsStored") or allocated)
    high = attributes.integer(dataset, "HighBit")
    if rows < 1 or columns < 1 or rows * columns > MAXIMUM_PIXELS:
        raise UndecodablePixels(f"A matrix of {rows} x {columns} is not possible.")
    if not 1 <= frames <= MAXIMUM_FRAMES:
        raise UndecodablePixels(f"{frames} frames are not possible.")
    if allocated not in (1, 8, 16, 32, 64) or not 1 <= stored <= allocated:
        raise UndecodablePixels(f"{stored} bits stored in {allocated} are not possible.")
    try:
        return PixelFormat(
            rows=rows,
            columns=columns,
            frames=frames,
            samples_per_pixel=samples,
            photometric_interpretation=attributes.text(dataset, "PhotometricInterpretation")
            or ("RGB" if samples == 3 else "MONOCHROME2"),
            bits_allocated=allocated,
            bits_stored=stored,
            high_bit=stored - 1 if high is None or high < stored - 1 else high,
            signed=bool(attributes.integer(dataset, "PixelRepresentation") or 0),
            planar_configuration=attributes.integer(dataset, "PlanarConfiguration") or 0,
            transfer_syntax_uid=transfer_syntax_uid,
            float_bits=float_bits,
        )
    except ValueError as error:
        raise UndecodablePixels(f"{str(error).capitalize()}.") from error


def padding(dataset: Dataset, pixels: PixelFormat, repairs: list[str]) -> PixelPadding | None:
    """Pixel Padding Value and Range Limit in stored values (C.7.5.1.1.2)."""
    if pixels.samples_per_pixel != 1:
        return None
    if pixels.float_bits:
        stem = "FloatPixelPadding" if pixels.float_bits == 32 else "DoubleFloatPixelPadding"
        low = attributes.number(dataset, f"{stem}Value")
        high = attributes.number(dataset, f"{stem}RangeLimit")
    else:
        low = _stored(dataset, "PixelPaddingValue", pixels, repairs)
        high = _stored(dataset, "PixelPaddingRangeLimit", pixels, repairs)
    if low is None:
        return None
    limit = low if high is None else high
    return PixelPadding(min(low, limit), max(low, limit))


def _stored(
    dataset: Dataset, keyword: str, pixels: PixelFormat, repairs: list[str]
) -> float | None:
    raw = attributes.value(dataset, keyword)
    if isinstance(raw, bytes) and len(raw) >= 2:
        raw = struct.unpack("<h" if pixels.signed else "<H", raw[:2])[0]
        repairs.append(f"{keyword} was read from an unknown representation")
    if not isinstance(raw, int):
        return None
    # A value written with the wrong sign means the same bits.
    if pixels.signed and raw > 32767 and pixels.bits_allocated == 16:
        repairs.append(f"{keyword} {raw} was read as {raw - 65536}")
        raw -= 65536
    elif not pixels.signed and raw < 0 and pixels.bits_allocated == 16:
        repairs.append(f"{keyword} {raw} was read as {raw + 65536}")
        raw += 65536
    return float(raw)


def _plane(
    orientation: tuple[float, ...],
    position: tuple[float, ...],
    spacing: tuple[float, float] | None,
    pixels: PixelFormat,
    frame_of_reference: str,
    repairs: list[str],
) -> PlaneGeometry | None:
    if len(orientation) != 6 or len(position) != 3 or spacing is None:
        return None
    try:
        row = unit((orientation[0], orientation[1], orientation[2]))
        column = unit((orientation[3], orientation[4], orientation[5]))
    except ValueError:
        repairs.append("the orientation has no direction and is not used")
        return None
    if abs(dot(row, column)) > ORTHOGONALITY_TOLERANCE:
        repairs.append("rows and columns are not at right angles: the position is not used")
        return None
    return PlaneGeometry(
        origin=(position[0], position[1], position[2]),
        row_cosine=row,
        column_cosine=column,
        spacing_mm=spacing,
        rows=pixels.rows,
        columns=pixels.columns,
        frame_of_reference_uid=frame_of_reference,
    )


class FunctionalGroups:
    """Macros of an enhanced object: per frame, then shared, then the top level (C.7.6.16)."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        shared = attributes.items(dataset, "SharedFunctionalGroupsSequence")
        self._shared = shared[0] if shared else None
        self._per_frame = attributes.items(dataset, "PerFrameFunctionalGroupsSequence")

    @property
    def enhanced(self) -> bool:
        """Whether the object has functional groups at all."""
        return self._shared is not None or bool(self._per_frame)

    def macro(self, keyword: str, frame: int) -> Dataset | None:
        """The item of a macro for a frame counted from 0, or None."""
        sources = [self._per_frame[frame]] if frame < len(self._per_frame) else []
        if self._shared is not None:
            sources.append(self._shared)
        for source in (*sources, self._dataset):
            found = attributes.items(source, keyword)
            if found:
                return found[0]
        return None


def _spacing(source: Dataset | None) -> tuple[float, float] | None:
    if source is None:
        return None
    held = attributes.numbers(source, "PixelSpacing")
    return (held[0], held[1]) if len(held) >= 2 and held[0] > 0 and held[1] > 0 else None


def describe(
    dataset: Dataset, transfer_syntax_uid: str, keyword: str, repairs: list[str]
) -> tuple[DescribedFrame, ...]:
    """All frames of an image object, in their order. `keyword` names its pixel data element."""
    pixels = pixel_format(dataset, transfer_syntax_uid, keyword)
    groups = FunctionalGroups(dataset)
    base = _base(dataset, pixels, repairs)
    if not groups.enhanced:
        one = _classic(dataset, base, pixels, repairs)
        grouping = technique.grouping(dataset)
        frames = []
        for number in range(1, pixels.frames + 1):
            vector = technique.vector_values(dataset, number - 1)
            frames.append(DescribedFrame(_with_number(one, number), {**grouping, **vector}))
        return tuple(frames)
    return tuple(
        _enhanced(dataset, base, pixels, groups, index, repairs) for index in range(pixels.frames)
    )


def _base(dataset: Dataset, pixels: PixelFormat, repairs: list[str]) -> FrameDescription:
    modality = attributes.text(dataset, "Modality")
    orientation = attributes.texts(dataset, "PatientOrientation")
    view_code = attributes.code(dataset, "ViewCodeSequence")
    is_palette = pixels.photometric_interpretation == "PALETTE COLOR"
    shape = attributes.text(dataset, "PresentationLUTShape")
    return FrameDescription(
        key=FrameKey(attributes.text(dataset, "SOPInstanceUID")),
        sop_class_uid=attributes.text(dataset, "SOPClassUID"),
        pixel_format=pixels,
        modality=modality,
        padding=padding(dataset, pixels, repairs),
        palette=lookup_tables.palette(dataset, signed=pixels.signed) if is_palette else None,
        patient_orientation=(orientation[0], orientation[1]) if len(orientation) >= 2 else ("", ""),
        ultrasound_regions=calibration.ultrasound_regions(dataset),
        # INVERSE is another way to write MONOCHROME1 and never inverts it twice.
        presentation_inverse=shape == "INVERSE"
        and pixels.photometric_interpretation == "MONOCHROME2",
        instance_number=attributes.integer(dataset, "InstanceNumber"),
        image_type=attributes.texts(dataset, "ImageType"),
        laterality=attributes.text(dataset, "ImageLaterality")
        or attributes.text(dataset, "Laterality"),
        view_position=technique.view_name(view_code) or attributes.text(dataset, "ViewPosition"),
        lossy=technique.lossy(dataset, transfer_syntax_uid=pixels.transfer_syntax_uid),
        technique=technique.captions(dataset),
        acquired=technique.acquired(dataset),
    )


def _with_number(described: FrameDescription, number: int) -> FrameDescription:
    return _replaced(described, key=FrameKey(described.key.sop_instance_uid, number))


def _replaced(described: FrameDescription, **changes: object) -> FrameDescription:
    return replace(described, **changes)  # type: ignore[arg-type]


def _original_ct(described: FrameDescription) -> bool:
    kinds = described.image_type
    localizer = "LOCALIZER" in kinds
    return described.modality == "CT" and not localizer and "Secondary" not in kinds


def _classic(
    dataset: Dataset, base: FrameDescription, pixels: PixelFormat, repairs: list[str]
) -> FrameDescription:
    spacing = _spacing(dataset)
    plane = _plane(
        attributes.numbers(dataset, "ImageOrientationPatient"),
        attributes.numbers(dataset, "ImagePositionPatient"),
        spacing,
        pixels,
        attributes.text(dataset, "FrameOfReferenceUID"),
        repairs,
    )
    if pixels.frames > 1 and base.modality != "RTDOSE" and plane is not None:
        # One position cannot be that of many frames.
        plane = None
    scale = calibration.calibration(
        dataset, modality=base.modality, spacing=spacing, in_patient=plane is not None
    )
    transform = lookup_tables.modality_transform(
        dataset,
        None,
        signed=pixels.signed,
        modality=base.modality,
        original_ct=_original_ct(base),
    )
    # The VOI LUT's input is signed when the output of the Modality LUT can be negative.
    signed = pixels.signed or transform.intercept < 0
    return _replaced(
        base,
        modality_transform=transform,
        voi=lookup_tables.voi_alternatives(dataset, None, signed=signed, modality=base.modality),
        plane=plane,
        calibration=scale,
        pixel_aspect=calibration.pixel_aspect(dataset, scale.spacing_mm),
    )


def _enhanced(
    dataset: Dataset,
    base: FrameDescription,
    pixels: PixelFormat,
    groups: FunctionalGroups,
    index: int,
    repairs: list[str],
) -> DescribedFrame:
    measures = groups.macro("PixelMeasuresSequence", index)
    spacing = _spacing(measures) or _spacing(dataset)
    orientation = groups.macro("PlaneOrientationSequence", index)
    position = groups.macro("PlanePositionSequence", index)
    plane = _plane(
        attributes.numbers(
            orientation if orientation is not None else dataset, "ImageOrientationPatient"
        ),
        attributes.numbers(position if position is not None else dataset, "ImagePositionPatient"),
        spacing,
        pixels,
        attributes.text(dataset, "FrameOfReferenceUID"),
        repairs if index == 0 else [],
    )
    value_macro = groups.macro("PixelValueTransformationSequence", index)
    voi_macro = groups.macro("FrameVOILUTSequence", index)
    transform = lookup_tables.modality_transform(
        dataset,
        value_macro,
        signed=pixels.signed,
        modality=base.modality,
        original_ct=_original_ct(base),
    )
    anatomy = groups.macro("FrameAnatomySequence", index)
    scale = calibration.calibration(
        dataset, modality=base.modality, spacing=spacing, in_patient=plane is not None
    )
    described = _replaced(
        base,
        key=FrameKey(base.key.sop_instance_uid, index + 1),
        modality_transform=transform,
        voi=lookup_tables.voi_alternatives(
            dataset,
            voi_macro,
            signed=pixels.signed or transform.intercept < 0,
            modality=base.modality,
        ),
        plane=plane,
        calibration=scale,
        pixel_aspect=calibration.pixel_aspect(dataset, scale.spacing_mm),
        laterality=(attributes.text(anatomy, "FrameLaterality") if anatomy else "")
        or base.laterality,
    )
    grouping = {
        **technique.grouping(dataset),
        **technique.frame_grouping(groups.macro, index),
    }
    return DescribedFrame(described, grouping)
