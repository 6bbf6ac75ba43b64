"""Received objects to studies: nothing received is hidden (display rules, §8 and §9)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from workstation.dicom import documents, stacks, summaries, suv, tracers
from workstation.dicom.grouping import Frame, Group, part
from workstation.dicom.reading import ReceivedObject
from workstation.domain.errors import MeasurementRefused, RegistrationRefused
from workstation.domain.identity import Patient
from workstation.domain.radiation import Tracer
from workstation.domain.registration import Registration
from workstation.domain.study import DisplaySet, DisplaySetKind, NotShown, Series, Study
from workstation.domain.suv import Uptake

#: VL Whole Slide Microscopy (PS3.3 A.32.8): its frames are tiles of one large image.
_WHOLE_SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"
_TILES = "A whole slide in tiles: they are shown one by one, not put together."


def kind_of(received: ReceivedObject) -> DisplaySetKind | None:
    """The kind of an object that is no ordinary image, or None for an image."""
    if received.document is not None and received.document.mime_type != documents.WAVEFORM:
        return DisplaySetKind.DOCUMENT
    return summaries.kind_of(received.sop_class_uid)


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
        registrations=tuple(
            held for each in unique.values() if isinstance(held := each.registration, Registration)
        ),
        registrations_refused=tuple(
            held.happened
            for each in unique.values()
            if isinstance(held := each.registration, RegistrationRefused)
        ),
    )


def _series(uid: str, objects: list[ReceivedObject], not_shown: list[NotShown]) -> Series:
    first = objects[0]
    images: list[ReceivedObject] = []
    others: list[DisplaySet] = []
    for received in objects:
        kind = kind_of(received)
        if kind is not None:
            others.append(_other_set(uid, kind, received))
        elif received.frames:
            images.append(received)
        else:
            reason = (
                received.image_problem
                or received.summary
                or f"{received.sop_class_name}: it holds no picture and no text."
            )
            not_shown.append(
                NotShown(
                    received.path,
                    received.sop_instance_uid,
                    reason,
                    received.sop_class_name,
                    _remedy(received),
                )
            )
    sets = (*_image_sets(uid, images), *others)
    return Series(uid, first.modality, first.series_description, first.series_number, sets)


def _remedy(received: ReceivedObject) -> str:
    if received.image_problem:
        return "Fetch it again, or ask the site."
    return "" if received.summary else "Ask the site what it is; another viewer may show it."


def _other_set(uid: str, kind: DisplaySetKind, received: ReceivedObject) -> DisplaySet:
    """One object that is listed, with what it is; each stands for itself."""
    document = received.document
    return DisplaySet(
        identifier=f"{uid}/{received.sop_instance_uid}",
        kind=kind,
        series_instance_uid=uid,
        series_number=received.series_number,
        description=(document.title if document else received.series_description)
        or received.sop_class_name,
        modality=received.modality,
        sop_instance_uids=(received.sop_instance_uid,),
        volume_refused=received.summary,
        problems=received.repairs,
        documents=(document,) if document is not None else (),
        state=received.state,
        overlay=received.overlay,
    )


def _image_sets(uid: str, objects: Sequence[ReceivedObject]) -> list[DisplaySet]:
    frames = [
        Frame(described, grouping, received)
        for received in objects
        for described, grouping in zip(received.frames, received.groupings, strict=True)
    ]
    groups, uptake = part(frames), _uptake(objects)
    tracer = tracers.of_series([each.tracer for each in objects if each.tracer is not None])
    sets = [
        _stack(name, uid, group, uptake, tracer)
        for name, group in zip(_identifiers(uid, groups), groups, strict=True)
    ]
    sets.sort(key=_first_number)
    return sets


def _identifiers(uid: str, groups: Sequence[Group]) -> list[str]:
    """Names that stay the same while more of the series arrives, in whatever order."""
    found: list[str] = []
    for group in groups:
        name = f"{uid}/{hashlib.sha1(repr(group.key).encode()).hexdigest()[:12]}"
        same = sum(each.split("#")[0] == name for each in found)
        found.append(f"{name}#{same + 1}" if same else name)
    return found


def _first_number(shown: DisplaySet) -> tuple[int, int, str]:
    first = shown.frames[0]
    number = first.instance_number
    return (number if number is not None else 1 << 30, first.key.frame_number, shown.identifier)


def _uptake(objects: Sequence[ReceivedObject]) -> Uptake | None:
    """What a PET series says of SUV, over all of its images (display rules, §10)."""
    headers = [received.pet for received in objects if received.pet is not None]
    if not headers:
        return None
    try:
        return Uptake(suv.of_series(headers))
    except MeasurementRefused as error:
        return Uptake(refused=error.happened)


def _stack(
    identifier: str, uid: str, group: Group, uptake: Uptake | None, tracer: Tracer | None
) -> DisplaySet:
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
    tiles = first.sop_class_uid == _WHOLE_SLIDE and len(frames) > 1
    told = [_TILES] if tiles else []
    repairs = dict.fromkeys([*told, *(note for each in frames for note in each.received.repairs)])
    return DisplaySet(
        identifier=identifier,
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
        repairs=tuple(repairs),
        missing_slices=geometry.missing if geometry else 0,
        missing_positions_mm=geometry.missing_positions_mm if geometry else (),
        spacing_min_mm=geometry.spacing_min_mm if geometry else None,
        spacing_max_mm=geometry.spacing_max_mm if geometry else None,
        frame_time_ms=frame_time,
        overlay=received.overlay,
        is_localizer="LOCALIZER" in first.image_type,
        uptake=uptake,
        tracer=tracer,
    )
