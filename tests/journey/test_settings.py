"""What is changed in the settings is what the running window does."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from workstation.bootstrap import reader_of
from workstation.bootstrap.windows import Unhandled, window_on
from workstation.settings import Home, Settings
from workstation.ui import theme
from workstation.ui.hands import Hands
from workstation.ui.settings.controls import Line, Segments


def test_a_changed_setting_is_used_by_the_running_window(
    tmp_path: Path, qapp: QApplication
) -> None:
    home = Home.at(tmp_path)
    settings, defects = Settings(home.settings_file), Unhandled()
    with window_on(home, settings, [], reader=reader_of(settings), unhandled=defects) as (
        window,
        _,
    ):
        window.show()
        window.activateWindow()
        hands = Hands(window)
        hands.wait(window.isActiveWindow, "the window becomes active")
        bar = window.top.height()
        hands.press("Ctrl+,")
        page = window.settings_page
        assert page is not None
        page.show_page("Display")
        size = page.groups["Display"].rows["display.text_percent"].control
        assert isinstance(size, Line)
        size.field.setFocus()
        size.field.selectAll()
        hands.type("150")
        hands.press("Return")
        hands.wait(lambda: theme.scale() == 1.5, "the larger text")
        assert window.top.height() == round(bar * 1.5)
        page.show_page("Viewer")
        drag = page.groups["Viewer"].rows["viewer.left_drag"].control
        assert isinstance(drag, Segments)
        QTest.mouseClick(drag.choice("scroll"), Qt.MouseButton.LeftButton)
        hands.wait(lambda: window.room.images.tool == "scroll", "the left button scrolls")
        hands.press("Escape")
        assert window.pages.currentWidget() is not page
    kept = Settings(home.settings_file)
    assert kept.number("display.text_percent") == 150
    assert kept.text("viewer.left_drag") == "scroll"
    assert defects.seen == []
