"""Pedals, dictation microphones and an extra mouse button, on the commands of the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QMouseEvent, QWindow

from workstation.domain.hand_devices import DeviceRefused
from workstation.settings import Settings
from workstation.ui.job_bridge import JobBridge
from workstation.workflow.hand_devices import LET_GO, TALK, HandDevices

_BUTTONS = {
    "back": Qt.MouseButton.BackButton,
    "forward": Qt.MouseButton.ForwardButton,
    "middle": Qt.MouseButton.MiddleButton,
}


class Hands(QObject):
    """Runs `command` with the name of what was pressed, in the Qt thread.

    The mouse is watched at the window of the system, where each event passes once, and only while
    a button of it is chosen.
    """

    def __init__(
        self,
        devices: HandDevices,
        settings: Settings,
        bridge: JobBridge,
        command: Callable[[str], None],
        say: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._settings, self._command, self._say = settings, command, say
        self._window: QWindow | None = None
        self._button: Qt.MouseButton | None = None
        self._ends = [
            devices.listen(bridge.relay(command), bridge.relay(self._problem)),
            settings.listen(bridge.relay(self._follow)),
        ]

    def watch(self, window: QWindow | None) -> None:
        """The window whose mouse is meant; it exists once it was shown."""
        if window is not self._window:
            self._let_go_of_window()
            self._window = window
            self._follow("dictation.mouse_button")

    def close(self) -> None:
        """Listen no longer."""
        for end in self._ends:
            end()
        self._let_go_of_window()
        self._window = None

    def _let_go_of_window(self) -> None:
        if self._window is not None:
            self._window.removeEventFilter(self)

    def _follow(self, key: str) -> None:
        if key != "dictation.mouse_button" or self._window is None:
            return
        self._button = _BUTTONS.get(self._settings.text("dictation.mouse_button"))
        self._window.removeEventFilter(self)
        if self._button is not None:
            self._window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The chosen button goes no further: nothing under the mouse is to move with it."""
        if isinstance(event, QMouseEvent) and event.button() == self._button:
            if event.type() in (
                QEvent.Type.MouseButtonPress,
                QEvent.Type.MouseButtonDblClick,
            ):
                self._command(TALK)
                return True
            if event.type() == QEvent.Type.MouseButtonRelease:
                self._command(LET_GO)
                return True
        return super().eventFilter(watched, event)

    def _problem(self, problem: DeviceRefused) -> None:
        self._say(problem.sentence())
