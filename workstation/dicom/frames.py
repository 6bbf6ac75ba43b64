"""Descriptions of an object's frames (PS3.3 C.7.6.3, C.7.6.16)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydicom.dataset import Dataset

from workstation.dicom import (
    attributes,
    calibration,
    icc,
    legacy_pet,
    lookup_tables,
    masks,
    overlays,
    parametric_maps,
    pet_values,
    positions,
    shutters,
    technique,
)
from workstation.domain.errors import UndecodablePixels
from workstation.domain.image import (
    GREY_MODELS,
    FrameDescription,
    FrameKey,
    ModalityTransform,
    Palette,
    PixelFormat,
    PixelPadding,
    Shutter,
)

#: An image larger than this is refused before anything is allocated.
MAXIMUM_PIXELS = 400_000_000
MAXIMUM_FRAMES = 20_000
_PROJECTIONS = {"CR", "DX", "IO", "MG", "PX", "RG", "XA", "RF"}
_CT_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.2",
    "1.2.840.10008.5.1.4.1.1.2.1",
    "1.2.840.10008.5.1.4.1.1.2.2",
}


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
        said = str(error)
        raise UndecodablePixels(f"{said[:1].upper()}{said[1:]}.") from error


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
        # A private or unknown representation: two bytes in the object's own order.
        order = "<" if getattr(dataset, "original_encoding", (True, True))[1] else ">"
        raw = struct.unpack(f"{order}H", raw[:2])[0]
        repairs.append(f"{keyword} was written in another representation and read by its bits.")
    if not isinstance(raw, int):
        return None
    # A value written with the wrong sign means the same bits (PS3.5 8.1.1).
    bits = 16 if pixels.bits_allocated <= 16 else 32
    top = 1 << (bits - 1)
    if pixels.signed and raw >= top:
        repairs.append(f"{keyword} {raw} was read as {raw - 2 * top}.")
        raw -= 2 * top
    elif not pixels.signed and raw < 0:
        repairs.append(f"{keyword} {raw} was read as {raw + 2 * top}.")
        raw += 2 * top
    return float(raw)


class FunctionalGroups:
    """Macros of an enhanced object: per frame, then shared, then the top level (C.7.6.16)."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        shared = attributes.items(dataset, "SharedFunctionalGroupsSequence")
        self._shared = shared[0] if shared else None
        self._per_frame = attributes.items(dataset, "PerFrameFunctionalGroupsSequence")
        # What all frames share is looked up once, not for each of thousands.
        self._common: dict[str, Dataset | None] = {}
        self.grouping = technique.grouping(dataset)

    @property
    def enhanced(self) -> bool:
        """Whether the object has functional groups at all."""
        return self._shared is not None or bool(self._per_frame)

    def macros(self, keyword: str, frame: int) -> tuple[Dataset, ...]:
        """All items of a macro for a frame counted from 0."""
        sources = [self._per_frame[frame]] if frame < len(self._per_frame) else []
        sources += [self._dataset] if self._shared is None else [self._shared, self._dataset]
        held = (attributes.items(each, keyword) for each in sources)
        return next((items for items in held if items), ())

    def macro(self, keyword: str, frame: int) -> Dataset | None:
        """The first item of a macro for a frame counted from 0, or None."""
        if frame < len(self._per_frame):
            found = attributes.items(self._per_frame[frame], keyword)
            if found:
                return found[0]
        if keyword not in self._common:
            sources = () if self._shared is None else (self._shared,)
            held = (attributes.items(each, keyword) for each in (*sources, self._dataset))
            self._common[keyword] = next((items[0] for items in held if items), None)
        return self._common[keyword]


def describe(
    dataset: Dataset, transfer_syntax_uid: str, keyword: str, repairs: list[str]
) -> tuple[DescribedFrame, ...]:
    """All frames of an image object, in their order. `keyword` names its pixel data element."""
    pixels = pixel_format(dataset, transfer_syntax_uid, keyword)
    groups = FunctionalGroups(dataset)
    base = _base(dataset, pixels, repairs)
    if not groups.enhanced:
        return _classic(dataset, base, pixels, groups, repairs)
    return tuple(
        _enhanced(dataset, base, pixels, groups, index, repairs) for index in range(pixels.frames)
    )


def _base(dataset: Dataset, pixels: PixelFormat, repairs: list[str]) -> FrameDescription:
    modality = attributes.text(dataset, "Modality")
    orientation = attributes.texts(dataset, "PatientOrientation")
    view_code = attributes.code(dataset, "ViewCodeSequence")
    is_palette = pixels.photometric_interpretation == "PALETTE COLOR"
    if not pixels.is_colour and pixels.photometric_interpretation not in GREY_MODELS:
        repairs.append(
            f"{pixels.photometric_interpretation} is no way to show one sample: it was taken as"
            " MONOCHROME2."
        )
    shape = attributes.text(dataset, "PresentationLUTShape")
    subtracted, unknown = masks.masks(dataset, pixels.frames)
    repairs += [f"Left out: {words}." for words in unknown]
    return FrameDescription(
        key=FrameKey(attributes.text(dataset, "SOPInstanceUID")),
        sop_class_uid=attributes.text(dataset, "SOPClassUID"),
        pixel_format=pixels,
        modality=modality,
        padding=padding(dataset, pixels, repairs),
        palette=_palette(dataset, pixels) if is_palette else None,
        patient_orientation=(orientation[0], orientation[1]) if len(orientation) >= 2 else ("", ""),
        quadruped=attributes.text(dataset, "AnatomicalOrientationType") == "QUADRUPED",
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
        shutter=_shutter(dataset, repairs),
        overlay_groups=overlays.groups_of(dataset),
        masks=subtracted,
        colour_note=icc.note(dataset, pixels),
        same_pixels=_sources(dataset, preserved=True),
        moved_pixels=_sources(dataset, preserved=False),
    )


def _sources(dataset: Dataset, *, preserved: bool) -> frozenset[str]:
    """Source Image Sequence (C.12.4) by whether its pixels kept their places. What lies in the
    patient has its place from there."""
    if attributes.text(dataset, "Modality") not in _PROJECTIONS:
        return frozenset()
    held = attributes.items(dataset, "SourceImageSequence")
    return frozenset(
        attributes.text(each, "ReferencedSOPInstanceUID")
        for each in held
        if (attributes.text(each, "SpatialLocationsPreserved") == "YES") is preserved
    )


def _shutter(dataset: Dataset, repairs: list[str]) -> Shutter | None:
    """The image's own shutter (C.7.6.11); one that cannot be right hides nothing, and is said."""
    try:
        return shutters.shutter(dataset)
    except ValueError as error:
        repairs.append(f"The display shutter was left out: {error}.")
        return None


def _palette(dataset: Dataset, pixels: PixelFormat) -> Palette:
    """The palette of a PALETTE COLOR image: without it indices would be shown as greys."""
    made = lookup_tables.palette(dataset, signed=pixels.signed)
    if made is None:
        raise UndecodablePixels(
            "The palette of the image is missing or cannot be read.",
            remedy="Ask the site to send it again.",
        )
    return made


def _implies_hounsfield(described: FrameDescription) -> bool:
    """HU is implied for original CT images only: no secondary capture, no localizer, nothing
    computed from them; a lossy copy, which is DERIVED too, keeps its values (C.8.2.1.1.2)."""
    kinds = described.image_type
    if described.sop_class_uid not in _CT_CLASSES or "LOCALIZER" in kinds:
        return False
    if not kinds or kinds[0] != "DERIVED":
        return True
    return kinds[1:2] == ("PRIMARY",) and kinds[2:3] in ((), ("AXIAL",))


def _classic(
    dataset: Dataset,
    base: FrameDescription,
    pixels: PixelFormat,
    groups: FunctionalGroups,
    repairs: list[str],
) -> tuple[DescribedFrame, ...]:
    """All frames of an object without functional groups."""
    planes = positions.classic(dataset, pixels, repairs)
    spacing = positions.spacing(dataset)
    scale = calibration.calibration(
        dataset, modality=base.modality, spacing=spacing, in_patient=planes[0] is not None
    )
    transform = lookup_tables.modality_transform(
        dataset,
        None,
        signed=pixels.signed,
        modality=base.modality,
        implies_hounsfield=_implies_hounsfield(base),
        notes=repairs,
    )
    one = replace(
        base,
        modality_transform=transform,
        voi=lookup_tables.voi_alternatives(
            dataset,
            None,
            signed=_signed_output(pixels, transform),
            modality=base.modality,
            notes=repairs,
        ),
        calibration=scale,
        pixel_aspect=calibration.pixel_aspect(dataset, scale.spacing_mm),
    )
    return tuple(
        DescribedFrame(
            replace(one, key=FrameKey(base.key.sop_instance_uid, index + 1), plane=planes[index]),
            {**groups.grouping, **technique.vector_values(dataset, index)},
        )
        for index in range(pixels.frames)
    )


def _signed_output(pixels: PixelFormat, transform: ModalityTransform) -> bool:
    """Whether the VOI LUT's input is signed: a Modality LUT makes unsigned values, a rescale may
    make negative ones (C.11.2.1.1)."""
    return transform.lut is None and (pixels.signed or transform.intercept < 0)


def _enhanced(
    dataset: Dataset,
    base: FrameDescription,
    pixels: PixelFormat,
    groups: FunctionalGroups,
    index: int,
    repairs: list[str],
) -> DescribedFrame:
    measures = groups.macro("PixelMeasuresSequence", index)
    spacing = positions.spacing(measures) or positions.spacing(dataset)
    orientation = groups.macro("PlaneOrientationSequence", index)
    position = groups.macro("PlanePositionSequence", index)
    if position is None and pixels.frames == 1:
        position = dataset  # one position at the top level cannot be that of many frames
    plane = positions.plane(
        attributes.numbers(
            orientation if orientation is not None else dataset, "ImageOrientationPatient"
        ),
        attributes.numbers(position, "ImagePositionPatient") if position is not None else (),
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
        implies_hounsfield=_implies_hounsfield(base),
        notes=repairs,
    )
    anatomy = groups.macro("FrameAnatomySequence", index)
    scale = calibration.of_frame(
        dataset, groups.macro, index, base.modality, spacing, in_patient=plane is not None
    )
    described = replace(
        base,
        key=FrameKey(base.key.sop_instance_uid, index + 1),
        modality_transform=transform,
        voi=lookup_tables.voi_alternatives(
            dataset,
            voi_macro,
            signed=_signed_output(pixels, transform),
            modality=base.modality,
            notes=repairs if index == 0 else None,
        ),
        plane=plane,
        calibration=scale,
        pixel_aspect=calibration.pixel_aspect(dataset, scale.spacing_mm),
        image_type=technique.frame_type(groups.macro, index) or base.image_type,
        laterality=(attributes.text(anatomy, "FrameLaterality") if anatomy else "")
        or base.laterality,
        technique=technique.captions(dataset, groups.macro, index),
        acquired=technique.frame_acquired(groups.macro, index) or base.acquired,
    )
    if base.sop_class_uid == parametric_maps.PARAMETRIC_MAP:
        mapping = groups.macro("RealWorldValueMappingSequence", index)
        described = parametric_maps.mapped(described, mapping)
    elif base.sop_class_uid == pet_values.ENHANCED_PET:
        mapping = pet_values.chosen(groups.macros("RealWorldValueMappingSequence", index))
        described = parametric_maps.mapped(described, mapping, pet_values.units(mapping)[0])
    elif base.sop_class_uid == legacy_pet.LEGACY_PET:
        described = legacy_pet.in_units(described, dataset, groups, index)
    grouping = {
        **groups.grouping,
        **technique.frame_grouping(groups.macro, index),
    }
    return DescribedFrame(described, grouping)
