"""Shorthand of reports, and what only looks like it."""

from __future__ import annotations

import pytest

from workstation.domain.report import SectionKind
from workstation.workflow.checks.abbreviations import written_out
from workstation.workflow.checks.statements import Polarity, Side, sentences, statements


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("R kidney nl", "right kidney normal"),
        ("Fullness of the LK w/o hydro", "Fullness of the left kidney without hydronephrosis"),
        ("RICA 80 %", "right ICA 80 %"),
        ("b/l PEs", "bilateral pulmonary embolism"),
        ("# of the L radius", "fracture  of the left radius"),
        ("Neg for SDH", "negative for subdural haematoma"),
        ("L4-L5, L 5 root", "L4-L5, L 5 root"),
        ("4 L of ascites, O2 at 2 L/min", "4 L of ascites, O2 at 2 L/min"),
        ("L-spine, R2* map, R/O fracture", "L-spine, R2* map, R/O fracture"),
        ("Post RT changes", "Post radiotherapy changes"),
        ("LAD stenosis", "LAD stenosis"),
        ("CTPA, PE protocol", "CTPA, PE protocol"),
    ],
)
def test_shorthand_is_written_out_and_what_only_looks_like_it_stays(text: str, read: str) -> None:
    assert written_out(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "R: No stone. 3 mm cyst in the upper pole.",
        "Right kidney:\nNo stone\n3 mm cyst",
        "Right kidney: normal size. No stone. Cyst of 3 mm.",
    ],
)
def test_a_label_says_the_side_of_what_stands_under_it(text: str) -> None:
    told = {
        each.finding: (each.side, each.polarity)
        for sentence in sentences(SectionKind.FINDINGS, text)
        for each in statements(sentence)
    }
    assert told["calculus"] == (Side.RIGHT, Polarity.DENIED)
    assert told["cyst"] == (Side.RIGHT, Polarity.ASSERTED)


def test_a_label_ends_at_the_next_label_and_at_an_empty_line() -> None:
    text = "Right kidney: stone.\nLeft kidney: cyst.\n\nGallstone."
    sides = {
        each.finding: each.side
        for sentence in sentences(SectionKind.FINDINGS, text)
        for each in statements(sentence)
    }
    assert sides == {"calculus": Side.RIGHT, "cyst": Side.LEFT, "gallstone": Side.NONE}
