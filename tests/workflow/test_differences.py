"""What changed between two versions is shown word by word and loses nothing."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.report import Section, SectionKind
from workstation.workflow.differences import Change, Piece, sections, sentences, words

_TEXT = st.text(alphabet="ab 1.\nÖ肺", max_size=40)


@given(_TEXT, _TEXT)
def test_what_stayed_and_what_is_new_make_the_text_after(before: str, after: str) -> None:
    pieces = words(before, after)
    assert "".join(p.text for p in pieces if p.change is not Change.GONE) == after
    assert "".join(p.text for p in pieces if p.change is not Change.NEW) == before


def test_a_side_and_a_number_change_as_whole_words() -> None:
    pieces = words("Cyst of the left kidney, 1.2 cm.", "Cyst of the RIGHT kidney, 12 cm.")
    changed = [(p.change, p.text) for p in pieces if p.change is not Change.SAME]
    assert changed == [
        (Change.GONE, "left"),
        (Change.NEW, "RIGHT"),
        (Change.GONE, "1.2"),
        (Change.NEW, "12"),
    ]


def test_a_section_that_only_one_version_has_is_shown() -> None:
    before = (Section(SectionKind.TECHNIQUE, "CT."),)
    after = (Section(SectionKind.IMPRESSION, "Normal."),)
    found = sections(before, after)
    assert [(each.kind, each.changed) for each in found] == [
        (SectionKind.TECHNIQUE, True),
        (SectionKind.IMPRESSION, True),
    ]
    assert found[0].pieces == (Piece(Change.GONE, "CT."),)


@given(_TEXT, _TEXT)
def test_texts_that_were_written_apart_lose_nothing_either(before: str, after: str) -> None:
    pieces = sentences(before, after)
    assert "".join(p.text for p in pieces if p.change is not Change.GONE) == after
    gone = "".join(p.text for p in pieces if p.change is not Change.NEW)
    assert _told(gone) == _told(before)


def _told(text: str) -> str:
    return re.sub(r"[\s.]", "", text).casefold()


def test_capitals_and_marks_are_no_change_where_texts_were_written_apart() -> None:
    pieces = sentences(
        "Solid nodule in the RIGHT upper lobe, unchanged. No stone.",
        "solid nodule in the right upper lobe unchanged. No stone",
    )
    assert {each.change for each in pieces} == {Change.SAME}
    pieces = sentences("Nodule of 1.2 cm, pneumonia.", "Nodule of 12 cm, pneumonia?")
    assert [each.text for each in pieces if each.change is Change.NEW] == ["12", "pneumonia?"]


def test_a_sentence_that_is_another_one_comes_and_goes_whole() -> None:
    pieces = sentences("Cyst of 1.2 cm in the liver. No stone.", "Spleen enlarged today. No stone.")
    assert pieces == (
        Piece(Change.NEW, "Spleen enlarged today. "),
        Piece(Change.GONE, "Cyst of 1.2 cm in the liver. "),
        Piece(Change.SAME, "No stone."),
    )
