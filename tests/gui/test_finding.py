"""Words are found in the report and in earlier reports, by keys alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import Scene, opened, task
from workstation.domain.report import SectionKind
from workstation.ui.report.prior_reports import PriorReport

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def scene(qtbot: QtBot, report_scene: Scene) -> Scene:
    opened(qtbot, report_scene, task())
    editor = report_scene.panel.editor
    editor.go_to_section(SectionKind.IMPRESSION)
    editor.insert_words(" Nodule, nodules and NODULE of ")
    report_scene.panel.insert_measurement()
    editor.insert_words(".")
    editor.select(0, 0)
    return report_scene


def ask(qtbot: QtBot, scene: Scene, words: str) -> None:
    qtbot.keyClick(scene.panel.editor, Qt.Key.Key_F, CONTROL)
    assert scene.panel.find_bar.field.hasFocus()
    qtbot.keyClicks(scene.panel.find_bar.field, words)


def selected(scene: Scene) -> str:
    return scene.panel.editor.textCursor().selectedText()


def test_each_place_is_counted_and_gone_to_around_the_end(qtbot: QtBot, scene: Scene) -> None:
    ask(qtbot, scene, "nodule")
    bar = scene.panel.find_bar
    assert (selected(scene), bar.count.text()) == ("Nodule", "1 of 3")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert (selected(scene), bar.count.text()) == ("nodule", "2 of 3")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.count.text() == "1 of 3"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, SHIFT)
    assert (selected(scene), bar.count.text()) == ("NODULE", "3 of 3")
    assert bar.field.hasFocus()


def test_escape_closes_and_the_keyboard_is_at_the_place(qtbot: QtBot, scene: Scene) -> None:
    ask(qtbot, scene, "nodules")
    qtbot.keyClick(scene.panel.find_bar.field, Qt.Key.Key_Escape)
    assert scene.panel.find_bar.isHidden()
    assert scene.panel.editor.hasFocus()
    qtbot.keyClicks(scene.panel.editor, "cysts")
    assert "Nodule, cysts and NODULE" in scene.text


def test_a_number_that_is_a_link_is_found(qtbot: QtBot, scene: Scene) -> None:
    ask(qtbot, scene, "17.1")
    assert scene.panel.find_bar.count.text() == "1 of 1"
    cursor = scene.panel.editor.textCursor()
    assert cursor.selectionEnd() - cursor.selectionStart() == 1


def test_what_is_nowhere_says_so_and_moves_nothing(qtbot: QtBot, scene: Scene) -> None:
    before = scene.panel.editor.textCursor().position()
    ask(qtbot, scene, "zzz")
    assert scene.panel.find_bar.count.text() == "none"
    assert scene.panel.editor.textCursor().position() == before


def test_places_follow_what_is_typed(qtbot: QtBot, scene: Scene) -> None:
    ask(qtbot, scene, "nodule")
    editor = scene.panel.editor
    editor.go_to_section(SectionKind.IMPRESSION)
    editor.setFocus()
    qtbot.keyClicks(editor, " One more nodule.")
    qtbot.waitUntil(lambda: scene.panel.find_bar.count.text().endswith("of 4"))


def test_the_next_place_is_a_key_away_from_the_text(qtbot: QtBot, scene: Scene) -> None:
    ask(qtbot, scene, "nodule")
    scene.panel.editor.setFocus()
    qtbot.keyClick(scene.panel.editor, Qt.Key.Key_G, CONTROL)
    assert scene.panel.find_bar.count.text() == "2 of 3"
    qtbot.keyClick(scene.panel.editor, Qt.Key.Key_G, CONTROL | SHIFT)
    assert scene.panel.find_bar.count.text() == "1 of 3"


def test_what_is_selected_is_sought(qtbot: QtBot, scene: Scene) -> None:
    scene.panel.editor.go_to_text(SectionKind.IMPRESSION, "nodules")
    qtbot.keyClick(scene.panel.editor, Qt.Key.Key_F, CONTROL)
    assert scene.panel.find_bar.field.text() == "nodules"


def test_shades_of_a_search_are_gone_when_it_is_closed(qtbot: QtBot, scene: Scene) -> None:
    before = len(scene.panel.editor.extraSelections())
    ask(qtbot, scene, "nodule")
    assert len(scene.panel.editor.extraSelections()) >= 3
    qtbot.keyClick(scene.panel.editor, Qt.Key.Key_Right)
    assert len(scene.panel.editor.extraSelections()) >= 3
    qtbot.keyClick(scene.panel.find_bar.field, Qt.Key.Key_Escape)
    assert len(scene.panel.editor.extraSelections()) <= before + 1


def test_words_are_found_in_the_reports_on_earlier_studies(qtbot: QtBot, scene: Scene) -> None:
    panel = scene.panel
    long = "\n".join(f"Line {number} of the findings." for number in range(80))
    panel.show_priors(
        [
            PriorReport("CT chest", "12 Mar 2026", "final", (("findings", long),)),
            PriorReport("CT chest", "1 Feb 2024", "final", (("findings", "A small cyst."),)),
        ]
    )
    panel.tabs.setCurrentIndex(panel.PRIOR)
    panel._prior.texts[0].setFocus()
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, Qt.Key.Key_F, CONTROL)
    qtbot.keyClicks(panel.find_bar.field, "cyst")
    assert panel.find_bar.count.text() == "1 of 1"
    text = panel._prior.texts[1]
    assert text.textCursor().selectedText() == "cyst"
    assert text.visibleRegion().contains(text.cursorRect().center())
    panel.tabs.setCurrentIndex(0)
    qtbot.waitUntil(lambda: panel.find_bar.count.text() == "none")


def test_reports_that_arrive_while_the_report_is_searched_change_nothing(
    qtbot: QtBot, scene: Scene
) -> None:
    ask(qtbot, scene, "nodule")
    scene.panel.show_priors(
        [PriorReport("CT chest", "1 Feb 2024", "final", (("findings", "A nodule."),))]
    )
    assert scene.panel.find_bar.count.text() == "1 of 3"
    assert len(scene.panel.editor.extraSelections()) >= 3
