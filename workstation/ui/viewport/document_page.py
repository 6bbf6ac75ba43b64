"""A document in the image area: a report to read, the pages of a PDF, an ECG on its paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, QUrl, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from workstation.commands.registry import Place
from workstation.domain.document_page import PdfFile, ReadablePage
from workstation.domain.errors import ReaderError
from workstation.domain.image import FrameKey
from workstation.domain.study import Document
from workstation.domain.waveform import Waveform
from workstation.ui import shortcuts, theme
from workstation.ui.job_bridge import JobBridge
from workstation.ui.parts import MessageCard, button, label
from workstation.ui.parts.following import follow
from workstation.ui.viewport import page_html
from workstation.ui.viewport.waveform_page import WaveformPage

Opened = ReadablePage | PdfFile | Waveform


class _Text(QTextBrowser):
    """Shows what it is given: nothing is ever loaded, from the disk or from outside."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        return QByteArray()


class _Pages(QPdfView):
    """Pages on paper grey: white paper glares in a dark room."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        painter.fillRect(event.rect(), theme.color("text2"))
        painter.end()


class DocumentPage(QFrame):
    """Esc goes back to the images; a reference goes to the image."""

    closed = Signal()
    #: FrameKey of a reference that was chosen
    frame_asked = Signal(object)

    def __init__(self, bridge: JobBridge, read: Callable[[str], Opened]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bridge, self._read = bridge, read
        self._wanted = ""
        #: how a frame is called in the study; set by the room
        self.name_of: page_html.NameOf = lambda _: None
        column = QVBoxLayout(self)
        row = QHBoxLayout()
        self.title = label("", 16, 600, wrap=True)
        row.addWidget(self.title, 1)
        back = button("Back", "back", key="Esc")
        back.setToolTip("Back to the images   Esc")
        back.clicked.connect(self.closed)
        row.addWidget(back)
        column.addLayout(row)
        self._stack = QStackedWidget()
        column.addWidget(self._stack, 1)
        self.text = _Text()
        self.text.setOpenLinks(False)
        self.text.setOpenExternalLinks(False)
        self.text.setAccessibleName("Document text")
        self.text.anchorClicked.connect(self._go)
        self._stack.addWidget(self.text)
        self.pdf = QPdfDocument(self)
        self._pdf_view = _Pages(self._stack)
        self._pdf_view.setPageMode(QPdfView.PageMode.MultiPage)
        self._pdf_view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self._pdf_view.setAccessibleName("Document pages")
        self._stack.addWidget(self._pdf_view)
        self.waveform = WaveformPage()
        self._stack.addWidget(self.waveform)
        self.card = MessageCard("The document cannot be opened")
        self._stack.addWidget(self.card)
        self._buffer: QBuffer | None = None
        self._column = column
        #: the report that is shown, written again where the text size changes
        self._page: ReadablePage | None = None
        follow(self, self._measure)
        shortcuts.bind(self, Place.DOCUMENT, self)

    def _measure(self) -> None:
        side = theme.px(16)
        self._column.setContentsMargins(side, theme.px(8), side, side)
        self.text.setFont(theme.font(14))
        if self._page is not None:
            self.text.setHtml(page_html.html(self._page, self.name_of))

    def show_document(self, document: Document) -> None:
        """A report at once; everything else is read in the background."""
        self._wanted = document.sop_instance_uid
        self._page = None
        self.title.setText(document.title or "Document")
        if document.page is not None:
            self._show_page(document.page)
            return
        self.text.setPlainText("The document is being read …")
        self._show(self.text)
        uid = document.sop_instance_uid
        self._bridge.submit(
            lambda _: self._read(uid),
            on_done=lambda held: self._opened(uid, held),
            on_failed=lambda error: self._failed(uid, error),
        )

    def _show(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        page.setFocus()

    def _opened(self, uid: str, held: Opened) -> None:
        if uid != self._wanted:
            return
        self.title.setText(held.title or "Document")
        if isinstance(held, ReadablePage):
            self._show_page(held)
        elif isinstance(held, Waveform):
            self.waveform.show_waveform(held)
            self._show(self.waveform)
        else:
            self._show_pdf(held.content)

    def _show_page(self, page: ReadablePage) -> None:
        self._page = page
        self.text.setHtml(page_html.html(page, self.name_of))
        self._show(self.text)

    def _show_pdf(self, content: bytes) -> None:
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
        self._pdf_view.setDocument(self.pdf)
        self._show(self._pdf_view)

    def _go(self, address: QUrl) -> None:
        frame = page_html.frame_of(address.toString())
        if isinstance(frame, FrameKey):
            self.frame_asked.emit(frame)

    def _failed(self, uid: str, error: BaseException) -> None:
        if not isinstance(error, ReaderError):
            raise error
        if uid == self._wanted:
            self.card.show_error(error)
            self._show(self.card)

    # -- the commands ----------------------------------------------------------------------

    def leave(self) -> None:
        self.closed.emit()

    def turn(self, pages: int) -> None:
        if self._stack.currentWidget() is self.waveform:
            self.waveform.turn(pages)

    def toggle_leads(self) -> None:
        if self._stack.currentWidget() is self.waveform:
            self.waveform.toggle_leads()
