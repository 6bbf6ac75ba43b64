"""The request: who asks what and why, and the scanned requisition."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap, QResizeEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from workstation.domain.reading_task import ReadingTask
from workstation.ui import theme
from workstation.ui.parts import label


class PdfPages(QWidget):
    """The pages of a PDF at the width of the panel. Text and pictures only: links do nothing."""

    def __init__(self, content: bytes, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bytes = QByteArray(content)
        self._buffer = QBuffer(self._bytes, self)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._pdf = QPdfDocument(self)
        self._pdf.load(self._buffer)
        self._width = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        self._pages: list[QLabel] = []
        if self._pdf.error() is not QPdfDocument.Error.None_ or self._pdf.pageCount() == 0:
            problem = label(
                "This PDF cannot be shown: it is damaged or locked. Ask the site to send it again.",
                13,
                400,
                "urgent",
            )
            problem.setWordWrap(True)
            column.addWidget(problem)
            return
        for number in range(min(self._pdf.pageCount(), 50)):
            page = QLabel()
            page.setAccessibleName(f"{title}, page {number + 1}")
            # The page follows the panel's width; its picture must not keep the panel wide.
            page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            self._pages.append(page)
            column.addWidget(page)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw the pages anew when the width changes."""
        super().resizeEvent(event)
        width = self.width()
        if width == self._width or width < 40:
            return
        self._width = width
        for number, page in enumerate(self._pages):
            size = self._pdf.pagePointSize(number)
            height = round(width * size.height() / max(size.width(), 1))
            drawn = self._pdf.render(number, QSize(width, height))
            sheet = QImage(drawn.size(), QImage.Format.Format_RGB32)
            # White paper glares in a dark room: paper grey keeps the text at 10:1.
            sheet.fill(theme.color("text2"))
            painter = QPainter(sheet)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
            painter.drawImage(0, 0, drawn)
            painter.end()
            page.setPixmap(QPixmap.fromImage(sheet))
            page.setFixedHeight(height)


class RequestTab(QScrollArea):
    """Facts of the task, then its documents."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Request")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._documents: list[tuple[str, bytes]] = []
        self._task: ReadingTask | None = None

    def clear(self) -> None:
        """Nothing of a case stays."""
        self._task = None
        self._documents = []
        self.setWidget(QWidget())

    def show_task(self, task: ReadingTask) -> None:
        """Show a task; its documents follow when they have arrived."""
        self._task = task
        self._documents = []
        self._rebuild()

    def add_document(self, title: str, content: bytes) -> None:
        """Show one PDF below the facts."""
        if (title, content) not in self._documents:
            self._documents.append((title, content))
            self._rebuild()

    def _facts(self, task: ReadingTask) -> list[tuple[str, str]]:
        referrer = task.referrer.display if task.referrer.alphabetic else ""
        facts = [
            ("Procedure", task.procedure),
            ("Reason", task.reason),
            ("Referrer", referrer),
            ("Site", task.site),
            ("Accession", task.accession_number),
        ]
        return [(name, value) for name, value in facts if value]

    def _rebuild(self) -> None:
        task = self._task
        if task is None:
            return
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(*(theme.px(n) for n in (16, 14, 16, 14)))
        column.setSpacing(theme.px(10))
        if task.clinical_notes:
            column.addWidget(label("Clinical notes", 12, 600, "text3"))
            notes = label(task.clinical_notes, 14)
            notes.setWordWrap(True)
            notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(notes)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(16))
        grid.setVerticalSpacing(theme.px(6))
        grid.setColumnStretch(1, 1)
        for line, (name, value) in enumerate(self._facts(task)):
            grid.addWidget(label(name, 13, 400, "text3"), line, 0, Qt.AlignmentFlag.AlignTop)
            held = label(value, 13)
            held.setWordWrap(True)
            grid.addWidget(held, line, 1)
        column.addLayout(grid)
        for title, content in self._documents:
            column.addWidget(label(title, 12, 600, "text3"))
            column.addWidget(PdfPages(content, title))
        column.addStretch(1)
        self.setWidget(body)
