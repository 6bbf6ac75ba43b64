"""What lies beside the text of the report is reached without the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import Scene, opened, task
from workstation.domain.report import SectionKind
from workstation.ui.parts import Button
from workstation.ui.report.prior_reports import PriorReport

CONTROL = Qt.KeyboardModifier.ControlModifier


def focus() -> QWidget:
    held = QApplication.focusWidget()
    assert held is not None
    return held


@pytest.fixture
def scene(qtbot: QtBot, report_scene: Scene) -> Scene:
    opened(qtbot, report_scene, task())
    report_scene.panel.show_priors(
        [PriorReport("CT chest", "12 Mar 2026", "final", (("findings", "A small cyst."),))]
    )
    return report_scene


def test_an_earlier_report_is_named_and_compared_by_keys(qtbot: QtBot, scene: Scene) -> None:
    panel = scene.panel
    qtbot.keyClick(panel.editor, Qt.Key.Key_PageDown, CONTROL)
    assert panel.tabs.currentIndex() == panel.PRIOR
    reached = []
    for _ in range(3):
        qtbot.keyClick(focus(), Qt.Key.Key_Tab)
        held = focus()
        reached.append(held.words if isinstance(held, Button) else held.accessibleName())
    assert reached == [
        "Name as comparison",
        "Against my text",
        "Report on CT chest, 12 Mar 2026",
    ]
    qtbot.keyClick(focus(), Qt.Key.Key_Backtab)
    qtbot.keyClick(focus(), Qt.Key.Key_Backtab)
    qtbot.keyClick(focus(), Qt.Key.Key_Return)
    sections = panel.editor.sections()
    text = next(each.text for each in sections if each.kind is SectionKind.COMPARISON)
    assert text == "CT chest of 12 Mar 2026."


def test_the_tabs_are_turned_around_both_ends(qtbot: QtBot, scene: Scene) -> None:
    panel = scene.panel
    seen = []
    for _ in range(panel.tabs.count()):
        qtbot.keyClick(focus(), Qt.Key.Key_PageDown, CONTROL)
        seen.append(panel.tabs.currentIndex())
    assert seen == [1, 2, 3, 0]
    assert panel.editor.hasFocus()
    qtbot.keyClick(focus(), Qt.Key.Key_PageUp, CONTROL)
    assert panel.tabs.currentIndex() == 3
    assert panel.calculators.which.hasFocus()


def test_the_questions_of_a_calculator_come_before_its_button(qtbot: QtBot, scene: Scene) -> None:
    page = scene.panel.calculators
    scene.panel.show_calculators()
    page._chosen(page.which.findData("recist"))
    page.which.setFocus()
    reached = []
    for _ in range(8):
        qtbot.keyClick(focus(), Qt.Key.Key_Tab)
        reached.append(focus().accessibleName())
    assert reached[1:4] == ["Enter sums or lesions", "Sum at baseline", "Smallest sum so far"]


def test_what_is_linked_is_shown_in_its_image_one_after_the_other(
    qtbot: QtBot, scene: Scene
) -> None:
    editor, shown = scene.panel.editor, scene.images.shown
    editor.setFocus()
    qtbot.keyClick(focus(), Qt.Key.Key_J, CONTROL)
    assert shown == []
    editor.go_to_section(SectionKind.FINDINGS)
    scene.panel.insert_measurement()
    editor.insert_words(" and ")
    scene.panel.insert_measurement()
    scene.panel.editor.select(0, 0)
    for _ in range(3):
        qtbot.keyClick(focus(), Qt.Key.Key_J, CONTROL)
    # The measurement, the key image, and around the end.
    assert shown == ["a1", "1.2.3.4", "a1"]
    assert editor.hasFocus()
    place = editor.linked()[1][0]
    editor.select(place + 1, place + 1)
    qtbot.keyClick(focus(), Qt.Key.Key_J, CONTROL)
    assert shown[-1] == "1.2.3.4", "what stands right before the cursor is shown"
