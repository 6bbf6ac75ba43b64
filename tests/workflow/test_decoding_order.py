"""What is decoded next while a reader pages: what is looked at, then what lies ahead."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.workflow import images
from tests.workflow.waiting import until
from workstation.domain.errors import UndecodablePixels
from workstation.workflow.frame_cache import FrameCache
from workstation.workflow.jobs import CancelToken, Jobs, Lane
from workstation.workflow.volume_loader import VolumeLoader


class Held(images.Memory):
    """A decoder that waits until it is let go, and tells what it has begun."""

    def __init__(self, broken: tuple[int, ...] = ()) -> None:
        super().__init__(broken=broken)
        self.gate = threading.Event()
        self.begun = threading.Event()

    def decode(self, source: bytes | Path, frame: int, *, token: object = None) -> NDArray[Any]:
        self.begun.set()
        assert self.gate.wait(30)
        return super().decode(source, frame, token=token)


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    failures: list[BaseException] = []
    # One thread for the reader's clicks, one for everything else: the order is told.
    held = Jobs(failures.append, threads=2)
    yield held
    held.close()
    assert not failures


def test_a_frame_that_is_being_decoded_ahead_is_not_decoded_again_when_it_is_looked_at() -> None:
    failures: list[BaseException] = []
    jobs = Jobs(failures.append, threads=4)
    memory = Held()
    cache = FrameCache(memory, memory, jobs)
    key, ready = images.frame(4).key, []
    cache.prefetch([key])
    assert memory.begun.wait(30)
    cache.request(key, Lane.VISIBLE, ready.append)
    memory.gate.set()
    until(lambda: bool(ready))
    assert np.array_equal(cache.fetch(key), images.pixels(4))
    jobs.close()
    assert (memory.decoded, ready, failures) == ([4], [key], [])


def test_threads_that_ask_for_one_frame_together_have_it_decoded_once() -> None:
    memory, jobs = Held(), Jobs(lambda _: None)
    cache = FrameCache(memory, memory, jobs)
    key, found = images.frame(3).key, []
    threads = [threading.Thread(target=lambda: found.append(cache.fetch(key))) for _ in range(4)]
    for each in threads:
        each.start()
    assert memory.begun.wait(30)
    memory.gate.set()
    for each in threads:
        each.join(30)
    jobs.close()
    assert memory.decoded == [3]
    assert len(found) == 4
    assert all(np.array_equal(each, images.pixels(3)) for each in found)


def test_who_waits_for_a_frame_that_breaks_is_told_why(jobs: Jobs) -> None:
    memory = Held(broken=(2,))
    cache = FrameCache(memory, memory, jobs)
    key, ready = images.frame(2).key, []
    cache.prefetch([key])
    assert memory.begun.wait(30)
    cache.request(key, Lane.VISIBLE, ready.append)
    memory.gate.set()
    until(lambda: bool(ready))
    with pytest.raises(UndecodablePixels, match="61 %"):
        cache.fetch(key)
    assert memory.decoded == [2]


def test_slices_ahead_of_a_reader_who_pages_are_decoded_before_those_behind(jobs: Jobs) -> None:
    memory = Held()
    cache = FrameCache(memory, memory, jobs)
    loader = VolumeLoader(cache, jobs)
    shown = images.display_set()
    volume = loader.volume(shown, first=0)
    assert memory.begun.wait(30)
    loader.toward(shown.identifier, 6, -1)
    memory.gate.set()
    until(lambda: bool(volume.present.all()))
    # The first was in hand; one behind comes after four ahead.
    assert memory.decoded[1:] == [6, 5, 4, 3, 2, 7, 1, 8, 9, 10, 11]


def test_without_a_direction_slices_are_decoded_to_both_sides(jobs: Jobs) -> None:
    memory = Held()
    cache = FrameCache(memory, memory, jobs)
    loader = VolumeLoader(cache, jobs)
    shown = images.display_set()
    volume = loader.volume(shown, first=0)
    assert memory.begun.wait(30)
    loader.toward(shown.identifier, 6)
    memory.gate.set()
    until(lambda: bool(volume.present.all()))
    away = [abs(each - 6) for each in memory.decoded[1:]]
    assert away == sorted(away)


def test_a_frame_that_is_looked_at_comes_before_the_rest_of_a_volume(jobs: Jobs) -> None:
    memory = Held()
    cache = FrameCache(memory, memory, jobs)
    loader = VolumeLoader(cache, jobs)
    shown = images.display_set()
    volume = loader.volume(shown, first=0)
    assert memory.begun.wait(30)
    cache.request(shown.frames[9].key, Lane.VISIBLE)
    memory.gate.set()
    until(lambda: bool(volume.present.all()))
    assert memory.decoded[:2] == [0, 9]
    assert sorted(memory.decoded) == list(range(images.SLICES))


def test_work_tells_whether_more_urgent_work_waits(jobs: Jobs) -> None:
    gate, begun = threading.Event(), threading.Event()

    def work(_: CancelToken) -> None:
        begun.set()
        assert gate.wait(30)

    first = jobs.submit(work, lane=Lane.PREFETCH)
    assert begun.wait(30)
    assert not jobs.waits(Lane.PREFETCH)
    more = jobs.submit(lambda _: None, lane=Lane.PREFETCH)
    assert not jobs.waits(Lane.PREFETCH)
    urgent = jobs.submit(lambda _: None, lane=Lane.VISIBLE)
    assert jobs.waits(Lane.PREFETCH)
    assert not jobs.waits(Lane.VISIBLE)
    gate.set()
    for each in (first, more, urgent):
        assert each.finished.wait(30)
