"""The strip of series: what is here, what was seen, what cannot be shown; priors below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from workstation.ui import icons, theme
from workstation.ui.parts import button, label, separator
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
        words = painter.fontMetrics().elidedText(
            content.title, Qt.TextElideMode.ElideRight, self.width()
        )
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


@dataclass(frozen=True, slots=True)
class StripSection:
    """The thumbnails of one study under its heading."""

    heading: str
    date: str
    thumbs: tuple[ThumbContent, ...]


class SeriesStrip(QFrame):
    """112 wide. Thumbnails keep their widgets while their content changes."""

    chosen = Signal(str, str)
    #: (study UID, display set) whose picture is not there yet
    wanted = Signal(str, str)
    #: what others drew over the images, on or off
    overlays_asked = Signal()
    #: what arrived and is shown nowhere
    unshown_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._thumbs: dict[tuple[str, str], Thumb] = {}
        self._shape: list[object] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(self._scroll)
        self.overlays = button("", kind="quiet", small=True)
        # Wider words than the strip would push it to the side.
        self.overlays.setStyleSheet("padding: 0; min-width: 0")
        self.overlays.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.overlays.clicked.connect(self.overlays_asked)
        self.overlays.hide()
        outer.addWidget(self.overlays, 0, Qt.AlignmentFlag.AlignHCenter)
        self.unshown = button("", kind="quiet", small=True, color="urgent")
        self.unshown.setStyleSheet(f"padding: 0; min-width: 0; color: {theme.hex_color('urgent')}")
        self.unshown.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.unshown.clicked.connect(self.unshown_asked)
        self.unshown.hide()
        outer.addWidget(self.unshown, 0, Qt.AlignmentFlag.AlignHCenter)
        self._compact = False
        self.set_width(112)

    def set_width(self, width: int) -> None:
        """112 wide; 96 on small screens; 73 at large text, where only the number of the series is
        written, into its picture."""
        self.setFixedWidth(theme.px(width))
        self._compact = width < 96
        for thumb in self._thumbs.values():
            thumb.set_compact(self._compact)

    def show_overlays(self, count: int, shown: bool) -> None:
        """How many objects draw over the images, and whether they do now."""
        many = "s" if count != 1 else ""
        self.overlays.set_words(f"{count} layer{many}")
        self.overlays.setMinimumWidth(theme.px(80))
        key = "hide   Shift+L" if shown else "show   Shift+L"
        self.overlays.setToolTip(f"{count} object{many} drawn over the images by others: {key}")
        self.overlays.setVisible(count > 0)

    def show_unshown(self, count: int) -> None:
        """How many files of the study are shown nowhere."""
        self.unshown.set_words(f"{count} not shown")
        self.unshown.setMinimumWidth(theme.px(80))
        self.unshown.setToolTip(f"{count} that cannot be shown, each with its reason   Shift+Q")
        self.unshown.setVisible(count > 0)

    def thumb(self, study_uid: str, identifier: str) -> Thumb | None:
        """One of the thumbnails."""
        return self._thumbs.get((study_uid, identifier))

    @property
    def thumbs(self) -> tuple[Thumb, ...]:
        """All of them from top to bottom."""
        return tuple(self._thumbs.values())

    def show_sections(self, sections: Sequence[StripSection]) -> None:
        """What there is now."""
        shape: list[object] = [
            (s.heading, s.date, tuple((t.study_uid, t.identifier) for t in s.thumbs))
            for s in sections
        ]
        if shape != self._shape:
            self._rebuild(sections)
            self._shape = shape
            return
        for section in sections:
            for content in section.thumbs:
                held = self._thumbs[content.study_uid, content.identifier]
                if held.content != content:
                    held.show_content(content)

    def _rebuild(self, sections: Sequence[StripSection]) -> None:
        former = self._thumbs
        self._thumbs = {}
        body = QWidget()
        column = QVBoxLayout(body)

        def measure() -> None:
            side = theme.px(8)
            column.setContentsMargins(side, side, side, side)
            column.setSpacing(theme.px(6))

        follow(body, measure)
        for index, section in enumerate(sections):
            if index:
                column.addWidget(separator())
            column.addWidget(label(section.heading, 12, 600))
            if section.date:
                column.addWidget(label(section.date, 12, 400, "text2", tabular=True))
            for content in section.thumbs:
                key = (content.study_uid, content.identifier)
                held = former.pop(key, None)
                if held is None:
                    held = Thumb(content)
                    held.chosen.connect(self.chosen)
                else:
                    held.show_content(content)
                held.set_compact(self._compact)
                self._thumbs[key] = held
                column.addWidget(held)
                if not held.has_picture and not content.document and not content.fetch:
                    self.wanted.emit(*key)
        column.addStretch(1)
        old = self._scroll.takeWidget()
        self._scroll.setWidget(body)
        if old is not None:
            old.deleteLater()
        for gone in former.values():
            gone.hide()
            gone.deleteLater()

    def select(self, keys: set[tuple[str, str]]) -> None:
        """Frame the series that the active viewport shows."""
        for key, held in self._thumbs.items():
            if held.selected != (key in keys):
                held.selected = key in keys
                held.update()
