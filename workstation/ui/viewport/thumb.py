"""A thumbnail of a series: its picture, what is here, what was seen, what cannot be shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QWidget

from workstation.ui import icons, theme
from workstation.ui.parts.following import follow
from workstation.ui.viewport.viewport import MIME


@dataclass(frozen=True, slots=True)
class ThumbContent:
    """What one thumbnail says. `here` and `seen` are parts of what is expected."""

    study_uid: str
    identifier: str
    title: str
    count: str
    here: float = 1.0
    seen: float = 0.0
    warning: str = ""
    #: a volume and how its slices lie, or why there is none
    geometry: str = ""
    cannot_show: str = ""
    document: bool = False
    fetch: bool = False


def short_title(title: str, metrics: QFontMetrics, width: int) -> str:
    """The title in this width. What tells series of one name apart stands after the dot (`· b
    1000`) and is kept."""
    head, dot, tail = title.rpartition(" · ")
    right = Qt.TextElideMode.ElideRight
    if not dot or metrics.horizontalAdvance(title) <= width:
        return metrics.elidedText(title, right, width)
    room = width - metrics.horizontalAdvance(f" {tail}")
    if room < metrics.horizontalAdvance(f"{head[:3]}…"):
        return metrics.elidedText(tail, right, width)
    return f"{metrics.elidedText(head, right, room)} {tail}"


class Thumb(QWidget):
    """A picture of the series; a click opens it, dragging puts it where it is dropped."""

    chosen = Signal(str, str)

    def __init__(self, content: ThumbContent) -> None:
        super().__init__()
        self.content = content
        self.selected = False
        self._picture: QPixmap | None = None
        self._pressed: QPoint | None = None
        self._compact = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        follow(self, lambda: self.setFixedHeight(self.sizeHint().height()))
        self.show_content(content)

    def show_content(self, content: ThumbContent) -> None:
        """Another state of the same series."""
        self.content = content
        self.setAccessibleName(f"{content.title}, {content.count}")
        lines = [content.title, content.geometry, content.warning]
        words = content.cannot_show or "\n".join(dict.fromkeys(each for each in lines if each))
        self.setToolTip(words)
        self.setAccessibleDescription(words)
        self.update()

    def show_picture(self, picture: NDArray[np.uint8]) -> None:
        """The picture, (rows, columns) or RGB."""
        form = QImage.Format.Format_Grayscale8
        if picture.ndim == 3:
            form = QImage.Format.Format_RGB888
        held = np.ascontiguousarray(picture)
        image = QImage(held.data, held.shape[1], held.shape[0], held.strides[0], form)
        self._picture = QPixmap.fromImage(image.copy())
        self.update()

    @property
    def has_picture(self) -> bool:
        """Whether a picture was given."""
        return self._picture is not None

    def set_compact(self, compact: bool) -> None:
        """Low, with the first word of the title in the picture, or with the title below it."""
        if compact != self._compact:
            self._compact = compact
            self.setFixedHeight(self.sizeHint().height())
            self.update()

    def sizeHint(self) -> QSize:
        if self._compact:
            return QSize(theme.px(57), theme.px(50))
        return QSize(theme.px(92), theme.px(78 + 22))

    def paintEvent(self, event: QPaintEvent) -> None:
        content = self.content
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        tall = self.height() if self._compact else theme.px(78)
        frame = QRectF(1, 1, self.width() - 2, tall - 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("image"))
        painter.drawRoundedRect(frame, theme.px(4), theme.px(4))
        if self._picture is not None:
            size = self._picture.size()
            scale = min(frame.width() / size.width(), frame.height() / size.height())
            wide, high = size.width() * scale, size.height() * scale
            target = QRectF(
                frame.center().x() - wide / 2, frame.center().y() - high / 2, wide, high
            )
            painter.setOpacity(0.86)
            painter.drawPixmap(target, self._picture, QRectF(self._picture.rect()))
            painter.setOpacity(1.0)
        elif content.document:
            self._sign(painter, frame, "document", "text2")
        elif content.fetch:
            self._sign(painter, frame, "fetch", "text2")
        self._bar(painter, frame)
        if not self._compact:
            self._count(painter, frame)
        sign, tone = ("", "")
        if content.cannot_show:
            sign, tone = "cannot_show", "stat"
        elif content.warning:
            sign, tone = "warning", "urgent"
        if sign:
            at = QPoint(int(frame.right() - theme.px(20)), int(frame.top() + theme.px(4)))
            painter.drawPixmap(at, icons.pixmap(sign, tone, 15))
        focused = self.hasFocus()
        tone = "accent" if self.selected or focused else "edge"
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color(tone), theme.px(2) if self.selected or focused else 1))
        painter.drawRoundedRect(frame, theme.px(4), theme.px(4))
        if self._compact:
            self._short_title(painter, frame)
            painter.end()
            return
        painter.setFont(theme.font(12, 500 if self.selected else 400))
        painter.setPen(theme.color("text" if self.selected else "text2"))
        words = short_title(content.title, painter.fontMetrics(), self.width())
        box = QRectF(0, frame.bottom() + theme.px(2), self.width(), theme.px(20))
        painter.drawText(
            box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words
        )
        painter.end()

    def _short_title(self, painter: QPainter, frame: QRectF) -> None:
        painter.setFont(theme.font(12, 500))
        words = self.content.title.split(" ")[0]
        width = painter.fontMetrics().horizontalAdvance(words) + theme.px(6)
        self._plate(
            painter,
            QRectF(frame.left() + theme.px(3), frame.top() + theme.px(3), width, theme.px(17)),
            words,
        )

    @staticmethod
    def _plate(painter: QPainter, plate: QRectF, words: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 180))
        painter.drawRoundedRect(plate, theme.px(3), theme.px(3))
        painter.setPen(theme.color("text"))
        painter.drawText(plate, int(Qt.AlignmentFlag.AlignCenter), words)

    @staticmethod
    def _sign(painter: QPainter, frame: QRectF, name: str, tone: str) -> None:
        side = theme.px(24)
        at = frame.center().toPoint() - QPoint(side // 2, side // 2)
        painter.drawPixmap(at, icons.pixmap(name, tone, 24))

    def _bar(self, painter: QPainter, frame: QRectF) -> None:
        content, high = self.content, theme.px(4)
        line = QRectF(frame.left() + 2, frame.bottom() - high, frame.width() - 4, high)
        painter.fillRect(line, theme.color("image"))
        for part, tone in ((content.here, "field"), (content.seen, "accent")):
            if part > 0:
                painter.fillRect(
                    QRectF(line.left(), line.top(), line.width() * min(part, 1.0), high),
                    theme.color(tone),
                )

    def _count(self, painter: QPainter, frame: QRectF) -> None:
        if not self.content.count:
            return
        painter.setFont(theme.font(12, 600, tabular=True))
        width = painter.fontMetrics().horizontalAdvance(self.content.count) + theme.px(8)
        plate = QRectF(
            frame.right() - width - theme.px(3),
            frame.bottom() - theme.px(25),
            width,
            theme.px(18),
        )
        self._plate(painter, plate, self.content.count)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        start = self._pressed
        if start is None or self.content.document or self.content.fetch:
            return
        away = (event.position().toPoint() - start).manhattanLength()
        if away < QApplication.startDragDistance():
            return
        self._pressed = None
        data = QMimeData()
        words = f"{self.content.study_uid}\n{self.content.identifier}"
        data.setData(MIME, QByteArray(words.encode()))
        drag = QDrag(self)
        drag.setMimeData(data)
        if self._picture is not None:
            drag.setPixmap(self._picture.scaledToWidth(theme.px(72)))
        drag.exec(Qt.DropAction.CopyAction)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            self._pressed = None
            self.chosen.emit(self.content.study_uid, self.content.identifier)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.content.study_uid, self.content.identifier)
        else:
            super().keyPressEvent(event)
