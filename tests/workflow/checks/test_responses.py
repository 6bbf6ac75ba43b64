"""A table of target lesions is held against its own sizes and against what is measured now."""

from __future__ import annotations

import pytest

from tests.workflow.checks.test_slips import PATIENT, report
from tests.workflow.test_lesion_table import length
from workstation.domain.reading_task import ReadingTask
from workstation.workflow.calculators.target_lesions import from_lines
from workstation.workflow.check_context import CheckContext
from workstation.workflow.checks import words
from workstation.workflow.checks.responses import tables_of_target_lesions

TABLE = from_lines(
    "3 Jan 2026; 12 Mar 2026; 24 Nov 2026",
    "Segment VII; liver; 40; 20; 26\nRight upper lobe; lung; 30; 15; 17",
).text("persist", False)
TEXT = f"Two lesions.\n{TABLE}\nNo pleural effusion."
NOW = (length(1, 26.0, "segment VII"), length(2, 17.0, "Right upper lobe"))


def test_a_table_that_says_what_is_measured_is_passed_by_every_check_of_the_words() -> None:
    context = CheckContext(
        ReadingTask("1.9", "a", "1.2", patient=PATIENT),
        None, None, (), {}, frozenset(), NOW,
    )  # fmt: skip
    told = [
        each
        for check in words.CHECKS
        for each in check.run(report(findings=TEXT, impression="Progressive disease."), context)
    ]
    assert told == []


def test_a_lesion_that_was_measured_anew_is_told_with_both_sizes() -> None:
    (slip,) = tables_of_target_lesions(report(findings=TEXT), (length(1, 28.0, "Segment VII"),))
    assert slip.title == "Segment VII: 26 mm among the target lesions, 28 mm measured"
    assert slip.words == "Segment VII"


@pytest.mark.parametrize(
    ("old", "new"), [("20 → 26", "20 → 24"), ("35 → 43", "35 → 41"), ("(PD)", "(SD)")]
)
def test_a_number_or_response_that_was_changed_by_hand_is_told(old: str, new: str) -> None:
    (slip,) = tables_of_target_lesions(report(findings=TEXT.replace(old, new)), ())
    assert slip.title == "The table of target lesions does not add up"


def test_it_is_silent_of_other_names_and_where_two_share_one() -> None:
    other = (length(1, 90.0, "Rib"), length(2, 90.0))
    twice = (length(1, 90.0, "Segment VII"), length(2, 91.0, "segment vii"))
    assert tables_of_target_lesions(report(findings=TEXT), other) == []
    assert tables_of_target_lesions(report(findings=TEXT), twice) == []
