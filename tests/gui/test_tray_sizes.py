"""Measurements under the report at each text size: whole rows, what M inserts in sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.gui.text_sizes import apply
from workstation.ui.parts import Button
from workstation.ui.report.tray import Tray, TrayItem

ROWS = [
    TrayItem("m:1", "length", "17.2 mm", "S3/132  in patient", False),
    TrayItem("m:2", "ellipse", "40 ± 19 HU", "S3/132  70.4 mm²", False),
    TrayItem("m:3", "length", "9.4 mm", "S3/141", True),
    TrayItem("k:1:1", "key_image", "Key image", "S3/132", False),
]


def _shown(qtbot: QtBot, height: int) -> Tray:
    tray = Tray()
    qtbot.addWidget(tray)
    tray.setFixedWidth(448)
    tray.show_items(ROWS, room=height)
    return tray


def _in_sight(tray: Tray) -> list[str]:
    """The values of which the whole line is seen."""
    view = tray._area.viewport()
    return [
        each.text()
        for each in tray._area.widget().findChildren(QLabel)
        if each.text() in {row.value for row in ROWS}
        and view.rect().contains(QRect(each.mapTo(view, QPoint(0, 0)), each.size()))
    ]


def test_a_large_window_lists_all_of_them(qtbot: QtBot) -> None:
    tray = _shown(qtbot, 1080)
    qtbot.waitUntil(lambda: len(_in_sight(tray)) == 4)


def test_a_laptop_lists_what_is_not_in_the_text_yet(qtbot: QtBot) -> None:
    tray = _shown(qtbot, 768)
    qtbot.waitUntil(lambda: _in_sight(tray) == ["17.2 mm", "40 ± 19 HU", "Key image"])


def test_where_there_is_one_line_it_is_the_one_that_the_key_inserts(qtbot: QtBot) -> None:
    tray = _shown(qtbot, 540)
    assert tray.newest_open == "m:2"
    qtbot.waitUntil(lambda: _in_sight(tray) == ["40 ± 19 HU"])


def test_the_report_has_all_the_room_of_a_very_low_window(qtbot: QtBot) -> None:
    tray = _shown(qtbot, 384)
    assert tray.isHidden()
    assert tray.newest_open == "m:2"


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_rows_are_high_enough_for_their_words_after_another_text_size(
    qtbot: QtBot, scale: float
) -> None:
    tray = _shown(qtbot, 1080)
    tray.setFixedWidth(round(448 * scale))
    apply(scale)
    tray.show_items(ROWS, room=1080)
    tray.show()
    words = [
        each
        for each in tray._area.widget().findChildren(QLabel)
        if each.isVisible() and each.text() and each.pixmap().isNull()
    ]
    assert len(words) > 8
    qtbot.waitUntil(
        lambda: (
            all(each.height() >= each.fontMetrics().height() for each in words)
            and all(
                each.height() <= each.parentWidget().height()
                for each in tray.findChildren(Button)
                if each.isVisible()
            )
        )
    )
