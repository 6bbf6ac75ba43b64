"""Waveform objects: ECG and others (PS3.3 A.34, C.10.9, C.10.10)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import UID

from workstation.dicom import attributes, sr_page
from workstation.dicom.part10 import open_object
from workstation.domain.errors import DocumentRefused
from workstation.domain.waveform import Waveform, WaveformChannel, WaveformGroup

_ROOT = "1.2.840.10008.5.1.4.1.1.9."
_ASK = "Ask the site to send the recording again."
#: Waveform Sample Interpretation (C.10.9.1.5) and its type; UB and MB are companded or bytes.
_TYPES = {
    ("SB", 8): "i1", ("UB", 8): "u1", ("SS", 16): "i2", ("US", 16): "u2", ("SL", 32): "i4",
    ("UL", 32): "u4", ("SV", 64): "i8", ("UV", 64): "u8",
}  # fmt: skip
_TO_MILLIVOLT = {"uV": 1e-3, "mV": 1.0, "V": 1e3, "nV": 1e-6}
#: More than this is refused before memory is: a day of twelve leads at 1 kHz fits.
_MAXIMUM_SAMPLES = 1 << 31


def is_waveform(sop_class_uid: str) -> bool:
    """Whether the SOP class is one of the waveforms."""
    return sop_class_uid.startswith(_ROOT)


def title(dataset: Dataset, sop_class_uid: str) -> str:
    """`12-lead ECG`, or what the series calls itself."""
    name = UID(sop_class_uid).name
    words = name.replace(" Waveform Storage", "").replace(" Storage", "")
    return attributes.text(dataset, "SeriesDescription") or words


def read_waveform(source: bytes | Path) -> Waveform:
    """The recording; DocumentRefused says what of it is broken or not supported.

    A sample is stored value x sensitivity x correction factor + baseline (C.10.9.1.4.4, .5, .6).
    """
    part = open_object(source)
    dataset = part.dataset
    sop_class = attributes.text(dataset, "SOPClassUID") or part.media_sop_class_uid
    if not is_waveform(sop_class):
        raise DocumentRefused("The object is no waveform.")
    little = part.transfer_syntax_uid != "1.2.840.10008.1.2.2"
    groups = tuple(
        _group(held, index, little)
        for index, held in enumerate(attributes.items(dataset, "WaveformSequence"), start=1)
    )
    if not groups:
        raise DocumentRefused("The recording holds no waveform.", remedy=_ASK)
    statements, values = _annotations(dataset)
    return Waveform(title(dataset, sop_class), groups, statements, values, _filters(dataset))


def _group(held: Dataset, index: int, little: bool) -> WaveformGroup:
    where = f"Group {index} of the recording"
    hertz = attributes.number(held, "SamplingFrequency")
    count = attributes.integer(held, "NumberOfWaveformChannels")
    samples = attributes.integer(held, "NumberOfWaveformSamples")
    bits = attributes.integer(held, "WaveformBitsAllocated") or 0
    written = attributes.text(held, "WaveformSampleInterpretation")
    kind = _TYPES.get((written, bits))
    if hertz is None or hertz <= 0:
        raise DocumentRefused(f"{where} does not say how often it was sampled.", remedy=_ASK)
    if kind is None:
        raise DocumentRefused(f"{where} holds samples of type {written} of {bits} bits.")
    defined = attributes.items(held, "ChannelDefinitionSequence")
    if not count or not samples or len(defined) != count:
        raise DocumentRefused(f"{where} does not describe its channels.", remedy=_ASK)
    if count * samples > _MAXIMUM_SAMPLES:
        raise DocumentRefused(f"{where} is too long to be shown.")
    stored = _stored(held, kind, count * samples, little, where).reshape(samples, count)
    padding = _padding(held, kind, little)
    channels = tuple(
        _channel(each, stored[:, at], padding, f"Channel {at + 1}")
        for at, each in enumerate(defined)
    )
    derived = attributes.text(held, "WaveformOriginality") == "DERIVED"
    label = attributes.text(held, "MultiplexGroupLabel").capitalize() or f"Group {index}"
    return WaveformGroup(label, hertz, channels, derived)


def _stored(held: Dataset, kind: str, count: int, little: bool, where: str) -> NDArray[np.int64]:
    raw = attributes.value(held, "WaveformData")
    order = np.dtype(kind).newbyteorder("<" if little else ">")
    if not isinstance(raw, bytes) or len(raw) < count * order.itemsize:
        raise DocumentRefused(f"{where} ends before its last sample.", remedy=_ASK)
    return np.frombuffer(raw, order, count).astype(np.int64)


def _padding(held: Dataset, kind: str, little: bool) -> int | None:
    raw = attributes.value(held, "WaveformPaddingValue")
    order = np.dtype(kind).newbyteorder("<" if little else ">")
    if isinstance(raw, bytes) and len(raw) >= order.itemsize:
        return int(np.frombuffer(raw, order, 1)[0])
    return raw if isinstance(raw, int) else None


def _channel(
    held: Dataset, stored: NDArray[np.int64], padding: int | None, fallback: str
) -> WaveformChannel:
    sensitivity = attributes.number(held, "ChannelSensitivity")
    factor = attributes.number(held, "ChannelSensitivityCorrectionFactor")
    baseline = attributes.number(held, "ChannelBaseline") or 0.0
    unit = attributes.code(held, "ChannelSensitivityUnitsSequence")[0]
    if sensitivity is None or not unit:
        # Without a sensitivity the numbers mean nothing but more and less (C.10.9.1.4.4).
        values, unit = stored.astype(np.float32), ""
    else:
        scale = 1.0 if factor is None else factor
        values = (stored * (sensitivity * scale) + baseline).astype(np.float32)
        if unit in _TO_MILLIVOLT:
            values, unit = values * np.float32(_TO_MILLIVOLT[unit]), "mV"
    if padding is not None:
        values[stored == padding] = np.nan
    name = attributes.text(held, "ChannelLabel") or sr_page.coded(held, "ChannelSourceSequence")
    return WaveformChannel(_lead(name) or fallback, values, unit)


def _lead(name: str) -> str:
    """`Lead I (Einthoven)` as it stands on paper: `I`."""
    return re.sub(r"\s*\(.*\)$", "", re.sub(r"^[Ll]ead\s+", "", name)).strip()


def _filters(dataset: Dataset) -> str:
    """The filters of the first channel, as they are printed on an ECG."""
    for group in attributes.items(dataset, "WaveformSequence")[:1]:
        for held in attributes.items(group, "ChannelDefinitionSequence")[:1]:
            low = attributes.number(held, "FilterLowFrequency")
            high = attributes.number(held, "FilterHighFrequency")
            notch = attributes.number(held, "NotchFilterFrequency")
            words = [] if low is None or high is None else [f"{low:g}–{high:g} Hz"]
            return "  ".join([*words, *([f"notch {notch:g} Hz"] if notch else [])])
    return ""


def _annotations(dataset: Dataset) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """(statements, (name, value) of what was measured) of Waveform Annotation (C.10.10)."""
    statements: list[str] = []
    values: list[tuple[str, str]] = []
    for held in attributes.items(dataset, "WaveformAnnotationSequence"):
        words = attributes.text(held, "UnformattedTextValue")
        if words:
            statements.append(words)
        name, number = sr_page.concept(held), attributes.text(held, "NumericValue")
        if name and number and "ReferencedSamplePositions" not in held:
            unit = sr_page.unit(attributes.code(held, "MeasurementUnitsCodeSequence")[0])
            values.append((name, f"{number} {unit}".strip()))
        elif name and attributes.items(held, "ConceptCodeSequence"):
            statements.append(f"{name}: {sr_page.coded(held, 'ConceptCodeSequence')}")
    return tuple(dict.fromkeys(statements)), tuple(dict.fromkeys(values))
