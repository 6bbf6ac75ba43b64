"""Lengths that follow the text size while a window is open."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class _Follower(QObject):
    def __init__(self, widget: QWidget, measure: Callable[[], None]) -> None:
        super().__init__(widget)
        self._measure = measure
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange:
            self._measure()
        return False


def follow(widget: QWidget, measure: Callable[[], None]) -> None:
    """Call `measure` now, and again each time that text size or contrast change.

    For lengths that a layout keeps (margins, spacing, fixed sizes): Qt measures fonts again by
    itself, but not what was once computed from the text size.
    """
    measure()
    _Follower(widget, measure)
