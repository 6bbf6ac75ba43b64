"""What the parts of one series are called, so that a reader can tell them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Protocol, TypeVar

from workstation.domain.image import FrameDescription

_WORDS = {
    "DiffusionBValue": "b {}",
    "TemporalPositionIndex": "phase {}",
    "TemporalPositionIdentifier": "phase {}",
    "EchoTime": "TE {} ms",
    "EchoNumbers": "echo {}",
    "InversionTime": "TI {} ms",
    "FrameType": "{}",
    "ImageType": "{}",
    "ConvolutionKernel": "kernel {}",
    "ReconstructionDiameter": "{} mm wide",
    "AcquisitionNumber": "acquisition {}",
    "FrameAcquisitionNumber": "acquisition {}",
    "TriggerTime": "{} ms after the trigger",
    "CardiacCyclePosition": "{}",
    "FrameReferenceTime": "at {} ms",
    "StackID": "stack {}",
    "EnergyWindowVector": "energy window {}",
    "DetectorVector": "detector {}",
    "PhaseVector": "phase {}",
    "RRIntervalVector": "R-R interval {}",
    "TimeSlotVector": "time slot {}",
    "AngularViewVector": "view {}",
}
#: Values of Image Type from the third on, as makers of MR write them.
_IMAGE_TYPES = {
    "M": "magnitude",
    "P": "phase",
    "R": "real",
    "I": "imaginary",
    "W": "water",
    "F": "fat",
    "IN": "in phase",
    "OUT": "out of phase",
}


def number(value: object) -> tuple[int, float, str]:
    """What values are sorted by: numbers first, the rest as text."""
    try:
        return (0, float(str(value)), "")
    except ValueError:
        return (1, 0.0, str(value))


def note(keyword: str, value: object) -> str:
    """`TE 14 ms`, `magnitude`; nothing where there is no value or no word for it."""
    if value is None or keyword not in _WORDS:
        return ""
    if isinstance(value, tuple):
        words = " ".join(_IMAGE_TYPES.get(str(each), str(each)) for each in value)
        return _WORDS[keyword].format(words)
    ranked = number(value)
    return _WORDS[keyword].format(f"{ranked[1]:g}" if ranked[0] == 0 else value)


class NotedFrame(Protocol):
    """A frame as it is named."""

    @property
    def description(self) -> FrameDescription: ...
    def value(self, keyword: str) -> object: ...


def _localizer(frame: NotedFrame) -> str:
    return "localizer" if "LOCALIZER" in frame.description.image_type else ""


def _of_nuclear_medicine(keyword: str) -> Callable[[NotedFrame], str]:
    return lambda frame: note(keyword, frame.value(keyword))


def _plane(frame: NotedFrame) -> str:
    plane = frame.description.plane
    if plane is None:
        return ""
    sizes = [abs(part) for part in plane.normal]
    return ("sagittal", "coronal", "axial")[sizes.index(max(sizes))]


def _matrix(frame: NotedFrame) -> str:
    form = frame.description.pixel_format
    return "" if frame.description.plane is None else f"{form.columns} × {form.rows}"


#: What tells parts from one another that nothing else does, the plainest first.
_ASPECTS: tuple[Callable[[NotedFrame], str], ...] = (
    _localizer,
    _of_nuclear_medicine("EnergyWindowVector"),
    _of_nuclear_medicine("DetectorVector"),
    _plane,
    _matrix,
)
_Part = TypeVar("_Part")


def explained(parts: list[tuple[_Part, NotedFrame, str]]) -> list[tuple[_Part, str]]:
    """Each part of a series with its note: those that would have the same one get words for the
    first aspects of their first frames in which they differ."""
    notes = [words for _, _, words in parts]
    for aspect in _ASPECTS:
        same: dict[str, list[int]] = defaultdict(list)
        for index, words in enumerate(notes):
            same[words].append(index)
        for indices in same.values():
            said = [aspect(parts[index][1]) for index in indices]
            if len(set(said)) > 1:
                for index, words in zip(indices, said, strict=True):
                    notes[index] = ", ".join(each for each in (notes[index], words) if each)
    return [(part, words) for (part, _, _), words in zip(parts, notes, strict=True)]
