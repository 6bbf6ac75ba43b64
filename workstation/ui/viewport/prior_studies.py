"""The earlier studies of a patient: which there are, and those that are open beside the current."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from workstation.domain.reading_task import PriorStudy, ReadingTask
from workstation.domain.study import Study

#: Opened without being asked for, newest first: opening reads every header of a study.
OPENED_AT_ONCE = 4


def open_ones(known: Sequence[PriorStudy], opened: Collection[str]) -> tuple[PriorStudy, ...]:
    """Of those that the service lists: what opens by itself, and what somebody has opened since
    (`opened`: Study Instance UIDs); in the same order."""
    at_once = known[:OPENED_AT_ONCE]
    return tuple(each for each in known if each in at_once or each.study_instance_uid in opened)


class PriorStudies:
    """Belongs to the reading room; Qt thread only."""

    def __init__(self) -> None:
        self._known: tuple[PriorStudy, ...] = ()
        self._asked: set[str] = set()
        self._opened: dict[str, Study] = {}

    @property
    def known(self) -> tuple[PriorStudy, ...]:
        """As the service lists them, newest first."""
        return self._known

    @property
    def opened(self) -> dict[str, Study]:
        """Study Instance UID → study, of those of which something is here; newest first."""
        order = [prior.study_instance_uid for prior in self._known]
        return {uid: self._opened[uid] for uid in order if uid in self._opened}

    def learn(self, known: Sequence[PriorStudy]) -> tuple[str, ...]:
        """What the service lists by now; returns the Study Instance UIDs to open because of it."""
        self._known = tuple(known)
        new = tuple(
            prior.study_instance_uid
            for prior in self._known[:OPENED_AT_ONCE]
            if prior.study_instance_uid not in self._asked
        )
        self._asked.update(new)
        return new

    def ask(self, study_uid: str) -> bool:
        """Whether the study has yet to be opened; it counts as asked for from now on."""
        new = study_uid not in self._asked
        self._asked.add(study_uid)
        return new

    def take(self, study: Study) -> None:
        """It was opened, or has grown."""
        self._opened[study.study_instance_uid] = study

    def names(self, study_uid: str) -> bool:
        """Whether it is an earlier study of this patient."""
        return any(prior.study_instance_uid == study_uid for prior in self._known)

    def newest_like(self, task: ReadingTask) -> str:
        """The newest of the task's modality, or the newest; "" where there is none."""
        like = [prior for prior in self._known if task.modality in prior.modalities]
        return next((prior.study_instance_uid for prior in like or self._known), "")

    def clear(self) -> tuple[str, ...]:
        """Forget them; returns those that were asked for."""
        asked = tuple(self._asked)
        self._known, self._asked, self._opened = (), set(), {}
        return asked
