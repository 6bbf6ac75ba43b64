"""Real-world values of parametric maps (PS3.3 A.75, C.7.6.16.2.11)."""

from __future__ import annotations

import re
from dataclasses import replace

from pydicom.dataset import Dataset

from workstation.dicom import attributes, sr_page
from workstation.domain.image import FrameDescription, ModalityTransform, VoiFunction, Window

PARAMETRIC_MAP = "1.2.840.10008.5.1.4.1.1.30"
_UCUM_NAMES = {"[hnsf'U]": "HU", "Cel": "°C", "deg": "°"}
#: What the values are (PS3.16 CID 9000 asks for it in Quantity Definition).
_QUANTITY = {("246205007", "SCT"), ("G-C1C6", "SRT")}


def mapped(frame: FrameDescription, mapping: Dataset | None, unit: str = "") -> FrameDescription:
    """The frame with its values, windows and unit in the real world, `unit` where it is known by
    another name than its code.

    A map has no Modality LUT that means anything: its Real World Value Mapping is what a probe
    tells. A mapping by a table, or none, leaves the values as they are stored, without a unit.
    """
    slope = attributes.number(mapping, "RealWorldValueSlope") if mapping is not None else None
    if mapping is None or slope is None or slope == 0:
        return frame
    intercept = attributes.number(mapping, "RealWorldValueIntercept") or 0.0
    written = attributes.code(mapping, "MeasurementUnitsCodeSequence")[0]
    unit = unit or _UCUM_NAMES.get(written) or _as_read(sr_page.unit(written))
    # Windows of the object are in what the rescale gives; they go where the values go.
    before = frame.modality_transform
    scale, shift = slope / before.slope, intercept - before.intercept * slope / before.slope
    windows = (_scaled(each, scale, shift) for each in frame.voi if isinstance(each, Window))
    quantity = _quantity(mapping)
    technique = (("map", quantity), *frame.technique) if quantity else frame.technique
    return replace(
        frame,
        modality_transform=ModalityTransform(slope, intercept, unit=unit),
        voi=tuple(window for window in windows if window is not None),
        technique=technique,
    )


def _scaled(window: Window, scale: float, shift: float) -> Window | None:
    """The window in the real world. The ramp of LINEAR runs over whole stored values, from
    c - 0.5 - (w - 1) / 2 to c - 0.5 + (w - 1) / 2 (C.11.2.1.2.1): the same ramp over real values
    is LINEAR_EXACT. None for a threshold, which has no ramp."""
    if scale == 1.0 and shift == 0.0:
        return window
    center, width, function = window.center, window.width, window.function
    if function is VoiFunction.LINEAR:
        center, width, function = center - 0.5, width - 1, VoiFunction.LINEAR_EXACT
    if width <= 0:
        return None
    return Window(center * scale + shift, width * abs(scale), function, window.explanation)


def _as_read(ucum: str) -> str:
    """`um2/s` as it is read: `µm²/s`."""
    powers = re.sub(r"(?<=[a-z])[23](?![0-9])", lambda hit: "²³"[int(hit[0]) - 2], ucum)
    return re.sub(r"\bu(?=[a-zA-Z])", "µ", powers)


def _quantity(mapping: Dataset) -> str:
    for held in attributes.items(mapping, "QuantityDefinitionSequence"):
        if attributes.code(held, "ConceptNameCodeSequence") in _QUANTITY:
            return sr_page.value(held)
    return attributes.text(mapping, "LUTLabel")
