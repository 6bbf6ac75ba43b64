"""Tables of a report: what is signed is told from what stands in the cells, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain import report_table
from workstation.domain.report_table import CELL, change_words, parts, reopened, signed, size_mm
from workstation.domain.wording import plain_text, without_open_fields


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ("6.0 mm", "9.2 mm", "+3.2 mm (+53 %)"),
        ("20.0 mm", "14.0 mm", "−6.0 mm (−30 %)"),
        ("1.2 cm", "12.0 × 8.0 mm", "0.0 mm (0 %)"),
        ("10.0 mm", "9.0 mm (at detector)", "−1.0 mm (−10 %)"),
        ("0 mm", "3.0 mm", "+3.0 mm"),
        ("6", "7.0 mm", ""),
        ("not seen", "7.0 mm", ""),
        ("", "7.0 mm", ""),
    ],
)
def test_the_change_is_that_of_what_is_printed_or_is_not_told(
    before: str, now: str, words: str
) -> None:
    """Worked out by hand; per cent of the size before."""
    assert change_words(before, now) == words


def test_a_size_without_a_unit_is_no_size() -> None:
    assert size_mm("7") is None
    assert size_mm("7 HU") is None
    assert size_mm("0,7 cm") == 7.0


DRAFT = (
    "Two nodules.\n"
    "Lesion\t12 Mar 2026\tNow\tChange\n"
    "Upper lobe\t6.0 mm\t{{m:a}}\t{{t:change}}\n"
    "Lingula | left\t[size then]\t{{m:b}}\t{{t:change}}\n"
    "[lesion 3]\t[size then]\t\t{{t:change}}\n"
    "No effusion."
)


def test_a_table_is_signed_with_its_columns_below_each_other() -> None:
    words = plain_text(DRAFT, {"m:a": "9.2 mm", "m:b": "4.0 mm"})
    assert signed(without_open_fields(words)) == (
        "Two nodules.\n"
        "| Lesion         | 12 Mar 2026 | Now    | Change          |\n"
        "| Upper lobe     | 6.0 mm      | 9.2 mm | +3.2 mm (+53 %) |\n"
        "| Lingula / left |             | 4.0 mm |                 |\n"
        "No effusion."
    )


_WORD = st.text(alphabet="ab 1.肺é", max_size=6).map(str.strip)


@given(st.lists(st.lists(_WORD, min_size=2, max_size=4), min_size=1, max_size=4))
def test_what_is_signed_reads_back_as_the_same_cells(rows: list[list[str]]) -> None:
    lines = signed("Before\n" + "\n".join(CELL.join(row) for row in rows) + "\nAfter").split("\n")
    wanted = [row for row in rows if any(row)]
    found = [part for part in parts("\n".join(lines)) if isinstance(part, list)]
    if not wanted:
        assert found == []
        return
    wide = max(map(len, wanted))
    assert found == [[row + [""] * (wide - len(row)) for row in wanted]]
    assert len({len(line) for line in lines[1:-1]}) == 1


def test_text_without_tabs_is_signed_as_it_stands() -> None:
    text = "Lungs | clear.\n| not a row\nNothing else"
    assert signed(text) == text
    assert [*parts(text)] == text.split("\n")
    assert not report_table.is_signed_row("Lungs | clear.")


@given(
    st.lists(
        st.lists(st.text(st.sampled_from("ab 1·é界"), max_size=6), min_size=2, max_size=4),
        min_size=1,
        max_size=4,
    )
)
def test_what_was_signed_and_is_written_on_is_signed_with_the_same_lines(
    rows: list[list[str]],
) -> None:
    table = "\n".join("\t".join(row) for row in rows)
    text = signed(f"Before.\n{table}\nBehind | this.")
    assert signed(reopened(text)) == text


def test_a_signed_table_is_written_on_in_cells() -> None:
    text = "Two.\n| Lesion | Now     |\n| Node   | 17.1 mm |\nEnd."
    assert reopened(text) == "Two.\nLesion\tNow\nNode\t17.1 mm\nEnd."
