"""The frame of the report panel: tabs, template, text, tray, checks and the buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QListView,
    QStackedWidget,
    QTabBar,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from workstation.ui import icons, theme
from workstation.ui.parts import button, separator
from workstation.ui.parts.following import follow
from workstation.ui.report.amendment_note import AmendmentNote
from workstation.ui.report.calculator_page import CalculatorPage
from workstation.ui.report.critical_bar import CriticalBar
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.find_bar import FindBar
from workstation.ui.report.finding import FindSide
from workstation.ui.report.foot import Foot
from workstation.ui.report.links import Resolver
from workstation.ui.report.prior_reports import PriorReport, PriorReports
from workstation.ui.report.request_tab import RequestTab
from workstation.ui.report.sign_panel import SignPanel
from workstation.ui.report.tray import Tray
from workstation.ui.report.writing_page import WritingPage
from workstation.workflow.calculators.model import Calculator

_PRELIMINARY = "Look at it and send it as preliminary"


class PanelFrame(QWidget):
    """Lays the panel out; what is in it is decided by the report panel."""

    #: the place of the tab of prior reports
    PRIOR = 1

    #: a sentence for the line below the images
    message = Signal(str)

    def __init__(
        self,
        resolve: Resolver,
        calculators: Sequence[Calculator],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panelL")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dressed = QTimer(self)
        self._dressed.setSingleShot(True)
        self._dressed.timeout.connect(self._dress)
        self._stack = QStackedWidget(self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self.editor = ReportEditor(resolve)
        self.tray = Tray()
        self._request = RequestTab()
        self._prior = PriorReports()
        self.calculators = CalculatorPage(calculators)
        self.sign_panel = SignPanel()
        self._stack.addWidget(self._writing())
        self._stack.addWidget(self.sign_panel)

    def _writing(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setFont(theme.font(13, 500))
        for name in ("Report", "Prior", "Request", "Calculators"):
            self.tabs.addTab(name)
        column.addWidget(self.tabs)
        column.addWidget(separator())
        self.find_bar = FindBar()
        column.addWidget(self.find_bar)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._report_page())
        self._pages.addWidget(self._prior)
        self._pages.addWidget(self._request)
        self._pages.addWidget(self.calculators)
        self.tabs.currentChanged.connect(self._pages.setCurrentIndex)
        self.finding = FindSide(self.find_bar, self.searched, self._prior)
        self.tabs.currentChanged.connect(self.finding.texts_changed)
        self._prior.drawn.connect(self.finding.texts_changed)
        column.addWidget(self._pages, 1)
        return page

    @property
    def signing_now(self) -> bool:
        """Whether the sign panel is shown."""
        return self._stack.currentWidget() is self.sign_panel

    def turn(self, steps: int) -> None:
        """To the next tab, or the one before; its page takes the keyboard."""
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + steps) % self.tabs.count())
        page = self._pages.currentWidget()
        if page is self.calculators:
            self.calculators.focus_first()
            return
        shown = page if page in (self._prior, self._request) else self.editor
        shown.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def searched(self) -> list[QTextEdit]:
        """The texts of the tab that is shown."""
        shown = self.tabs.currentIndex()
        if shown == self.PRIOR:
            return list(self._prior.texts)
        return [self.editor] if shown == 0 else []

    def _to_text(self) -> None:
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _report_page(self) -> QWidget:
        page = WritingPage(self.editor)
        column = page.column
        head = QWidget()
        whole = QVBoxLayout(head)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        row = QHBoxLayout()
        follow(head, lambda: row.setContentsMargins(*(theme.px(n) for n in (10, 4, 10, 4))))
        self.template = QComboBox()
        self.template.setView(QListView())
        self.template.setProperty("kind", "quiet")
        self.template.setFont(theme.font(13, 500))
        self.template.setAccessibleName("Report template")
        row.addWidget(self.template, 1)
        self.edit_templates = button("", icon="draft", kind="tool")
        self.edit_templates.setToolTip("Edit templates and macros   Ctrl+T")
        self.edit_templates.setAccessibleName("Edit templates and macros")
        row.addWidget(self.edit_templates)
        self._undo = button("", icon="undo", kind="tool")
        self._undo.setToolTip("Take back   Ctrl+Z")
        self._undo.setAccessibleName("Take back")
        row.addWidget(self._undo)
        whole.addLayout(row)
        whole.addWidget(separator())
        page.add_yielding(head)
        self.note = AmendmentNote()
        self.note.left.connect(self._to_text)
        column.addWidget(self.note, 1)
        column.addWidget(self.editor, 2)
        column.addWidget(separator())
        page.add_yielding(self.tray)
        self.critical_bar = CriticalBar()
        self.critical_bar.waits.connect(self._show_waiting)
        column.addWidget(self.critical_bar)
        column.addWidget(separator())
        self._foot = Foot()
        self.sign_button, self._preliminary = self._foot.sign, self._foot.preliminary
        self._preliminary.setToolTip(_PRELIMINARY)
        self.saved_line = self._foot.saved
        column.addWidget(self._foot)
        return page

    def show_count(self, count: int) -> None:
        """How many checks stand open."""
        words = {0: "No check open", 1: "1 check open"}.get(count, f"{count} checks open")
        self._foot.show_words(words)

    def show_signable(self, reason: str) -> None:
        """Signing is greyed while there is nothing to sign, and says so."""
        for each, tip in (
            (self.sign_button, "Sign and send   Ctrl+↵"),
            (self._preliminary, _PRELIMINARY),
        ):
            each.setEnabled(not reason)
            each.setToolTip(reason or tip)

    def changeEvent(self, event: QEvent) -> None:
        """Another text size. Its fonts are taken soon: the style sheet puts its own back first."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_foot"):
            self._dressed.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size: the tray may have to give way."""
        super().resizeEvent(event)
        self._dressed.start()

    def _dress(self) -> None:
        self.tabs.setFont(theme.font(13, 500))
        self.template.setFont(theme.font(13, 500))

    def _show_waiting(self, passed: str) -> None:
        """The clock of a critical result is in sight on every tab until somebody was told."""
        waits = QIcon(icons.pixmap("call", "urgent", 16)) if passed else QIcon()
        self.tabs.setIconSize(QSize(theme.px(16), theme.px(16)))
        self.tabs.setTabIcon(0, waits)
        self.tabs.setTabText(0, f"Report   {passed}" if passed else "Report")
        self.tabs.setTabToolTip(0, "A critical result waits to be told   F7" if passed else "")

    @property
    def prior_count(self) -> int:
        """How many prior reports are shown."""
        return self._prior.count

    def show_priors(self, priors: list[PriorReport]) -> None:
        """Show prior reports."""
        self._prior.show_reports(priors)
