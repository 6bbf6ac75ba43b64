"""The decoders run by the time that somebody can open a case."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

from tests.dicom import make
from tests.journey.conftest import Sit
from tests.workflow.waiting import until


def test_decoders_run_before_the_first_case_is_opened(tmp_path: Path, sit_down: Sit) -> None:
    studies = tmp_path / "studies"
    studies.mkdir()
    (studies / "one.dcm").write_bytes(make.to_bytes(make.image()))
    before = set(multiprocessing.active_children())
    sit_down(studies)

    def running() -> list[str]:
        return [each.name for each in set(multiprocessing.active_children()) - before]

    until(lambda: running().count("nocturne-decoder") == 2)
