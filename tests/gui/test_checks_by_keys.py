"""Each open check before the signature is gone to, and settled, without the mouse."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import Scene, asked, opened, task
from workstation.domain.report import SectionKind
from workstation.ui.parts import Button


def words() -> str:
    held = QApplication.focusWidget()
    return held.words if isinstance(held, Button) else ""


def press(qtbot: QtBot, key: Qt.Key) -> None:
    held = QApplication.focusWidget()
    assert held is not None
    qtbot.keyClick(held, key)


def tab_to(qtbot: QtBot, wanted: str) -> None:
    for _ in range(12):
        if words() == wanted:
            return
        press(qtbot, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not lead to {wanted}")


def test_tab_leads_from_check_to_check_before_the_text_and_return_goes_there(
    qtbot: QtBot, report_scene: Scene
) -> None:
    opened(qtbot, report_scene, task())
    asked(qtbot, report_scene)
    tab_to(qtbot, "Go to text")
    press(qtbot, Qt.Key.Key_Return)
    editor = report_scene.panel.editor
    assert not report_scene.panel.signing_now
    assert editor.hasFocus()
    assert editor.textCursor().hasSelection(), "the open field is selected"


def test_settled_checks_hand_the_keyboard_on_until_it_is_at_the_signature(
    qtbot: QtBot, report_scene: Scene
) -> None:
    panel = report_scene.panel
    opened(qtbot, report_scene, task())
    panel.editor.go_to_section(SectionKind.IMPRESSION)
    block = panel.editor.textCursor().block()
    panel.editor.select(block.position(), block.position() + block.length() - 1)
    panel.editor.insert_words("No finding.")
    asked(qtbot, report_scene)
    count = len(panel.sign_panel.open_findings)
    assert count > 1
    tab_to(qtbot, "Not needed")
    for left in range(count - 1, -1, -1):
        assert words() == "Not needed"
        press(qtbot, Qt.Key.Key_Return)
        assert len(panel.sign_panel.open_findings) == left
    assert words() == "Sign and send"
