"""A reader's hands: keys, mouse and eyes on the real window, for the tour and the tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from workstation.domain.errors import ReaderError

#: One notch of a wheel in eighths of a degree.
_NOTCH = 120


class NotSeen(ReaderError):
    """Something that was waited for did not happen."""


class Hands:
    """Presses, types, drags and waits for what it expects to see; never for a time."""

    def __init__(self, window: QWidget, pictures: Path | None = None) -> None:
        self.window = window
        self._pictures = pictures
        self.taken: list[str] = []

    def wait(self, seen: Callable[[], object], what: str, seconds: float = 60.0) -> None:
        """Let the program run until `seen` is true; NotSeen names what did not come."""
        end = time.monotonic() + seconds
        while not seen():
            if time.monotonic() > end:
                raise NotSeen(f"The tour waited in vain: {what}.")
            # A timer wakes the loop, so that conditions without an event are seen too.
            QTest.qWait(10)

    def settle(self) -> None:
        """Let everything that is queued run."""
        for _ in range(3):
            QApplication.processEvents()

    def focus(self) -> QWidget:
        """The widget that has the keyboard."""
        if QApplication.activeWindow() is None and QApplication.activePopupWidget() is None:
            # A window that is destroyed takes the keyboard with it, away from this one.
            self.window.activateWindow()
            self.wait(self.window.isActiveWindow, "the window has the keyboard")
        held = QApplication.focusWidget()
        return held if held is not None else self.window

    def press(self, keys: str) -> None:
        """Press a key or a combination, written as Qt's portable text."""
        combination = QKeySequence.fromString(keys)[0]  # type: ignore[index]
        QTest.keyClick(self.focus(), combination.key(), combination.keyboardModifiers())
        self.settle()

    def type(self, text: str) -> None:
        """Type words into what has the keyboard."""
        QTest.keyClicks(self.focus(), text)
        self.settle()

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click with the left button, in the middle unless told otherwise."""
        place = at if at is not None else widget.rect().center()
        QTest.mouseMove(widget, place)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
        self.settle()

    def drag(self, widget: QWidget, start: QPointF, end: QPointF) -> None:
        """Drag with the left button."""
        button = Qt.MouseButton.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        QTest.mousePress(widget, button, none, start.toPoint())
        for step in range(1, 6):
            between = start + (end - start) * step / 5
            QTest.mouseMove(widget, between.toPoint())
            self.settle()
        QTest.mouseRelease(widget, button, none, end.toPoint())
        self.settle()

    def wheel(self, widget: QWidget, notches: int) -> None:
        """Turn the wheel; positive is towards the reader."""
        middle = QPointF(widget.rect().center())
        for _ in range(abs(notches)):
            event = QWheelEvent(
                middle,
                QPointF(widget.mapToGlobal(middle.toPoint())),
                QPoint(0, 0),
                QPoint(0, -_NOTCH if notches > 0 else _NOTCH),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(widget, event)
            self.settle()

    def picture(self, name: str) -> None:
        """Keep a numbered picture of the window as it stands."""
        self.settle()
        if self._pictures is None:
            return
        file = f"{len(self.taken) + 1:02d}-{name}.png"
        if not self.window.grab().save(str(self._pictures / file)):
            raise NotSeen(f"{file} cannot be written.", remedy="Choose another folder.")
        self.taken.append(file)

    def leave(self) -> None:
        """The mouse leaves the window, so that no hover stays on a picture."""
        for widget in self.window.findChildren(QWidget):
            if widget.underMouse():
                QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))
