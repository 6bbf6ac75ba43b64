"""What is closed is let go, also where a job was in the middle of it."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.workflow import images
from tests.workflow.waiting import until
from workstation.domain.errors import Cancelled
from workstation.domain.image import FrameKey
from workstation.domain.measurement import StudyMarks
from workstation.workflow.frame_cache import FrameCache
from workstation.workflow.jobs import CancelToken, Jobs
from workstation.workflow.marks_keeper import MarksKeeper
from workstation.workflow.opening import Opening
from workstation.workflow.volume_loader import VolumeLoader


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    failures: list[BaseException] = []
    held = Jobs(failures.append)
    yield held
    held.close()
    assert not failures


class Gated(images.Memory):
    """Decodes one slice only when the test lets it."""

    def __init__(self, slow: int) -> None:
        super().__init__()
        self._slow = slow
        self.reached, self.go_on = threading.Event(), threading.Event()

    def decode(self, source: bytes | Path, frame: int, *, token: object = None) -> NDArray[Any]:
        if bytes(source).decode() == images.frame(self._slow).key.sop_instance_uid:  # type: ignore[arg-type]
            self.reached.set()
            assert self.go_on.wait(60)
        return super().decode(source, frame, token=token)


def dead(held: weakref.ref[Any]) -> bool:
    gc.collect()
    return held() is None


def begun_whole(loader: VolumeLoader) -> tuple[NDArray[np.bool_], weakref.ref[Any]]:
    """Which slices of the volume are real, and its voxels, held weakly."""
    held = loader.volume(images.display_set())
    return held.present, weakref.ref(held.voxels)


def test_a_slice_that_is_written_while_its_volume_ends_keeps_nothing_of_it(jobs: Jobs) -> None:
    memory = Gated(slow=4)
    cache = FrameCache(memory, memory, jobs)
    loader = VolumeLoader(cache, jobs)
    shown = images.display_set()
    voxels = weakref.ref(loader.volume(shown, first=4).voxels)
    assert memory.reached.wait(60)
    loader.release(shown.identifier)
    memory.go_on.set()
    until(lambda: dead(voxels))


def test_a_volume_that_would_begin_after_its_case_was_closed_does_not(jobs: Jobs) -> None:
    memory = images.Memory()
    loader = VolumeLoader(FrameCache(memory, memory, jobs), jobs)
    shown, token = images.display_set(), CancelToken()
    token.cancel()
    loader.release(shown.identifier)
    with pytest.raises(Cancelled):
        loader.volume(shown, 4, token)
    assert loader.peek(shown.identifier) is None
    assert memory.decoded == []


def test_a_late_beginning_takes_no_place_of_the_volume_of_the_series_that_grew(jobs: Jobs) -> None:
    memory = images.Memory()
    loader = VolumeLoader(FrameCache(memory, memory, jobs), jobs)
    early, token = images.display_set(slices=6), CancelToken()
    token.cancel()
    grown = loader.volume(images.display_set())
    with pytest.raises(Cancelled):
        loader.volume(early, 3, token)
    assert loader.peek(early.identifier) is grown
    until(lambda: bool(grown.present.all()))


def test_a_series_that_became_another_lends_nothing_of_what_it_was(jobs: Jobs) -> None:
    memory = images.Memory()
    cache = FrameCache(memory, memory, jobs)
    loader = VolumeLoader(cache, jobs)
    present, voxels = begun_whole(loader)
    until(lambda: bool(present.all()))
    smaller = images.display_set(slices=6)
    grown = loader.volume(smaller)
    until(lambda: bool(grown.present.all()))
    until(lambda: dead(voxels))
    loader.release(smaller.identifier)
    assert cache.peek(images.frame(2).key) is None


def test_marks_that_are_written_when_the_case_closes_are_not_overwritten_by_older_ones(
    jobs: Jobs,
) -> None:
    class Slow:
        def __init__(self) -> None:
            self.held: list[StudyMarks] = []
            self.reached, self.go_on = threading.Event(), threading.Event()

        def load(self, study_uid: str) -> StudyMarks:
            return StudyMarks()

        def save(self, study_uid: str, marks: StudyMarks) -> None:
            if not marks.seen:
                self.reached.set()
                assert self.go_on.wait(60)
            self.held.append(marks)

    store = Slow()
    keeper = MarksKeeper(images.STUDY_UID, store, jobs)
    newer = StudyMarks(seen=frozenset({FrameKey("1.2.3")}))
    keeper.keep(StudyMarks())
    assert store.reached.wait(60)
    keeper.keep(newer)
    closing = threading.Thread(target=keeper.flush)
    closing.start()
    # What would be written too early is written while the older ones still are.
    closing.join(0.3)
    store.go_on.set()
    closing.join(60)
    until(lambda: len(store.held) == 2)
    assert store.held[-1] == newer


class Few:
    """A study store without objects."""

    def __init__(self) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def uids(self, study_uid: str) -> dict[str, str]:
        self.reached.set()
        assert self.go_on.wait(60)
        return {}

    def read(self, sop_uid: str) -> bytes:
        raise AssertionError("there is none")


def test_a_study_that_grew_when_it_was_closed_is_not_opened_again(jobs: Jobs) -> None:
    opening = Opening(Few(), jobs)
    gate = threading.Event()
    for _ in range(3):
        jobs.submit(lambda _: gate.wait(60))
    opening.open("1.2.3")
    opening.refresh("1.2.3")
    opening.close("1.2.3")
    gate.set()
    done = threading.Event()
    jobs.submit(lambda _: done.set())
    assert done.wait(60)
    until(lambda: opening.opened() == frozenset())


def test_a_study_whose_opening_was_cancelled_is_not_kept(jobs: Jobs) -> None:
    opening, token = Opening(Few(), jobs), CancelToken()
    token.cancel()
    opening.close("1.2.3")
    with pytest.raises(Cancelled):
        opening.open("1.2.3", token)
    assert opening.opened() == frozenset()


def test_a_study_that_was_closed_while_it_was_opened_is_not_kept(jobs: Jobs) -> None:
    store = Few()
    store.go_on.clear()
    opening, token = Opening(store, jobs), CancelToken()
    job = jobs.submit(lambda _: opening.open("1.2.3", token))
    assert store.reached.wait(60)
    token.cancel()
    opening.close("1.2.3")
    store.go_on.set()
    assert job.finished.wait(60)
    assert opening.opened() == frozenset()


def test_a_thread_that_waits_for_work_keeps_nothing_of_the_last(jobs: Jobs) -> None:
    array = np.zeros(4)
    held = weakref.ref(array)
    job = jobs.submit(lambda _, array=array: array.sum())  # type: ignore[misc]
    assert job.finished.wait(60)
    del job, array
    until(lambda: dead(held))
