"""A text of a few lines that is as high as its words, and says which of its lines is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QTextEdit, QVBoxLayout, QWidget

from workstation.domain.wording import FIELD
from workstation.ui import theme
from workstation.ui.parts import Label, label
from workstation.workflow.merge_fields import MERGE
from workstation.workflow.template_text import Problem


class _Marks(QSyntaxHighlighter):
    """Fields on a plate, merge fields in the colour of what comes from the images."""

    def highlightBlock(self, text: str) -> None:
        field = QTextCharFormat()
        field.setBackground(theme.color("pressed"))
        field.setForeground(theme.color("text"))
        merged = QTextCharFormat()
        merged.setForeground(theme.color("accent"))
        for match in FIELD.finditer(text):
            self.setFormat(match.start(), len(match[0]), field)
        for match in MERGE.finditer(text):
            self.setFormat(match.start(), len(match[0]), merged)


class Lines(QPlainTextEdit):
    """Tab goes on to the next field of the form; pasted text is plain."""

    def __init__(self, name: str, least: int = 1) -> None:
        super().__init__()
        self._least = least
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        document: QTextDocument = self.document()
        self._marks = _Marks(document)
        self._measure()
        self.textChanged.connect(self._fit)

    def _measure(self) -> None:
        self.setFont(theme.font(14))
        self._fit()

    def _fit(self) -> None:
        rows = sum(
            max(1, block.layout().lineCount())
            for block in (self.document().findBlockByNumber(at) for at in range(self.blockCount()))
        )
        line = self.fontMetrics().lineSpacing()
        height = max(rows, self._least) * line + theme.px(20)
        if height != self.height():
            self.setFixedHeight(height)

    def show_wrong(self, lines: Sequence[int]) -> None:
        """Lines, counted from 1, that stand on the colour of a warning."""
        found = []
        for number in lines:
            block = self.document().findBlockByNumber(number - 1)
            if number < 1 or not block.isValid():
                continue
            mark = QTextEdit.ExtraSelection()
            ground: QColor = theme.color("urgentbg")
            mark.format.setBackground(ground)
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            mark.cursor = self.textCursor()
            mark.cursor.setPosition(block.position())
            found.append(mark)
        self.setExtraSelections(found)

    def sizeHint(self) -> QSize:
        """Its width is the form's."""
        return QSize(theme.px(300), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_marks"):
            self._measure()


class Part(QWidget):
    """A name, what is typed, and below it what is wrong with it."""

    changed = Signal()

    def __init__(self, name: str, least: int = 1, *, plate: bool = False) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.px(4))
        self.heading = label(f"[{name}]" if plate else name, 12, 600, "text2")
        self.column.addWidget(self.heading)
        self.lines = Lines(name, least)
        self.lines.textChanged.connect(self.changed)
        self.column.addWidget(self.lines)
        self.problem: Label = label("", 13, 500, "urgent", wrap=True)
        self.problem.hide()
        self.column.addWidget(self.problem)

    def text(self) -> str:
        """What is typed."""
        return self.lines.toPlainText()

    def show_problems(self, found: Sequence[Problem]) -> None:
        """What is wrong here, each with its line; none takes it back."""
        self.lines.show_wrong([each.line for each in found])
        several = self.lines.blockCount() > 1
        words = [
            f"Line {each.line}: {each.words}" if each.line and several else each.words
            for each in found
        ]
        self.problem.setText("\n".join(words))
        self.problem.setVisible(bool(words))
