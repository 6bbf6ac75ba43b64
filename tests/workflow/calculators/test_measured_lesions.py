"""The RECIST lines come from what was measured, by name alone; nothing is made up."""

from __future__ import annotations

from workstation.domain.report_table import signed
from workstation.workflow.calculators.measured_lesions import LesionRow, fill, rows_in
from workstation.workflow.calculators.target_lesions import from_lines
from workstation.workflow.lesion_table import PriorSizes

NOW = "24 Nov 2026"
MAY = PriorSizes("12 May 2026", (("Segment VII", "20.0 mm"), ("", "9.0 mm")))
JANUARY = PriorSizes("3 Jan 2026", (("segment vii", "40.0 mm"), ("Node", "24.0 × 18.0 mm")))


def test_the_rows_of_the_table_of_the_report_are_read_as_they_would_be_signed() -> None:
    text = signed(
        "Two lesions.\n"
        "Lesion\t12 May 2026\tNow\tChange\n"
        "Segment VII\t20.0 mm\t26.1 mm S3/173\t{{t:change}}\n"
        "Node\t\t12.0 × 9.1 mm S3/20\t{{t:change}}\n"
        "End.\nA\tB\n1\t2"
    )
    assert rows_in(text) == (
        LesionRow("Segment VII", "26.1 mm S3/173", "20.0 mm", "12 May 2026"),
        LesionRow("Node", "12.0 × 9.1 mm S3/20", "", "12 May 2026"),
    )


def test_earlier_studies_become_examinations_from_the_first_to_today() -> None:
    rows = (LesionRow("Segment VII", "26.0 mm"), LesionRow("Node", "12.0 × 9.1 mm"))
    made = fill(NOW, rows, (MAY, JANUARY), None, {"node": "node"})
    assert made.examinations == "3 Jan 2026; 12 May 2026; 24 Nov 2026"
    assert made.lesions.split("\n") == [
        "Segment VII; ; 40; 20; 26",
        "Node; node; 24 × 18; ; 12 × 9.1",
    ]
    assert made.notes == ()


def test_a_size_that_the_reader_put_into_the_table_counts_before_the_one_of_that_name() -> None:
    rows = (LesionRow("Segment VII", "26.0 mm", "21.0 mm", "12 May 2026"),)
    assert fill(NOW, rows, (MAY,), None, {}).lesions == "Segment VII; ; 21; 26"


def test_the_table_of_the_earlier_report_is_gone_on_with_by_name() -> None:
    before = from_lines("3 Jan 2026; 12 May 2026", "Segment VII; liver; 40; 20\nNode; node; 18; -")
    rows = (LesionRow("node", "12.0 × 9.1 mm"), LesionRow("Rib", "8.0 mm"))
    made = fill(NOW, rows, (MAY,), before, {})
    assert made.examinations == "3 Jan 2026; 12 May 2026; 24 Nov 2026"
    assert made.lesions.split("\n") == [
        "Segment VII; liver; 40; 20; ",
        "Node; node; 18; -; 12 × 9.1",
    ]
    assert made.notes == (
        "No size of now by the name of: Segment VII.",
        "Measured and no target: Rib 8.0 mm. Say whether a lesion is new.",
    )
    # The short axis of the node, though the long one was measured too.
    table = from_lines(made.examinations, made.lesions.replace("20; ", "20; 26"))
    assert table.lesions[1].sizes_mm == (18.0, None, 9.1)


def test_what_has_no_name_or_stands_twice_is_left_out_and_said() -> None:
    rows = (LesionRow("", "5.0 mm"), LesionRow("A", "5.0 mm"), LesionRow("a ", "6.0 mm"))
    made = fill(NOW, rows, (), None, {})
    assert made.lesions == ""
    assert len(made.notes) == 2
    assert "a was measured more than once" in made.notes[0]
    assert "1 lesion without a name is left out" in made.notes[1]


def test_without_an_earlier_size_it_is_a_baseline() -> None:
    made = fill(
        NOW, (LesionRow("A", "26.0 mm"),), (PriorSizes("12 May 2026"),), None, {"A": "lung"}
    )
    assert from_lines(made.examinations, made.lesions).is_baseline
