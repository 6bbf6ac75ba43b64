"""What was typed is what is opened again, whether or not it has reached the disk yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.cases import retrieve, sign, site, study_of, task_in, workstation_at, write
from tests.faults.home import Home, home_at, task_of, templates_at, typed
from workstation.domain.clock import utc_now
from workstation.domain.report import ReportState, SectionKind
from workstation.workflow.reporting import Reporting

TASK = task_of("1.2.3.4", "1.2.3.900")


@pytest.fixture
def home(fast_folder: Path) -> Iterator[Home]:
    with home_at(fast_folder / "home") as made:
        yield made


@pytest.fixture
def reporting(home: Home, fast_folder: Path) -> Iterator[Reporting]:
    """Saves by itself after an hour, so that a test says when."""
    templates = templates_at(fast_folder / "templates")
    made = Reporting(home.drafts, templates, utc_now, delay_seconds=3600)
    yield made
    made.close()


def test_a_case_that_is_opened_again_before_the_first_save_shows_what_was_typed(
    home: Home, reporting: Reporting
) -> None:
    first = reporting.open(TASK, None)
    reporting.edit(first.identifier, typed(first, "Typed a moment ago."))
    again = reporting.open(TASK, None)
    assert again.identifier == first.identifier
    assert "Typed a moment ago." in str(again.sections)
    reporting.edit(again.identifier, typed(again, "Typed a moment ago. And now."))
    reporting.flush()
    kept = home.drafts.load(TASK.study_instance_uid)
    assert kept is not None
    assert "Typed a moment ago. And now." in str(kept.sections)


def test_what_nobody_typed_into_is_begun_anew_and_leaves_nothing_behind(
    home: Home, reporting: Reporting
) -> None:
    first = reporting.open(TASK, None)
    second = reporting.open(replace(TASK, procedure="CT of the pelvis"), None)
    assert second.identifier == first.identifier
    assert reporting.current(first.identifier).title == "CT of the pelvis"
    assert home.drafts.load(TASK.study_instance_uid) is None
    reporting.edit(second.identifier, typed(second, "Typed in the second."))
    reporting.flush()
    kept = home.drafts.load(TASK.study_instance_uid)
    assert kept is not None
    assert "Typed in the second." in str(kept.sections)


def test_the_final_report_begins_with_the_words_of_the_preliminary_one(fast_folder: Path) -> None:
    with (
        site(fast_folder, 1, 3) as running,
        workstation_at(fast_folder / "home", running) as bench,
    ):
        retrieve(bench, 0)
        write(bench, 0, "Small bleeding.")
        preliminary = sign(bench, 0, preliminary=True)
        report = bench.reporting.open(task_in(bench, 0), bench.opening.open(study_of(0)))
        assert report.state is ReportState.DRAFT
        assert report.section(SectionKind.FINDINGS).text == "Small bleeding."
        assert report.identifier != preliminary.report_identifier
        assert report.predecessor_sop_instance_uid == preliminary.objects[0].sop_instance_uid
        sign(bench, 0)
        # What is final is not begun again with its words: an addendum adds to it.
        report = bench.reporting.open(task_in(bench, 0), bench.opening.open(study_of(0)))
        assert "Small bleeding." not in str(report.sections)
