"""A study that grows is told in the order in which it grew."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from tests.dicom import make
from workstation.domain.study import Study
from workstation.workflow.jobs import Jobs
from workstation.workflow.opening import Opening

STUDY = f"{make.ROOT}.2"


class Growing:
    """The reading side of a store that holds the first so many slices."""

    def __init__(self) -> None:
        self.count = 1

    def uids(self, study_uid: str) -> dict[str, str]:
        return {f"{make.ROOT}.9.{n}": f"{make.ROOT}.3" for n in range(self.count)}

    def read(self, sop_uid: str) -> bytes:
        number = int(sop_uid.rsplit(".", 1)[1])
        made = make.image(np.zeros((4, 5), np.int16), SOPInstanceUID=sop_uid)
        made.InstanceNumber = number
        return make.to_bytes(made)


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    unhandled: list[BaseException] = []
    made = Jobs(unhandled.append)
    yield made
    made.close()
    assert unhandled == []


def test_an_older_study_is_never_told_after_a_newer_one(jobs: Jobs) -> None:
    store = Growing()
    opening = Opening(store, jobs)
    told: list[int] = []
    others: list[threading.Thread] = []

    def listener(study: Study) -> None:
        if not others:
            # While the first thread is about to tell, more arrives and another thread opens it.
            store.count = 2
            others.append(threading.Thread(target=opening.open, args=(STUDY,)))
            others[0].start()
            # Where telling is not in order, the other is through long before that.
            others[0].join(1.0)
        told.append(study.received)

    opening.listen(listener)
    opening.open(STUDY)
    others[0].join()
    assert told == [1, 2]
