"""The objects of the service: files as they came, and an index of what a search asks for.

An object under a known SOP Instance UID is never replaced: the same content is a success, other
content is refused (PS3.18 10.5.3).
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, BinaryIO

from workstation.dicom import attributes
from workstation.dicom.part10 import Part10, open_object
from workstation.domain.errors import DiskFull, NotDicom, ReaderError
from workstation.domain.identity import is_uid
from workstation.local_service import data_sets
from workstation.local_service.data_sets import DataSet
from workstation.local_service.database import Database

CHUNK = 1 << 20

STUDY_ATTRIBUTES = [
    "SpecificCharacterSet",
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "TimezoneOffsetFromUTC",
    "ReferringPhysicianName",
    "StudyDescription",
    "InstitutionName",
    "PatientName",
    "PatientID",
    "IssuerOfPatientID",
    "PatientBirthDate",
    "PatientSex",
    "PatientAge",
    "StudyInstanceUID",
    "StudyID",
    "IssuerOfAccessionNumberSequence",
]
SERIES_ATTRIBUTES = [
    "Modality",
    "SeriesDescription",
    "SeriesInstanceUID",
    "SeriesNumber",
    "SeriesDate",
    "SeriesTime",
    "BodyPartExamined",
    "Laterality",
    "ProtocolName",
    "Manufacturer",
    "ManufacturerModelName",
    "StationName",
    "PerformedProcedureStepStartDate",
    "PerformedProcedureStepStartTime",
    "RequestAttributesSequence",
    "FrameOfReferenceUID",
]
INSTANCE_ATTRIBUTES = [
    "SOPClassUID",
    "SOPInstanceUID",
    "InstanceNumber",
    "Rows",
    "Columns",
    "BitsAllocated",
    "NumberOfFrames",
    "ImageType",
    "ContentDate",
    "ContentTime",
    "AcquisitionNumber",
    "DocumentTitle",
    "CompletionFlag",
    "VerificationFlag",
    "ConceptNameCodeSequence",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "SliceLocation",
    "PixelSpacing",
]


class Failure(IntEnum):
    """Failure Reason (0008,1197), PS3.18 Table I.2-2 and PS3.7 Annex C."""

    PROCESSING = 0x0110
    DUPLICATE = 0x0111
    OUT_OF_RESOURCES = 0xA700
    NOT_ITS_STUDY = 0xA900
    CANNOT_UNDERSTAND = 0xC000


class StoreRefused(ReaderError):
    """One object that is not stored; what is known of it goes into the answer."""

    def __init__(
        self, happened: str, failure: Failure, *, class_uid: str = "", uid: str = ""
    ) -> None:
        super().__init__(happened)
        self.failure = failure
        self.class_uid = class_uid
        self.uid = uid


@dataclass(frozen=True, slots=True)
class Instance:
    """One row of the index."""

    uid: str
    study_uid: str
    series_uid: str
    class_uid: str
    syntax_uid: str
    number: int | None
    size: int
    attributes: DataSet


class ObjectStore:
    """Files under `folder`, named by the hash of their UID."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        for left in self._incoming.iterdir():
            left.unlink()  # halves of what a killed service was receiving
        self._naming = threading.Lock()

    # -- taking in ------------------------------------------------------------------------------

    def incoming(self) -> Path:
        """A fresh file for an object on its way."""
        return self._incoming / secrets.token_hex(16)

    def take_in(self, arrived: Path, *, study_uid: str = "", flush: bool = True) -> Instance:
        """Store a file made by `incoming()` and index it; the file is moved or removed.

        `study_uid` is that of the address it was sent to. Raises StoreRefused. `flush` False
        leaves it to the system when bytes reach the disk: for what can be read in again.
        """
        try:
            return self._take_in(arrived, study_uid, flush)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise StoreRefused("The disk is full.", Failure.OUT_OF_RESOURCES) from error
            raise StoreRefused("The object could not be written.", Failure.PROCESSING) from error
        finally:
            arrived.unlink(missing_ok=True)

    def _take_in(self, arrived: Path, study_uid: str, flush: bool) -> Instance:
        try:
            part = open_object(arrived)
        except NotDicom as error:
            raise StoreRefused(error.happened, Failure.CANNOT_UNDERSTAND) from error
        instance = self._described(part, arrived.stat().st_size)
        if study_uid and instance.study_uid != study_uid:
            raise StoreRefused(
                "The object belongs to another study than its address.",
                Failure.NOT_ITS_STUDY,
                class_uid=instance.class_uid,
                uid=instance.uid,
            )
        digest = _digest(arrived)
        target = self._path(instance.uid)
        with self._naming:
            known = self._database.rows(
                "SELECT digest FROM instances WHERE uid = ?", (instance.uid,)
            )
            if known:
                if known[0][0] != digest and not _same_content(part, target):
                    raise StoreRefused(
                        "Another object is stored under its SOP Instance UID.",
                        Failure.DUPLICATE,
                        class_uid=instance.class_uid,
                        uid=instance.uid,
                    )
                if known[0][0] == digest and not _is_whole(target, instance.size):
                    # A lost power line may leave an unflushed file short; these are its bytes.
                    arrived.replace(target)
                return self.instance(instance.uid) or instance
            target.parent.mkdir(parents=True, exist_ok=True)
            if flush:
                _flush(arrived)
            arrived.replace(target)
            if flush:
                _flush(target.parent)
            self._index(instance, part, digest)
        return instance

    def _described(self, part: Part10, size: int) -> Instance:
        held = part.dataset
        with attributes.quiet([]):
            uid = attributes.text(held, "SOPInstanceUID") or part.media_sop_instance_uid
            class_uid = attributes.text(held, "SOPClassUID") or part.media_sop_class_uid
            study = attributes.text(held, "StudyInstanceUID")
            series = attributes.text(held, "SeriesInstanceUID")
            number = attributes.integer(held, "InstanceNumber")
        if not (is_uid(uid) and is_uid(study) and is_uid(series) and is_uid(class_uid)):
            raise StoreRefused(
                "The object does not name itself, its class, its series and its study by UID.",
                Failure.CANNOT_UNDERSTAND,
                class_uid=class_uid if is_uid(class_uid) else "",
                uid=uid if is_uid(uid) else "",
            )
        shown = data_sets.quiet_header(held, only=map(data_sets.tag_of, INSTANCE_ATTRIBUTES))
        shown |= data_sets.data_set(SOPInstanceUID=uid, SOPClassUID=class_uid)
        return Instance(
            uid, study, series, class_uid, part.transfer_syntax_uid, number, size, shown
        )

    def _index(self, instance: Instance, part: Part10, digest: str) -> None:
        def shown(names: Iterable[str]) -> str:
            held = data_sets.quiet_header(part.dataset, only=map(data_sets.tag_of, names))
            return json.dumps(held, ensure_ascii=False)

        with attributes.quiet([]):
            modality = attributes.text(part.dataset, "Modality")
        with self._database.change():
            self._database.run(
                "INSERT OR IGNORE INTO studies VALUES (?, ?)",
                (instance.study_uid, shown(STUDY_ATTRIBUTES)),
            )
            self._database.run(
                "INSERT OR IGNORE INTO series VALUES (?, ?, ?, ?)",
                (instance.series_uid, instance.study_uid, modality, shown(SERIES_ATTRIBUTES)),
            )
            self._database.run(
                "INSERT INTO instances VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    instance.uid,
                    instance.study_uid,
                    instance.series_uid,
                    instance.class_uid,
                    instance.syntax_uid,
                    instance.number,
                    instance.size,
                    digest,
                    json.dumps(instance.attributes, ensure_ascii=False),
                ),
            )

    # -- giving out -----------------------------------------------------------------------------

    def studies(self, uid: str = "") -> Iterator[DataSet]:
        """All studies, or one, with what PS3.18 Table 10.6.3-3 requires."""
        counts = {
            row[0]: row[1:]
            for row in self._database.rows(
                "SELECT study_uid, COUNT(*), COUNT(DISTINCT series_uid) FROM instances"
                " GROUP BY study_uid"
            )
        }
        kinds: dict[str, set[str]] = {}
        for study, modality in self._database.rows("SELECT study_uid, modality FROM series"):
            kinds.setdefault(study, set()).update(filter(None, (modality,)))
        where, values = ("WHERE uid = ?", (uid,)) if uid else ("", ())
        found = self._database.rows(f"SELECT uid, attributes FROM studies {where}", values)
        for study, held in found:
            instances, series = counts.get(study, (0, 0))
            yield json.loads(held) | data_sets.data_set(
                StudyInstanceUID=study,
                ModalitiesInStudy=sorted(kinds.get(study, ())),
                NumberOfStudyRelatedSeries=series,
                NumberOfStudyRelatedInstances=instances,
            )

    def series(self, study_uid: str = "") -> Iterator[tuple[str, DataSet]]:
        """(study UID, series) with Number of Series Related Instances."""
        where, values = ("WHERE s.study_uid = ?", (study_uid,)) if study_uid else ("", ())
        for study, uid, held, count in self._database.rows(
            "SELECT s.study_uid, s.uid, s.attributes, (SELECT COUNT(*) FROM instances i"
            " WHERE i.study_uid = s.study_uid AND i.series_uid = s.uid)"
            f" FROM series s {where}",
            values,
        ):
            yield (
                study,
                json.loads(held)
                | data_sets.data_set(SeriesInstanceUID=uid, NumberOfSeriesRelatedInstances=count),
            )

    def instances(self, study_uid: str = "", series_uid: str = "", uid: str = "") -> list[Instance]:
        """Instances of the whole service, a study, a series, or one, in their order."""
        named = {"study_uid": study_uid, "series_uid": series_uid, "uid": uid}
        asked = {name: value for name, value in named.items() if value}
        where = "WHERE " + " AND ".join(f"{name} = ?" for name in asked) if asked else ""
        return [
            Instance(one, study, series, kind, syntax, number, size, json.loads(held))
            for one, study, series, kind, syntax, number, size, held in self._database.rows(
                "SELECT uid, study_uid, series_uid, class_uid, syntax_uid, number, size, attributes"
                f" FROM instances {where} ORDER BY study_uid, series_uid, number, uid",
                tuple(asked.values()),
            )
        ]

    def instance(self, uid: str) -> Instance | None:
        """One instance by its UID alone."""
        found = self.instances(uid=uid)
        return found[0] if found else None

    def open(self, instance: Instance) -> BinaryIO:
        """The bytes as they came."""
        return self._path(instance.uid).open("rb")

    def path(self, instance: Instance) -> Path:
        """The file, for reading only."""
        return self._path(instance.uid)

    def _path(self, uid: str) -> Path:
        name = hashlib.sha256(uid.encode()).hexdigest()
        return self._folder / name[:2] / f"{name}.dcm"


def _is_whole(path: Path, size: int) -> bool:
    return path.exists() and path.stat().st_size == size


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _same_content(part: Part10, stored: Path) -> bool:
    """Whether two objects differ in their preamble and meta information alone."""
    other = open_object(stored)
    if part.transfer_syntax_uid != other.transfer_syntax_uid:
        return False
    if (part.pixels is None) != (other.pixels is None):
        return False
    with attributes.quiet([]):
        if part.dataset != other.dataset:
            return False
    if part.pixels is None or other.pixels is None:
        return True
    with part.body.open() as one, other.body.open() as two:
        one.seek(part.pixels.offset)
        two.seek(other.pixels.offset)
        while True:
            first, second = one.read(CHUNK), two.read(CHUNK)
            if first != second:
                return False
            if not first:
                return True


def copy_in(source: Path, target: Path) -> None:
    """Copy a file's bytes; DiskFull where they do not fit."""
    try:
        with source.open("rb") as reading, target.open("wb") as writing:
            while chunk := reading.read(CHUNK):
                writing.write(chunk)
    except OSError as error:
        target.unlink(missing_ok=True)
        if error.errno == errno.ENOSPC:
            raise DiskFull(
                "The disk is full: the studies could not be taken in.",
                remedy="Make room and start the service again.",
            ) from error
        raise


def json_bytes(held: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(held, ensure_ascii=False, separators=(",", ":")).encode()
