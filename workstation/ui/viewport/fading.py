"""Corner text goes away while nobody touches the case, where the reader wants it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QWidget

#: Rest after which it goes, milliseconds.
REST_MS = 5_000
_TOUCH = frozenset(
    {
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.KeyPress,
        QEvent.Type.TouchBegin,
    }
)


class Fading(QObject):
    """Tells `quiet(True)` after a rest, `quiet(False)` at the next touch of the window."""

    def __init__(self, room: QWidget, quiet: Callable[[bool], None]) -> None:
        super().__init__(room)
        self._room, self._quiet = room, quiet
        self._resting = False
        self._handle: QWindow | None = None
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(REST_MS)
        self.timer.timeout.connect(lambda: self._rest(True))

    def switch(self, on: bool) -> None:
        """Begin or end to watch; the events of the window are only looked at while it is on."""
        handle = self._room.window().windowHandle()
        if self._handle is not None:
            self._handle.removeEventFilter(self)
            self._handle = None
        if on and handle is not None:
            self._handle = handle
            handle.installEventFilter(self)
            self.timer.start()
        else:
            self.timer.stop()
        self._rest(False)

    def _rest(self, resting: bool) -> None:
        if resting != self._resting:
            self._resting = resting
            self._quiet(resting)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCH:
            self._rest(False)
            self.timer.start()
        return False
