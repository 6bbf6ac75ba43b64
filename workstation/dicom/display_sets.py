"""Received objects to studies: nothing received is hidden.

Frames of one series are parted by what cannot be looked at as one: orientation, matrix, spacing,
frame of reference, localizers, and where positions repeat by what made them differ (display rules,
§8 and §9).
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence

from workstation.dicom import stacks
from workstation.dicom.reading import ReceivedObject
from workstation.domain.geometry import PlaneGeometry
from workstation.domain.identity import Patient
from workstation.domain.image import FrameDescription
from workstation.domain.study import DisplaySet, DisplaySetKind, NotShown, Series, Study

_KINDS = {
    "1.2.840.10008.5.1.4.1.1.66.4": DisplaySetKind.SEGMENTATION,
    "1.2.840.10008.5.1.4.1.1.66.7": DisplaySetKind.SEGMENTATION,
    "1.2.840.10008.5.1.4.1.1.481.3": DisplaySetKind.STRUCTURES,
    "1.2.840.10008.5.1.4.1.1.481.2": DisplaySetKind.OTHER,
}
_PRESENTATION_ROOT = "1.2.840.10008.5.1.4.1.1.11."
_WAVEFORM_ROOT = "1.2.840.10008.5.1.4.1.1.9."
_REASONS = {
    DisplaySetKind.PRESENTATION: "A presentation state: it changes how images look.",
    DisplaySetKind.STRUCTURES: "Contours for radiotherapy: they are not drawn yet.",
    DisplaySetKind.SEGMENTATION: "A segmentation: it is not drawn over the images yet.",
    DisplaySetKind.WAVEFORM: "A waveform: it is not drawn yet.",
}


def kind_of(received: ReceivedObject) -> DisplaySetKind | None:
    """The kind of an object that is no ordinary image, or None for an image."""
    uid = received.sop_class_uid
    if received.document is not None:
        return DisplaySetKind.DOCUMENT
    if uid in _KINDS:
        return _KINDS[uid]
    if uid.startswith(_PRESENTATION_ROOT):
        return DisplaySetKind.PRESENTATION
    if uid.startswith(_WAVEFORM_ROOT):
        return DisplaySetKind.WAVEFORM
    return None


def build_studies(
    objects: Sequence[ReceivedObject], unreadable: Sequence[NotShown] = ()
) -> tuple[Study, ...]:
    """Studies in order of their UID's first appearance.

    received = shown + len(not_shown) holds for each; `unreadable` is counted with the first study,
    or makes one of its own where no object could be read.
    """
    by_study: dict[str, list[ReceivedObject]] = defaultdict(list)
    for received in objects:
        by_study[received.study_instance_uid].append(received)
    studies = []
    for position, (uid, held) in enumerate(by_study.items()):
        studies.append(_study(uid, held, tuple(unreadable) if position == 0 else ()))
    if not studies and unreadable:
        studies.append(Study("", Patient(), received=len(unreadable), not_shown=tuple(unreadable)))
    return tuple(studies)


def _study(uid: str, objects: list[ReceivedObject], unreadable: tuple[NotShown, ...]) -> Study:
    not_shown = list(unreadable)
    unique: dict[str, ReceivedObject] = {}
    for received in objects:
        if received.sop_instance_uid in unique:
            not_shown.append(
                NotShown(
                    received.path,
                    received.sop_instance_uid,
                    "Duplicate: another file has the same SOP Instance UID.",
                    received.sop_class_name,
                )
            )
        else:
            unique[received.sop_instance_uid] = received
    by_series: dict[str, list[ReceivedObject]] = defaultdict(list)
    for received in unique.values():
        by_series[received.series_instance_uid].append(received)
    series = [_series(held_uid, held, not_shown) for held_uid, held in by_series.items()]
    series.sort(key=lambda each: (each.number is None, each.number or 0, each.series_instance_uid))
    first = objects[0]
    problems = []
    if len({received.patient.key for received in objects}) > 1:
        problems.append("The study holds images of more than one patient. Do not read it.")
    return Study(
        study_instance_uid=uid,
        patient=first.patient,
        description=first.study_description,
        accession_number=first.accession_number,
        study_datetime=first.study_datetime,
        referring_physician=first.referring_physician,
        institution=first.institution,
        series=tuple(series),
        received=len(objects) + len(unreadable),
        not_shown=tuple(not_shown),
        problems=tuple(problems),
    )


def _series(uid: str, objects: list[ReceivedObject], not_shown: list[NotShown]) -> Series:
    first = objects[0]
    sets: list[DisplaySet] = []
    images: list[ReceivedObject] = []
    others: dict[DisplaySetKind, list[ReceivedObject]] = defaultdict(list)
    for received in objects:
        kind = kind_of(received)
        if kind is not None:
            others[kind].append(received)
        elif received.frames:
            images.append(received)
        else:
            reason = received.image_problem or "Not an image, and of no kind that can be shown."
            not_shown.append(
                NotShown(
                    received.path,
                    received.sop_instance_uid,
                    reason,
                    received.sop_class_name,
                    "Fetch it again, or ask the site." if received.image_problem else "",
                )
            )
    sets += _image_sets(uid, images)
    for kind, held in others.items():
        sets += _other_sets(uid, kind, held)
    return Series(uid, first.modality, first.series_description, first.series_number, tuple(sets))


def _other_sets(uid: str, kind: DisplaySetKind, objects: list[ReceivedObject]) -> list[DisplaySet]:
    first = objects[0]
    documents = tuple(each.document for each in objects if each.document is not None)
    title = documents[0].title if len(documents) == 1 else first.series_description
    reason = _REASONS.get(kind, "" if documents else "It is listed, not drawn.")
    return [
        DisplaySet(
            identifier=f"{uid}/{kind.value}",
            kind=kind,
            series_instance_uid=uid,
            series_number=first.series_number,
            description=title or first.sop_class_name,
            modality=first.modality,
            sop_instance_uids=tuple(each.sop_instance_uid for each in objects),
            volume_refused=reason,
            problems=tuple(dict.fromkeys(note for each in objects for note in each.repairs)),
            documents=documents,
        )
    ]


class _Frame:
    """One frame on its way into a display set."""

    __slots__ = ("description", "grouping", "received")

    def __init__(
        self, description: FrameDescription, grouping: dict[str, object], received: ReceivedObject
    ) -> None:
        self.description = description
        self.grouping = grouping
        self.received = received

    @property
    def order(self) -> tuple[int, str, int]:
        number = self.description.instance_number
        return (
            number if number is not None else 1 << 30,
            self.received.sop_instance_uid,
            self.description.key.frame_number,
        )


def _image_sets(uid: str, objects: Sequence[ReceivedObject]) -> list[DisplaySet]:
    single: list[_Frame] = []
    sets: list[DisplaySet] = []
    for received in objects:
        frames = [
            _Frame(described, dict(grouping), received)
            for described, grouping in zip(received.frames, received.groupings, strict=True)
        ]
        if len(frames) > 1 and any(frame.description.plane is None for frame in frames):
            # A cine or an untracked multi-frame image is looked at as one, in its own order.
            sets.append(_cine(uid, frames, len(sets)))
        else:
            single += frames
    for group in _groups(single):
        sets.append(_stack(uid, group, len(sets)))
    sets.sort(key=lambda each: _first_number(each))
    return sets


def _first_number(shown: DisplaySet) -> tuple[int, str]:
    number = shown.frames[0].instance_number
    return (number if number is not None else 1 << 30, shown.identifier)


def _cine(uid: str, frames: list[_Frame], index: int) -> DisplaySet:
    received = frames[0].received
    moving = received.frame_time_ms is not None
    return DisplaySet(
        identifier=f"{uid}/{index}",
        kind=DisplaySetKind.CINE if moving else DisplaySetKind.STACK,
        series_instance_uid=uid,
        series_number=received.series_number,
        description=received.series_description,
        modality=received.modality,
        body_part=received.body_part,
        frames=tuple(frame.description for frame in frames),
        sop_instance_uids=(received.sop_instance_uid,),
        volume_refused="It has no position in the patient.",
        problems=received.repairs,
        frame_time_ms=received.frame_time_ms,
    )


def _split_key(frame: _Frame) -> tuple[object, ...]:
    described = frame.description
    form = described.pixel_format
    localizer = "LOCALIZER" in described.image_type
    return (
        form.rows,
        form.columns,
        form.is_colour,
        described.plane is None,
        localizer,
        described.view_position if described.plane is None else "",
        described.laterality if described.plane is None else "",
        frame.grouping.get("StackID"),
    )


def _groups(frames: Sequence[_Frame]) -> list[list[_Frame]]:
    coarse: dict[tuple[object, ...], list[_Frame]] = defaultdict(list)
    for frame in frames:
        coarse[_split_key(frame)].append(frame)
    found: list[list[_Frame]] = []
    for group in coarse.values():
        if group[0].description.plane is None:
            found.append(group)
            continue
        for same in _by_grid(group):
            found += _by_position(same)
    return found


def _by_grid(frames: Sequence[_Frame]) -> list[list[_Frame]]:
    found: list[list[_Frame]] = []
    for frame in frames:
        plane = _plane(frame)
        for group in found:
            other = _plane(group[0])
            if stacks.same_orientation(plane, other) and stacks.same_grid(plane, other):
                group.append(frame)
                break
        else:
            found.append([frame])
    return found


def _plane(frame: _Frame) -> PlaneGeometry:
    plane = frame.description.plane
    assert plane is not None
    return plane


def _sorted_along(frames: Sequence[_Frame]) -> list[tuple[float, _Frame]]:
    along = stacks.distances([_plane(frame) for frame in frames])
    return sorted(
        zip(along, frames, strict=True), key=lambda pair: (round(pair[0], 3), pair[1].order)
    )


def _repeats(frames: Sequence[_Frame]) -> bool:
    placed = _sorted_along(frames)
    return any(b[0] - a[0] < stacks.SAME_POSITION_MM for a, b in itertools.pairwise(placed))


#: Which discriminator is tried first where positions repeat.
_PRIORITY = (
    "StackID",
    "TemporalPositionIndex",
    "TemporalPositionIdentifier",
    "DiffusionBValue",
    "EchoTime",
    "EchoNumbers",
    "InversionTime",
    "FrameType",
    "ImageType",
    "ConvolutionKernel",
    "AcquisitionNumber",
    "FrameAcquisitionNumber",
    "TriggerTime",
    "FrameReferenceTime",
    "EnergyWindowVector",
    "PhaseVector",
    "ContentTime",
)


def _by_position(frames: list[_Frame], start: int = 0) -> list[list[_Frame]]:
    """Split where positions repeat; what no attribute explains stays together, said as it is."""
    if not _repeats(frames):
        return [frames]
    for index in range(start, len(_PRIORITY)):
        keyword = _PRIORITY[index]
        parts: dict[object, list[_Frame]] = defaultdict(list)
        for frame in frames:
            value = (
                frame.description.image_type
                if keyword == "ImageType"
                else frame.grouping.get(keyword)
            )
            parts[value].append(frame)
        # A split into single images explains nothing.
        if 1 < len(parts) <= len(frames) // 2 or (
            len(parts) == len(frames) and _all_same_position(frames) and keyword != "ContentTime"
        ):
            if len(parts) == len(frames):
                return [frames]
            return [final for part in parts.values() for final in _by_position(part, index + 1)]
    return [frames]


def _all_same_position(frames: Sequence[_Frame]) -> bool:
    placed = _sorted_along(frames)
    return placed[-1][0] - placed[0][0] < stacks.SAME_POSITION_MM


def _stack(uid: str, frames: list[_Frame], index: int) -> DisplaySet:
    first = frames[0]
    placed = first.description.plane is not None
    geometry = None
    if placed:
        pairs = _sorted_along(frames)
        frames = [frame for _, frame in pairs]
        geometry = stacks.analyse([_plane(frame) for frame in frames])
    else:
        frames.sort(key=lambda frame: frame.order)
    received = first.received
    localizer = "LOCALIZER" in first.description.image_type
    colour = first.description.pixel_format.is_colour
    refused = geometry.refused if geometry else "It has no position in the patient."
    volume = geometry.volume if geometry else None
    if volume is not None and colour:
        refused, volume = "Colour images are not cut into planes.", None
    kind = DisplaySetKind.IMAGE if len(frames) == 1 else DisplaySetKind.STACK
    if volume is not None:
        kind = DisplaySetKind.VOLUME
    repairs = dict.fromkeys(note for frame in frames for note in frame.received.repairs)
    return DisplaySet(
        identifier=f"{uid}/{index}",
        kind=kind,
        series_instance_uid=uid,
        series_number=received.series_number,
        description=received.series_description or str(received.attributes.get("ProtocolName", "")),
        modality=received.modality,
        body_part=received.body_part,
        frames=tuple(frame.description for frame in frames),
        sop_instance_uids=_uids(frames),
        volume=volume,
        volume_refused=refused,
        problems=(*(geometry.problems if geometry else ()), *repairs),
        missing_slices=geometry.missing if geometry else 0,
        missing_positions_mm=geometry.missing_positions_mm if geometry else (),
        spacing_min_mm=geometry.spacing_min_mm if geometry else None,
        spacing_max_mm=geometry.spacing_max_mm if geometry else None,
        is_localizer=localizer,
    )


def _uids(frames: Iterable[_Frame]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(frame.received.sop_instance_uid for frame in frames))
