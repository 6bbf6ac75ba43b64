"""RECIST 1.1 against Eisenhauer 2009: table 1, the two thresholds of progression, the targets."""

from __future__ import annotations

import pytest

from workstation.workflow.calculators.model import AnswerRefused
from workstation.workflow.calculators.response import GONE, NOT_ALL, RECIST, Sums, response
from workstation.workflow.calculators.target_lesions import (
    TargetLesion,
    TargetTable,
    from_lines,
    in_report,
    reported,
    to_lines,
)

#: Table 1 of the paper: target, non-target, new lesions, overall response.
TABLE_1 = [
    (GONE, "all gone", False, "CR"),
    (GONE, "none", False, "CR"),
    (GONE, "persist", False, "PR"),
    (GONE, "not all evaluated", False, "PR"),
    ("PR", "persist", False, "PR"),
    ("PR", "not all evaluated", False, "PR"),
    ("SD", "persist", False, "SD"),
    ("SD", "not all evaluated", False, "SD"),
    (NOT_ALL, "persist", False, "NE"),
    ("PD", "persist", False, "PD"),
    ("SD", "unequivocal progression", False, "PD"),
    (GONE, "all gone", True, "PD"),
    (NOT_ALL, "persist", True, "PD"),
]
NOW = {"PR": 70.0, "SD": 71.0, "PD": 120.0}


@pytest.mark.parametrize(("targets", "others", "new", "expected"), TABLE_1)
def test_the_overall_response_is_that_of_table_1(
    targets: str, others: str, new: bool, expected: str
) -> None:
    sums = Sums(100.0, 100.0, NOW.get(targets, 0.0))
    told = response(sums, targets if targets not in NOW else "measurable", others, new)
    assert told.endswith(f"({expected})")


@pytest.mark.parametrize(
    ("nadir", "now", "expected"),
    [
        (50.0, 60.0, "PD"),  # 20 %, 10 mm
        (50.0, 59.9, "PR"),  # under 20 %
        (20.0, 24.9, "PR"),  # 24 %, under 5 mm
        (20.0, 25.0, "PD"),  # 25 %, 5 mm
        (80.0, 80.0, "SD"),
        (0.1 + 0.2, 5.4, "PD"),
        (25.1, 30.12, "PD"),  # 20 % exactly, in floating point
    ],
)
def test_progression_needs_a_fifth_and_five_millimetres_over_the_smallest_sum(
    nadir: float, now: float, expected: str
) -> None:
    assert response(Sums(100.0, nadir, now), "measurable", "persist", False).endswith(
        f"({expected})"
    )


def test_a_sum_of_zero_that_is_measurable_is_refused() -> None:
    told = {"baseline_mm": 50, "nadir_mm": 0, "sum_mm": 0, "targets": "measurable",
            "others": "none", "new": "no"}  # fmt: skip
    with pytest.raises(AnswerRefused):
        RECIST.outcome(told)


def lesion(name: str, *sizes: float | None, organ: str = "liver", node: bool = False):  # type: ignore[no-untyped-def]
    return TargetLesion(name, organ, node, sizes)


DATES = ("3 Jan 2026", "4 Apr 2026", "1 Jul 2026")


def test_the_table_across_examinations_finds_baseline_smallest_and_now() -> None:
    table = TargetTable(
        DATES,
        (
            lesion("Segment VII", 40.0, 20.0, 26.0),
            lesion("Right upper lobe", 30.0, 15.0, 17.0, organ="lung"),
        ),
    )
    assert table.sums_mm() == (70.0, 35.0, 43.0)
    outcome = table.response("persist", False)
    assert outcome.result == "Progressive disease (PD)"
    assert outcome.reason == (
        "−39 % from baseline (70 mm), +23 % and +8 mm from the smallest sum (35 mm)"
    )
    text = table.text("persist", False)
    assert "1. Segment VII (liver): 40 → 20 → 26" in text
    assert "Sum: 70 → 35 → 43" in text


def test_nodes_below_ten_millimetres_count_as_gone_though_the_sum_is_not_zero() -> None:
    table = TargetTable(
        DATES[:2],
        (
            lesion("Subcarinal", 18.0, 8.0, organ="node", node=True),
            lesion("Segment II", 12.0, 0.0),
        ),
    )
    assert table.response("none", False).result == "Complete response (CR)"


def test_a_lesion_that_was_not_measured_makes_no_response() -> None:
    table = TargetTable(DATES[:2], (lesion("A", 12.0, None), lesion("B", 12.0, 12.0)))
    assert table.response("persist", False).result == "Not evaluable (NE)"
    assert table.response("persist", True).result == "Progressive disease (PD)"
    assert "not measured" in table.text("persist", False)


@pytest.mark.parametrize(
    ("lesions", "words"),
    [
        ((lesion("A", 9.9, 9.0),), "at least 10 mm"),
        ((lesion("A", 14.9, 9.0, node=True),), "at least 15 mm"),
        (tuple(lesion(str(n), 20.0, 20.0) for n in range(3)), "more than two"),
        (
            tuple(lesion(str(n), 20.0, 20.0, organ=f"o{n}") for n in range(6)),
            "more than the five",
        ),
    ],
)
def test_what_may_not_be_a_target_is_refused_in_words(
    lesions: tuple[TargetLesion, ...], words: str
) -> None:
    with pytest.raises(AnswerRefused, match=words):
        TargetTable(DATES[:2], lesions)


TYPED = "Segment VII; liver; 40; 20; 26\nSubcarinal; node; 18; -; 8,5"


def test_a_table_is_typed_and_comes_back_from_the_report_that_it_was_written_into() -> None:
    table = from_lines("; ".join(DATES), TYPED)
    assert table.lesions[1] == TargetLesion("Subcarinal", "node", True, (18.0, None, 8.5))
    report = f"Lungs clear.\nLiver: {table.text('persist', False)}\nBones: no lesion."
    assert in_report(report) == table
    assert from_lines(*to_lines(table)) == table
    assert in_report("Lungs clear.") is None
    # A line that somebody changed by hand is never half read.
    assert in_report(report.replace("40 →", "about 40 →")) is None


@pytest.mark.parametrize(
    ("lesions", "words"),
    [
        ("Segment VII; liver; 40; 20", "Line 1 cannot be read: it needs 3 sizes"),
        ("A; liver; 40; 20; big", "“big” is no size"),
        ("A; liver; 40; 20; 26\n; liver; 40; 20; 26", "Line 2"),
        ("A; liver; 4000; 20; 26", "no size of a lesion"),
        ("", "with a lesion on both"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(lesions: str, words: str) -> None:
    with pytest.raises(AnswerRefused, match=words):
        from_lines("; ".join(DATES), lesions)


#: (sizes of each lesion at baseline, …, now), non-target lesions, new lesions, response. Worked by
#: hand from the definitions of 4.3.1, with the sums beside.
WORKED = [
    # 50 + 30 = 80 → 35 + 21 = 56: −24 of 80 is −30 % exactly, which is a partial response.
    (((50, 35), (30, 21)), "persist", False, "PR"),
    # 80 → 56.1: −29.9 %.
    (((50, 35.1), (30, 21)), "persist", False, "SD"),
    # 40 → 20 → 24: +20 % and +4 mm of the smallest; −40 % of the baseline remains.
    (((40, 20, 24),), "persist", False, "PR"),
    # 40 → 25 → 30: +20 % and +5 mm of the smallest, though −25 % of the baseline.
    (((40, 25, 30),), "persist", False, "PD"),
    # 100 → 95 → 100 → 113: the smallest is the second sum, 95: +18 mm is +18.9 %.
    (((60, 55, 60, 68), (40, 40, 40, 45)), "persist", False, "SD"),
    # 100 → 95 → 114: +19 mm of 95 is 20 % exactly.
    (((60, 55, 70), (40, 40, 44)), "persist", False, "PD"),
    # The baseline is the smallest sum: 50 → 60 is +20 % and +10 mm.
    (((30, 36), (20, 24)), "persist", False, "PD"),
    # All gone: complete only where the non-target lesions are gone too.
    (((30, 0), (20, 0)), "all gone", False, "CR"),
    (((30, 0), (20, 0)), "persist", False, "PR"),
    # From nothing to 6 mm: a lesion that comes back progresses.
    (((30, 0, 6),), "none", False, "PD"),
    # A new lesion progresses whatever the targets do.
    (((50, 10), (30, 10)), "all gone", True, "PD"),
    (((50, 50), (30, 30)), "unequivocal progression", False, "PD"),
]


@pytest.mark.parametrize(("sizes", "others", "new", "expected"), WORKED)
def test_tables_worked_by_hand_have_the_response_of_the_published_definitions(
    sizes: tuple[tuple[float, ...], ...], others: str, new: bool, expected: str
) -> None:
    days = tuple(f"{day} May 2026" for day in range(1, 1 + len(sizes[0])))
    lesions = tuple(lesion(f"L{n}", *held, organ=f"o{n}") for n, held in enumerate(sizes))
    assert TargetTable(days, lesions).response(others, new).result.endswith(f"({expected})")


def test_the_text_tells_sums_smallest_sum_and_why_a_fifth_alone_is_no_progression() -> None:
    table = TargetTable(DATES, (lesion("Segment VII", 40.0, 20.0, 24.0),))
    assert table.text("persist", False).split("\n")[2:] == [
        "Sum: 40 → 20 → 24",
        "Non-target lesions: persist. New lesions: no.",
        "Partial response (PR): −40 % from baseline (40 mm), +20 % and +4 mm from the smallest sum"
        " (20 mm), which is less than 5 mm and no progression.",
    ]
    assert table.response("persist", True).reason.startswith("new lesions; −40 %")


def test_of_two_axes_a_node_takes_the_short_one_and_the_rest_the_long_one() -> None:
    table = from_lines("1 May; 1 Jun", "Subcarinal; node; 24 × 18; 12,5 x 9\nII; liver; 24 × 18; 9")
    assert table.lesions[0].sizes_mm == (18.0, 9.0)
    assert table.lesions[1].sizes_mm == (24.0, 9.0)


def test_a_baseline_is_written_without_a_response_and_gone_on_with() -> None:
    table = from_lines("3 Jan 2026", "Segment VII; liver; 40\nSubcarinal; node; 18")
    text = table.text("none", False)
    assert text.split("\n")[-2:] == ["Sum: 58", "Baseline: sum 58 mm."]
    assert in_report(f"Liver: {text}\nBones: none.") == table


@pytest.mark.parametrize(
    ("old", "new"),
    [("40 → 20 → 26", "40 → 20 → 24"), ("Sum: 40", "Sum: 41"), ("(PD)", "(SD)")],
)
def test_a_table_whose_sum_or_response_is_not_that_of_its_sizes_does_not_stand(
    old: str, new: str
) -> None:
    table = TargetTable(DATES, (lesion("Segment VII", 40.0, 20.0, 26.0),))
    text = f"Lungs clear.\nLiver: {table.text('persist', False)}\nBones: none."
    whole = reported(text)
    assert whole is not None
    assert whole.stands
    assert text[whole.start : whole.end] == table.text("persist", False)
    broken = reported(text.replace(old, new))
    assert broken is not None
    assert not broken.stands
    assert text.replace(old, new)[broken.end :] == "\nBones: none."
