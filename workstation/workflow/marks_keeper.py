"""Writes the marks of a study to the disk on a job thread; what changes meanwhile follows."""

from __future__ import annotations

import threading
from typing import Protocol

from workstation.domain.errors import ReaderError
from workstation.domain.measurement import StudyMarks
from workstation.workflow.jobs import CancelToken, Jobs, Lane


class MeasurementStore(Protocol):
    """What keeps the marks of a study on the disk."""

    def load(self, study_uid: str) -> StudyMarks:
        """The marks of a study; empty where there are none."""

    def save(self, study_uid: str, marks: StudyMarks) -> None:
        """Replace the marks of a study."""


class MarksKeeper:
    """One for each study; at most one job writes at a time."""

    def __init__(self, study_uid: str, store: MeasurementStore, jobs: Jobs) -> None:
        self._study_uid = study_uid
        self._store = store
        self._jobs = jobs
        self._lock = threading.Lock()
        #: held from taking marks to their being on the disk: older ones never follow newer ones
        self._disk = threading.Lock()
        self._saving = False
        self._unsaved: StudyMarks | None = None
        self._problem: ReaderError | None = None

    @property
    def problem(self) -> ReaderError | None:
        """Why the marks could not be written."""
        return self._problem

    def keep(self, marks: StudyMarks) -> None:
        """Write the marks in the background."""
        with self._lock:
            self._unsaved = marks
            if self._saving:
                return
            self._saving = True
        self._jobs.submit(self._write, lane=Lane.VISIBLE, on_failed=self._failed)

    def _write(self, _: CancelToken) -> None:
        while True:
            with self._disk:
                with self._lock:
                    marks, self._unsaved = self._unsaved, None
                    if marks is None:
                        self._saving = False
                        return
                self._store.save(self._study_uid, marks)
            self._problem = None

    def _failed(self, error: BaseException) -> None:
        with self._lock:
            self._saving = False
        if not isinstance(error, ReaderError):
            raise error
        self._problem = error

    def flush(self) -> None:
        """Write what is unsaved on this thread."""
        with self._disk:
            with self._lock:
                marks, self._unsaved = self._unsaved, None
            if marks is not None:
                self._store.save(self._study_uid, marks)
