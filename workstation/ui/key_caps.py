"""With Alt held, each button shows its key."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QWindow
from PySide6.QtWidgets import QWidget

from workstation.ui import theme
from workstation.ui.parts import Button

_HEIGHT, _INSIDE = 20, 5
#: How far a cap reaches up into its button, so that it stays off the images below a bar.
_OVERLAP = 10


class KeyCaps(QWidget):
    """One transparent overlay per window; shown from Alt alone until any other key or release."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._handle: QWindow | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        window.installEventFilter(self)

    def shown(self) -> dict[str, QRect]:
        """Key of each button that can be pressed now → where its cap stands."""
        metrics = QFontMetricsF(theme.font(12, 500))
        found = {}
        for each in self._window.findChildren(Button):
            if not each.key or not each.isVisible() or not each.isEnabled():
                continue
            words = round(metrics.horizontalAdvance(each.key)) + 2 * theme.px(_INSIDE)
            width = max(theme.px(_HEIGHT), words)
            at = each.mapTo(self._window, QPoint(each.width() // 2, each.height()))
            place = QRect(
                at.x() - width // 2, at.y() - theme.px(_OVERLAP), width, theme.px(_HEIGHT)
            )
            place.moveRight(min(place.right(), self._window.width() - 1))
            place.moveBottom(min(place.bottom(), self._window.height() - 1))
            found[each.key] = place
        return found

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._window:
            handle = self._window.windowHandle()
            if kind == QEvent.Type.Show and handle is not None and handle is not self._handle:
                self._handle = handle
                handle.installEventFilter(self)
            elif kind in (QEvent.Type.WindowDeactivate, QEvent.Type.Resize):
                self.hide()
            return False
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Alt and not event.isAutoRepeat():
                self.setGeometry(self._window.rect())
                self.show()
                self.raise_()
            elif event.key() != Qt.Key.Key_Alt:
                self.hide()
        elif kind in (QEvent.Type.KeyRelease, QEvent.Type.FocusOut):
            self.hide()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(12, 500))
        radius = theme.px(4)
        for key, place in self.shown().items():
            painter.setPen(QPen(theme.color("edge"), 1))
            painter.setBrush(theme.color("raised"))
            painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
            painter.setPen(theme.color("text"))
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), key)
        painter.end()
