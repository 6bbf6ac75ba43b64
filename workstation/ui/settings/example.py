"""What the settings of the display change, seen at once: text on an image, a row, a button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.reading_task import Priority
from workstation.ui import theme
from workstation.ui.parts import PriorityLabel, label
from workstation.ui.viewport import halo


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of two colours (WCAG 2.2, relative luminance and contrast ratio)."""

    def luminance(color: QColor) -> float:
        parts = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (color.redF(), color.greenF(), color.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class _Picture(QWidget):
    """A drawn chest with corner text, as a viewport shows it; the picture does not grow."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(QSize(440, 300))
        self.setAccessibleName("Example of text on an image")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(0, 0, 0))
        painter.setPen(Qt.PenStyle.NoPen)
        middle = QPointF(self.width() / 2, self.height() / 2)
        for grey, dx, dy, rx, ry in (
            (70, 0, 0, 190, 120),
            (120, 0, 0, 178, 108),
            (12, -76, -6, 66, 78),
            (12, 76, -6, 66, 78),
            (128, 8, -14, 40, 58),
            (225, 0, 74, 22, 24),
            (150, -82, 20, 7, 7),
        ):
            painter.setBrush(QColor(grey, grey, grey))
            painter.drawEllipse(middle + QPointF(dx, dy), rx, ry)
        step, foot = halo.line_height(), self.height() - 8
        right = Qt.AlignmentFlag.AlignRight
        halo.draw_text(painter, 8, 6, "Axial  soft tissue")
        halo.draw_text(painter, 8, 6 + step, "S3  1.0 mm")
        halo.draw_text(painter, 8, foot - step, "W 400  L 40")
        halo.draw_text(painter, self.width() - 8, foot - step, "173 / 250", align=right)
        painter.end()


class Example(QFrame):
    """500 beside the form; it stays away where the window has no room."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.px(n) for n in (24, 48, 0, 24)))
        column.setSpacing(theme.px(10))
        column.addWidget(label("As it will look", 12, 600, "text2"))
        column.addWidget(_Picture(), 0, Qt.AlignmentFlag.AlignLeft)
        row = QFrame()
        row.setObjectName("card")
        row.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        inner = QHBoxLayout(row)
        inner.setContentsMargins(*(theme.px(n) for n in (12, 8, 12, 8)))
        inner.setSpacing(theme.px(12))
        inner.addWidget(PriorityLabel(Priority.URGENT))
        inner.addWidget(label("24 min", 14, 600, "urgent", tabular=True))
        inner.addWidget(label("CT chest without contrast", 13))
        inner.addStretch(1)
        column.addWidget(row)
        self._words = label("", 12, color="text2", tabular=True)
        column.addWidget(self._words)
        self._tell()

    def _tell(self) -> None:
        panel = theme.color("panel")
        text, second = (contrast(theme.color(name), panel) for name in ("text", "text2"))
        self._words.setText(f"Contrast on the panel: text {text:.1f} to 1, details {second:.1f}")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_words"):
            self._tell()
