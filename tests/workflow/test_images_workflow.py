"""Opening, the frame cache, the volume loader, measuring and hanging, on real and small series."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.realdata import require
from tests.workflow import images
from tests.workflow.waiting import until
from workstation.domain.errors import MeasurementRefused, UndecodablePixels
from workstation.domain.image import CalibrationSource
from workstation.domain.measurement import MeasurementKind
from workstation.domain.view import Plane
from workstation.imaging.planes import standard_plane
from workstation.imaging.reslice import reslice
from workstation.workflow import hanging, presets
from workstation.workflow.frame_cache import FrameCache
from workstation.workflow.jobs import Jobs, Lane
from workstation.workflow.measuring import Measuring
from workstation.workflow.opening import Opening
from workstation.workflow.volume_loader import VolumeLoader


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    failures: list[BaseException] = []
    held = Jobs(failures.append)
    yield held
    held.close()
    assert not failures


def test_cached_frames_are_read_only_and_within_the_budget(jobs: Jobs) -> None:
    memory = images.Memory()
    size = images.pixels(0).nbytes
    cache = FrameCache(memory, memory, jobs, budget_bytes=3 * size)
    for index in range(images.SLICES):
        assert not cache.fetch(images.frame(index).key).flags.writeable
    assert cache.used_bytes == 3 * size
    assert cache.peek(images.frame(0).key) is None
    assert cache.peek(images.frame(images.SLICES - 1).key) is not None


def test_a_frame_is_decoded_once_for_all_who_ask(jobs: Jobs) -> None:
    memory = images.Memory()
    cache = FrameCache(memory, memory, jobs)
    ready: list[object] = []
    key = images.frame(4).key
    cache.request(key, Lane.VISIBLE, ready.append)
    cache.request(key, Lane.VISIBLE, ready.append)
    until(lambda: bool(ready))
    assert np.array_equal(cache.fetch(key), images.pixels(4))
    assert memory.decoded.count(4) == 1


def test_a_broken_frame_keeps_its_sentence(jobs: Jobs) -> None:
    memory = images.Memory(broken=(2,))
    cache = FrameCache(memory, memory, jobs)
    ready: list[object] = []
    key = images.frame(2).key
    cache.request(key, Lane.VISIBLE, ready.append)
    until(lambda: bool(ready))
    problem = cache.problem(key)
    assert problem is not None
    assert "61 %" in problem.happened
    with pytest.raises(UndecodablePixels):
        cache.fetch(key)


def test_a_volume_fills_and_its_slices_stand_for_the_frames(jobs: Jobs) -> None:
    memory = images.Memory(broken=(7,))
    cache = FrameCache(memory, memory, jobs)
    loader = VolumeLoader(cache, jobs)
    shown = images.display_set()
    volume = loader.volume(shown, first=5)
    until(lambda: int(volume.present.sum()) == images.SLICES - 1)
    until(lambda: 7 in loader.failed(shown.identifier))
    assert not volume.present[7]
    assert cache.used_bytes == 0
    lent = cache.peek(shown.frames[3].key)
    assert lent is not None
    assert np.shares_memory(lent, volume.voxels)
    geometry = shown.volume
    assert geometry is not None
    cut = standard_plane(geometry, Plane.CORONAL, (110.0, 210.0, 310.0))
    values = reslice(volume, cut)
    assert np.isnan(values).any()
    # Stored 1000 + 3 column + 2 row + 10 slice, rescaled by -1000, in the middle of slice 5.
    column, row, _ = cut.to_image((110.0, 210.0, 310.0))
    assert values[round(row), round(column)] == pytest.approx(3 * 20 + 2 * 20 + 10 * 5, abs=0.5)


def test_a_series_that_grows_keeps_what_was_real(jobs: Jobs) -> None:
    memory = images.Memory()
    cache = FrameCache(memory, memory, jobs)
    loader = VolumeLoader(cache, jobs)
    first = loader.volume(images.display_set(slices=6))
    until(lambda: bool(first.present.all()))
    grown = loader.volume(images.display_set())
    assert grown is not first
    assert grown.present[:6].all()
    until(lambda: bool(grown.present.all()))


def test_measuring_refuses_what_has_not_arrived(jobs: Jobs) -> None:
    memory = images.Memory()
    cache = FrameCache(memory, memory, jobs)
    measuring = Measuring(images.STUDY_UID, images.Marks(), cache, jobs)
    with pytest.raises(MeasurementRefused):
        measuring.add(MeasurementKind.LENGTH, images.display_set(), 0, [(0, 0), (3, 4)])


def test_measured_and_undone_and_kept(jobs: Jobs) -> None:
    memory, marks = images.Memory(), images.Marks()
    cache = FrameCache(memory, memory, jobs)
    shown = images.display_set()
    cache.fetch(shown.frames[2].key)
    measuring = Measuring(images.STUDY_UID, marks, cache, jobs)
    changes: list[int] = []
    measuring.listen(lambda: changes.append(1))
    made = measuring.add(MeasurementKind.LENGTH, shown, 2, [(10, 10), (40, 50)])
    # A 3-4-5 triangle of 30 and 40 pixels of half a millimetre.
    assert made.result.value == pytest.approx(25.0)
    assert made.result.calibration is CalibrationSource.PATIENT
    assert made.positions[0] == pytest.approx((105.0, 205.0, 304.0))
    assert made.frame_label == "S3/3"
    moved = measuring.move(made.identifier, shown, [(10, 10), (10, 20)])
    assert moved.result.value == pytest.approx(5.0)
    measuring.undo()
    assert measuring.measurements() == (made,)
    measuring.undo()
    assert measuring.measurements() == ()
    measuring.redo()
    measuring.toggle_key_image(shown, 2)
    measuring.mark_seen(shown, 2)
    assert len(changes) == 6
    until(lambda: len(marks.load(images.STUDY_UID).seen) == 1)
    again = Measuring(images.STUDY_UID, marks, cache, jobs)
    assert again.measurements() == (made,)
    assert again.key_images() == measuring.key_images()
    assert again.seen(shown) == {2}


def test_a_region_over_a_slice_that_is_not_here_is_refused(jobs: Jobs) -> None:
    memory = images.Memory(broken=(6,))
    cache = FrameCache(memory, memory, jobs)
    loader = VolumeLoader(cache, jobs)
    shown = images.display_set()
    volume = loader.volume(shown)
    until(lambda: int(volume.present.sum()) == images.SLICES - 1)
    geometry = shown.volume
    assert geometry is not None
    cut = standard_plane(geometry, Plane.CORONAL, (110.0, 210.0, 310.0))
    values = reslice(volume, cut)
    measuring = Measuring(images.STUDY_UID, images.Marks(), cache, jobs)
    _, row, _ = cut.to_image((110.0, 210.0, 312.0))
    points = [(10.0, row - 3), (30.0, row + 3)]
    with pytest.raises(MeasurementRefused):
        measuring.add_on_plane(MeasurementKind.ELLIPSE, shown, cut, values, points, complete=False)
    here = [(10.0, 0.0), (30.0, 4.0)]
    made = measuring.add_on_plane(MeasurementKind.ELLIPSE, shown, cut, values, here, complete=False)
    assert made.result.interpolated


def test_a_real_study_opens_and_grows(jobs: Jobs) -> None:
    folder = images.Folder(require("mr-brain-brainix"))
    uid = next(iter(folder.series))
    whole = dict(folder.series[uid])
    folder.series[uid] = dict(list(whole.items())[:10])
    opening = Opening(folder, jobs)
    assert opening.open(uid).received == 10
    grown: list[int] = []
    opening.listen(lambda study: grown.append(study.received))
    folder.series[uid] = whole
    opening.refresh(uid)
    until(lambda: bool(grown))
    study = opening.open(uid)
    assert grown == [44]
    assert study.received == study.shown + len(study.not_shown) == 44
    stages = hanging.stages(study)
    assert stages[0].name == "Brain"
    assert len(stages[0].cells) == 2


def test_a_chest_ct_hangs_in_soft_tissue_and_lung() -> None:
    stages = hanging.stages(images.study())
    assert [stage.name for stage in stages][:2] == ["Soft and lung", "MPR"]
    first = stages[0].cells
    assert [cell.preset for cell in first if cell is not None] == ["soft", "lung"]
    assert not stages[0].compares


def test_a_prior_stands_beside_the_current_study() -> None:
    stages = hanging.stages(images.study(), [images.study()])
    compared = next(stage for stage in stages if stage.name == "Current and prior")
    assert compared.compares
    assert [cell.prior for cell in compared.cells if cell is not None] == [False, True]


def test_the_body_part_orders_the_presets() -> None:
    chest = presets.for_display_set(images.display_set())
    assert [each.identifier for each in chest][:2] == ["soft", "lung"]
    assert chest[0].window.width == 400
