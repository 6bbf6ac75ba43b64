"""Marks of dictated words: what they may be, and where they are once a text was changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.dictated_text import DictatedSpan, in_order, moved
from workstation.domain.identity import PersonName, Reader
from workstation.domain.report import Report, ReportState, Section, SectionKind


def test_a_span_cannot_be_empty_nor_lie_outside_its_text_nor_over_another() -> None:
    for start, end in ((3, 3), (4, 3), (-1, 2)):
        with pytest.raises(ValueError, match="span"):
            DictatedSpan(start, end, "u")
    with pytest.raises(ValueError, match="utterance"):
        DictatedSpan(0, 1, "")
    for spans in (
        (DictatedSpan(0, 9, "u"),),
        (DictatedSpan(0, 4, "u"), DictatedSpan(3, 5, "v")),
        (DictatedSpan(3, 5, "u"), DictatedSpan(0, 2, "v")),
    ):
        with pytest.raises(ValueError, match="dictated"):
            Section(SectionKind.FINDINGS, "Clear.", dictated=spans)


def test_a_signed_report_knows_nothing_of_dictation() -> None:
    section = Section(SectionKind.FINDINGS, "Clear.", dictated=(DictatedSpan(0, 6, "u"),))
    with pytest.raises(ValueError, match="signed"):
        Report(
            "r",
            "1.2",
            "1.3",
            state=ReportState.FINAL,
            sections=(section,),
            signed_at=datetime(2026, 11, 24, tzinfo=UTC),
            signed_by=Reader("4711", PersonName("A^B")),
        )
    assert section.plain().dictated == ()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("[lungs] Small nodule.", "Clear. Small nodule.", ["Small nodule."]),
        ("Small nodule. [pleura]", "Small nodule. No effusion.", ["Small nodule."]),
        ("Small nodule.", "Small calcified nodule.", ["Small", " nodule."]),
        ("Small nodule.", "Clear.", ["."]),
        ("Small nodule.", "", []),
    ],
)
def test_marks_stay_with_the_words_that_stay(before: str, after: str, words: list[str]) -> None:
    start = before.index("Small")
    spans = (DictatedSpan(start, start + len("Small nodule."), "u"),)
    section = Section(SectionKind.FINDINGS, before, dictated=spans).with_text(after)
    assert [after[each.start : each.end] for each in section.dictated] == words


@given(st.text("ab .\n", max_size=40), st.text("ab .\n", max_size=40), st.data())
def test_moved_marks_never_leave_the_text_and_only_hold_characters_that_were_dictated(
    before: str, after: str, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(before)), max_size=6)))
    spans = tuple(
        DictatedSpan(one, other, f"u{one}")
        for one, other in zip(cuts[::2], cuts[1::2], strict=False)
    )
    found = moved(spans, before, after)
    assert in_order(found, len(after))
    said = {span.utterance: before[span.start : span.end] for span in spans}
    for span in found:
        assert after[span.start : span.end] in said[span.utterance]
