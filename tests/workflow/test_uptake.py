"""The SUV of a PET that is still arriving: values of an earlier factor never stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.conformance import pet
from tests.dicom import make
from tests.workflow import images
from tests.workflow.waiting import until
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.domain.study import DisplaySet
from workstation.domain.suv import SuvKind
from workstation.workflow.frame_cache import FrameCache
from workstation.workflow.jobs import Jobs
from workstation.workflow.uptake import in_uptake
from workstation.workflow.volume_loader import VolumeLoader


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    failures: list[BaseException] = []
    made = Jobs(failures.append)
    yield made
    made.close()
    assert not failures


def test_a_slice_that_begins_earlier_changes_the_suv_of_those_that_were_here(
    jobs: Jobs, tmp_path: Path
) -> None:
    """The series was made anew after the scan, so the earliest acquisition counts; its slice
    comes last. Two slopes in the series make the volume one of floats."""
    datasets = pet.slices(SeriesTime="153000")
    for minute, dataset in zip((40, 30, 20, 10, 0), datasets, strict=True):
        dataset.AcquisitionTime = f"11{minute:02d}00"
    datasets[1].RescaleSlope = f"{2 * pet.ONE / 5000:.10g}"
    for index, dataset in enumerate(datasets):
        (tmp_path / f"{index}.dcm").write_bytes(make.to_bytes(dataset))

    def opened(count: int) -> DisplaySet:
        held = [read_object(make.to_bytes(each)) for each in datasets[:count]]
        (shown,) = in_uptake(build_studies(held)[0], SuvKind.BW).display_sets
        return shown

    store = images.Folder(tmp_path)
    loader = VolumeLoader(FrameCache(store, store, jobs, 64 << 20), jobs)
    early = loader.volume(opened(4))
    until(lambda: bool(early.present.all()))
    assert np.nanmax(early.voxels[0]) > 4.1 or np.nanmax(early.voxels[0]) < 3.9
    whole = loader.volume(opened(5))
    until(lambda: bool(whole.present.all()))
    assert [float(np.nanmax(each)) for each in whole.voxels] == pytest.approx(
        [4, 8, 4, 4, 4], rel=1e-3
    )
