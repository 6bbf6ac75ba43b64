"""A reading room over a folder of real files, or over the small synthetic series."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.workflow import images
from workstation.domain.identity import Patient, PersonName, Reader, Sex
from workstation.domain.reading_task import Priority, PriorStudy, ReadingTask
from workstation.domain.study import RetrievalProgress, Study
from workstation.ui.job_bridge import JobBridge
from workstation.ui.viewport.reading_room import ReadingRoom
from workstation.workflow.frame_cache import FrameCache
from workstation.workflow.jobs import Jobs
from workstation.workflow.measuring import Measuring
from workstation.workflow.opening import Opening
from workstation.workflow.overlays import Overlays
from workstation.workflow.presenting import Presenting
from workstation.workflow.volume_loader import VolumeLoader
from workstation.workflow.worklist_rows import RowState, WorklistRow

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)


class FakeRetrieving:
    def __init__(self) -> None:
        self.held: dict[str, RetrievalProgress] = {}
        self.started: list[str] = []
        self.listeners: list[Callable[[str], None]] = []

    def start(self, service_id: str, study_uid: str, urgent: bool = False) -> None:
        self.started.append(study_uid)

    def progress(self, study_uid: str) -> RetrievalProgress | None:
        return self.held.get(study_uid)

    def listen(self, callback: Callable[[str], None], /) -> Callable[[], None]:
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)

    def tell(self, study_uid: str) -> None:
        for each in list(self.listeners):
            each(study_uid)


class FakeRows:
    def __init__(self) -> None:
        self.held: tuple[WorklistRow, ...] = ()
        self.listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def rows(self) -> tuple[WorklistRow, ...]:
        return self.held


class Small:
    """The synthetic series as a study store whose headers need no parsing."""

    def __init__(self, holds: int = images.SLICES, broken: tuple[int, ...] = ()) -> None:
        self.memory = images.Memory(broken=broken)
        self.holds = holds

    def read(self, sop_uid: str) -> bytes:
        return self.memory.read(sop_uid)

    def uids(self, study_uid: str) -> Mapping[str, str]:
        return {}

    def decode(self, source: bytes | Path, frame: int, *, token: object = None) -> Any:
        return self.memory.decode(source, frame, token=token)


class SmallOpening(Opening):
    """Gives a study that the test made."""

    study_made: Study
    others: dict[str, Study]

    def open(self, study_uid: str, cancel: object = None) -> Study:
        return self.others.get(study_uid, self.study_made)


class Workbench:
    """What the reading room is given."""

    def __init__(self, store: Any, study: Study | None = None) -> None:
        self.failures: list[BaseException] = []
        self.jobs = Jobs(self.failures.append)
        self.bridge = JobBridge(self.jobs)
        self.frames = FrameCache(store, store, self.jobs, 256 << 20)
        self.volumes = VolumeLoader(self.frames, self.jobs)
        self.presenting = Presenting(store, self.jobs)
        self.overlays = Overlays(store, store)
        self.opening = Opening(store, self.jobs)
        if study is not None:
            self.opening = SmallOpening(store, self.jobs)
            self.opening.study_made, self.opening.others = study, {}
        self.retrieving = FakeRetrieving()
        self.worklist = FakeRows()
        self.marks = images.Marks()
        self.reader = Reader("R1", PersonName("Vidal^Ana"))

    def clock(self) -> datetime:
        return NOW

    def measuring_for(self, study_uid: str) -> Measuring:
        return Measuring(study_uid, self.marks, self.frames, self.jobs)

    def priors(self, task: ReadingTask, *priors: PriorStudy) -> None:
        self.worklist.held = (WorklistRow(task, RowState.MINE, priors=priors),)

    def close(self, room: ReadingRoom) -> None:
        room.shut()
        self.jobs.close()
        self.bridge.close()
        assert not self.failures, self.failures


def task(study_uid: str, **changes: Any) -> ReadingTask:
    held: dict[str, Any] = {
        "workitem_uid": "2.25.77",
        "service_id": "brennan",
        "study_instance_uid": study_uid,
        "priority": Priority.STAT,
        "deadline": NOW + timedelta(minutes=8, seconds=20),
        "patient": Patient("4471-20983", PersonName("Ackermann^Lena"), None, Sex.FEMALE),
        "procedure": "CT chest",
        "modality": "CT",
        "site": "Brennan General",
    }
    return ReadingTask(**{**held, **changes})
