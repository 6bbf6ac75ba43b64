"""Spelling in the report: what is marked, and what is done about it by keys and mouse."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QTextCharFormat
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import Scene, opened, task
from workstation.domain.report import SectionKind
from workstation.ui.report.field_chooser import FieldChooser


@pytest.fixture
def scene(report_scene: Scene) -> Scene:
    return report_scene


def marked(scene: Scene) -> list[str]:
    """The words under a wavy line."""
    found = []
    block = scene.panel.editor.document().begin()
    while block.isValid():
        wavy = [" "] * block.length()
        for span in block.layout().formats():
            if span.format.underlineStyle() is QTextCharFormat.UnderlineStyle.WaveUnderline:
                end = span.start + span.length
                wavy[span.start : end] = block.text()[span.start : end]
        found += "".join(wavy).split()
        block = block.next()
    return found


def write(qtbot: QtBot, scene: Scene, words: str) -> None:
    editor = scene.panel.editor
    editor.go_to_section(SectionKind.IMPRESSION)
    block = editor.textCursor().block()
    editor.select(block.position(), block.position() + block.length() - 1)
    editor.setFocus()
    qtbot.keyClicks(editor, words)


def chooser(scene: Scene) -> FieldChooser:
    [found] = [
        each
        for each in scene.panel.editor.findChildren(FieldChooser)
        if each.accessibleName() == "Spelling"
    ]
    return found


def test_a_template_that_opens_has_no_marked_word(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    write(qtbot, scene, "Qwzx. ")
    qtbot.waitUntil(lambda: marked(scene) == ["Qwzx"])


def test_a_word_is_marked_once_the_cursor_has_left_it(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    write(qtbot, scene, "Small plueral effusoin")
    qtbot.waitUntil(lambda: marked(scene) == ["plueral"])
    qtbot.keyClicks(scene.panel.editor, ".")
    qtbot.waitUntil(lambda: marked(scene) == ["plueral", "effusoin"])


def test_the_next_wrong_word_is_put_right_by_one_key_and_a_digit(
    qtbot: QtBot, scene: Scene
) -> None:
    opened(qtbot, scene, task())
    write(qtbot, scene, "Small plueral efusion. ")
    qtbot.waitUntil(lambda: len(marked(scene)) == 2)
    editor = scene.panel.editor
    qtbot.keyClick(editor, Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: "pleural" in chooser(scene).options)
    number = chooser(scene).options.index("pleural") + 1
    qtbot.keyClicks(editor, str(number))
    assert "Small pleural efusion." in scene.text
    qtbot.keyClick(editor, Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: "effusion" in chooser(scene).options)
    qtbot.keyClicks(editor, str(chooser(scene).options.index("effusion") + 1))
    assert "Small pleural effusion." in scene.text
    qtbot.waitUntil(lambda: marked(scene) == [])
    editor.undo()
    assert "Small pleural efusion." in scene.text


def test_escape_leaves_the_word_and_the_digit_that_follows_is_typed(
    qtbot: QtBot, scene: Scene
) -> None:
    opened(qtbot, scene, task())
    write(qtbot, scene, "Small plueral. ")
    qtbot.waitUntil(lambda: marked(scene) == ["plueral"])
    editor = scene.panel.editor
    editor.go_to_text(SectionKind.IMPRESSION, "ueral")
    qtbot.keyClick(editor, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(chooser(scene).options))
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert chooser(scene).options == ()
    editor.go_to_section(SectionKind.IMPRESSION)
    qtbot.keyClicks(editor, "1")
    assert "Small plueral. 1" in scene.text


def test_what_was_meant_comes_too_late_for_a_case_that_is_left(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(qtbot, scene, task())
    write(qtbot, scene, "Small plueral. ")
    qtbot.waitUntil(lambda: marked(scene) == ["plueral"], timeout=20_000)
    panel, answer, told = scene.panel, threading.Event(), threading.Event()

    def slowly(_word: str) -> tuple[str, ...]:
        assert answer.wait(30)
        told.set()
        return ("pleural",)

    monkeypatch.setattr(panel.spelling._spelling, "suggest", slowly)
    panel.editor.go_to_text(SectionKind.IMPRESSION, "ueral")
    qtbot.keyClick(panel.editor, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    panel.leave()
    answer.set()
    qtbot.waitUntil(told.is_set)
    done: list[bool] = []
    panel._bridge.submit(lambda _: None, on_done=lambda _: done.append(True))
    qtbot.waitUntil(lambda: bool(done))
    assert chooser(scene).options == ()


def test_a_word_that_the_reader_adds_is_not_marked_any_more(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    write(qtbot, scene, "The zorblat sign. ")
    qtbot.waitUntil(lambda: marked(scene) == ["zorblat"])
    editor = scene.panel.editor
    qtbot.keyClick(editor, Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: bool(chooser(scene).options))
    assert chooser(scene).options[-1] == "Add “zorblat” to my words"
    qtbot.keyClicks(editor, str(len(chooser(scene).options)))
    qtbot.waitUntil(lambda: marked(scene) == [])
    assert "The zorblat sign." in scene.text


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_menu_of_the_mouse_puts_a_word_right(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    write(qtbot, scene, "Small plueral. ")
    qtbot.waitUntil(lambda: marked(scene) == ["plueral"])
    editor, held = scene.panel.editor, scene.panel.menu
    editor.go_to_text(SectionKind.IMPRESSION, "ueral")
    at = editor.cursorRect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, editor.viewport().mapToGlobal(at))
    QApplication.sendEvent(editor.viewport(), event)
    qtbot.waitUntil(lambda: held.menu is not None)
    menu = held.menu
    assert menu is not None
    action = next(each for each in menu.actions() if each.text() == "pleural")
    rect = menu.actionGeometry(action)
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=QPoint(rect.center()))
    assert "Small pleural." in scene.text


def test_the_patient_and_what_the_site_wrote_are_never_marked(qtbot: QtBot, scene: Scene) -> None:
    case = task()
    opened(qtbot, scene, case)
    family = case.patient.name.family.lower()
    write(qtbot, scene, f"Dear {family}, small plueral. ")
    qtbot.waitUntil(lambda: marked(scene) == ["plueral"])


def test_the_switch_takes_the_marks_away_and_brings_them_back(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    write(qtbot, scene, "Small plueral. ")
    qtbot.waitUntil(lambda: marked(scene) == ["plueral"])
    scene.bench.settings.set("report.spelling", False)
    qtbot.waitUntil(lambda: marked(scene) == [])
    scene.bench.settings.set("report.spelling", True)
    qtbot.waitUntil(lambda: marked(scene) == ["plueral"])


def test_marks_are_no_step_of_undo_and_no_part_of_the_text(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    before = scene.text
    write(qtbot, scene, "q")
    qtbot.keyClicks(scene.panel.editor, "wzx. ")
    qtbot.waitUntil(lambda: marked(scene) == ["qwzx"])
    while scene.panel.editor.document().isUndoAvailable():
        scene.panel.editor.undo()
    assert scene.text == before


def test_a_word_behind_an_emoji_is_marked_where_it_stands(qtbot: QtBot, scene: Scene) -> None:
    opened(qtbot, scene, task())
    write(qtbot, scene, "x")
    scene.panel.editor.insert_words(" 🫁🫁 small plueral. ")
    qtbot.waitUntil(lambda: bool(marked(scene)))
    qtbot.keyClick(scene.panel.editor, Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert scene.panel.editor.textCursor().selectedText() == "plueral"
