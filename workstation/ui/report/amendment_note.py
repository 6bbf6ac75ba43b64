"""What the text below follows on: the final report that an addendum adds to, the reason of a
correction, the preliminary report that is being checked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QTextBrowser, QVBoxLayout, QWidget

from workstation.domain.report import Discrepancy, Report, Version
from workstation.ui import theme
from workstation.ui.parts import badge, button, choice, field, label, separator
from workstation.ui.report.report_html import report_html


class AmendmentNote(QWidget):
    """Hidden for an ordinary report. Tells what was entered; changes nothing itself."""

    reason_changed = Signal(str)
    discrepancy_changed = Signal(object)
    discard_asked = Signal()
    #: Return: what is entered stands, the text goes on
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = QVBoxLayout()
        inner.setContentsMargins(*(theme.px(n) for n in (16, 8, 10, 8)))
        inner.setSpacing(theme.px(6))
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        self._kind = badge("")
        self._words = label("", 13, 400, "text2", wrap=True)
        self._discard = button("Discard", "discard", "quiet", small=True)
        self._discard.setToolTip("Drop this draft; what is signed stays")
        self._discard.clicked.connect(self.discard_asked)
        head.addWidget(self._kind, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._words, 1)
        head.addWidget(self._discard, 0, Qt.AlignmentFlag.AlignTop)
        inner.addLayout(head)
        self.reason = field("What was wrong with the report (required)", "Reason of the correction")
        self.reason.textEdited.connect(self.reason_changed)
        self.reason.returnPressed.connect(self.left)
        inner.addWidget(self.reason)
        self._compare = QWidget()
        row = QHBoxLayout(self._compare)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        row.addWidget(label("Discrepancy", 13, 400, "text2"))
        self.discrepancy = choice("not chosen", *(each.value for each in Discrepancy))
        self.discrepancy.setAccessibleName("Discrepancy with the preliminary report")
        self.discrepancy.setToolTip("For quality review; it stays on this workstation")
        self.discrepancy.activated.connect(self._chosen)
        row.addWidget(self.discrepancy, 1)
        inner.addWidget(self._compare)
        column.addLayout(inner)
        self.before = QTextBrowser()
        self.before.setObjectName("report")
        self.before.setAccessibleName("The report as it was signed")
        self.before.document().setDocumentMargin(theme.px(16))
        column.addWidget(self.before, 1)
        column.addWidget(separator())
        self.hide()

    def show_report(self, report: Report) -> None:
        """Show what belongs to this draft, or nothing."""
        addendum = report.version is Version.ADDENDUM
        correction = report.version is Version.CORRECTION
        second = report.author is not None
        self.setVisible(addendum or correction or second)
        self._discard.setVisible(addendum or correction)
        self.reason.setVisible(correction)
        self.reason.setText(report.reason)
        self._compare.setVisible(second)
        held = report.discrepancy
        self.discrepancy.setCurrentText("not chosen" if held is None else held.value)
        self.before.setVisible(addendum)
        # The words of the report take room; a line or two do not.
        high = QSizePolicy.Policy.Preferred if addendum else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Preferred, high)
        self.before.setHtml(report_html(report.base) if addendum else "")
        if addendum:
            self._kind.setText("Addendum")
            self._words.setText("The signed report stays as it is; your words are added to it.")
        elif correction:
            self._kind.setText("Corrected report")
            self._words.setText("The first report stays as it was; this one follows it.")
        elif report.author is not None:
            self._kind.setText("Second reading")
            self._words.setText(f"Preliminary report by {report.author.display}")

    def take_focus(self) -> bool:
        """The keyboard to what is entered here; False where nothing is."""
        asked = next((each for each in (self.reason, self.discrepancy) if each.isVisible()), None)
        if asked is not None:
            asked.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return asked is not None

    def clear(self) -> None:
        """Nothing of the last patient stays."""
        self.before.setHtml("")
        self.reason.clear()
        self.hide()

    def _chosen(self, index: int) -> None:
        held = None if index == 0 else tuple(Discrepancy)[index - 1]
        self.discrepancy_changed.emit(held)
