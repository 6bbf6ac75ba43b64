"""The report panel at once and twice the text, on a large and on a small screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import Scene, opened, task
from workstation.domain.report import SectionKind
from workstation.ui import theme
from workstation.ui.report.field_chooser import FieldChooser


def _apply(scale: float) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, scale=scale)


#: Width and height that the room leaves to the panel (visual-design.md, screens 02, 10 and 11).
SIZES = [(1.0, 448, 1032), (1.0, 360, 720), (2.0, 691, 1032), (2.0, 600, 720)]


@pytest.mark.parametrize(("scale", "width", "height"), SIZES)
def test_buttons_and_lines_of_the_foot_are_whole(
    qtbot: QtBot, report_scene: Scene, scale: float, width: int, height: int
) -> None:
    panel = report_scene.panel
    opened(qtbot, report_scene, task())
    _apply(scale)
    panel.setFixedSize(width, height)
    qtbot.waitUntil(lambda: panel.editor.height() > 5 * theme.px(24))
    foot = panel._foot
    whole = (foot.sign, foot.preliminary, foot.checks, foot.saved)
    qtbot.waitUntil(
        lambda: all(
            each.isVisible()
            and each.width() >= each.sizeHint().width()
            and foot.rect().contains(each.geometry())
            for each in whole
        )
    )


def test_the_text_follows_its_size_at_once_and_keeps_its_links(
    qtbot: QtBot, report_scene: Scene
) -> None:
    panel = report_scene.panel
    opened(qtbot, report_scene, task())
    panel.editor.go_to_section(SectionKind.IMPRESSION)
    panel.insert_measurement()
    before = panel.editor.sections()
    small = panel.editor.document().begin().next().layout().boundingRect().height()
    _apply(2.0)
    assert panel.editor.sections() == before
    assert panel.editor.document().begin().next().layout().boundingRect().height() >= 2 * small - 2
    qtbot.waitUntil(lambda: panel.tabs.font().pixelSize() == theme.font(13, 500).pixelSize())


def test_statements_for_a_field_are_all_in_sight_where_the_text_is_low(
    qtbot: QtBot, report_scene: Scene
) -> None:
    panel = report_scene.panel
    opened(qtbot, report_scene, task())
    _apply(2.0)
    panel.setFixedSize(600, 720)
    # The panel takes its new size in steps: at the end the longest list has room, of five lines.
    qtbot.waitUntil(lambda: panel.editor.viewport().height() > 6 * theme.px(26))
    [chooser] = [
        each
        for each in panel.editor.findChildren(FieldChooser)
        if each.accessibleName() == "Statements for this field"
    ]
    seen = 0
    panel.editor.setFocus()
    for _ in range(len(panel.editor.fields())):
        qtbot.keyClick(panel.editor, Qt.Key.Key_Tab)
        if chooser.options:
            seen += 1
            assert panel.editor.viewport().rect().contains(chooser.geometry())
    assert seen > 3


def test_the_choice_of_the_calculator_follows_the_text_size(
    qtbot: QtBot, report_scene: Scene
) -> None:
    opened(qtbot, report_scene, task())
    report_scene.panel.show_calculators()
    _apply(2.0)
    which = report_scene.panel.calculators.which
    qtbot.waitUntil(lambda: which.font().pixelSize() == theme.font(13, 500).pixelSize())
