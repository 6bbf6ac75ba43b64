"""Modality LUT, VOI LUT, palettes (PS3.3 C.11.1, C.11.2, C.7.9)."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.domain.errors import UndecodablePixels
from workstation.domain.image import (
    LookupTable,
    ModalityTransform,
    Palette,
    Voi,
    VoiFunction,
    Window,
)

#: Modalities whose VOI LUT items come before the windows in the viewer's list.
LUT_FIRST = frozenset({"CR", "DX", "MG", "IO", "PX"})

_RESCALE = ("RescaleSlope", "RescaleIntercept")


def _raw(dataset: Dataset, keyword: str) -> bytes | list[int] | None:
    held = attributes.value(dataset, keyword)
    if held is None:
        return None
    if isinstance(held, bytes):
        return held
    if isinstance(held, int):
        return [held]
    try:
        return [int(item) for item in held]
    except (TypeError, ValueError):
        return None


def _little_endian(dataset: Dataset) -> bool:
    return getattr(dataset, "original_encoding", (None, None))[1] is not False


def _descriptor(dataset: Dataset, keyword: str, signed: bool) -> tuple[int, int, int] | None:
    """(entries, first mapped, bits): 0 entries mean 65536, the second value is signed as the
    stored values are (C.11.1.1.1)."""
    held = attributes.numbers(dataset, keyword)
    if len(held) != 3:
        return None
    count, first, bits = (int(item) for item in held)
    count = count % 65536 or 65536
    first %= 65536
    if signed and first > 32767:
        first -= 65536
    return count, first, bits


def _entries(held: bytes | list[int], count: int, bits: int, little: bool) -> NDArray[np.uint16]:
    if isinstance(held, list):
        return np.asarray([item & 0xFFFF for item in held[:count]], dtype=np.uint16)
    if bits <= 8 and len(held) < 2 * count:
        return np.frombuffer(held, np.uint8)[:count].astype(np.uint16)
    return np.frombuffer(held, "<u2" if little else ">u2", len(held) // 2)[:count].astype(np.uint16)


def lookup_table(
    item: Dataset, *, signed: bool, notes: list[str] | None = None
) -> LookupTable | None:
    """One item of a Modality or VOI LUT Sequence; None where it cannot be right. What was read
    otherwise than it is written is added to `notes`."""
    described = _descriptor(item, "LUTDescriptor", signed)
    held = _raw(item, "LUTData")
    if described is None or held is None:
        return None
    count, first, bits = described
    entries = _entries(held, count, bits, _little_endian(item))
    if entries.size == 0:
        return None
    # Devices write a wrong third value: the depth is at least what the data need.
    needed = max(1, int(entries.max()).bit_length())
    depth = max(bits if 8 <= bits <= 16 else 8, needed)
    if notes is not None and depth != bits:
        notes.append(f"A LUT says {bits} bits for entries of {depth}: it was read with {depth}.")
    if notes is not None and entries.size < count:
        notes.append(f"A LUT says {count} entries and has {entries.size}.")
    bits = depth
    words = attributes.text(item, "LUTExplanation") or attributes.text(item, "ModalityLUTType")
    return LookupTable(first, bits, entries, words)


def modality_transform(
    shared: Dataset,
    per_frame: Dataset | None,
    *,
    signed: bool,
    modality: str,
    implies_hounsfield: bool,
    notes: list[str] | None = None,
) -> ModalityTransform:
    """Modality LUT of an object or of one frame's Pixel Value Transformation (C.7.6.16.2.9).

    UndecodablePixels where there is a table that cannot be read: without it no value is true.
    """
    for item in attributes.items(shared, "ModalityLUTSequence"):
        table = lookup_table(item, signed=signed, notes=notes)
        if table is None:
            raise UndecodablePixels(
                "The Modality LUT cannot be read: its descriptor or its data are wrong.",
                remedy="Ask the site to send it again.",
            )
        return ModalityTransform(lut=table, unit=_unit(attributes.text(item, "ModalityLUTType")))
    if modality == "RTDOSE":
        # Grid scaling makes dose of stored values (C.8.8.3).
        scaling = attributes.number(shared, "DoseGridScaling")
        return ModalityTransform(scaling or 1.0, unit=_dose_unit(shared) if scaling else "")
    source = per_frame if per_frame is not None else shared
    slope = attributes.number(source, "RescaleSlope")
    intercept = attributes.number(source, "RescaleIntercept")
    written = attributes.text(source, "RescaleType")
    unit = _unit(written)
    if modality == "PT":
        unit = attributes.text(shared, "Units")
    elif modality == "MR":
        # Vendors scale for storage; what comes out has no unit.
        unit = ""
    elif implies_hounsfield and not written and slope is not None:
        # Rescale Type is required where it is not HU, and for multi-energy (C.8.2.1).
        several = attributes.text(shared, "MultienergyCTAcquisition") == "YES"
        unit = "" if several else "HU"
    broken = [each for each in _RESCALE if _is_no_number(source, each)]
    why = ""
    if broken:
        why = f"{broken[0]} holds what is no number: values are shown as they are stored."
        slope = intercept = None
    elif slope == 0:
        why = "A Rescale Slope of 0 was left out: values are shown as they are stored."
    elif unit == "HU" and (slope is None) != (intercept is None):
        why = "Only one of Rescale Slope and Intercept is there: the values are no HU."
    if why and notes is not None:
        notes.append(why)
    return ModalityTransform(slope or 1.0, intercept or 0.0, None, "" if why else unit)


def _is_no_number(dataset: Dataset, keyword: str) -> bool:
    return attributes.number(dataset, keyword) is None and attributes.text(dataset, keyword) != ""


def _unit(written: str) -> str:
    """US means unspecified (C.11.1.1.2)."""
    return "" if written == "US" else written


def _dose_unit(dataset: Dataset) -> str:
    written = attributes.text(dataset, "DoseUnits")
    return "Gy" if written == "GY" else ""


def _windows(source: Dataset, notes: list[str]) -> list[Window]:
    centers = attributes.numbers(source, "WindowCenter")
    widths = attributes.numbers(source, "WindowWidth")
    words = attributes.texts(source, "WindowCenterWidthExplanation")
    named = attributes.text(source, "VOILUTFunction")
    function = VoiFunction(named) if named in set(VoiFunction) else VoiFunction.LINEAR
    found = []
    for keyword, held in (("WindowCenter", centers), ("WindowWidth", widths)):
        if not held and attributes.text(source, keyword):
            notes.append(f"{keyword} holds what is no number: the windows were left out.")
    if named and named not in set(VoiFunction):
        notes.append("The VOI LUT Function is none of the standard: windows are taken as LINEAR.")
    for index, (center, width) in enumerate(zip(centers, widths, strict=False)):
        if width <= 0:
            notes.append(f"A window of width {width:g} was left out.")
            continue
        if function is VoiFunction.LINEAR and width < 1:
            notes.append(f"A window of width {width:g} was taken as LINEAR_EXACT.")
            found.append(Window(center, width, VoiFunction.LINEAR_EXACT))
            continue
        found.append(Window(center, width, function, words[index] if index < len(words) else ""))
    return found


def voi_alternatives(
    shared: Dataset,
    per_frame: Dataset | None,
    *,
    signed: bool,
    modality: str,
    notes: list[str] | None = None,
) -> tuple[Voi, ...]:
    """All alternative views of C.11.2 in the order of the viewer's list. What is left out is added
    to `notes`."""
    source, told = per_frame if per_frame is not None else shared, [] if notes is None else notes
    tables = []
    for item in attributes.items(source, "VOILUTSequence"):
        table = lookup_table(item, signed=signed, notes=told)
        if table is None:
            told.append("A VOI LUT cannot be read and was left out.")
        else:
            tables.append(table)
    windows = _windows(source, told)
    if modality in LUT_FIRST:
        return (*tables, *windows)
    return (*windows, *tables)


def _expand(segments: bytes, little: bool, count: int, bits: int) -> NDArray[np.uint16]:
    """Segmented Palette Color LUT Data (C.7.9.2): as bytes for entries of eight bits, as words for
    sixteen. Some write eight bits in words: what makes all the entries is believed."""
    words = np.frombuffer(segments, "<u2" if little else ">u2", len(segments) // 2)
    if bits <= 8:
        try:
            made = _segments(np.frombuffer(segments, np.uint8), 1)
        except ValueError:
            made = np.zeros(0, np.uint16)
        if made.size >= count:
            return made[:count]
    return _segments(words, 2)[:count]


def _segments(held: NDArray[Any], size: int) -> NDArray[np.uint16]:
    """Discrete, linear and indirect segments of entries of `size` bytes; an indirect one names its
    place by a byte offset of 32 bits, the low part first."""
    made: list[int] = []
    parts = 4 // size

    def run(position: int, limit: int | None) -> int:
        done = 0
        while position + 1 < len(held) and (limit is None or done < limit):
            kind, length = int(held[position]), int(held[position + 1])
            position += 2
            if kind == 0:
                made.extend(int(entry) for entry in held[position : position + length])
                position += length
            elif kind == 1:
                if not made or position >= len(held):
                    raise ValueError("a linear segment has no start")
                start, end = made[-1], int(held[position])
                made.extend(
                    round(start + (end - start) * step / length) for step in range(1, length + 1)
                )
                position += 1
            elif kind == 2:
                if limit is not None or position + parts > len(held):
                    raise ValueError("an indirect segment is nested or cut")
                place = held[position : position + parts]
                offset = sum(int(part) << (8 * size * index) for index, part in enumerate(place))
                run(offset // size, length)
                position += parts
            else:
                raise ValueError(f"segment type {kind} is not defined")
            done += 1
            if len(made) > 65536:
                raise ValueError("the segments make more than 65536 entries")
        return position

    run(0, None)
    return np.asarray(made, dtype=np.uint16)


def palette(dataset: Dataset, *, signed: bool) -> Palette | None:
    """The palette of a PALETTE COLOR image; None where it is missing or cannot be right."""
    channels = []
    described = None
    for colour in ("Red", "Green", "Blue"):
        stem = f"{colour}PaletteColorLookupTable"
        described = _descriptor(dataset, f"{stem}Descriptor", signed)
        if described is None:
            return None
        count, _, bits = described
        held = _raw(dataset, f"{stem}Data")
        try:
            if held is not None:
                entries = _entries(held, count, bits, _little_endian(dataset))
            else:
                segments = attributes.value(dataset, f"Segmented{stem}Data")
                if not isinstance(segments, bytes):
                    return None
                entries = _expand(segments, _little_endian(dataset), count, bits)
        except (ValueError, struct.error):
            return None
        if entries.size == 0:
            return None
        channels.append(entries)
    assert described is not None
    if described[2] == 16 and max(int(entries.max()) for entries in channels) < 256:
        # Eight-bit values written as 16-bit entries: scale so that white is white. All three must
        # be so: one that stays dark has little of its colour.
        channels = [(entries * np.uint16(257)).astype(np.uint16) for entries in channels]
    return Palette(described[1], 8 if described[2] <= 8 else 16, *channels)
