"""A folder of studies becomes a night's worklist: one reading task for each current study.

`worklist.json` in the folder says what is asked; without it the headers do. Older studies of the
same patient are priors: they are served and nobody is asked to read them.
"""

from __future__ import annotations

import hashlib
import json
import logging
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from workstation.dicom.folder import files
from workstation.dicom.part10 import has_preamble, with_meta_information
from workstation.domain.clock import Clock, utc_now
from workstation.domain.errors import NotDicom, ReaderError
from workstation.domain.reading_task import Performer, Priority
from workstation.local_service import data_sets as ds
from workstation.local_service.data_sets import DataSet
from workstation.local_service.objects import StoreRefused, copy_in
from workstation.local_service.store import ServiceStore

#: The service's own folder inside the folder of studies; it is never taken in.
OWN_FOLDER = ".nocturne-service"
WORKLIST = "worklist.json"
_LOG = logging.getLogger(__name__)
_DICOM_NAMES = {".dcm", ".dic", ".ima", ".dicom"}

#: Without a worklist, tasks take these in turn: (priority, minutes until the report is due).
_SPREAD = (
    (Priority.URGENT, 60),
    (Priority.STAT, 30),
    (Priority.ROUTINE, 240),
    (Priority.URGENT, 90),
    (Priority.ROUTINE, 360),
)
#: Series of these are never what a study is named after.
_NO_IMAGES = frozenset({"SR", "PR", "KO", "DOC", "SEG", "REG", "RTSTRUCT", "RWV"})


@dataclass(frozen=True, slots=True)
class Ingested:
    """What was taken in; `skipped` counts files that are no usable DICOM object."""

    instances: int
    skipped: int
    studies: int
    workitems: tuple[str, ...]


def serve_studies(
    store: ServiceStore,
    folder: Path,
    *,
    site: str = "",
    performer: Performer | None = None,
    clock: Clock = utc_now,
) -> Ingested:
    """Take in every object below `folder` and make the tasks that are missing.

    `site` and `performer` stand where neither the worklist nor the headers name one. Done twice it
    changes nothing. Raises ReaderError for a missing folder or a worklist that cannot be read.
    """
    if not folder.is_dir():
        raise ReaderError(
            f"{folder} is no folder.", remedy="Name the folder that holds the studies."
        )
    asked = _worklist(folder)
    study_uids, taken, skipped = _take_in(store, folder)
    if skipped:
        _LOG.info("%d files are no usable DICOM objects and are not served", skipped)
    studies = {
        ds.text(study, "StudyInstanceUID"): study
        for study in store.objects.studies()
        if ds.text(study, "StudyInstanceUID") in study_uids
    }
    priors = _priors(studies, asked)
    made = []
    current = sorted(studies, key=lambda uid: (_when(studies[uid]), uid), reverse=True)
    for place, uid in enumerate(current):
        if uid in priors or store.workitems.of_study(uid):
            continue
        entry = _entry(store, uid, studies[uid], asked.get(uid), place, site, performer)
        made.append(create_task(store, uid, entry, clock=clock))
    return Ingested(taken, skipped, len(studies), tuple(made))


def _candidates(folder: Path) -> Iterator[Path]:
    """Files that may be DICOM: by name, or without a suffix, or by their preamble."""
    for path in files(folder):
        if OWN_FOLDER in path.parts or path.name.upper().startswith("DICOMDIR"):
            continue
        if path.suffix.lower() in _DICOM_NAMES or not path.suffix:
            yield path
            continue
        with path.open("rb") as file:
            if has_preamble(file.read(132)):
                yield path


def _take_in(store: ServiceStore, folder: Path) -> tuple[set[str], int, int]:
    studies: set[str] = set()
    taken = skipped = 0
    for path in _candidates(folder):
        arrived = store.objects.incoming()
        copy_in(path, arrived)
        try:
            _give_preamble(arrived)
            instance = store.objects.take_in(arrived, flush=False)
        except (StoreRefused, NotDicom):
            arrived.unlink(missing_ok=True)
            skipped += 1
            continue
        studies.add(instance.study_uid)
        taken += 1
    return studies, taken, skipped


def _give_preamble(path: Path) -> None:
    """What is served is a Part 10 file, also where a folder holds a bare data set."""
    with path.open("rb") as file:
        if has_preamble(file.read(132)):
            return
    path.write_bytes(with_meta_information(path.read_bytes()))


def _worklist(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    path = folder / WORKLIST
    if not path.exists():
        return {}
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        studies = held["studies"]
        return {str(uid): dict(entry) for uid, entry in studies.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReaderError(
            f"{WORKLIST} cannot be read.",
            means="The service does not know which studies are to be reported.",
            remedy="Write it again, or remove it: then the headers decide.",
        ) from error


def _when(study: DataSet) -> str:
    return ds.text(study, "StudyDate") + ds.text(study, "StudyTime").ljust(6, "0")


def _priors(
    studies: Mapping[str, DataSet], asked: Mapping[str, Mapping[str, Any]]
) -> frozenset[str]:
    """What is called a prior, and all but the newest study of a patient that nobody asked for."""
    newest: dict[tuple[str, str], str] = {}
    for uid in sorted(studies, key=lambda uid: (_when(studies[uid]), uid)):
        key = _patient_key(studies[uid], uid)
        if uid not in asked or not asked[uid].get("prior"):
            newest[key] = uid
    return frozenset(
        uid
        for uid, study in studies.items()
        if (asked[uid].get("prior") if uid in asked else newest[_patient_key(study, uid)] != uid)
    )


def _patient_key(study: DataSet, uid: str) -> tuple[str, str]:
    patient = ds.text(study, "PatientID")
    # Without an ID nothing tells that two studies are of one patient.
    return (ds.text(study, "IssuerOfPatientID"), patient) if patient else ("", f"study {uid}")


def _entry(
    store: ServiceStore,
    uid: str,
    study: DataSet,
    asked: Mapping[str, Any] | None,
    place: int,
    site: str,
    performer: Performer | None,
) -> dict[str, Any]:
    """What the task says: the worklist's word, else the header's, else a sensible guess."""
    series = [each for _, each in store.objects.series(uid)]
    images = [each for each in series if ds.text(each, "Modality") not in _NO_IMAGES] or series
    first = images[0] if images else {}
    modality = ds.text(first, "Modality")
    body_part = ds.text(first, "BodyPartExamined")
    described = ds.text(study, "StudyDescription")
    priority, minutes = _SPREAD[place % len(_SPREAD)]
    held: dict[str, Any] = {
        "priority": priority.name,
        "deadline_minutes": minutes + 5 * (place // len(_SPREAD)),
        "reason": "Request without a stated reason",
        "clinical_notes": "",
        "accession_number": ds.text(study, "AccessionNumber"),
        "referrer": ds.text(study, "ReferringPhysicianName"),
        "site": ds.text(study, "InstitutionName") or site or "Local studies",
        "procedure": described
        or ds.text(first, "SeriesDescription")
        or " ".join(filter(None, (modality, body_part.capitalize())))
        or "Study",
        "modality": modality,
        "body_part": body_part,
        "performer": None,
        "readiness": "READY",
    }
    if performer is not None:
        held["performer"] = {"code": performer.code, "name": performer.name.to_dicom()}
    if asked is not None:
        held |= {name: value for name, value in asked.items() if value is not None}
    return held


def create_task(
    store: ServiceStore,
    study_uid: str,
    entry: Mapping[str, Any],
    *,
    clock: Clock = utc_now,
    uid: str = "",
) -> str:
    """Create a reading task for a stored study from an entry as `worklist.json` has it; its UID.

    Raises ReaderError where the study is not stored or the entry makes no sense.
    """
    study = next(iter(store.objects.studies(study_uid)), None)
    if study is None:
        raise ReaderError("The study of the task is not stored here.")
    try:
        asked = _workitem(study, entry, store, clock)
    except (KeyError, TypeError, ValueError) as error:
        raise ReaderError(f"The task of a study makes no sense: {error}.") from error
    # The same study gives the same task, whoever reads the folder in again.
    again = len(store.workitems.of_study(study_uid))
    seed = hashlib.sha256(f"task {again} of {study_uid}".encode()).digest()[:16]
    uid = uid or f"2.25.{uuid.UUID(bytes=seed, version=4).int}"
    return store.workitems.create(asked, uid, own=True).uid


def _workitem(
    study: DataSet, entry: Mapping[str, Any], store: ServiceStore, clock: Clock
) -> DataSet:
    now = clock()
    uid = ds.text(study, "StudyInstanceUID")
    priority = Priority[str(entry.get("priority", "ROUTINE"))]
    due = now + timedelta(minutes=float(entry.get("deadline_minutes", 240)))
    procedure = str(entry.get("procedure") or "Study")
    made = ds.data_set(
        ProcedureStepLabel=f"Read {procedure}"[:64],
        WorklistLabel="NIGHT",
        ScheduledProcedureStepPriority=priority.to_dicom(),
        InputReadinessState=str(entry.get("readiness", "READY")),
        ScheduledProcedureStepStartDateTime=ds.moment(now),
        ExpectedCompletionDateTime=ds.moment(due),
        CommentsOnTheScheduledProcedureStep=entry.get("clinical_notes") or None,
        ScheduledWorkitemCodeSequence=ds.code("110005", "DCM", "Interpretation"),
        InputInformationSequence=_inputs(study, entry, store),
        ReferencedRequestSequence=ds.data_set(
            StudyInstanceUID=uid,
            AccessionNumber=entry.get("accession_number") or None,
            RequestedProcedureDescription=procedure,
            ReasonForTheRequestedProcedure=entry.get("reason") or None,
            RequestingService=entry.get("site") or None,
            RequestingPhysician=entry.get("referrer") or None,
        ),
    )
    performer = entry.get("performer")
    if performer:
        made |= ds.data_set(
            ScheduledHumanPerformersSequence=ds.data_set(
                HumanPerformerCodeSequence=ds.code(
                    str(performer["code"]), "99NOCTURNE", str(performer["name"])
                ),
                HumanPerformerName=str(performer["name"]),
            )
        )
    for keyword in (
        "PatientName",
        "PatientID",
        "IssuerOfPatientID",
        "PatientBirthDate",
        "PatientSex",
    ):
        tag = ds.tag_of(keyword)
        made[tag] = study.get(tag, {"vr": ds.vr_of(tag)})
    return dict(sorted(made.items()))


def _inputs(study: DataSet, entry: Mapping[str, Any], store: ServiceStore) -> list[DataSet]:
    """One item for each series; what the list shows stands in each, the images' series first."""
    uid = ds.text(study, "StudyInstanceUID")
    shared = ds.data_set(
        StudyInstanceUID=uid,
        StudyDate=ds.text(study, "StudyDate") or None,
        StudyTime=ds.text(study, "StudyTime") or None,
        Modality=entry.get("modality") or None,
        BodyPartExamined=entry.get("body_part") or None,
        TypeOfInstances="DICOM",
        NumberOfStudyRelatedInstances=int(ds.text(study, "NumberOfStudyRelatedInstances")),
    )
    by_series: dict[str, list[DataSet]] = {}
    for instance in store.objects.instances(uid):
        by_series.setdefault(instance.series_uid, []).append(
            ds.data_set(
                ReferencedSOPClassUID=instance.class_uid, ReferencedSOPInstanceUID=instance.uid
            )
        )
    kinds = {
        ds.text(each, "SeriesInstanceUID"): ds.text(each, "Modality")
        for _, each in store.objects.series(uid)
    }
    order = sorted(by_series, key=lambda one: (kinds.get(one, "") in _NO_IMAGES, one))
    return [
        dict(
            sorted(
                (
                    shared
                    | ds.data_set(SeriesInstanceUID=one, ReferencedSOPSequence=by_series[one])
                ).items()
            )
        )
        for one in order
    ]


def withdraw_task(store: ServiceStore, uid: str, reason: str = "") -> None:
    """The site asks for the end of a task: one that waits ends, the reader of another is told."""
    request = ds.data_set(ReasonForCancellation=reason or None)
    store.workitems.request_cancel(uid, request, "SITE")


def create_urgent_task(
    store: ServiceStore, study_uid: str, *, clock: Clock = utc_now, minutes: int = 20, **entry: Any
) -> str:
    """An emergency in the middle of the night: a STAT task for a study that is stored."""
    study = next(iter(store.objects.studies(study_uid)), {})
    whole = _entry(store, study_uid, study, entry, 0, "", None)
    return create_task(
        store, study_uid, whole | {"priority": "STAT", "deadline_minutes": minutes}, clock=clock
    )
