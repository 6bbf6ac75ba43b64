"""Dictated text in the editor: one step, its marks, and what was heard put back with one key."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from workstation.domain.dictation import Dictated, WrittenWord
from workstation.domain.report import Section, SectionKind
from workstation.ui.dictation import marks, wording
from workstation.ui.dictation.line import DictationLine, LevelMeter
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.links import LinkText

SPOKEN = Dictated(
    "Small pleural effusion.",
    (WrittenWord(0, 5, 0.2), WrittenWord(6, 13, 0.6, "plural"), WrittenWord(14, 22, 0.9)),
)


@pytest.fixture
def editor(qtbot: QtBot) -> ReportEditor:
    made = ReportEditor(lambda _: LinkText("ruler", "7 mm"))
    qtbot.addWidget(made)
    made.load([Section(SectionKind.FINDINGS, ""), Section(SectionKind.IMPRESSION, "None.")])
    made.go_to_section(SectionKind.FINDINGS)
    made.show()
    return made


def findings(editor: ReportEditor) -> str:
    return editor.sections()[0].text


def put(editor: ReportEditor, dictated: Dictated, name: str = "u1") -> None:
    cursor = editor.textCursor()
    marks.insert(cursor, dictated, name)
    editor.setTextCursor(cursor)


def test_an_utterance_is_one_step_to_undo_and_to_do_again(editor: ReportEditor) -> None:
    put(editor, SPOKEN)
    put(editor, Dictated(" Stable."), "u2")
    editor.undo()
    assert findings(editor) == "Small pleural effusion."
    editor.undo()
    assert findings(editor) == ""
    editor.redo()
    assert findings(editor) == "Small pleural effusion."
    # its marks came back with it
    assert [each[2] for each in marks.corrections(editor.document())] == ["plural"]


def test_what_was_heard_comes_back_with_one_step_and_goes_with_undo(editor: ReportEditor) -> None:
    put(editor, SPOKEN)
    assert marks.revert(editor) == "plural"
    assert findings(editor) == "Small plural effusion."
    assert marks.revert(editor) == ""
    editor.undo()
    assert findings(editor) == "Small pleural effusion."


def test_two_corrections_that_touch_are_put_back_one_at_a_time(editor: ReportEditor) -> None:
    put(
        editor,
        Dictated("steatosis cirrhosis", (
            WrittenWord(0, 9, 0.5, "stetosis"), WrittenWord(10, 19, 0.5, "sirosis"),
        )),
    )  # fmt: skip
    assert marks.revert(editor) == "sirosis"
    assert findings(editor) == "steatosis sirosis"
    assert marks.revert(editor) == "stetosis"
    assert findings(editor) == "stetosis sirosis"


def test_a_correction_of_several_words_is_put_back_as_a_whole(editor: ReportEditor) -> None:
    put(
        editor,
        Dictated("No focal lesion.", (
            WrittenWord(0, 2, 0.9),
            WrittenWord(3, 8, 0.5, "vocal lesson"), WrittenWord(9, 15, 0.5, "vocal lesson"),
        )),
    )  # fmt: skip
    assert marks.revert(editor) == "vocal lesson"
    assert findings(editor) == "No vocal lesson."


def test_marks_are_no_part_of_what_is_saved(editor: ReportEditor) -> None:
    put(editor, SPOKEN)
    assert findings(editor) == "Small pleural effusion."


def test_typing_behind_a_correction_is_no_correction(editor: ReportEditor, qtbot: QtBot) -> None:
    put(editor, Dictated("steatosis", (WrittenWord(0, 9, 0.5, "stetosis"),)))
    qtbot.keyClicks(editor, " mild")
    ((start, end, _),) = marks.corrections(editor.document())
    assert end - start == len("steatosis")


def test_partial_words_are_seen_and_are_neither_saved_nor_undone(editor: ReportEditor) -> None:
    put(editor, SPOKEN)
    marks.show_partial(editor, " and a")
    block = editor.textCursor().block()
    assert block.layout().preeditAreaText() == " and a"
    assert findings(editor) == "Small pleural effusion."
    marks.show_partial(editor, "")
    assert block.layout().preeditAreaText() == ""
    editor.undo()
    assert findings(editor) == ""


def test_the_sentence_at_the_cursor_is_known(editor: ReportEditor) -> None:
    put(editor, SPOKEN, "first")
    middle = editor.textCursor().position() - 3
    put(editor, Dictated(" Stable.", (WrittenWord(1, 7, 0.9),)), "second")
    assert marks.utterance_at(editor) == "second"
    editor.select(middle, middle)
    assert marks.utterance_at(editor) == "first"


def test_the_meter_shows_more_for_louder_sound(qtbot: QtBot) -> None:
    meter = LevelMeter()
    qtbot.addWidget(meter)
    lit = []
    for level in (-90.0, -40.0, -20.0, -3.0):
        meter.show_level(level)
        lit.append(meter.lit)
    assert lit == sorted(lit)
    assert lit[0] == 0
    assert lit[-1] == 12


def test_the_line_shows_the_end_of_long_text(qtbot: QtBot) -> None:
    line = DictationLine()
    qtbot.addWidget(line)
    line.show_final("word " * 40 + "end.")
    assert line.words.text().endswith("end.")
    assert len(line.words.text()) < 70


def test_an_utterance_is_removed_as_one_step_wherever_it_stands(
    editor: ReportEditor, qtbot: QtBot
) -> None:
    put(editor, SPOKEN, "first")
    put(editor, Dictated(" Stable.", (WrittenWord(1, 7, 0.9),)), "second")
    qtbot.keyClicks(editor, " Typed.")
    assert marks.remove(editor, "first")
    assert findings(editor) == " Stable. Typed."
    assert not marks.remove(editor, "first")
    editor.undo()
    assert findings(editor) == "Small pleural effusion. Stable. Typed."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Clear. A 2.3 cm cyst.", "A 2.3 cm cyst."),
        ("Clear. A 2.3 cm cyst. ", "A 2.3 cm cyst."),
        ("no mark at all", "no mark at all"),
    ],
)
def test_the_last_sentence_is_selected_and_what_comes_next_takes_its_place(
    editor: ReportEditor, text: str, sentence: str
) -> None:
    editor.insert_words(text)
    assert wording.select_last_sentence(editor)
    assert editor.textCursor().selectedText() == sentence
    put(editor, Dictated("Normal."))
    assert findings(editor).rstrip() == (text.removesuffix(" ").removesuffix(sentence) + "Normal.")


def test_a_heading_is_never_selected_as_a_sentence_nor_capitalised(editor: ReportEditor) -> None:
    assert not wording.select_last_sentence(editor)
    editor.select(0, 0)
    assert not wording.capitalise(editor)


def test_capitals_come_to_the_last_word_or_to_the_selection_and_marks_stay(
    editor: ReportEditor,
) -> None:
    put(editor, SPOKEN)
    wording.capitalise(editor)
    assert findings(editor) == "Small pleural Effusion."
    wording.select_last_sentence(editor)
    wording.capitalise(editor)
    assert findings(editor) == "Small Pleural Effusion."
    assert editor.textCursor().selectedText() == "Small Pleural Effusion."
    assert [each[2] for each in marks.corrections(editor.document())] == ["plural"]
    editor.undo()
    editor.undo()
    assert findings(editor) == "Small pleural effusion."
    assert editor.section_at(editor.textCursor().position()) is SectionKind.FINDINGS


@pytest.mark.parametrize("before", ["😀 ", "𝒜𝒷 Größe 日本語 ", "مرحبا 👩‍⚕️ "])
def test_words_stand_at_their_place_behind_emoji_and_letters_of_two_units(
    editor: ReportEditor, before: str
) -> None:
    editor.insert_words(f"{before}[side] kidney. Stable.")
    ((start, end, name),) = editor.fields()
    editor.select(start, end)
    assert (editor.textCursor().selectedText(), name) == ("[side]", "side")
    editor.insert_words("Left")
    editor.go_to_section(SectionKind.FINDINGS)
    assert editor.text_before_cursor() == f"{before}Left kidney. Stable."
    wording.select_last_sentence(editor)
    assert editor.textCursor().selectedText() == "Stable."
    editor.go_to_text(SectionKind.FINDINGS, "kidney")
    assert editor.textCursor().selectedText() == "kidney"
    wording.capitalise(editor)
    assert findings(editor) == f"{before}Left Kidney. Stable."


def test_a_scratched_sentence_gives_back_what_it_took_the_place_of(editor: ReportEditor) -> None:
    editor.insert_words("[lungs]")
    editor.next_field()
    put(editor, SPOKEN)
    assert findings(editor) == "Small pleural effusion."
    editor.undo()
    assert findings(editor) == "[lungs]"
