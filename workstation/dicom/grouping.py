"""Frames of one series parted into what can be looked at as one (display rules, §8 and §9)."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from workstation.dicom import group_notes, stacks
from workstation.dicom.reading import ReceivedObject
from workstation.domain.geometry import PlaneGeometry
from workstation.domain.image import FrameDescription

#: What parts frames at repeated positions, the clinically telling ones first.
DISCRIMINATORS = (
    "DiffusionBValue",
    "TemporalPositionIndex",
    "TemporalPositionIdentifier",
    "EchoTime",
    "EchoNumbers",
    "InversionTime",
    "FrameType",
    "ImageType",
    "ConvolutionKernel",
    "ReconstructionDiameter",
    "AcquisitionNumber",
    "FrameAcquisitionNumber",
    "TriggerTime",
    "CardiacCyclePosition",
    "EnergyWindowVector",
    "DetectorVector",
    "PhaseVector",
    "RRIntervalVector",
    "TimeSlotVector",
    "AngularViewVector",
    "FrameReferenceTime",
    "DiffusionDirection",
    "AcquisitionTime",
    "ContentTime",
)

#: Of these, the ones that are time: frames at one place that differ in them are a film.
TEMPORAL = frozenset(
    {
        "TemporalPositionIndex",
        "TemporalPositionIdentifier",
        "TriggerTime",
        "CardiacCyclePosition",
        "FrameReferenceTime",
        "PhaseVector",
        "TimeSlotVector",
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame on its way into a display set."""

    description: FrameDescription
    grouping: Mapping[str, object]
    received: ReceivedObject

    @property
    def order(self) -> tuple[int, str, int]:
        """Instance Number, then UID and frame number, so that the order is stable."""
        number = self.description.instance_number
        return (
            number if number is not None else 1 << 30,
            self.received.sop_instance_uid,
            self.description.key.frame_number,
        )

    @property
    def plane(self) -> PlaneGeometry:
        """Its plane; frames without one are parted before this is asked."""
        plane = self.description.plane
        assert plane is not None
        return plane

    def value(self, keyword: str) -> object:
        """The discriminating value, None where it has none."""
        if keyword == "ImageType":
            return self.description.image_type[2:] or None
        return self.grouping.get(keyword)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Frames of one display set. `note` says what they have in common and the others do not;
    `temporal` when they show one place over time, in the order of time."""

    frames: tuple[Frame, ...]
    note: str = ""
    temporal: bool = False
    problems: tuple[str, ...] = ()
    #: names the group by what its frames have in common, so that it stays while more arrive
    key: tuple[object, ...] = ()


def part(frames: Sequence[Frame]) -> list[Group]:
    """Part the frames of one series. No frame is lost and none stands twice."""
    coarse: dict[tuple[object, ...], list[Frame]] = defaultdict(list)
    vectors = _parting_vectors(frames)
    for frame in frames:
        coarse[_coarse_key(frame, vectors)].append(frame)
    found: list[Group] = []
    for common, held in coarse.items():
        if held[0].description.plane is None:
            found.append(Group(tuple(sorted(held, key=lambda frame: frame.order)), key=common))
            continue
        for grid in _by_grid(held):
            where = (*common, *_grid_key(grid[0].plane))
            for index, (reference, problems) in enumerate(_by_reference(grid)):
                parts = _by_position(reference, problems)
                own = (*where, reference[0].plane.frame_of_reference_uid) if index else where
                found += [replace(made, key=(*own, *made.key)) for made in parts]
    named = group_notes.explained([(made, made.frames[0], made.note) for made in found])
    return [replace(made, note=words) for made, words in named]


def _parting_vectors(frames: Sequence[Frame]) -> tuple[str, ...]:
    """Of NM without positions (PS3.3 C.8.4.8): its energy windows, and its detectors where each
    has a film of its own; views from the front and from behind stay together."""
    each: Counter[tuple[str, ...]] = Counter()
    names = ("EnergyWindowVector", "DetectorVector")
    for frame in frames:
        if frame.description.plane is None and frame.value("DetectorVector") is not None:
            values = (str(frame.value(name)) for name in names)
            each[(frame.received.sop_instance_uid, *values)] += 1
    return names if any(count > 1 for count in each.values()) else names[:1]


def _grid_key(plane: PlaneGeometry) -> tuple[object, ...]:
    """Orientation in tenths and spacing, coarse enough to stay when another slice comes first."""
    cosines = (*plane.row_cosine, *plane.column_cosine)
    return (
        tuple(round(value, 1) + 0.0 for value in cosines),
        tuple(round(value, 2) for value in plane.spacing_mm),
    )


def _coarse_key(frame: Frame, vectors: tuple[str, ...]) -> tuple[object, ...]:
    described, form = frame.description, frame.description.pixel_format
    placed = described.plane is not None
    # A multi-frame object is a set of its own, unless it is a part of a concatenation.
    own: object = ""
    if form.frames > 1:
        own = frame.received.attributes.get("ConcatenationUID") or frame.received.sop_instance_uid
    return (
        form.rows,
        form.columns,
        form.is_colour,
        placed,
        "LOCALIZER" in described.image_type,
        "" if placed else (described.view_position, described.laterality),
        "" if placed else tuple(str(frame.value(name)) for name in vectors),
        frame.grouping.get("StackID"),
        own,
    )


def _by_grid(frames: Sequence[Frame]) -> list[list[Frame]]:
    found: list[list[Frame]] = []
    for frame in frames:
        plane = frame.plane
        for held in found:
            other = held[0].plane
            if stacks.same_orientation(plane, other) and stacks.same_grid(plane, other):
                held.append(frame)
                break
        else:
            found.append([frame])
    return found


def _by_reference(frames: Sequence[Frame]) -> list[tuple[list[Frame], tuple[str, ...]]]:
    """Part by Frame of Reference UID, one to a series by the standard (PS3.3 C.7.4.1).

    Where every image names one of its own, de-identification did it: they are kept together.
    """
    by_uid: dict[str, list[Frame]] = defaultdict(list)
    for frame in frames:
        by_uid[frame.plane.frame_of_reference_uid].append(frame)
    if len(by_uid) == 1:
        return [(list(frames), ())]
    if len(frames) > 2 and len(by_uid) == len(frames):
        words = "Every image names a frame of reference of its own; they are taken as one."
        return [(list(frames), (words,))]
    return [(held, ()) for held in by_uid.values()]


def along_normal(frames: Sequence[Frame]) -> list[tuple[float, Frame]]:
    """(mm along the normal, frame) in that order; at one position by `Frame.order`."""
    along = stacks.distances([frame.plane for frame in frames])
    return sorted(
        zip(along, frames, strict=True), key=lambda pair: (round(pair[0], 3), pair[1].order)
    )


def repeats(frames: Sequence[Frame]) -> bool:
    """Whether two frames lie at one position."""
    placed = along_normal(frames)
    return any(b[0] - a[0] < stacks.SAME_POSITION_MM for a, b in itertools.pairwise(placed))


def _positions(frames: Sequence[Frame]) -> int:
    placed = along_normal(frames)
    steps = itertools.pairwise(placed)
    return 1 + sum(b[0] - a[0] >= stacks.SAME_POSITION_MM for a, b in steps)


def _by_position(frames: list[Frame], problems: tuple[str, ...]) -> list[Group]:
    """Part where positions repeat.

    A value that gives each part positions of its own explains the repetition; so does a time that
    differs for every frame of one place, which makes a film. What nothing explains is parted into
    first, second, … at each position, and said.
    """
    if not repeats(frames):
        return [Group(tuple(frame for _, frame in along_normal(frames)), problems=problems)]
    places = _positions(frames)
    for keyword in DISCRIMINATORS:
        parts: dict[object, list[Frame]] = defaultdict(list)
        for frame in frames:
            parts[frame.value(keyword)].append(frame)
        if len(parts) < 2:
            continue
        if places == 1:
            if keyword in TEMPORAL and len(parts) == len(frames):
                ordered = sorted(frames, key=lambda frame: group_notes.number(frame.value(keyword)))
                return [Group(tuple(ordered), temporal=True, problems=problems)]
            if len(parts) > max(1, len(frames) // 2):
                continue
        elif len(parts) > len(frames) // 2:
            # A value of (almost) every single frame, such as a time stamp, explains nothing.
            continue
        made = []
        for index, (value, held) in enumerate(
            sorted(parts.items(), key=lambda pair: group_notes.number(pair[0]))
        ):
            note = group_notes.note(keyword, value)
            for inner in _by_position(held, problems):
                words = ", ".join(word for word in (note, inner.note) if word)
                # The first part keeps the name that it had before the others arrived.
                key = (keyword, str(value), *inner.key) if index else inner.key
                made.append(replace(inner, note=words, key=key))
        return made
    if places == 1:
        ordered = sorted(frames, key=lambda frame: frame.order)
        return [Group(tuple(ordered), problems=problems)]
    return _layers(frames, problems)


def _layers(frames: list[Frame], problems: tuple[str, ...]) -> list[Group]:
    """The first frame of each position, then the second, …: nothing is dropped."""
    layers: list[list[Frame]] = []
    last, depth = None, 0
    for position, frame in along_normal(frames):
        depth = depth + 1 if last is not None and position - last < stacks.SAME_POSITION_MM else 0
        last = position
        if depth == len(layers):
            layers.append([])
        layers[depth].append(frame)
    words = "Positions repeat and nothing in the images says why: the repetitions are shown apart."
    return [
        Group(
            tuple(layer),
            f"repetition {index}" if index > 1 else "",
            problems=(*problems, words),
            key=(index,) if index > 1 else (),
        )
        for index, layer in enumerate(layers, start=1)
    ]
