"""Received objects to studies: nothing received is hidden (display rules, §8 and §9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from workstation.dicom import stacks
from workstation.dicom.grouping import Frame, Group, part
from workstation.dicom.reading import ReceivedObject
from workstation.domain.identity import Patient
from workstation.domain.study import DisplaySet, DisplaySetKind, NotShown, Series, Study

_KINDS = {
    "1.2.840.10008.5.1.4.1.1.66.4": DisplaySetKind.SEGMENTATION,
    "1.2.840.10008.5.1.4.1.1.66.7": DisplaySetKind.SEGMENTATION,
    "1.2.840.10008.5.1.4.1.1.481.3": DisplaySetKind.STRUCTURES,
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
            reason = received.image_problem or (
                f"{received.sop_class_name}: it holds no picture and no text."
            )
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


def _image_sets(uid: str, objects: Sequence[ReceivedObject]) -> list[DisplaySet]:
    frames = [
        Frame(described, grouping, received)
        for received in objects
        for described, grouping in zip(received.frames, received.groupings, strict=True)
    ]
    sets = [_stack(uid, group, index) for index, group in enumerate(part(frames))]
    sets.sort(key=_first_number)
    return sets


def _first_number(shown: DisplaySet) -> tuple[int, str]:
    number = shown.frames[0].instance_number
    return (number if number is not None else 1 << 30, shown.identifier)


def _stack(uid: str, group: Group, index: int) -> DisplaySet:
    frames = group.frames
    first, received = frames[0].description, frames[0].received
    placed = first.plane is not None
    geometry = stacks.analyse([frame.plane for frame in frames]) if placed else None
    refused = geometry.refused if geometry else "It has no position in the patient."
    volume = geometry.volume if geometry else None
    if volume is not None and first.pixel_format.is_colour:
        refused, volume = "Colour images are not cut into planes.", None
    kind = DisplaySetKind.IMAGE if len(frames) == 1 else DisplaySetKind.STACK
    if volume is not None:
        kind = DisplaySetKind.VOLUME
    frame_time = received.frame_time_ms if len(frames) > 1 and volume is None else None
    problems = geometry.problems if geometry and not group.temporal else ()
    if group.temporal:
        refused = "The frames show one place over time."
    if group.temporal or (frame_time is not None and not placed):
        kind = DisplaySetKind.CINE
    description = received.series_description or str(received.attributes.get("ProtocolName", ""))
    repairs = dict.fromkeys(note for frame in frames for note in frame.received.repairs)
    return DisplaySet(
        identifier=f"{uid}/{index}",
        kind=kind,
        series_instance_uid=uid,
        series_number=received.series_number,
        description=" · ".join(word for word in (description, group.note) if word),
        modality=received.modality,
        body_part=received.body_part,
        frames=tuple(frame.description for frame in frames),
        sop_instance_uids=tuple(dict.fromkeys(frame.received.sop_instance_uid for frame in frames)),
        volume=volume,
        volume_refused=refused,
        problems=(*problems, *group.problems, *repairs),
        missing_slices=geometry.missing if geometry else 0,
        missing_positions_mm=geometry.missing_positions_mm if geometry else (),
        spacing_min_mm=geometry.spacing_min_mm if geometry else None,
        spacing_max_mm=geometry.spacing_max_mm if geometry else None,
        frame_time_ms=frame_time,
        is_localizer="LOCALIZER" in first.image_type,
    )
