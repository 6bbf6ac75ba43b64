"""How an image was made: what parts display sets, and what the corner text tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.domain.wording import quantity

#: Values of one instance that part display sets where positions repeat (display rules, §8).
DISCRIMINATORS = (
    "AcquisitionNumber",
    "EchoNumbers",
    "EchoTime",
    "InversionTime",
    "TemporalPositionIdentifier",
    "TemporalPositionIndex",
    "TriggerTime",
    "FrameReferenceTime",
    "ConvolutionKernel",
    "ReconstructionDiameter",
    "StackID",
    "AcquisitionTime",
    "ContentTime",
)

#: Gives the item of a functional group macro for a frame counted from 0.
Macro: TypeAlias = Callable[[str, int], Dataset | None]

X_RAY = frozenset({"CT", "CR", "DX", "MG", "XA", "RF"})
MR = frozenset({"MR"})
MG = frozenset({"MG"})

#: SNOMED CT and older SRT codes of mammographic views (PS3.16 CID 4014).
_VIEWS = {
    "399162004": "CC",
    "R-10242": "CC",
    "399368009": "MLO",
    "R-10226": "MLO",
    "399260004": "ML",
    "R-10224": "ML",
    "399352003": "LM",
    "R-10228": "LM",
    "399348003": "PA",
    "R-10214": "PA",
    "399067008": "LAT",
}

_LOSSY_SYNTAXES = {
    "1.2.840.10008.1.2.4.50": "JPEG",
    "1.2.840.10008.1.2.4.51": "JPEG",
    "1.2.840.10008.1.2.4.81": "JPEG-LS near-lossless",
    "1.2.840.10008.1.2.4.91": "JPEG 2000",
    "1.2.840.10008.1.2.4.203": "HTJ2K",
}


def view_name(code: tuple[str, str]) -> str:
    """The short name of a view code, or an empty text."""
    return _VIEWS.get(code[0], "")


def b_value(dataset: Dataset) -> float | None:
    """Diffusion b-value: the standard's attribute, then the vendors' (display rules, §8)."""
    standard = attributes.number(dataset, "DiffusionBValue")
    if standard is not None:
        return standard
    groups = {tag >> 16 for tag in dataset.keys()}  # noqa: SIM118 - a data set yields its elements
    for group, creator, element in (
        (0x0019, "SIEMENS MR HEADER", 0x0C),
        (0x0043, "GEMS_PARM_01", 0x39),
        (0x2001, "Philips Imaging DD 001", 0x03),
    ):
        if group not in groups:
            # The toolkit takes long to find that out.
            continue
        try:
            with attributes.quiet():
                held = dataset.private_block(group, creator)[element].value
        except Exception:  # noqa: BLE001 - private values fail in any converter; then there is none
            continue
        # GE writes four numbers, which the toolkit gives as a sequence of its own kind.
        several = isinstance(held, Sequence) and not isinstance(held, str | bytes) and held
        first = held[0] if several else held
        try:
            found = float(first)
        except (TypeError, ValueError):
            continue
        # GE adds 1e9 to mark the gradient table.
        return found % 100000 if group == 0x0043 else found
    return None


def grouping(dataset: Dataset) -> dict[str, object]:
    """Discriminating values of an instance."""
    found: dict[str, object] = {
        keyword: held for keyword in DISCRIMINATORS if (held := attributes.text(dataset, keyword))
    }
    weight = b_value(dataset)
    if weight is not None:
        found["DiffusionBValue"] = str(weight)
    return found


def vector_values(dataset: Dataset, index: int) -> dict[str, object]:
    """NM frame vectors (PS3.3 C.8.4.8) of one frame counted from 0."""
    found: dict[str, object] = {}
    for name in (
        "EnergyWindow",
        "Detector",
        "Phase",
        "Rotation",
        "RRInterval",
        "TimeSlot",
        "AngularView",
    ):
        held = attributes.numbers(dataset, f"{name}Vector")
        if index < len(held):
            found[f"{name}Vector"] = int(held[index])
    return found


#: Where an enhanced frame keeps its discriminating values (PS3.3 C.7.6.16.2.2, C.8.13.5).
_FRAME_VALUES = (
    ("FrameContentSequence", "StackID", "StackID"),
    ("FrameContentSequence", "TemporalPositionIndex", "TemporalPositionIndex"),
    ("FrameContentSequence", "FrameAcquisitionNumber", "FrameAcquisitionNumber"),
    ("FrameContentSequence", "FrameAcquisitionDateTime", "AcquisitionTime"),
    ("MREchoSequence", "EffectiveEchoTime", "EchoTime"),
    ("MRModifierSequence", "InversionTimes", "InversionTime"),
    ("MRDiffusionSequence", "DiffusionBValue", "DiffusionBValue"),
    ("CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime", "TriggerTime"),
    ("CTReconstructionSequence", "ConvolutionKernel", "ConvolutionKernel"),
)
_FRAME_TYPES = ("MRImageFrameTypeSequence", "CTImageFrameTypeSequence", "PETFrameTypeSequence")


def frame_grouping(macro: Macro, index: int) -> dict[str, object]:
    """Discriminating values of one enhanced frame counted from 0."""
    found: dict[str, object] = {}
    for sequence, keyword, name in _FRAME_VALUES:
        item = macro(sequence, index)
        held = attributes.text(item, keyword) if item is not None else ""
        if held:
            found[name] = held
    diffusion = macro("MRDiffusionSequence", index)
    if diffusion is not None:
        for gradient in attributes.items(diffusion, "DiffusionGradientDirectionSequence"):
            found["DiffusionDirection"] = attributes.text(gradient, "DiffusionGradientOrientation")
    for sequence in _FRAME_TYPES:
        item = macro(sequence, index)
        if item is not None:
            found["FrameType"] = attributes.text(item, "FrameType")
            break
    return found


def lossy(dataset: Dataset, *, transfer_syntax_uid: str) -> str:
    """`JPEG 12:1`, `lossy`, or an empty text when nothing was lost (C.7.6.1.1.5)."""
    declared = attributes.text(dataset, "LossyImageCompression") == "01"
    name = _LOSSY_SYNTAXES.get(transfer_syntax_uid, "")
    if not declared and not name:
        return ""
    ratios = attributes.numbers(dataset, "LossyImageCompressionRatio")
    ratio = f" {ratios[-1]:.0f}:1" if ratios else ""
    return f"Lossy {name}{ratio}".replace("  ", " ").strip()


#: caption, keyword, unit, digits, modalities (none named: all), enhanced macro, keyword in it
_CAPTIONS: tuple[tuple[str, str, str, int, frozenset[str], str, str], ...] = (
    ("thick", "SliceThickness", "mm", 1, frozenset(), "PixelMeasuresSequence", "SliceThickness"),
    ("kV", "KVP", "", 0, X_RAY, "CTXRayDetailsSequence", "KVP"),
    ("mAs", "Exposure", "", 0, X_RAY, "", ""),
    ("TR", "RepetitionTime", "ms", 0, MR, "MRTimingAndRelatedParametersSequence", "RepetitionTime"),
    ("TE", "EchoTime", "ms", 0, MR, "MREchoSequence", "EffectiveEchoTime"),
    ("TI", "InversionTime", "ms", 0, MR, "MRModifierSequence", "InversionTimes"),
    ("b", "DiffusionBValue", "s/mm²", 0, MR, "MRDiffusionSequence", "DiffusionBValue"),
    ("force", "CompressionForce", "N", 0, MG, "", ""),
    ("breast", "BodyPartThickness", "mm", 0, MG, "", ""),
)


def captions(
    dataset: Dataset, macro: Macro | None = None, index: int = 0
) -> tuple[tuple[str, str], ...]:
    """Clinically relevant technique for the corner text, of one frame where `macro` is given."""
    found: list[tuple[str, str]] = []
    modality = attributes.text(dataset, "Modality")
    for caption, keyword, unit, digits, modalities, sequence, inner in _CAPTIONS:
        if modalities and modality not in modalities:
            continue
        item = macro(sequence, index) if macro is not None and sequence else None
        held = attributes.number(item, inner) if item is not None else None
        if held is None:
            held = b_value(dataset) if caption == "b" else attributes.number(dataset, keyword)
        if held or (held == 0 and caption == "b"):
            fine = unit == "mm" and digits == 1
            words = quantity(held, unit) if fine else f"{held:.{digits}f} {unit}".strip()
            found.append((caption, words))
    kernel = attributes.texts(dataset, "ConvolutionKernel")
    if macro is not None and not kernel:
        item = macro("CTReconstructionSequence", index)
        kernel = attributes.texts(item, "ConvolutionKernel") if item is not None else ()
    if modality == "CT" and kernel:
        found.append(("kernel", kernel[0]))
    contrast = attributes.text(dataset, "ContrastBolusAgent")
    if contrast:
        found.append(("contrast", contrast))
    return tuple(found)


def frame_type(macro: Macro, index: int) -> tuple[str, ...]:
    """Frame Type (0008,9007) of one enhanced frame, empty where it has none."""
    for sequence in _FRAME_TYPES:
        item = macro(sequence, index)
        if item is not None:
            return attributes.texts(item, "FrameType")
    return ()


def frame_acquired(macro: Macro, index: int) -> str:
    """When one enhanced frame was acquired, as `acquired` writes it."""
    content = macro("FrameContentSequence", index)
    if content is None:
        return ""
    moment = attributes.parse_datetime(attributes.text(content, "FrameAcquisitionDateTime"))
    return _written(moment) if moment is not None else ""


def _written(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y  %H:%M}"


def acquired(dataset: Dataset) -> str:
    """`24 Nov 2026  02:51`, from acquisition, content, series or study."""
    for stem in ("Acquisition", "Content", "Series", "Study"):
        moment = attributes.moment(dataset, f"{stem}Date", f"{stem}Time")
        if moment is not None:
            return _written(moment)
    return ""
