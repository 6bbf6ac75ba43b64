"""Which earlier studies are opened, and of which the reports and sizes are read."""

from __future__ import annotations

from datetime import UTC, datetime

from workstation.domain.reading_task import PriorStudy
from workstation.ui.viewport.prior_studies import OPENED_AT_ONCE, PriorStudies, open_ones


def priors(count: int) -> tuple[PriorStudy, ...]:
    return tuple(
        PriorStudy(f"2.25.{900 + n}", datetime(2026 - n, 3, 1, tzinfo=UTC), ("CT",), "Chest", 2)
        for n in range(count)
    )


def test_the_report_of_an_old_study_is_read_once_a_reader_has_opened_the_study() -> None:
    known = priors(OPENED_AT_ONCE + 3)
    oldest = known[-1]
    assert oldest not in open_ones(known, frozenset())
    read = open_ones(known, {oldest.study_instance_uid, "2.25.1"})
    assert read == (*known[:OPENED_AT_ONCE], oldest)


def test_what_opens_by_itself_is_what_is_read() -> None:
    known = priors(OPENED_AT_ONCE + 1)
    opened = PriorStudies().learn(known)
    assert [each.study_instance_uid for each in open_ones(known, ())] == list(opened)
