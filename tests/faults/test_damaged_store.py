"""An image that the disk lost is fetched again and shown, without opening the case anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import cases
from workstation.domain.errors import NotFoundOnService, StoreDamaged


def images_in(home: Path) -> list[Path]:
    return [each for each in home.glob("studies/*/*") if each.is_file()]


def test_a_frame_that_the_disk_lost_is_shown_once_it_was_fetched_again(fast_folder: Path) -> None:
    with (
        cases.site(fast_folder, 1, 3) as site,
        cases.workstation_at(fast_folder / "home", site) as bench,
    ):
        (row,) = bench.worklist.rows()
        uid = row.task.study_instance_uid

        def whole() -> bool:
            progress = bench.retrieving.progress(uid)
            return progress is not None and progress.verified

        bench.retrieving.start(row.task.service_id, uid)
        cases.until(whole)
        study = bench.opening.open(uid)
        key = study.display_sets[0].frames[0].key
        assert len(images_in(fast_folder / "home")) == 3
        for each in images_in(fast_folder / "home"):
            each.unlink()
        with pytest.raises(StoreDamaged):
            bench.frames.fetch(key)
        problem = bench.frames.problem(key)
        assert problem is not None
        assert "etch" in problem.remedy
        end = bench.retrieving.listen(bench.opening.refresh)
        bench.retrieving.start(row.task.service_id, uid, urgent=True)

        def shown() -> bool:
            """The row may be written after the file, and the frame asked for in between."""
            try:
                return bench.frames.fetch(key).shape == (64, 64)
            except (StoreDamaged, NotFoundOnService):
                return False

        cases.until(shown)
        end()
