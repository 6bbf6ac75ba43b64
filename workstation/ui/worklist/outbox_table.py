"""The list of deliveries: four dots each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from workstation.domain.delivery import OutboxEntry
from workstation.ui import icons, theme
from workstation.ui.parts import OWN_RING, paint_steps
from workstation.ui.worklist import outbox_wording as wording
from workstation.ui.worklist.wording import clock_text

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
ENTRY = int(Qt.ItemDataRole.UserRole)


class Column(IntEnum):
    """In their order on the screen."""

    SIGNED = 0
    PATIENT = 1
    REPORT = 2
    TO = 3
    STEPS = 4
    STATE = 5


TITLES = ("Signed", "Patient", "Report", "To", "Stored · read back · task · done", "State")
_WIDTHS = {Column.SIGNED: 76, Column.PATIENT: 236, Column.TO: 184, Column.STEPS: 230}


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a group; nothing to select."""

    title: str
    words: str


Line: TypeAlias = Heading | OutboxEntry


class OutboxModel(QAbstractTableModel):
    """Shows lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[Line, ...] = ()
        #: whether the column of the dots has no room for the names of the steps
        self.narrow = False

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Take new lines over."""
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == ENTRY:
            return line
        if role == int(Qt.ItemDataRole.DisplayRole):
            if isinstance(line, Heading):
                return f"{line.title}, {line.words}" if index.column() == 0 else ""
            return _cell(line, Column(index.column()))
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == int(Qt.ItemDataRole.DisplayRole):
            narrow = self.narrow and section == Column.STEPS
            return "Steps" if narrow else TITLES[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self.lines[index.row()], Heading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def _cell(entry: OutboxEntry, column: Column) -> str:
    words = wording.state_words(entry)
    return {
        Column.SIGNED: clock_text(entry.signed_at),
        Column.PATIENT: entry.patient_display,
        Column.REPORT: wording.report_text(entry),
        Column.TO: entry.site,
        Column.STEPS: ", ".join(wording.step_states(entry)),
        Column.STATE: f"{words.first}\n{words.second}",
    }[column]


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(60), theme.px(56))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line, rect = index.data(ENTRY), QRectF(option.rect)
        painter.save()
        hair = QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1)
        column = Column(index.column())
        margin = theme.px(20 if column is Column.SIGNED else 12)
        if isinstance(line, Heading):
            painter.fillRect(hair, theme.color("hair"))
            place = rect.adjusted(margin, theme.px(10), 0, 0)
            head = theme.font(12, 600)
            _text(painter, place, line.title, head, "text2")
            width = QFontMetricsF(head).horizontalAdvance(line.title) + theme.px(8)
            _text(painter, place.adjusted(width, 0, 0, 0), line.words, theme.font(12), "text3")
        elif isinstance(line, OutboxEntry):
            if option.state & QStyle.StateFlag.State_Selected:
                painter.fillRect(rect, theme.color("accentbg"))
                if column is Column.SIGNED:
                    bar = QRectF(rect.left(), rect.top(), theme.px(3), rect.height())
                    painter.fillRect(bar, theme.color("accent"))
            painter.fillRect(hair, theme.color("hair"))
            self._cell(painter, rect.adjusted(margin, 0, -theme.px(4), -1), column, line)
        painter.restore()

    def _cell(self, painter: QPainter, rect: QRectF, column: Column, entry: OutboxEntry) -> None:
        if column is Column.STEPS:
            paint_steps(painter, rect, wording.step_states(entry))
            return
        if column is not Column.STATE:
            strong = column is Column.PATIENT
            figures = column is Column.SIGNED
            font = theme.font(13, 600 if strong else 400, tabular=figures)
            if strong:
                # Identity is never elided: the column is as wide as its widest name.
                painter.setFont(font)
                painter.setPen(theme.color("text"))
                painter.drawText(rect, _LEFT | int(Qt.TextFlag.TextDontClip), entry.patient_display)
                return
            _text(painter, rect, _cell(entry, column), font, "text2")
            return
        words = wording.state_words(entry)
        tone = words.tone if words.tone != "text" else "text2"
        side = theme.px(16)
        painter.drawPixmap(
            int(rect.left()),
            int(rect.center().y() - side / 2),
            icons.pixmap(words.sign, "accent" if words.sign == "send" else tone, 16),
        )
        text = rect.adjusted(theme.px(26), 0, 0, 0)
        height, middle = theme.px(17), rect.center().y()
        upper = QRectF(text.left(), middle - height, text.width(), height)
        lower = QRectF(text.left(), middle + theme.px(1), text.width(), height)
        _text(painter, upper, words.first, theme.font(13, 500), words.tone)
        _text(painter, lower, words.second, theme.font(12, 400, tabular=True), "text2")


def _text(painter: QPainter, rect: QRectF, text: str, font: QFont, tone: str) -> None:
    painter.setFont(font)
    painter.setPen(theme.color(tone))
    elided = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, _LEFT, elided)


class OutboxTable(QTableView):
    """Rows 56 high."""

    current_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._model = OutboxModel()
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName("Outbox and deliveries")
        self.setProperty(OWN_RING, True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.selectionModel().currentRowChanged.connect(lambda *_rows: self.current_changed.emit())
        self._measure()

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """New content; the chosen delivery stays chosen."""
        if lines == self._model.lines:
            return
        chosen = self.current()
        self._model.show_lines(lines)
        self._shape()
        wanted = chosen.identifier if chosen else None
        entries = [(at, each) for at, each in enumerate(lines) if isinstance(each, OutboxEntry)]
        at = next((at for at, each in entries if each.identifier == wanted), None)
        if at is None and entries:
            at = entries[0][0]
        if at is not None:
            self.setCurrentIndex(self._model.index(at, 0))
        self.current_changed.emit()

    def current(self) -> OutboxEntry | None:
        """The chosen delivery."""
        at = self.currentIndex().row()
        if 0 <= at < len(self._model.lines):
            line = self._model.lines[at]
            return line if isinstance(line, OutboxEntry) else None
        return None

    def choose(self, identifier: str) -> None:
        """Choose a delivery."""
        for at, line in enumerate(self._model.lines):
            if isinstance(line, OutboxEntry) and line.identifier == identifier:
                self.setCurrentIndex(self._model.index(at, 0))

    def _measure(self) -> None:
        header = self.horizontalHeader()
        header.setFont(theme.font(12, 600))
        header.setFixedHeight(theme.px(32))
        self._shape()

    def _shape(self) -> None:
        self.clearSpans()
        self.verticalHeader().setDefaultSectionSize(theme.px(56))
        for at, line in enumerate(self._model.lines):
            heading = isinstance(line, Heading)
            self.setRowHeight(at, theme.px(44 if heading else 56))
            if heading:
                self.setSpan(at, 0, 1, len(Column))
        self._fit()

    def _fit(self) -> None:
        metrics = QFontMetricsF(theme.font(13, 600))
        names = [
            each.patient_display for each in self._model.lines if isinstance(each, OutboxEntry)
        ]
        widest = max((metrics.horizontalAdvance(each) for each in names), default=0)
        widths = {each: theme.px(width) for each, width in _WIDTHS.items()}
        widths[Column.PATIENT] = max(widths[Column.PATIENT], round(widest) + theme.px(24))
        room = self.viewport().width()
        gone: set[Column] = set()
        for drop in (None, Column.TO, Column.REPORT):
            if drop is not None:
                gone.add(drop)
            fixed = sum(width for each, width in widths.items() if each not in gone)
            if room - fixed >= theme.px(200 if Column.REPORT in gone else 340):
                break
        else:
            # Narrower still: the names take what they need and the dots go without their names.
            widths[Column.PATIENT] = round(widest) + theme.px(24)
            widths[Column.STEPS] = theme.px(136)
        self._model.narrow = widths[Column.STEPS] < theme.px(_WIDTHS[Column.STEPS])
        rest = room - sum(width for each, width in widths.items() if each not in gone)
        report = 0 if Column.REPORT in gone else max(theme.px(120), min(theme.px(220), rest // 2))
        for column in Column:
            self.setColumnHidden(column, column in gone)
            if column in widths and column not in gone:
                self.setColumnWidth(column, widths[column])
        if report:
            self.setColumnWidth(Column.REPORT, report)
        self.setColumnWidth(Column.STATE, max(theme.px(150), rest - report))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_model"):
            self._measure()
