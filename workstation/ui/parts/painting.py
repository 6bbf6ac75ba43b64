"""What delegates and widgets both paint: a priority, a bar, the steps of a delivery."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from workstation.domain.reading_task import Priority
from workstation.ui import theme
from workstation.ui.parts.following import follow

#: Word and colour beside the glyph: never colour alone.
WORDS = {Priority.STAT: "STAT", Priority.URGENT: "URGENT", Priority.ROUTINE: "Routine"}
TONES = {Priority.STAT: "stat", Priority.URGENT: "urgent", Priority.ROUTINE: "text2"}

_GLYPH = 13
_STEP_GAP = 19


def paint_priority_glyph(painter: QPainter, box: QRectF, priority: Priority) -> None:
    """STAT a filled diamond with a bar, URGENT an open triangle, Routine a small ring."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    x, y, half = box.center().x(), box.center().y(), box.width() / 2
    factor = theme.scale()
    round_cap = Qt.PenCapStyle.RoundCap
    if priority is Priority.STAT:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("stat"))
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x, y - half),
                    QPointF(x + half, y),
                    QPointF(x, y + half),
                    QPointF(x - half, y),
                ]
            )
        )
        painter.setPen(QPen(theme.color("window"), 1.7 * factor, Qt.PenStyle.SolidLine, round_cap))
        painter.drawLine(QPointF(x, y - half * 0.42), QPointF(x, y + half * 0.08))
        painter.drawPoint(QPointF(x, y + half * 0.48))
    elif priority is Priority.URGENT:
        pen = QPen(theme.color("urgent"), 1.6 * factor, Qt.PenStyle.SolidLine, round_cap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(theme.color("urgent", 0.25))
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x, y - half * 0.85),
                    QPointF(x + half * 0.92, y + half * 0.75),
                    QPointF(x - half * 0.92, y + half * 0.75),
                ]
            )
        )
    else:
        painter.setPen(QPen(theme.color("text3"), 1.6 * factor))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(x, y), half * 0.55, half * 0.55)
    painter.restore()


def paint_priority(
    painter: QPainter, rect: QRectF, priority: Priority, tone: str | None = None
) -> None:
    """Glyph and word, vertically centred in `rect`."""
    side = theme.px(_GLYPH)
    top = rect.center().y() - side / 2
    paint_priority_glyph(painter, QRectF(rect.left(), top, side, side), priority)
    painter.setFont(theme.font(12, 500 if priority is Priority.ROUTINE else 600))
    painter.setPen(theme.color(tone or TONES[priority]))
    painter.drawText(
        rect.adjusted(side + theme.px(6), 0, 0, 0),
        int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
        WORDS[priority],
    )


def priority_width(priority: Priority) -> float:
    """Width of glyph and word."""
    metrics = QFontMetricsF(theme.font(12, 500 if priority is Priority.ROUTINE else 600))
    return theme.px(_GLYPH) + theme.px(6) + metrics.horizontalAdvance(WORDS[priority])


def paint_bar(painter: QPainter, rect: QRectF, fraction: float, tone: str = "text2") -> None:
    """A progress bar; a fraction above 0 shows at least a dot."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("pressed"))
    radius = rect.height() / 2
    painter.drawRoundedRect(rect, radius, radius)
    if fraction > 0:
        width = max(rect.height(), rect.width() * min(1.0, fraction))
        painter.setBrush(theme.color(tone))
        painter.drawRoundedRect(
            QRectF(rect.left(), rect.top(), width, rect.height()), radius, radius
        )
    painter.restore()


def paint_steps(painter: QPainter, rect: QRectF, steps: Sequence[str]) -> None:
    """Dots joined by a line; each of `steps` is "done", "open" or "refused"."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    factor = theme.scale()
    radius, gap = 4.2 * factor, (_STEP_GAP + 9) * factor
    x, y = rect.left() + radius + 1, rect.center().y()
    for index, step in enumerate(steps):
        if index:
            painter.setPen(
                QPen(theme.color("text2" if steps[index - 1] == "done" else "edge"), 1.5)
            )
            painter.drawLine(QPointF(x - gap + radius + 2, y), QPointF(x - radius - 2, y))
        if step == "refused":
            painter.setPen(QPen(theme.color("stat"), 2 * factor))
            for sign in (-1, 1):
                painter.drawLine(
                    QPointF(x - radius, y - sign * radius), QPointF(x + radius, y + sign * radius)
                )
        else:
            painter.setPen(QPen(theme.color("text2" if step == "done" else "text3"), 1.6 * factor))
            painter.setBrush(theme.color("text2") if step == "done" else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(x, y), radius, radius)
        x += gap
    painter.restore()


class PriorityLabel(QWidget):
    """Shape, word and colour of a priority."""

    def __init__(self, priority: Priority = Priority.ROUTINE) -> None:
        super().__init__()
        self._priority = priority
        follow(self, lambda: self.setFixedSize(self.sizeHint()))
        self.show_priority(priority)

    def show_priority(self, priority: Priority) -> None:
        """Another priority."""
        self._priority = priority
        self.setAccessibleName(WORDS[priority])
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(priority_width(self._priority)) + theme.px(2), theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_priority(painter, QRectF(self.rect()), self._priority)
        painter.end()


class ProgressBar(QWidget):
    """How much of something is here; grey, since arriving is in order."""

    def __init__(self, fraction: float = 0.0, tone: str = "text2") -> None:
        super().__init__()
        self._fraction, self._tone = fraction, tone
        follow(self, lambda: self.setFixedHeight(theme.px(4)))

    def set_fraction(self, fraction: float) -> None:
        """0 to 1."""
        if fraction != self._fraction:
            self._fraction = fraction
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_bar(painter, QRectF(self.rect()), self._fraction, self._tone)
        painter.end()
