"""QIDO-RS, WADO-RS and STOW-RS of one service (PS3.18 chapter 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workstation.domain.delivery import OutgoingObject
from workstation.domain.errors import (
    DeliveryRefused,
    NotFoundOnService,
    ServiceAnswerInvalid,
)
from workstation.domain.identity import Patient, is_uid
from workstation.domain.reading_task import PriorStudy
from workstation.domain.study import ManifestInstance
from workstation.services import dicom_json as dj
from workstation.services import task_mapping
from workstation.services.dicom_json import DataSet
from workstation.services.multipart import related
from workstation.services.part10 import file_meta, sop_instance_of
from workstation.services.wire import Cancel, Wire

#: Whatever the server stores: a default Accept on a stored JPEG 2000 is a 500 on Orthanc.
ACCEPT_INSTANCE = 'multipart/related; type="application/dicom"; transfer-syntax=*'

PAGE = 1000
MAX_PAGES = 200

#: Failure Reason (0008,1197), PS3.18 Table I.2-2: what a reader can do something about.
_FAILURES = {
    0xA700: "the service is out of space",
    0xA900: "the object does not match its class",
    0xC000: "the service cannot understand the object",
    0x0110: "the service failed while storing",
    0x0122: "the service does not take this kind of object",
    0x0124: "this login may not store",
    0xC122: "the service does not take the transfer syntax",
}

#: Duplicate SOP Instance (PS3.7 C.5.7).
DUPLICATE = 0x0111


@dataclass(frozen=True, slots=True)
class PatientStudies:
    """What the service has of one patient: the study itself, and the others.

    `priors` is None where the patient has no ID, so that nobody can tell.
    """

    instances_expected: int | None
    priors: tuple[PriorStudy, ...] | None


class DicomWebClient:
    """Studies of one service."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    # -- search ---------------------------------------------------------------------------------

    def studies_of(
        self, patient: Patient, study_uid: str, cancel: Cancel | None = None
    ) -> PatientStudies:
        """Studies under the patient's ID and issuer, newest first, the current one apart.

        The match is made here once more: servers ignore keys that they do not know, read `*` in
        an ID as a wildcard, and IDs clash across facilities.
        """
        if not patient.patient_id:
            return PatientStudies(self._expected(study_uid, cancel), None)
        query = [("PatientID", patient.patient_id)]
        if patient.issuer_of_patient_id:
            query.append(("IssuerOfPatientID", patient.issuer_of_patient_id))
        query += [
            ("includefield", field)
            for field in (
                "IssuerOfPatientID",
                "StudyDescription",
                "ModalitiesInStudy",
                "NumberOfStudyRelatedInstances",
            )
        ]
        expected: int | None = None
        found: list[PriorStudy] = []
        for data in self._wire.request("GET", "studies", query=query, cancel=cancel).document():
            study = task_mapping.prior_study(data)
            if study is None:
                continue
            if study.study_instance_uid == study_uid:
                expected = dj.number(data, "NumberOfStudyRelatedInstances")
            elif _same_patient(patient, task_mapping.patient(data)):
                found.append(study)
        found.sort(key=lambda study: _sortable(study), reverse=True)
        return PatientStudies(expected, tuple(found))

    def has_studies(self, cancel: Cancel | None = None) -> bool:
        """Whether the service answers a search for studies with at least one."""
        answer = self._wire.request("GET", "studies", query=[("limit", "1")], cancel=cancel)
        return bool(answer.document())

    def _expected(self, study_uid: str, cancel: Cancel | None) -> int | None:
        query = [
            ("StudyInstanceUID", _checked(study_uid)),
            ("includefield", "NumberOfStudyRelatedInstances"),
        ]
        for data in self._wire.request("GET", "studies", query=query, cancel=cancel).document():
            if dj.text(data, "StudyInstanceUID") == study_uid:
                return dj.number(data, "NumberOfStudyRelatedInstances")
        return None

    def manifest(self, study_uid: str, cancel: Cancel | None = None) -> list[ManifestInstance]:
        """Every instance of the study, by series number and instance number.

        A server may cut a long answer without saying so: the instances of each series are counted
        against the number that the series itself gives, and asked for singly where they differ.
        """
        path = f"studies/{_checked(study_uid)}"
        series = {
            uid: data
            for data in self._wire.request("GET", f"{path}/series", cancel=cancel).document()
            if is_uid(uid := dj.text(data, "SeriesInstanceUID"))
        }
        found: dict[str, ManifestInstance] = {}
        self._collect(found, f"{path}/instances", "", series, cancel)
        held: dict[str, int] = {}
        for instance in found.values():
            held[instance.series_uid] = held.get(instance.series_uid, 0) + 1
        for uid, data in series.items():
            promised = dj.number(data, "NumberOfSeriesRelatedInstances")
            if promised is not None and held.get(uid, 0) < promised:
                self._collect(found, f"{path}/series/{uid}/instances", uid, series, cancel)
        if not found:
            # Orthanc answers 200 and an empty list for a study that it does not have.
            raise NotFoundOnService(
                f"{self._wire.endpoint.name} has no images of this study.",
                means="There is nothing to read yet.",
                remedy="Ask the site whether it was sent; it is looked for again on refresh.",
            )
        return sorted(found.values(), key=_manifest_order)

    def _collect(
        self,
        found: dict[str, ManifestInstance],
        path: str,
        series_uid: str,
        series: Mapping[str, DataSet],
        cancel: Cancel | None,
    ) -> None:
        for page in range(MAX_PAGES):
            query = [("limit", str(PAGE)), ("offset", str(page * PAGE))]
            rows = self._wire.request("GET", path, query=query, cancel=cancel).document()
            before = len(found)
            for data in rows:
                instance = _manifest_instance(data, series_uid, series)
                if instance is not None:
                    found[instance.sop_uid] = instance
            if len(rows) < PAGE or len(found) == before:
                return

    # -- retrieve -------------------------------------------------------------------------------

    def fetch(
        self, study_uid: str, series_uid: str, sop_uid: str, cancel: Cancel | None = None
    ) -> bytes:
        """One instance as a Part 10 file in the syntax the service stores.

        The file's own header says which instance it is: another one is refused.
        """
        path = (
            f"studies/{_checked(study_uid)}/series/{_checked(series_uid)}"
            f"/instances/{_checked(sop_uid)}"
        )
        parts = self._wire.parts(path, accept=ACCEPT_INSTANCE, cancel=cancel)
        for part in parts:
            if part.content[128:132] != b"DICM":
                continue
            if file_meta(part.content).sop_instance_uid == sop_uid:
                return part.content
            # Some devices write another UID into the file's header: the data set decides.
            if sop_instance_of(part.content) == sop_uid:
                return part.content
        if len(parts) == 1:
            held = file_meta(parts[0].content).sop_instance_uid
            if not held:
                return parts[0].content  # the header lacks its UID; the data set will tell
        raise ServiceAnswerInvalid(
            f"{self._wire.endpoint.name} did not send the image that was asked for.",
            remedy="It is asked again by itself; tell the site when it stays.",
        )

    # -- store ----------------------------------------------------------------------------------

    def store(self, study_uid: str, objects: Sequence[OutgoingObject]) -> None:
        """STOW-RS. Returns once each object stands in the Referenced SOP Sequence of the answer.

        Never decided from the status alone: 200 with a failed instance and 400 with a stored one
        are both seen. An object that the service calls a duplicate is there already, perhaps from
        a sending whose answer was lost: reading it back tells whether it is the same.
        Raises DeliveryRefused with the reason of each object that was not stored.
        """
        content_type, chunks = related(
            (("application/dicom", each.content) for each in objects),
            root_type="application/dicom",
        )
        answer = self._wire.request(
            "POST",
            f"studies/{_checked(study_uid)}",
            content=chunks,
            content_type=content_type,
            accepted=frozenset({400, 409, 415}),
        )
        try:
            document = answer.document()
        except ServiceAnswerInvalid:
            if answer.status >= 300:
                document = []
            else:
                raise
        data: DataSet = document[0] if document else {}
        stored = _referenced(data, "ReferencedSOPSequence")
        failed = {
            dj.text(item, "ReferencedSOPInstanceUID"): dj.number(item, "FailureReason")
            for item in dj.items(data, "FailedSOPSequence")
        }
        wanted = {each.sop_instance_uid: each.title for each in objects}
        refused = {
            uid: failed.get(uid)
            for uid in wanted
            if (uid in failed or uid not in stored) and failed.get(uid) != DUPLICATE
        }
        if not refused:
            return
        reasons = []
        for uid, reason in refused.items():
            why = _FAILURES.get(reason or -1)
            if why is None:
                why = (
                    f"reason {reason:04X}H"
                    if reason is not None
                    else f"no word that it was stored (HTTP {answer.status})"
                )
            reasons.append(f"{wanted[uid]}: {why}")
        raise DeliveryRefused(
            f"{self._wire.endpoint.name} did not store {'; '.join(reasons)}.",
            means="The signed report waits here, unchanged.",
            remedy="Tell the site the reason, then send it again.",
        )

    def read_back(self, study_uid: str, series_uid: str, sop_uid: str) -> bytes:
        """The stored object, for comparing with what was sent."""
        return self.fetch(study_uid, series_uid, sop_uid)

    def find_series(self, study_uid: str, sop_uid: str) -> str:
        """The series of one instance; NotFoundOnService where the study does not hold it."""
        query = [("SOPInstanceUID", _checked(sop_uid))]
        path = f"studies/{_checked(study_uid)}/instances"
        for data in self._wire.request("GET", path, query=query).document():
            series = dj.text(data, "SeriesInstanceUID")
            if dj.text(data, "SOPInstanceUID") == sop_uid and is_uid(series):
                return series
        raise NotFoundOnService(
            f"{self._wire.endpoint.name} does not list the object that was sent.",
            means="It is not delivered.",
            remedy="It is sent again by itself.",
        )


def _manifest_instance(
    data: DataSet, series_uid: str, series: Mapping[str, DataSet]
) -> ManifestInstance | None:
    sop_uid = dj.text(data, "SOPInstanceUID")
    uid = dj.text(data, "SeriesInstanceUID") or series_uid
    if not is_uid(sop_uid) or not is_uid(uid):
        return None
    own = series.get(uid, {})
    return ManifestInstance(
        series_uid=uid,
        sop_uid=sop_uid,
        sop_class_uid=dj.text(data, "SOPClassUID"),
        number=dj.number(data, "InstanceNumber"),
        series_number=_either_number(own, data, "SeriesNumber"),
        series_description=dj.text(own, "SeriesDescription") or dj.text(data, "SeriesDescription"),
        modality=dj.text(own, "Modality") or dj.text(data, "Modality"),
    )


def _either_number(first: DataSet, second: DataSet, keyword: str) -> int | None:
    held = dj.number(first, keyword)
    return dj.number(second, keyword) if held is None else held


def _manifest_order(each: ManifestInstance) -> tuple[Any, ...]:
    unknown = 1 << 40
    return (
        unknown if each.series_number is None else each.series_number,
        each.series_uid,
        unknown if each.number is None else each.number,
        each.sop_uid,
    )


def _referenced(data: DataSet, keyword: str) -> set[str]:
    return {dj.text(item, "ReferencedSOPInstanceUID") for item in dj.items(data, keyword)}


def _same_patient(wanted: Patient, found: Patient) -> bool:
    if found.patient_id != wanted.patient_id:
        return False
    if wanted.issuer_of_patient_id and found.issuer_of_patient_id:
        return wanted.issuer_of_patient_id == found.issuer_of_patient_id
    # One side names no issuer, so the ID alone proves little: nothing else may contradict it.
    if wanted.birth_date and found.birth_date and wanted.birth_date != found.birth_date:
        return False
    names = [each.name.family.casefold() for each in (wanted, found)]
    return not all(names) or names[0] == names[1]


def _sortable(study: PriorStudy) -> str:
    return study.study_datetime.strftime("%Y%m%d%H%M%S") if study.study_datetime else ""


def _checked(uid: str) -> str:
    if not is_uid(uid):
        raise ValueError("studies, series and instances are named by UID")
    return uid
