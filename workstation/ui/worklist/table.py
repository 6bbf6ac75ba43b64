"""The list itself: one row chosen, columns that drop when room is short, identity never elided."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from workstation.ui import theme
from workstation.ui.parts import OWN_RING
from workstation.ui.worklist.delegate import RowDelegate
from workstation.ui.worklist.model import Case, Column, Entry, Group, WorklistModel

#: Widths of the drawings; the study takes the rest.
_WIDTHS = {
    Column.PRIORITY: 112,
    Column.DUE: 92,
    Column.PATIENT: 232,
    Column.SITE: 168,
    Column.PRIORS: 68,
    Column.DISK: 124,
    Column.STATE: 156,
}
#: The least that the words of a column need.
_NARROW = {Column.PRIORITY: 98, Column.DUE: 88, Column.PATIENT: 140, Column.STATE: 136}

_SITE = frozenset({Column.SITE, Column.PRIORS})
#: What gives way when room is short, step by step: columns that go, whether the others are narrow,
#: and what the study still has then. The state goes last: it says whose the case is.
_STEPS: tuple[tuple[frozenset[Column], bool, int], ...] = (
    (frozenset(), False, 260),
    (_SITE, False, 260),
    (_SITE | {Column.DISK}, False, 150),
    (_SITE | {Column.DISK}, True, 150),
    (_SITE | {Column.DISK, Column.STATE}, False, 260),
)
_STUDY_NEEDS = 150


class WorklistTable(QTableView):
    """Rows 44 high, groups 40. `activated_case` is Enter's double click."""

    current_changed = Signal(str)
    activated_case = Signal(str)
    sort_asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._model = WorklistModel()
        self._hovered = -1
        self._rows = RowDelegate(lambda: self._hovered, self)
        self._identity_width = 0
        self._sort: tuple[Column, Qt.SortOrder] = (Column.DUE, Qt.SortOrder.AscendingOrder)
        self.setModel(self._model)
        self.setItemDelegate(self._rows)
        self.setAccessibleName("Reading tasks")
        self.setProperty(OWN_RING, True)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(8)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSortIndicatorShown(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.sectionClicked.connect(self.sort_asked)
        self.clicked.connect(lambda _index: self.setFocus(Qt.FocusReason.MouseFocusReason))
        self.doubleClicked.connect(self._double_clicked)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        self._measure()

    # -- content ------------------------------------------------------------------------------

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """New content; the chosen case stays chosen, or its neighbour takes its place."""
        chosen = self.current_uid()
        line = self.currentIndex().row()
        moved = self._model.show_entries(entries)
        if moved:
            self._shape()
            again = None if chosen is None else self._model.line_of(chosen)
            if again is None:
                again = self._nearest(max(0, line))
            if again is not None:
                self._choose(again)
            if self.current_uid() != chosen:
                self.current_changed.emit(self.current_uid() or "")
        widest = max(
            (self._rows.identity_width(each) for each in entries if isinstance(each, Case)),
            default=0,
        )
        if widest != self._identity_width:
            self._identity_width = widest
            self._fit()

    def show_sort(self, column: Column, descending: bool) -> None:
        """The arrow in the header."""
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self._sort = (column, order)
        self.horizontalHeader().setSortIndicator(int(column), order)

    def current_uid(self) -> str | None:
        """The chosen task, or None."""
        line = self.currentIndex().row()
        if 0 <= line < self._model.rowCount():
            entry = self._model.entry(line)
            return entry.uid if isinstance(entry, Case) else None
        return None

    def choose(self, uid: str) -> bool:
        """Choose a task; False where it is not in the list."""
        line = self._model.line_of(uid)
        if line is None:
            return False
        self._choose(line)
        return True

    def cases(self) -> Sequence[Case]:
        """The cases in the order of the screen."""
        return [each for each in self._model.entries() if isinstance(each, Case)]

    def shown_columns(self) -> tuple[Column, ...]:
        """The columns that have room."""
        return tuple(each for each in Column if not self.isColumnHidden(each))

    def _choose(self, line: int) -> None:
        index = self._model.index(line, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def _nearest(self, line: int) -> int | None:
        lines = [at for at, each in enumerate(self._model.entries()) if isinstance(each, Case)]
        below = [at for at in lines if at >= line]
        if below:
            return below[0]
        return lines[-1] if lines else None

    # -- shape --------------------------------------------------------------------------------

    def _measure(self) -> None:
        self._rows.refresh_theme()
        header = self.horizontalHeader()
        header.setFont(theme.font(12, 600))
        header.setFixedHeight(theme.px(32))
        self._shape()
        self._fit()

    def _shape(self) -> None:
        self.clearSpans()
        regular, group = theme.px(44), theme.px(40)
        self.verticalHeader().setDefaultSectionSize(regular)
        for line, entry in enumerate(self._model.entries()):
            heading = isinstance(entry, Group)
            self.setRowHeight(line, group if heading else regular)
            if heading:
                self.setSpan(line, 0, 1, len(Column))

    def _fit(self) -> None:
        room = self.viewport().width()
        for gone, narrow, wants in _STEPS:
            drawn = _WIDTHS | _NARROW if narrow else _WIDTHS
            widths = {column: theme.px(width) for column, width in drawn.items()}
            widths[Column.PATIENT] = max(widths[Column.PATIENT], self._identity_width)
            rest = room - sum(width for each, width in widths.items() if each not in gone)
            if rest >= theme.px(wants):
                break
        for column in Column:
            self.setColumnHidden(column, column in gone)
            if column is not Column.STUDY and column not in gone:
                self.setColumnWidth(column, widths[column])
        self.setColumnWidth(Column.STUDY, max(theme.px(_STUDY_NEEDS), rest))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_rows"):
            self._measure()

    # -- mouse --------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, line: int) -> None:
        if line != self._hovered:
            before, self._hovered = self._hovered, line
            for each in (before, line):
                if each >= 0:
                    rect = self.visualRect(self._model.index(each, 0))
                    rect.setLeft(0)
                    rect.setWidth(self.viewport().width())
                    self.viewport().update(rect)

    def _double_clicked(self, index: QModelIndex) -> None:
        entry = self._model.entry(index.row())
        if isinstance(entry, Case):
            self.activated_case.emit(entry.uid)

    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            entry = self._model.entry(current.row())
            self.current_changed.emit(entry.uid if isinstance(entry, Case) else "")

    def point_of(self, uid: str) -> QPoint:
        """The middle of a row, for pointing at it."""
        line = self._model.line_of(uid)
        if line is None:
            raise KeyError(uid)
        return self.visualRect(self._model.index(line, Column.PATIENT)).center()
