"""The list of layers beside the strip: name, colour, eye, opacity; never over an image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from workstation.commands.registry import Place
from workstation.domain.overlays import OverlayItem, OverlayKind
from workstation.ui import icons, shortcuts, theme
from workstation.ui.parts import OWN_RING, key_hints, label
from workstation.ui.parts.following import follow
from workstation.ui.viewport.overlaying import Listed, Overlaying

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LINE = int(Qt.ItemDataRole.UserRole)
_KINDS = {
    OverlayKind.SEGMENTATION: "Segmentation",
    OverlayKind.STRUCTURES: "Structures",
    OverlayKind.DOSE: "Dose",
    OverlayKind.MEASUREMENTS: "Measurements",
}
WIDTH = 272
#: The least that names have room in, and what a name with its value takes.
_LEAST, _BOTH = 180, 110


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line: an object (`item` None), or one of its items with its number on the images."""

    listed: Listed
    item: OverlayItem | None = None
    number: int = 0

    @property
    def key(self) -> tuple[str, int | None]:
        """What stays while the list is built anew."""
        number = None if self.item is None else self.item.number
        return self.listed.description.sop_instance_uid, number

    @property
    def on(self) -> bool:
        """Whether it is drawn while overlays are on."""
        if self.listed.problem:
            return False
        visible = self.listed.look.visible
        return bool(visible) if self.item is None else self.item.number in visible

    @property
    def value(self) -> str:
        """What stands at the right."""
        if self.item is not None:
            return self.listed.values.get(self.item.number, "")
        if self.listed.problem:
            return "not drawn"
        if self.listed.reading:
            return "reading"
        if self.listed.description.kind is OverlayKind.MEASUREMENTS:
            return ""
        return f"{self.listed.look.opacity * 100:.0f} %" if self.listed.look.filled else "outline"

    def spoken(self) -> str:
        """The line in words, for a screen reader and for tests."""
        state = "on" if self.on else "off"
        if self.item is None:
            kind = _KINDS[self.listed.description.kind]
            words = f"{kind} {self.listed.description.title}, {self.value}, {state}"
            return f"{words}. {self.listed.problem}" if self.listed.problem else words
        parts = (f"{self.number} {self.item.name}", self.item.detail, self.value, state)
        return ", ".join(part for part in parts if part)


class _Model(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[Line, ...] = ()

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Take new lines over; where only their state changed, the view stays as it is."""
        if [each.key for each in lines] == [each.key for each in self.lines]:
            self.lines = lines
            if lines:
                self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))
            return
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == _LINE:
            return line
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return line.spoken()
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return line.listed.problem or line.spoken()
        return None


def _problem_box(line: Line, width: float) -> QRectF:
    """How much room the reason of an object takes below its name."""
    room = QRectF(0, 0, width - theme.px(44), 10_000)
    flags = _LEFT | int(Qt.TextFlag.TextWordWrap)
    return QFontMetricsF(theme.font(12)).boundingRect(room, flags, line.listed.problem)


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line: Line = index.data(_LINE)
        high = theme.px(44 if line.item is None else 30)
        if line.item is None and line.listed.problem:
            high += round(_problem_box(line, theme.px(WIDTH)).height()) + theme.px(8)
        return QSize(theme.px(WIDTH), high)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line = index.data(_LINE)
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("accentbg"))
            painter.fillRect(
                QRectF(rect.left(), rect.top(), theme.px(3), rect.height()), theme.color("accent")
            )
        inner = rect.adjusted(theme.px(10), 0, -theme.px(10), 0)
        if line.item is None:
            self._object(painter, inner, line)
        else:
            self._item(painter, inner, line, line.item)
        painter.restore()

    @staticmethod
    def _eye(painter: QPainter, rect: QRectF, on: bool) -> None:
        side = theme.px(16)
        sign, tone = ("visible", "text2") if on else ("cannot_show", "text3")
        at = rect.center().y() - side / 2
        painter.drawPixmap(int(rect.left()), int(at), icons.pixmap(sign, tone, 16))

    def _object(self, painter: QPainter, rect: QRectF, line: Line) -> None:
        listed = line.listed
        head = QRectF(rect.left(), rect.top(), rect.width(), theme.px(44))
        painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 1), theme.color("hair"))
        self._eye(painter, head, line.on)
        text = head.adjusted(theme.px(24), 0, 0, 0)
        room = _text(painter, text, line.value, 12, 400, "text2", right=True)
        upper = QRectF(text.left(), text.top() + theme.px(5), text.width() - room, theme.px(17))
        lower = QRectF(text.left(), text.top() + theme.px(22), text.width() - room, theme.px(17))
        _text(painter, upper, listed.description.title, 13, 600, "text")
        prior = "Prior · " if listed.prior else ""
        _text(painter, lower, prior + _KINDS[listed.description.kind], 12, 400, "text2")
        if listed.problem:
            side = theme.px(15)
            box = _problem_box(line, rect.width() + theme.px(20))
            low = QRectF(rect.left(), head.bottom(), rect.width(), box.height())
            painter.drawPixmap(
                int(low.left()), int(low.top()), icons.pixmap("warning", "urgent", 15)
            )
            painter.setFont(theme.font(12))
            painter.setPen(theme.color("text2"))
            text = low.adjusted(side + theme.px(9), 0, 0, 0)
            painter.drawText(text, _LEFT | int(Qt.TextFlag.TextWordWrap), listed.problem)

    def _item(self, painter: QPainter, rect: QRectF, line: Line, item: OverlayItem) -> None:
        self._eye(painter, rect, line.on)
        side = theme.px(12)
        swatch = QRectF(rect.left() + theme.px(46), rect.center().y() - side / 2, side, side)
        number = QRectF(rect.left() + theme.px(20), rect.top(), theme.px(22), rect.height())
        tone = "text2" if line.on else "text3"
        _text(painter, number, str(line.number), 12, 400, tone, right=True)
        colour = QColor(*item.colour)
        painter.setPen(QPen(colour, 1.5))
        filled = line.on and line.listed.look.filled
        painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(swatch, 2, 2)
        text = rect.adjusted(theme.px(66), 0, 0, 0)
        # A long value leaves half of the line to the name, all of it where there is little room.
        wide = text.adjusted(text.width() * 0.45, 0, 0, 0)
        value = line.value if text.width() >= theme.px(_BOTH) else ""
        room = _text(painter, wide, value, 12, 400, "text2", right=True)
        name = text.adjusted(0, 0, -room - theme.px(6), 0)
        _text(painter, name, item.name, 13, 400, "text" if line.on else "text3")


def _text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    size: int,
    weight: int,
    tone: str,
    *,
    right: bool = False,
) -> float:
    """Draw a piece of text, elided where it has no room; returns its width."""
    font = theme.font(size, weight, tabular=True)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(theme.color(tone))
    # Of what stands at the right, the number at its end is what counts.
    mode = Qt.TextElideMode.ElideLeft if right else Qt.TextElideMode.ElideRight
    elided = metrics.elidedText(text, mode, rect.width())
    painter.drawText(rect, _RIGHT if right else _LEFT, elided)
    return metrics.horizontalAdvance(elided)


class _View(QListView):
    """A click on the eye switches; a click elsewhere only chooses."""

    eye_clicked = Signal(int)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.position().x() < theme.px(32):
            self.eye_clicked.emit(index.row())


class OverlayList(QFrame):
    """272 wide where there is room, between the strip and the images; hidden until it is asked
    for."""

    left = Signal()
    #: (SOP Instance UID, number of an item or 0): show where it is
    go_asked = Signal(str, int)

    def __init__(self, overlaying: Overlaying) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._overlaying = overlaying
        column = QVBoxLayout(self)
        self.heading = label("Layers", 13, 600)
        column.addWidget(self.heading)
        self._model = _Model()
        self.view = _View()
        self.view.setModel(self._model)
        self.view.setItemDelegate(_Delegate(self.view))
        self.view.setProperty(OWN_RING, True)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setAccessibleName("Layers: segments, structures, dose of others")
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.eye_clicked.connect(self._eye_clicked)
        self.view.doubleClicked.connect(lambda _: self.go_to_current())
        column.addWidget(self.view, 1)
        hints = key_hints((("Space",), "show"), (("F",), "fill"), (("+", "−"), "opacity"))
        column.addWidget(hints)
        self._hints = hints

        def measure() -> None:
            column.setContentsMargins(0, theme.px(10), 0, theme.px(8))
            column.setSpacing(theme.px(4))
            self.heading.setContentsMargins(theme.px(10), 0, theme.px(10), 0)
            hints.setContentsMargins(theme.px(10), 0, 0, 0)

        follow(self, measure)
        overlaying.changed.connect(self.show_overlays)
        shortcuts.bind(self.view, Place.OVERLAYS, self)
        self.hide()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is listed."""
        return self._model.lines

    def show_overlays(self) -> None:
        """What there is now; the chosen line stays chosen."""
        lines: list[Line] = []
        numbers: dict[str, int] = {}
        for listed in self._overlaying.listed():
            lines.append(Line(listed))
            for item in listed.description.items:
                number = numbers[listed.study_uid] = numbers.get(listed.study_uid, 0) + 1
                lines.append(Line(listed, item, number))
        chosen = self.current()
        self._model.show_lines(tuple(lines))
        shown = self._overlaying.board.shown
        self.heading.setText("Layers" if shown else "Layers, not shown")
        if not lines:
            self.hide()
            return
        keys = [each.key for each in lines]
        row = keys.index(chosen.key) if chosen is not None and chosen.key in keys else 0
        if self.view.currentIndex().row() != row:
            self.view.setCurrentIndex(self._model.index(row))

    def current(self) -> Line | None:
        """The chosen line."""
        row = self.view.currentIndex().row()
        return self._model.lines[row] if 0 <= row < len(self._model.lines) else None

    # -- the commands ----------------------------------------------------------------------

    def toggle_current(self) -> None:
        """The line on or off; the line of an object stands for all of it."""
        line = self.current()
        if line is not None:
            self._toggle(line)

    def toggle_filled(self) -> None:
        self._change(lambda line: lambda board: board.toggle_filled(line.listed.description))

    def fade(self, by: float) -> None:
        self._change(lambda line: lambda board: board.fade(line.listed.description, by))

    def go_to_current(self) -> None:
        line = self.current()
        if line is not None:
            number = line.item.number if line.item is not None else 0
            self.go_asked.emit(line.listed.description.sop_instance_uid, number)

    def leave(self) -> None:
        self.left.emit()

    def _change(self, change: Callable[[Line], Callable[[Any], None]]) -> None:
        line = self.current()
        if line is not None:
            self._overlaying.edit(change(line))

    def _toggle(self, line: Line) -> None:
        description, item = line.listed.description, line.item
        if item is None:
            self._overlaying.edit(lambda board: board.toggle_all(description))
        else:
            self._overlaying.edit(lambda board: board.toggle_item(description, item.number))

    def _eye_clicked(self, row: int) -> None:
        self._toggle(self._model.lines[row])

    def fit(self, room: int) -> None:
        """At twice the text the list would take a third of the room: it gives way to the image."""
        width = min(theme.px(WIDTH), max(theme.px(_LEAST), room // 5))
        self.setFixedWidth(width)
        self._hints.setVisible(self._hints.sizeHint().width() <= width)
