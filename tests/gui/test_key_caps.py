"""With Alt held, each button shows its key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.gui import fakes
from workstation.ui.job_bridge import JobBridge
from workstation.ui.main_window import MainWindow
from workstation.workflow.jobs import Jobs

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    unhandled: list[BaseException] = []
    jobs = Jobs(unhandled.append)
    bridge = JobBridge(jobs)
    made = MainWindow(fakes.FakeWorkbench(), bridge)
    qtbot.addWidget(made)
    made.resize(1920, 1080)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.close()
    jobs.close()
    bridge.close()
    assert unhandled == []


def test_alt_held_shows_the_key_of_each_button_below_it(
    window: MainWindow, picture: Callable[[QWidget, str], Path]
) -> None:
    assert not window.caps.isVisible()
    QTest.keyPress(window.windowHandle(), Qt.Key.Key_Alt)
    assert window.caps.isVisible()
    caps = window.caps.shown()
    assert {"N", "Ctrl+O", "Ctrl+,", "F1"} <= set(caps)
    button = window.top.next_button
    middle = button.mapTo(window, button.rect().center())
    assert abs(caps["N"].center().x() - middle.x()) <= 1
    assert caps["N"].bottom() > middle.y()
    picture(window, "alt-held")
    QTest.keyRelease(window.windowHandle(), Qt.Key.Key_Alt)
    assert not window.caps.isVisible()


def test_a_shortcut_with_alt_hides_the_caps(window: MainWindow) -> None:
    QTest.keyPress(window.windowHandle(), Qt.Key.Key_Alt)
    QTest.keyPress(window.windowHandle(), Qt.Key.Key_X, ALT)
    assert not window.caps.isVisible()


def test_a_greyed_button_shows_no_key(window: MainWindow) -> None:
    window.top.next_button.setEnabled(False)
    assert "N" not in window.caps.shown()
