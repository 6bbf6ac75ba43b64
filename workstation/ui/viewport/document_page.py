"""A document in the image area: the text of a structured report, or the pages of a PDF."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workstation.domain.errors import ReaderError
from workstation.domain.study import Document
from workstation.ui import theme
from workstation.ui.job_bridge import JobBridge
from workstation.ui.parts import MessageCard, button, label


class DocumentPage(QFrame):
    """Esc goes back to the images."""

    closed = Signal()

    def __init__(self, bridge: JobBridge, read: Callable[[str], tuple[str, bytes]]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bridge, self._read = bridge, read
        self._wanted = ""
        column = QVBoxLayout(self)
        side = theme.px(16)
        column.setContentsMargins(side, theme.px(8), side, side)
        row = QHBoxLayout()
        self.title = label("", 16, 600)
        row.addWidget(self.title, 1)
        back = button("Back to the images", "back", key="Esc")
        back.clicked.connect(self.closed)
        row.addWidget(back)
        column.addLayout(row)
        self._stack = QStackedWidget()
        column.addWidget(self._stack, 1)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(theme.font(14))
        self.text.setAccessibleName("Document text")
        self._stack.addWidget(self.text)
        self.pdf = QPdfDocument(self)
        self._pdf_view = QPdfView(self._stack)
        self._pdf_view.setPageMode(QPdfView.PageMode.MultiPage)
        self._pdf_view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self._pdf_view.setAccessibleName("Document pages")
        self._stack.addWidget(self._pdf_view)
        self.card = MessageCard("The document cannot be opened")
        self._stack.addWidget(self.card)
        self._buffer: QBuffer | None = None

    def show_document(self, document: Document) -> None:
        """Text at once; a file is read in the background."""
        self._wanted = document.sop_instance_uid
        self.title.setText(document.title or "Document")
        if document.text:
            self.text.setPlainText(document.text)
            self._show(self.text)
            return
        self.text.setPlainText("The document is being read …")
        self._show(self.text)
        uid = document.sop_instance_uid
        self._bridge.submit(
            lambda _: self._read(uid),
            on_done=lambda held: self._opened(uid, *held),
            on_failed=lambda error: self._failed(uid, error),
        )

    def _show(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        page.setFocus()

    def _opened(self, uid: str, mime: str, content: bytes) -> None:
        if uid != self._wanted:
            return
        if mime != "application/pdf":
            self.text.setPlainText(content.decode("utf-8", errors="replace"))
            return
        self._view(None)
        buffer = QBuffer(self)
        buffer.setData(QByteArray(content))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.pdf.load(buffer)
        self._buffer = buffer
        if self.pdf.pageCount() < 1:
            self.card.show_message(
                "The PDF is damaged: it holds no page that can be read.",
                remedy="Ask the site to send it again.",
            )
            self._show(self.card)
            return
        self._view(self.pdf)
        self._show(self._pdf_view)

    def _view(self, document: QPdfDocument | None) -> None:
        if document is not None:
            self._pdf_view.setDocument(document)

    def _failed(self, uid: str, error: BaseException) -> None:
        if not isinstance(error, ReaderError):
            raise error
        if uid == self._wanted:
            self.card.show_error(error)
            self._show(self.card)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
