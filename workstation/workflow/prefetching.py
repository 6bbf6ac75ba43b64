"""The next cases are readable before they are opened.

Follows the worklist: the studies at the top of the reading order are retrieved while nobody
waits, then their newest priors. What the reader opens goes before all of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from workstation.workflow.worklist_rows import RowState, WorklistRow

#: Rows that this reader may still come to read.
_TO_READ = {RowState.FREE, RowState.MINE, RowState.DRAFT}


class Rows(Protocol):
    """The worklist."""

    def rows(self) -> Sequence[WorklistRow]:
        """In reading order."""
        ...

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Be told that they changed; returns what ends it."""
        ...


class Starter(Protocol):
    """The retrieval."""

    def start(self, service_id: str, study_uid: str, urgent: bool = False) -> None:
        """Fetch what is missing."""
        ...


def wanted(rows: Sequence[WorklistRow], *, ahead: int, priors: int) -> list[tuple[str, str]]:
    """(service, study) in the order of fetching: the studies first, then their newest priors."""
    reading = [row for row in rows if row.state in _TO_READ and row.task.study_instance_uid][:ahead]
    studies = [(row.task.service_id, row.task.study_instance_uid) for row in reading]
    before = [
        (row.task.service_id, prior.study_instance_uid)
        for row in reading
        for prior in (row.priors or ())[:priors]
    ]
    return list(dict.fromkeys(studies + before))


class Prefetching:
    """Starts each study once; what was paused or cancelled by hand stays so.

    `ahead` tasks, and of each the newest `priors` earlier studies.
    """

    def __init__(
        self, worklist: Rows, retrieving: Starter, *, ahead: int = 8, priors: int = 1
    ) -> None:
        self._worklist = worklist
        self._retrieving = retrieving
        self._ahead, self._priors = ahead, priors
        self._lock = threading.Lock()
        self._started: set[str] = set()
        self._end = worklist.listen(self._follow)
        self._follow()

    def stop(self) -> None:
        """Start nothing more."""
        self._end()

    def _follow(self) -> None:
        plan = wanted(self._worklist.rows(), ahead=self._ahead, priors=self._priors)
        for service_id, study_uid in plan:
            with self._lock:
                if study_uid in self._started:
                    continue
                self._started.add(study_uid)
            self._retrieving.start(service_id, study_uid, False)
