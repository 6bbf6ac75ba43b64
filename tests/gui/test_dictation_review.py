"""Looking at dictated words: what counts, what does not, and that it survives the draft."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QTextCursor, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workstation.domain.dictation import Dictated, WrittenWord
from workstation.domain.report import Section, SectionKind
from workstation.storage import records
from workstation.ui import theme
from workstation.ui.dictation import marks
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.links import LinkText

#: "Small" is in doubt, "pleural" was corrected.
SPOKEN = Dictated(
    "Small pleural effusion.",
    (WrittenWord(0, 5, 0.2), WrittenWord(6, 13, 0.6, "plural"), WrittenWord(14, 22, 0.9)),
)
PLAIN = Dictated(" No pneumothorax.", (WrittenWord(1, 3, 0.9), WrittenWord(4, 16, 0.9)))


@pytest.fixture
def editor(qtbot: QtBot) -> ReportEditor:
    made = ReportEditor(lambda _: LinkText("length", "7 mm"))
    qtbot.addWidget(made)
    made.load([Section(SectionKind.FINDINGS, ""), Section(SectionKind.IMPRESSION, "None.")])
    made.go_to_section(SectionKind.FINDINGS)
    made.resize(500, 300)
    made.show()
    return made


def put(editor: ReportEditor, dictated: Dictated, name: str) -> None:
    with editor.review.writing():
        cursor = editor.textCursor()
        marks.insert(cursor, dictated, name)
        editor.setTextCursor(cursor)


def waiting(editor: ReportEditor) -> set[str]:
    return {each.key for each in editor.review.waiting()}


def test_what_was_just_dictated_waits_until_it_is_looked_at(editor: ReportEditor) -> None:
    put(editor, SPOKEN, "u1")
    put(editor, PLAIN, "u2")
    assert waiting(editor) == {"u1", "u1#1", "u2"}
    # typing on behind it, and going elsewhere, is not looking
    editor.insert_words(" Stable.")
    editor.go_to_section(SectionKind.IMPRESSION)
    assert waiting(editor) == {"u1", "u1#1", "u2"}


def test_the_cursor_inside_a_sentence_looks_at_it_and_on_a_word_in_doubt_at_the_word(
    editor: ReportEditor,
) -> None:
    put(editor, SPOKEN, "u1")
    put(editor, PLAIN, "u2")
    start = editor.document().toPlainText().index("Small")
    editor.select(start + 10, start + 10)
    assert waiting(editor) == {"u1#1", "u2"}
    editor.select(start + 2, start + 2)
    assert waiting(editor) == {"u2"}
    assert [each for each in editor.sections()[0].dictated if not each.reviewed] == [
        each for each in editor.sections()[0].dictated if each.utterance == "u2"
    ]


def test_walking_over_words_with_the_arrow_keys_looks_at_them(
    editor: ReportEditor, qtbot: QtBot
) -> None:
    put(editor, SPOKEN, "u1")
    put(editor, PLAIN, "u2")
    for _ in range(5):
        qtbot.keyClick(editor, Qt.Key.Key_Left)
    assert waiting(editor) == {"u1", "u1#1"}
    qtbot.keyClick(editor, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert waiting(editor) == {"u1", "u1#1"}


def test_scrolling_past_a_sentence_looks_at_it_but_not_at_its_word_in_doubt(
    editor: ReportEditor, qtbot: QtBot
) -> None:
    put(editor, SPOKEN, "u1")
    editor.insert_words("\n" * 60)
    put(editor, PLAIN, "u2")
    assert waiting(editor) == {"u1", "u1#1", "u2"}
    bar = editor.verticalScrollBar()
    assert bar.value() > 0
    place = QPointF(editor.viewport().rect().center())

    def turn(notches: int) -> None:
        for _ in range(40):
            wheel = QWheelEvent(
                place, editor.viewport().mapToGlobal(place), QPoint(), QPoint(0, notches * 120),
                Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            QApplication.sendEvent(editor.viewport(), wheel)
            QApplication.processEvents()

    turn(1)
    assert bar.value() == 0
    # what was on the screen before the wheel was turned may have scrolled away unseen
    assert waiting(editor) == {"u1#1", "u2"}
    turn(-1)
    assert waiting(editor) == {"u1#1"}


def test_one_key_goes_through_the_words_in_doubt_and_then_confirms_what_is_on_the_screen(
    editor: ReportEditor,
) -> None:
    put(editor, SPOKEN, "u1")
    put(editor, PLAIN, "u2")
    assert editor.review.confirm() == "The last word in doubt."
    assert editor.textCursor().selectedText() == "Small"
    assert waiting(editor) == {"u1", "u2"}
    assert editor.review.confirm() == "✓ Read: 2 dictated sentences."
    assert waiting(editor) == set()
    assert editor.review.confirm() == "Nothing dictated waits to be read."


def test_a_sentence_that_is_not_on_the_screen_is_shown_before_it_can_be_confirmed(
    editor: ReportEditor,
) -> None:
    put(editor, PLAIN, "u1")
    editor.insert_words("\n" * 80)
    assert "Not read yet" in editor.review.confirm()
    assert waiting(editor) == {"u1"}
    assert editor.review.confirm() == "✓ Read: 1 dictated sentence."


def test_looking_is_no_step_to_take_back(editor: ReportEditor) -> None:
    put(editor, PLAIN, "u1")
    editor.review.confirm()
    editor.undo()
    assert editor.sections()[0].text == ""


def test_a_looked_at_word_in_doubt_is_marked_no_more_and_a_correction_still_is(
    editor: ReportEditor,
) -> None:
    put(editor, SPOKEN, "u1")
    block = editor.textCursor().block()

    def marked() -> int:
        return len(list(marks.shown_marks(block, editor.review.seen)))

    assert marked() == 2
    editor.review.confirm()
    assert marked() == 1


@pytest.mark.parametrize(
    "before", ["", "Link {{m:a1}} and {{m:a1}}{{m:a2}} ", "😀 العربية 日本語\n"]
)
def test_marks_survive_the_draft_and_stand_at_the_same_words(
    editor: ReportEditor, before: str
) -> None:
    editor.load([Section(SectionKind.FINDINGS, before), Section(SectionKind.IMPRESSION, "None.")])
    editor.go_to_section(SectionKind.FINDINGS)
    put(editor, SPOKEN, "u1")
    put(editor, PLAIN, "u2")
    at = editor.document().toPlainText().index("effusion")
    editor.moveCursor(QTextCursor.MoveOperation.WordLeft)
    looked = waiting(editor)
    kept = [records.load(Section, records.dump(each)) for each in editor.sections()]
    said = [kept[0].text[each.start : each.end] for each in kept[0].dictated]
    assert said == ["Small", " ", "pleural", " effusion.", " No pneumothorax."]
    assert at > 0

    editor.load(())
    editor.load(kept)
    assert editor.sections() == tuple(kept)
    assert waiting(editor) == looked
    assert [each[2] for each in marks.corrections(editor.document())] == ["plural"]
    assert not editor.document().isUndoAvailable()
    # one key still puts back what was heard
    editor.go_to_section(SectionKind.FINDINGS)
    assert marks.revert(editor) == "plural"
    assert editor.sections()[0].text == before + "Small plural effusion. No pneumothorax."


def test_marks_survive_another_text_size_and_a_change_of_the_text_around(
    editor: ReportEditor,
) -> None:
    put(editor, SPOKEN, "u1")
    before = editor.sections()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    small = editor.document().begin().next().layout().lineAt(0).height()
    theme.apply(app, scale=2.0)
    assert editor.document().begin().next().layout().lineAt(0).height() > 1.8 * small
    assert editor.sections() == before
    longer = before[0].with_text("Clear. " + before[0].text)
    editor.load([longer, before[1]], undoable=True)
    assert [editor.sections()[0].text[each.start : each.end] for each in longer.dictated] == [
        "Small", " ", "pleural", " effusion.",
    ]  # fmt: skip
    editor.undo()
    assert editor.sections() == before
