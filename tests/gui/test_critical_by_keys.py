"""Critical results that the text proposes are noted, refused and told with the keyboard alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import Scene, opened, task
from workstation.domain.critical import CriticalResult
from workstation.domain.report import SectionKind
from workstation.ui.parts import Button


def focus() -> QWidget:
    held = QApplication.focusWidget()
    assert held is not None
    return held


@pytest.fixture
def scene(qtbot: QtBot, report_scene: Scene) -> Scene:
    """Two findings of which somebody has to know."""
    opened(qtbot, report_scene, task())
    editor = report_scene.panel.editor
    editor.go_to_section(SectionKind.FINDINGS)
    editor.insert_words("Large left pneumothorax. Free air below the diaphragm.")
    bar = report_scene.panel.critical_bar
    qtbot.waitUntil(lambda: len(bar._proposals) == 2)
    return report_scene


def held(scene: Scene) -> tuple[CriticalResult, ...]:
    found: tuple[CriticalResult, ...] = scene.bench.critical.of(_study(scene))
    return found


def _study(scene: Scene) -> str:
    case = scene.panel._case
    assert case is not None
    return case.task.study_instance_uid


def ask(qtbot: QtBot, scene: Scene, label: str) -> QWidget:
    """F7, as the window passes it on; what then has the keyboard."""
    scene.panel.note_critical()
    qtbot.waitUntil(lambda: focus().accessibleName() == label)
    return focus()


def proposed(qtbot: QtBot, scene: Scene) -> str:
    asked = ask(qtbot, scene, "Critical finding")
    assert isinstance(asked, QLineEdit)
    return asked.text()


def test_what_the_text_proposes_is_noted_and_told_with_keys(qtbot: QtBot, scene: Scene) -> None:
    assert proposed(qtbot, scene) == "Pneumothorax, left"
    qtbot.keyClick(focus(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [each.finding for each in held(scene)] == ["Pneumothorax, left"])
    qtbot.waitUntil(scene.panel.editor.hasFocus)
    bar = scene.panel.critical_bar
    qtbot.waitUntil(lambda: [each.open for each in bar._results] == [True])

    # the one that waits first, then the next that is proposed, then the one that waits again
    ask(qtbot, scene, "Told to")
    assert proposed(qtbot, scene) == "Free air"
    told = ask(qtbot, scene, "Told to")
    qtbot.keyClicks(told, "Dr Oyelaran, ED")
    qtbot.keyClick(told, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [each.open for each in bar._results] == [False])

    assert proposed(qtbot, scene) == "Free air"
    qtbot.keyClick(focus(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(held(scene)) == 2)


def test_a_proposal_is_refused_with_keys(qtbot: QtBot, scene: Scene) -> None:
    ask(qtbot, scene, "Critical finding")
    for _ in range(6):
        if isinstance(focus(), Button) and focus().accessibleName() == "Not critical":
            break
        qtbot.keyClick(focus(), Qt.Key.Key_Tab)
    qtbot.keyClick(focus(), Qt.Key.Key_Space)
    bar = scene.panel.critical_bar
    qtbot.waitUntil(lambda: [each.finding for each in bar._proposals] == ["Free air"])
    assert scene.panel.editor.hasFocus()
    assert held(scene) == ()


def test_where_nothing_is_proposed_the_finding_is_typed(qtbot: QtBot, report_scene: Scene) -> None:
    opened(qtbot, report_scene, task())
    assert proposed(qtbot, report_scene) == ""


def test_the_bar_is_drawn_again_only_when_it_says_something_else(
    qtbot: QtBot, scene: Scene
) -> None:
    bar, editor = scene.panel.critical_bar, scene.panel.editor
    shown = bar.findChildren(Button)
    with qtbot.waitSignal(scene.panel.signing.looked):
        editor.insert_words(" The liver is normal.")
    qtbot.wait(0)
    assert bar.findChildren(Button) == shown
    editor.insert_words(" Acute appendicitis.")
    qtbot.waitUntil(lambda: len(bar._proposals) == 3)
    assert bar.findChildren(Button) != shown
