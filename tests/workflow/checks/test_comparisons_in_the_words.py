"""A comparison that findings or impression claim: with what, and whether it was looked at."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.workflow.checks.test_slips import report
from workstation.domain.reading_task import PriorStudy
from workstation.workflow.checks.comparisons import comparison_claimed_in_the_words

PRIOR = PriorStudy("1.9", datetime(2025, 3, 12, 10, 0, tzinfo=UTC), ("CT",), "CT chest", 3)
NOBODY: frozenset[str] = frozenset()
LOOKED = frozenset({"1.9"})


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("Compared with 13 Mar 2025 the nodule is larger.", "No earlier study of 13 Mar 2025"),
        ("Unchanged since 2024-03-12.", "No earlier study of 12 Mar 2024"),
        ("Larger than on the prior CT of 1 March 2025.", "No earlier study of 1 Mar 2025"),
        ("Stable since the examination of 03/12/2024.", "No earlier study of 03/12/2024"),
        ("New since the previous radiograph dated 2 Jan 2025.", "No earlier study of 2 Jan 2025"),
        ("In comparison to the CT of May 2024 smaller.", "No earlier study of May 2024"),
    ],
)
def test_a_day_that_no_earlier_study_has_is_told_wherever_it_is_claimed(
    words: str, title: str
) -> None:
    for made in (report(findings=words), report(impression=words)):
        (slip,) = comparison_claimed_in_the_words(made, (PRIOR,), LOOKED)
        assert slip.title == title
        assert slip.detail == "Earlier studies: 12 Mar 2025."


@pytest.mark.parametrize(
    "words",
    [
        # the study that there is, however its day is written
        "Compared with 12 Mar 2025 the nodule is larger.",
        "Unchanged since 12/03/2025.",
        "Stable since March 2025.",
        # days of something else than a picture
        "Status after resection on 3 May 2024, no recurrence.",
        "No change since surgery on 3 May 2024.",
        "Pain since 3 May 2024.",
        "Stent of 3 May 2024 in place, unchanged.",
        "Reported by telephone on 24 Nov 2026.",
        "Unchanged. Follow-up on 3 May 2027 is recommended.",
        "Symptoms since a fall on 3 May 2024.",
        "New since chemotherapy of 3 May 2024.",
    ],
)
def test_days_that_fit_or_are_of_something_else_are_not_told(words: str) -> None:
    assert comparison_claimed_in_the_words(report(findings=words), (PRIOR,), LOOKED) == []


def test_a_comparison_in_the_words_with_a_study_that_nobody_looked_at_is_told() -> None:
    dated = report(findings="Unchanged since 12 Mar 2025.")
    (slip,) = comparison_claimed_in_the_words(dated, (PRIOR,), NOBODY)
    assert slip.title == "The study of 12 Mar 2025 was not looked at"
    undated = report(impression="Nodule of 7 mm, unchanged.")
    (slip,) = comparison_claimed_in_the_words(undated, (PRIOR,), NOBODY)
    assert slip.title == "“unchanged”, but no earlier study was looked at"
    assert slip.words == "unchanged"
    assert comparison_claimed_in_the_words(undated, (PRIOR,), LOOKED) == []


def test_the_section_that_names_a_study_is_told_of_once_and_not_again_for_the_words() -> None:
    named = report(findings="Nodule, unchanged.", comparison="CT chest of 12 Mar 2025.")
    assert comparison_claimed_in_the_words(named, (PRIOR,), NOBODY) == []
    open_field = report(findings="Nodule, unchanged.", comparison="[comparison]")
    assert len(comparison_claimed_in_the_words(open_field, (PRIOR,), NOBODY)) == 1


def test_where_nobody_can_tell_which_studies_there_are_nothing_is_told() -> None:
    made = report(findings="Unchanged since 13 Mar 2025.")
    assert comparison_claimed_in_the_words(made, None, NOBODY) == []
    assert comparison_claimed_in_the_words(made, (PRIOR,), None) != []
    assert comparison_claimed_in_the_words(report(findings="Unchanged."), (PRIOR,), None) == []
