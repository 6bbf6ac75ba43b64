"""On a full disk the images give way before a draft or an arriving study is refused.

Only what the service can send again is removed, least wanted first, and never what somebody is
working on: a study that is open, claimed, has a draft or an unsent report, or whose service does
not answer now.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from workstation.domain.delivery import DeliveryState, OutboxEntry
from workstation.domain.errors import DiskFull
from workstation.domain.report import Report
from workstation.domain.study import ManifestInstance
from workstation.workflow.reporting import DraftStore
from workstation.workflow.retrieval_ports import StudyStore
from workstation.workflow.worklist_rows import RowState, ServiceState, WorklistRow

Kept = TypeVar("Kept")

#: Rows in which this reader has work.
_WORK = {RowState.MINE, RowState.DRAFT, RowState.SIGNED}
#: Rows that this reader may still come to read.
_TO_COME = {RowState.FREE, RowState.INCOMPLETE, RowState.OFFLINE_ONLY}


class ImagesOnDisk(StudyStore, Protocol):
    """The study store, with what is needed to make room in it."""

    def studies(self) -> Sequence[str]:
        """Study Instance UIDs of which something is here, oldest first."""
        ...

    def delete_study(self, study_uid: str) -> None:
        """Remove the images of a study."""
        ...


class Overview(Protocol):
    """What the worklist knows."""

    def rows(self) -> Sequence[WorklistRow]:
        """In reading order."""
        ...

    def service_states(self) -> Sequence[ServiceState]:
        """Which services answer."""
        ...


def expendable(
    held: Sequence[str],
    rows: Sequence[WorklistRow],
    *,
    answering: Collection[str],
    untouchable: Collection[str],
    wanted: str,
) -> list[str]:
    """Studies that may go, the least wanted first.

    First those that were reported here, then priors, then what waits to be read from the least
    urgent up to, not including, the study that needs the room. A study that no task and no prior
    on the list names stays: nobody knows whether it can be had again.
    """
    waiting: list[str] = []
    done: set[str] = set()
    priors: set[str] = set()
    kept = set(untouchable) | {wanted}
    for row in rows:
        study = row.task.study_instance_uid
        if row.state in _WORK or row.task.service_id not in answering:
            kept.add(study)
            if row.state in _WORK or row.state in _TO_COME:
                kept.update(prior.study_instance_uid for prior in row.priors or ())
        elif row.state in _TO_COME:
            waiting.append(study)
            priors.update(prior.study_instance_uid for prior in row.priors or ())
        else:
            done.add(study)
    if wanted in waiting:
        waiting = waiting[waiting.index(wanted) + 1 :]
        done.difference_update(waiting)
    order = [study for study in held if study in done - priors - set(waiting)]
    order += [study for study in held if study in priors - set(waiting)]
    order += [study for study in reversed(waiting) if study in set(held)]
    return [study for study in dict.fromkeys(order) if study not in kept]


class GivingWay:
    """Makes room, one study at a time. Thread-safe."""

    def __init__(
        self,
        images: ImagesOnDisk,
        overview: Callable[[], Overview | None],
        *,
        deliveries: Callable[[], Iterable[OutboxEntry]],
        drafts: Callable[[], Mapping[str, object]],
        opened: Callable[[], Collection[str]],
    ) -> None:
        self._images, self._overview = images, overview
        self._deliveries, self._drafts, self._opened = deliveries, drafts, opened
        self._lock = threading.Lock()

    def make_room(self, wanted: str) -> bool:
        """Remove the least wanted study; False where none may go. `wanted` needs the room."""
        overview = self._overview()
        if overview is None:
            return False
        with self._lock:
            unsent = {
                entry.study_instance_uid
                for entry in self._deliveries()
                if entry.state is not DeliveryState.DELIVERED
            }
            going = expendable(
                self._images.studies(),
                overview.rows(),
                answering={state.id for state in overview.service_states() if state.reachable},
                untouchable=unsent | set(self._drafts()) | set(self._opened()),
                wanted=wanted,
            )
            if not going:
                return False
            self._images.delete_study(going[0])
            return True

    def writing(self, wanted: str, write: Callable[[], Kept]) -> Kept:
        """`write()`, again after each study that gave way; DiskFull where none is left."""
        while True:
            try:
                return write()
            except DiskFull:
                if not self.make_room(wanted):
                    raise


class ImagesThatGiveWay:
    """The study store for a retrieval: an arriving image displaces less urgent studies."""

    def __init__(self, images: ImagesOnDisk, way: GivingWay) -> None:
        self._images, self._way = images, way

    def put(
        self, study_uid: str, series_uid: str, sop_uid: str, sop_class_uid: str, data: bytes
    ) -> bool:
        """Keep an instance; False where it was there. DiskFull where nothing more may go."""
        return self._way.writing(
            study_uid,
            lambda: self._images.put(study_uid, series_uid, sop_uid, sop_class_uid, data),
        )

    def uids(self, study_uid: str) -> Mapping[str, str]:
        """SOP Instance UID → Series Instance UID of what is held."""
        return self._images.uids(study_uid)

    def manifest(self, study_uid: str) -> Sequence[ManifestInstance] | None:
        """The list that the service gave last."""
        return self._images.manifest(study_uid)

    def set_manifest(self, study_uid: str, instances: Sequence[ManifestInstance]) -> None:
        """Keep that list."""
        self._way.writing(study_uid, lambda: self._images.set_manifest(study_uid, instances))


class DraftsThatGetRoom:
    """The drafts for `reporting`: a full disk gives up images before words."""

    def __init__(self, drafts: DraftStore, way: GivingWay) -> None:
        self._drafts, self._way = drafts, way

    def save(self, report: Report) -> None:
        """On the disk when it returns; DiskFull where no image is left that may go."""
        self._way.writing(report.study_instance_uid, lambda: self._drafts.save(report))

    def load(self, study_uid: str) -> Report | None:
        """The draft of a study."""
        return self._drafts.load(study_uid)

    def signed(self, study_uid: str) -> tuple[Report, ...]:
        """Signed versions, oldest first."""
        return self._drafts.signed(study_uid)

    def last_document(self, study_uid: str) -> str:
        """SOP Instance UID of the newest signed document."""
        return self._drafts.last_document(study_uid)

    def discard(self, study_uid: str) -> None:
        """Drop a draft."""
        self._drafts.discard(study_uid)
