"""The ring around the part that has the focus, shown only when the focus came by keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from workstation.ui import theme

#: Set to True on a widget that shows its focus itself: a list by its row, a viewport by its frame.
OWN_RING = "ownFocusRing"


class FocusRing(QWidget):
    """One transparent overlay per window.

    Qt has no `:focus-visible`, and `focusChanged` does not say why. The window's own events do:
    the ring shows when the last thing that reached the window was a key.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._target: QWidget | None = None
        self._by_key = False
        self._handle: QWindow | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("a focus ring needs the application")
        app.focusChanged.connect(self._focus_changed)
        window.installEventFilter(self)
        self._attach()

    def _attach(self) -> None:
        handle = self._window.windowHandle()
        if handle is not None and handle is not self._handle:
            self._handle = handle
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._window:
            if kind == QEvent.Type.Show:
                self._attach()
            return False
        if watched is self._target:
            if kind in (QEvent.Type.Move, QEvent.Type.Resize):
                self._place()
            elif kind in (QEvent.Type.Hide, QEvent.Type.EnabledChange):
                self._follow(None)
            return False
        if kind == QEvent.Type.KeyPress:
            self._by_key = True
        elif kind in (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.Wheel):
            self._by_key = False
            if kind != QEvent.Type.Wheel:
                self._follow(None)
        return False

    def _focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        shows = (
            self._by_key
            and now is not None
            and now.window() is self._window
            and now is not self._window
            and not now.property(OWN_RING)
        )
        self._follow(now if shows else None)

    def _follow(self, target: QWidget | None) -> None:
        if self._target is not None:
            self._target.removeEventFilter(self)
        self._target = target
        if target is None:
            self.hide()
            return
        target.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()

    @property
    def target(self) -> QWidget | None:
        """What the ring is drawn around."""
        return self._target

    def _place(self) -> None:
        target = self._target
        if target is None:
            return
        pad = theme.px(1 + theme.focus_ring())
        corner = target.mapTo(self._window, QPoint(0, 0))
        self.setGeometry(QRect(corner, target.size()).adjusted(-pad, -pad, pad, pad))

    def paintEvent(self, event: QPaintEvent) -> None:
        width = theme.px(theme.focus_ring())
        half = width / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("accent"), width))
        radius = theme.px(8)
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius
        )
        painter.end()
