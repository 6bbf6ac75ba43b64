"""What blocks a signature, what only asks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workstation.domain.identity import Patient
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import CheckSeverity, Report, Section, SectionKind
from workstation.domain.study import (
    NotShown,
    RetrievalProgress,
    RetrievalState,
    Series,
    SeriesProgress,
    Study,
)
from workstation.settings.declarations import DECLARATIONS
from workstation.workflow.check_context import Surroundings
from workstation.workflow.checking import CHECKS, SWITCHES, CheckContext, check

COMPLETE = RetrievalProgress(
    "1.2", RetrievalState.COMPLETE, (SeriesProgress("1.2.3", "", "CT", 9, 9),), verified=True
)
PARTLY = RetrievalProgress(
    "1.2", RetrievalState.FETCHING, (SeriesProgress("1.2.3", "", "CT", 5, 9),)
)


def report(findings: str = "Clear.", impression: str = "Normal.") -> Report:
    return Report(
        "r",
        "1.2",
        "1.9",
        sections=(
            Section(SectionKind.FINDINGS, findings),
            Section(SectionKind.IMPRESSION, impression),
        ),
    )


def context(**changes: object) -> CheckContext:
    held = CheckContext(
        task=ReadingTask("1.9", "a", "1.2"),
        study=Study("1.2", Patient("1"), series=(Series("1.2.3", "CT", "Soft", 3),)),
        progress=COMPLETE,
        unread_series=(),
        links={"m:a1": "17.1 mm"},
        required=frozenset({SectionKind.IMPRESSION}),
    )
    return replace(held, **changes)  # type: ignore[arg-type]


def found(text: Report, held: CheckContext) -> dict[str, CheckSeverity]:
    return {each.check: each.severity for each in check(text, held)}


def test_a_whole_report_on_a_whole_study_has_nothing_open() -> None:
    assert check(report("Nodule of {{m:a1}}."), context()) == ()


@pytest.mark.parametrize("progress", [PARTLY, None])
def test_missing_images_block_a_final_report(progress: RetrievalProgress | None) -> None:
    assert found(report(), context(progress=progress)) == {"images arrived": CheckSeverity.BLOCK}


@pytest.mark.parametrize("impression", ["", " \n", "[impression]"])
def test_an_empty_impression_is_a_warning_and_blocks_where_the_template_requires_it(
    impression: str,
) -> None:
    open_points = found(report(impression=impression), context(required=frozenset()))
    assert open_points == {"impression": CheckSeverity.WARNING}
    open_points = found(report(impression=impression), context())
    assert open_points == {"impression": CheckSeverity.BLOCK}


def test_open_fields_ask_and_in_a_required_section_block() -> None:
    assert found(report("Bones: [bones]"), context())["open fields"] is CheckSeverity.WARNING
    blocked = found(report(impression="Nodule, [category]"), context())
    assert blocked["open fields"] is CheckSeverity.BLOCK


def test_a_series_that_was_never_opened_is_named() -> None:
    points = check(report(), context(unread_series=("1.2.3",)))
    assert [each.title for each in points] == ["Series never opened: S3 Soft"]
    assert points[0].series_instance_uid == "1.2.3"


def test_a_link_to_a_removed_measurement_blocks() -> None:
    points = found(report("Nodule of {{m:gone}}."), context())
    assert points["links"] is CheckSeverity.BLOCK


def test_a_study_of_which_nothing_can_be_shown_is_not_signed() -> None:
    study = Study("1.2", Patient("1"), not_shown=(NotShown("", "1.2.3.4", "Broken pixel data."),))
    assert found(report(), context(study=study))["everything shown"] is CheckSeverity.BLOCK


def test_a_withdrawn_task_is_said() -> None:
    task = replace(ReadingTask("1.9", "a", "1.2"), cancel_requested=True)
    assert "task wanted" in found(report(), context(task=task))


def test_blocks_stand_before_warnings() -> None:
    points = check(report(impression=""), context(progress=PARTLY, unread_series=("1.2.3",)))
    assert points[0].severity is CheckSeverity.BLOCK
    assert len({each.check for each in points}) <= len(CHECKS)


def test_each_switch_of_a_check_is_declared_and_the_other_way_round() -> None:
    declared = {each.key for each in DECLARATIONS if each.key.startswith("checks.")}
    assert declared == {f"checks.{key}" for key in SWITCHES}


def test_a_check_that_is_switched_off_is_silent_and_what_blocks_stays() -> None:
    off = Surroundings(switched_off=frozenset({"impression", "fields", "series"}))
    held = context(unread_series=("1.2.3",), around=off, required=frozenset())
    assert check(report("Bones: [bones]", "see above"), held) == ()
    required = context(around=off)
    assert found(report(impression="Nodule, [category]"), required) == {
        "open fields": CheckSeverity.BLOCK
    }
