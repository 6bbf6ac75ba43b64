"""The table of lesions: put in by a key, walked by keys, following what is measured."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import Scene, opened, task
from workstation.domain.report import SectionKind
from workstation.ui.report import document as text_document
from workstation.workflow.lesion_table import PriorSizes

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def scene(qtbot: QtBot, report_scene: Scene) -> Scene:
    """The cursor in an empty impression, with the table put in."""
    opened(qtbot, report_scene, task())
    panel = report_scene.panel
    panel.table.sizes = lambda _: (PriorSizes("12 Mar 2026", (("", "10.0 mm"), ("", "6.0 mm"))),)
    panel.editor.go_to_section(SectionKind.IMPRESSION)
    block = panel.editor.textCursor().block()
    panel.editor.select(block.position(), block.position() + block.length() - 1)
    qtbot.keyClicks(panel.editor, "Follow-up.")
    qtbot.keyClick(panel.editor, Qt.Key.Key_T, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: "Lesion" in impression(report_scene))
    return report_scene


def impression(scene: Scene) -> str:
    sections = scene.panel.editor.sections()
    return next(each.text for each in sections if each.kind is SectionKind.IMPRESSION)


def signed(scene: Scene) -> str:
    """The impression as it would be signed."""
    return next(
        each.text
        for each in scene.panel.measured.words_now()
        if each.kind is SectionKind.IMPRESSION
    )


def test_the_table_is_filled_by_keys_alone_and_its_change_is_told(
    qtbot: QtBot, scene: Scene
) -> None:
    editor = scene.panel.editor
    assert editor.textCursor().selectedText() == "[lesion 1]"
    qtbot.keyClicks(editor, "Upper lobe")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.textCursor().selectedText() == "[size then]"
    qtbot.keyClicks(editor, "1")
    assert impression(scene).strip().split("\n") == [
        "Follow-up.",
        "Lesion\t12 Mar 2026\tNow\tChange",
        "Upper lobe\t10.0 mm\t{{m:a1}}\t{{t:change}}",
    ]
    assert "| Upper lobe | 10.0 mm     | 17.1 mm S3/173 | +7.1 mm (+71 %) |" in signed(scene)


def test_size_and_change_follow_the_measurement_until_it_is_signed(
    qtbot: QtBot, scene: Scene
) -> None:
    editor = scene.panel.editor
    qtbot.keyClicks(editor, "Node")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    qtbot.keyClicks(editor, "2")
    scene.marks.change(12.0)
    qtbot.waitUntil(lambda: "+6.0 mm (+100 %)" in signed(scene))
    scene.panel.ask_to_sign()
    shown = scene.panel.sign_panel._text
    qtbot.waitUntil(lambda: "+6.0 mm (+100 %)" in shown.toPlainText())
    assert "12.0 mm" in shown.toPlainText()
    editor.undo()
    assert "[size then]" in impression(scene)


def test_the_cells_of_a_column_stand_below_each_other(qtbot: QtBot, scene: Scene) -> None:
    editor = scene.panel.editor
    qtbot.keyClicks(editor, "Right upper lobe")
    scene.panel.table.rows.fit()
    rows = [block for block in text_document.blocks(editor.document()) if "\t" in block.text()]
    places = []
    for block in rows:
        line = block.layout().lineAt(0)
        ends = [at for at, letter in enumerate(block.text()) if letter == "\t"]
        places.append([round(line.cursorToX(at + 1)[0]) for at in ends])  # type: ignore[index]
    assert places[0] == places[1]
    assert places[0] == sorted(places[0])


def test_return_adds_a_row_and_from_an_empty_row_leaves_the_table(
    qtbot: QtBot, scene: Scene
) -> None:
    editor = scene.panel.editor
    qtbot.keyClicks(editor, "Node")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "Second")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    qtbot.keyClicks(editor, "3.0 mm")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    qtbot.keyClicks(editor, "6.0 mm")
    assert "Second\t3.0 mm\t6.0 mm\t{{t:change}}" in impression(scene)
    assert "+3.0 mm (+100 %)" in signed(scene)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "Done.")
    assert "\nDone." in impression(scene)


def test_the_table_is_one_step_and_is_found_again(qtbot: QtBot, scene: Scene) -> None:
    held = scene.panel.editor.sections()
    scene.panel.editor.load(held)
    assert scene.panel.editor.sections() == held
    before = impression(scene)
    scene.panel.editor.go_to_section(SectionKind.IMPRESSION)
    qtbot.keyClick(scene.panel.editor, Qt.Key.Key_T, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: impression(scene).count("Lesion") == 2)
    scene.panel.editor.undo()
    assert impression(scene) == before


def test_a_table_cannot_be_put_into_a_heading(qtbot: QtBot, scene: Scene) -> None:
    before, told = scene.text, []
    scene.panel.message.connect(told.append)
    scene.panel.editor.select(2, 2)
    qtbot.keyClick(scene.panel.editor, Qt.Key.Key_T, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: bool(told))
    assert scene.text == before


def click(scene: Scene, position: int) -> None:
    """The mouse on the middle of a link."""
    editor = scene.panel.editor
    cursor = editor.textCursor()
    cursor.setPosition(position)
    before = editor.cursorRect(cursor)
    cursor.setPosition(position + 1)
    behind = editor.cursorRect(cursor)
    place = QPoint((before.left() + behind.left()) // 2, before.center().y())
    QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_click_on_a_number_in_a_table_shows_where_it_was_measured(
    qtbot: QtBot, scene: Scene
) -> None:
    editor = scene.panel.editor
    text = editor.toPlainText()
    editor.select(0, 0)
    click(scene, text.index("\ufffc"))
    assert scene.images.shown == ["a1"]


def test_a_change_leads_to_no_image(qtbot: QtBot, scene: Scene) -> None:
    editor = scene.panel.editor
    qtbot.keyClicks(editor, "Node")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    qtbot.keyClicks(editor, "1")
    text = editor.toPlainText()
    click(scene, text.index("\ufffc", text.index("\ufffc") + 1))
    assert scene.images.shown == []


def test_a_click_on_a_key_image_shows_it(qtbot: QtBot, scene: Scene) -> None:
    editor = scene.panel.editor
    editor.go_to_section(SectionKind.FINDINGS)
    editor.insert_words(" Seen on ")
    assert editor.insert_link("k:1.2.3.4:1")
    click(scene, editor.textCursor().position() - 1)
    assert scene.images.shown == ["1.2.3.4"]
