"""A mouse button to talk with, by real mouse events; what devices do, in the Qt thread."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.workflow.test_hand_devices import Source
from workstation.domain.hand_devices import DeviceKey, DevicePress, DeviceRefused
from workstation.settings import Settings
from workstation.ui.dictation.hands import Hands
from workstation.ui.job_bridge import JobBridge
from workstation.workflow.hand_devices import HandDevices
from workstation.workflow.jobs import Jobs


class Bench:
    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.jobs = Jobs(lambda _: None)
        self.bridge = JobBridge(self.jobs)
        self.settings, self.source = Settings(), Source()
        self.clicks: list[str] = []
        self.commands: list[str] = []
        self.said: list[str] = []
        self.window = QPushButton("under the mouse")
        qtbot.addWidget(self.window)
        self.window.resize(300, 200)
        self.window.pressed.connect(lambda: self.clicks.append("pressed"))
        self.hands = Hands(
            HandDevices(self.source, self.settings),
            self.settings,
            self.bridge,
            self.commands.append,
            self.said.append,
            self.window,
        )
        self.window.show()
        qtbot.waitExposed(self.window)
        self.hands.watch(self.window.windowHandle())

    def mouse(self, button: Qt.MouseButton) -> None:
        window = self.window.windowHandle()
        for act in (QTest.mousePress, QTest.mouseRelease):
            act(window, button, Qt.KeyboardModifier.NoModifier, QPoint(50, 50))


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(qtbot)
    yield made
    made.hands.close()
    made.jobs.close()
    made.bridge.close()


def test_the_chosen_button_talks_while_it_is_held_and_touches_nothing(bench: Bench) -> None:
    bench.settings.set("dictation.mouse_button", "back")
    bench.qtbot.waitUntil(lambda: bench.hands._button is not None)
    bench.mouse(Qt.MouseButton.BackButton)
    assert bench.commands == ["dictation.talk", "dictation.let_go"]
    assert bench.clicks == []
    bench.mouse(Qt.MouseButton.LeftButton)
    assert bench.clicks == ["pressed"]


def test_no_button_talks_unless_one_is_chosen(bench: Bench) -> None:
    for button in (Qt.MouseButton.BackButton, Qt.MouseButton.MiddleButton):
        bench.mouse(button)
    assert bench.commands == []


def test_another_choice_holds_at_once(bench: Bench) -> None:
    bench.settings.set("dictation.mouse_button", "back")
    bench.settings.set("dictation.mouse_button", "forward")
    bench.qtbot.waitUntil(lambda: bench.hands._button is Qt.MouseButton.ForwardButton)
    bench.mouse(Qt.MouseButton.BackButton)
    bench.mouse(Qt.MouseButton.ForwardButton)
    assert bench.commands == ["dictation.talk", "dictation.let_go"]


def test_a_pedal_reaches_the_window_in_its_order(bench: Bench) -> None:
    for down in (True, False):
        bench.source.press(DevicePress("pedal", DeviceKey.TALK, down))
    bench.source.problem(DeviceRefused("The pedal is gone.", remedy="Plug it in again."))
    bench.qtbot.waitUntil(lambda: bool(bench.said))
    assert bench.commands == ["dictation.talk", "dictation.let_go"]
    assert bench.said == ["The pedal is gone. Plug it in again."]
