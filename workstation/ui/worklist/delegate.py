"""Paints the cells of the list. Fonts are cached: they are most of the cost in Python."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workstation.ui import icons, theme
from workstation.ui.parts import paint_bar, paint_priority
from workstation.ui.worklist import wording
from workstation.ui.worklist.model import ENTRY, Case, Column, Group

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_CENTER = int(Qt.AlignmentFlag.AlignCenter)

#: Free space before the text of a cell, of the first and of the others.
FIRST_MARGIN, MARGIN = 16, 12


class RowDelegate(QStyledItemDelegate):
    """One for all columns; `hovered` tells the line under the mouse."""

    def __init__(self, hovered: Callable[[], int], parent: QWidget) -> None:
        super().__init__(parent)
        self._hovered = hovered
        self.refresh_theme()

    def refresh_theme(self) -> None:
        """Take fonts, colours and lengths of the theme in force."""
        self._body = theme.font(13)
        self._label = theme.font(13, 500)
        self._strong = theme.font(13, 600)
        self._due_strong = theme.font(13, 600, tabular=True)
        self._figures = theme.font(13, 400, tabular=True)
        self._due = theme.font(13, 500, tabular=True)
        self._small = theme.font(12, 400)
        self._small_figures = theme.font(12, 400, tabular=True)
        self._tag = theme.font(12, 600)
        self._heading = theme.font(12, 600)
        names = (
            *("text", "text2", "text3", "stat", "urgent", "accent", "accentbg"),
            *("hair", "panel", "pressed"),
        )
        self._colors: dict[str, QColor] = {name: theme.color(name) for name in names}

    # -- measures ---------------------------------------------------------------------------

    def identity_width(self, case: Case) -> int:
        """Room that the identity needs: it is never elided."""
        name = case.row.task.patient.name.display
        details = wording.identity_text(case.row.task.patient, case.today.date())
        widest = max(
            QFontMetricsF(self._strong).horizontalAdvance(name)
            + (self._badge_width("new") + theme.px(8) if case.new else 0),
            QFontMetricsF(self._small).horizontalAdvance(details),
        )
        return round(widest) + theme.px(2 * MARGIN)

    def _badge_width(self, text: str) -> float:
        return QFontMetricsF(self._tag).horizontalAdvance(text) + theme.px(10)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(theme.px(60), theme.px(44))

    # -- painting ---------------------------------------------------------------------------

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        entry = index.data(ENTRY)
        rect = QRectF(option.rect)
        if isinstance(entry, Group):
            self._paint_group(painter, rect, entry)
            return
        if not isinstance(entry, Case):
            return
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(rect, self._colors["accentbg"])
        elif index.row() == self._hovered():
            painter.fillRect(rect, self._colors["panel"])
        painter.fillRect(
            QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), self._colors["hair"]
        )
        column = Column(index.column())
        margin = theme.px(FIRST_MARGIN if column is Column.PRIORITY else MARGIN)
        if selected and column is Column.PRIORITY:
            bar = QRectF(rect.left(), rect.top(), theme.px(3), rect.height())
            painter.fillRect(bar, self._colors["accent"])
        inner = rect.adjusted(margin, 0, -theme.px(4), -1)
        painter.setClipRect(rect)
        self._paint_cell(painter, inner, column, entry)
        painter.restore()

    def _paint_group(self, painter: QPainter, rect: QRectF, group: Group) -> None:
        painter.fillRect(
            QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), self._colors["hair"]
        )
        line = QRectF(rect).adjusted(theme.px(FIRST_MARGIN), theme.px(12), 0, -theme.px(2))
        painter.setFont(self._heading)
        painter.setPen(self._colors["text2"])
        painter.drawText(line, _LEFT, group.title)
        width = QFontMetricsF(self._heading).horizontalAdvance(group.title)
        painter.setFont(self._small_figures)
        painter.setPen(self._colors["text3"])
        painter.drawText(line.adjusted(width + theme.px(8), 0, 0, 0), _LEFT, str(group.count))

    def _paint_cell(self, painter: QPainter, rect: QRectF, column: Column, case: Case) -> None:
        dim = wording.is_dim(case.row)
        bright = "text3" if dim else "text"
        quiet = "text3" if dim else "text2"
        row, task = case.row, case.row.task
        match column:
            case Column.PRIORITY:
                paint_priority(painter, rect, task.priority)
            case Column.DUE:
                urgent = case.due_tone in ("stat", "urgent")
                font = self._due_strong if urgent else self._due
                self._line(painter, rect, case.due, font, case.due_tone)
            case Column.PATIENT:
                self._paint_patient(painter, rect, case, bright, quiet)
            case Column.STUDY:
                self._paint_study(painter, rect, case, bright, quiet)
            case Column.SITE:
                self._line(painter, rect, task.site or "–", self._body, quiet)
            case Column.PRIORS:
                text = wording.priors_text(row)
                tone = quiet if text.isdigit() else "text3"
                self._line(painter, rect, text, self._figures, tone)
            case Column.DISK:
                self._paint_disk(painter, rect, case, quiet)
            case Column.STATE:
                self._paint_state(painter, rect, case, bright, quiet)

    def _line(self, painter: QPainter, rect: QRectF, text: str, font: QFont, tone: str) -> None:
        painter.setFont(font)
        painter.setPen(self._colors[tone])
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, _LEFT, shown)

    @staticmethod
    def _halves(rect: QRectF) -> tuple[QRectF, QRectF]:
        """Two lines of text around the middle."""
        height, middle = theme.px(17), rect.center().y()
        return (
            QRectF(rect.left(), middle - height, rect.width(), height),
            QRectF(rect.left(), middle + theme.px(1), rect.width(), height),
        )

    def _paint_patient(
        self, painter: QPainter, rect: QRectF, case: Case, bright: str, quiet: str
    ) -> None:
        upper, lower = self._halves(rect)
        patient = case.row.task.patient
        painter.setFont(self._strong)
        painter.setPen(self._colors[bright])
        painter.drawText(upper, _LEFT | int(Qt.TextFlag.TextDontClip), patient.name.display)
        if case.new:
            width = QFontMetricsF(self._strong).horizontalAdvance(patient.name.display)
            place = QRectF(
                upper.left() + width + theme.px(8),
                upper.top(),
                self._badge_width("new"),
                upper.height(),
            )
            self._plate(painter, place, "new", "accentbg", "accent")
        painter.setFont(self._small)
        painter.setPen(self._colors[quiet])
        details = wording.identity_text(patient, case.today.date())
        painter.drawText(lower, _LEFT | int(Qt.TextFlag.TextDontClip), details)

    def _plate(self, painter: QPainter, rect: QRectF, text: str, ground: str, tone: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colors[ground])
        painter.drawRoundedRect(rect, theme.px(4), theme.px(4))
        painter.setFont(self._tag)
        painter.setPen(self._colors[tone])
        painter.drawText(rect, _CENTER, text)

    def _paint_study(
        self, painter: QPainter, rect: QRectF, case: Case, bright: str, quiet: str
    ) -> None:
        task = case.row.task
        tag = QRectF(rect.left(), rect.center().y() - theme.px(10), theme.px(32), theme.px(20))
        self._plate(painter, tag, task.modality or "?", "pressed", "text2")
        upper, lower = self._halves(rect.adjusted(theme.px(42), 0, 0, 0))
        study = task.procedure or "Study without a description"
        if not task.reason:
            upper = QRectF(upper.left(), rect.top(), upper.width(), rect.height())
        self._line(painter, upper, study, self._label, bright)
        self._line(painter, lower, task.reason, self._small, quiet)

    def _paint_disk(self, painter: QPainter, rect: QRectF, case: Case, quiet: str) -> None:
        words = wording.disk_words(case.row)
        if words.complete:
            side = theme.px(14)
            picture = icons.pixmap("here", quiet, 14)
            painter.drawPixmap(int(rect.left()), int(rect.center().y() - side / 2), picture)
            text = rect.adjusted(side + theme.px(6), 0, 0, 0)
            self._line(painter, text, words.text, self._figures, quiet)
            return
        upper, _ = self._halves(rect)
        self._line(painter, upper, words.text, self._small_figures, quiet)
        width = min(rect.width(), theme.px(96))
        bar = QRectF(rect.left(), rect.center().y() + theme.px(6), width, theme.px(4))
        paint_bar(painter, bar, words.fraction or 0.0)

    def _paint_state(
        self, painter: QPainter, rect: QRectF, case: Case, bright: str, quiet: str
    ) -> None:
        words = wording.state_words(case.row)
        if words.sign:
            tone = words.tone if words.tone != "text" else quiet
            tone = "accent" if words.sign == "readable" else tone
            side = theme.px(16)
            painter.drawPixmap(
                int(rect.left()),
                int(rect.center().y() - side / 2),
                icons.pixmap(words.sign, tone, 16),
            )
        text = rect.adjusted(theme.px(24), 0, 0, 0)
        tone = words.tone if words.tone != "text" else bright
        if not words.second:
            self._line(painter, text, words.first, self._label, tone)
            return
        upper, lower = self._halves(text)
        self._line(painter, upper, words.first, self._label, tone)
        self._line(painter, lower, words.second, self._small_figures, quiet)
