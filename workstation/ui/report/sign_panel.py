"""Signing, in the place of the report: who, what stands open, the final text, what goes to whom.

The images stay in sight while the checks are settled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QScrollArea,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from workstation.domain.report import CheckFinding, CheckSeverity, Section
from workstation.ui import theme
from workstation.ui.parts import button, following, key_cap, label, separator
from workstation.ui.parts.labels import sign
from workstation.ui.parts.tab_order import follow
from workstation.ui.parts.tall import Tall
from workstation.ui.report.check_card import CheckCard
from workstation.ui.report.password_row import PasswordRow
from workstation.ui.report.report_html import changes_html, report_html
from workstation.ui.report.sharing import Sharing


@dataclass(frozen=True, slots=True)
class SignRequest:
    """All that the panel shows. `lines` name the patient and the study, `destinations` are
    (title, what, how it is known to have arrived)."""

    patient: str
    details: str
    study: str
    sections: tuple[Section, ...]
    findings: tuple[CheckFinding, ...]
    checks_made: int
    destinations: tuple[tuple[str, str, str], ...]
    signer: str
    title: str = "Sign and send"
    #: the words of the version before, where what changed is shown
    before: tuple[Section, ...] = ()
    #: an addendum or a correction is never preliminary
    final_only: bool = False
    #: why this reader signs no final report, or nothing
    not_final: str = ""


def _margins(part: QWidget, layout: QBoxLayout, *edges: int) -> None:
    """Margins of the drawings, at the text size in force; 8 between what stands in it."""

    def measure() -> None:
        layout.setContentsMargins(*(theme.px(n) for n in edges))
        layout.setSpacing(theme.px(8))

    following.follow(part, measure)


class SignPanel(QWidget):
    """Shows a `SignRequest`; signs nothing itself."""

    back = Signal()
    #: preliminary
    sign = Signal(bool)
    jump = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panelL")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._request: SignRequest | None = None
        self._dressed = QTimer(self)
        self._dressed.setSingleShot(True)
        self._dressed.timeout.connect(self._build_anew)
        self._settled: set[tuple[str, str]] = set()
        self._cards: list[CheckCard] = []
        self._busy = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(separator())
        column.addWidget(self._middle(), 1)
        column.addWidget(separator())
        column.addLayout(self._foot())

    def _middle(self) -> QScrollArea:
        """What will be signed. It scrolls where the text is too large for the window: a panel that
        asks for more height than there is would push the buttons off the screen."""
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        middle = Tall()
        # As wide as the panel, however long a word in it is: it scrolls one way only.
        middle.setMinimumWidth(1)
        area.setWidget(middle)
        column = self._column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._identity = QVBoxLayout()
        self._name = label("", 16, 600)
        self._details = label("", 13, 400, "text2", tabular=True)
        self._study = label("", 13, 400, "text2", tabular=True)
        for line in (self._name, self._details, self._study):
            line.setWordWrap(True)
            self._identity.addWidget(line)
        column.addLayout(self._identity)
        column.addWidget(separator())
        self._checks = QScrollArea()
        self._checks.setWidgetResizable(True)
        self._checks.setAccessibleName("Open checks")
        self._checks.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self._checks)
        column.addWidget(separator())
        column.addWidget(self._changes_line())
        self._text = QTextBrowser()
        self._text.setObjectName("report")
        self._text.setAccessibleName("Text that will be signed")
        column.addWidget(self._text, 1)
        column.addWidget(separator())
        self._destinations = QWidget()
        column.addWidget(self._destinations)
        self._sharing = Sharing(
            area,
            self._checks,
            self._text,
            lambda: (self._identity, self._changes, self._destinations),
        )
        following.follow(self, self._measure)
        return area

    def _fit(self) -> None:
        """The longest part of a name is never cut: its letters give way. A key cap goes where it
        would be cut itself."""
        room = self.width() - 2 * theme.px(20)
        parts = re.split(r"(?<=-)|\s", self._name.text())
        for size in (16, 14, 12, 10):
            font = theme.font(size, 600)
            widest = max(QFontMetricsF(font).horizontalAdvance(part) for part in parts)
            if widest <= room:
                break
        self._name.setFont(font)
        space = theme.px(8)
        buttons = (self._preliminary, self._final, self._key_cap)
        self._key_cap.setVisible(sum(each.sizeHint().width() + space for each in buttons) <= room)
        head = (self._title, self._esc, self._back)
        self._esc.setVisible(sum(each.sizeHint().width() + space for each in head) <= room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._sharing.start()

    def _measure(self) -> None:
        """Lengths at the text size in force."""
        self._identity.setContentsMargins(*(theme.px(n) for n in (20, 12, 20, 12)))
        self._identity.setSpacing(theme.px(2))
        self._text.document().setDocumentMargin(theme.px(20))
        self._sharing.start()

    def _changes_line(self) -> QWidget:
        self._changes = QWidget()
        row = QHBoxLayout(self._changes)
        _margins(self._changes, row, 20, 6, 20, 0)
        words = "Struck through: no longer said. Underlined: new."
        self._legend = label(words, 12, 400, "text2")
        row.addWidget(self._legend, 1)
        self._switch = button("Changes", kind="switch")
        self._switch.setCheckable(True)
        self._switch.setChecked(True)
        self._switch.setToolTip("Show what changed, or the text alone as it is sent")
        self._switch.toggled.connect(self._show_text)
        row.addWidget(self._switch)
        return self._changes

    def _show_text(self) -> None:
        request = self._request
        if request is None:
            return
        changes = bool(request.before) and self._switch.isChecked()
        self._changes.setVisible(bool(request.before))
        self._legend.setVisible(changes)
        held = request.sections
        self._text.setHtml(changes_html(request.before, held) if changes else report_html(held))
        self._sharing.start()

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        _margins(self, row, 20, 10, 20, 10)
        self._title = label("Sign and send", 16, 600)
        row.addWidget(self._title, 1)
        self._esc = key_cap("Esc")
        row.addWidget(self._esc)
        self._back = button("back to the report", kind="quiet", key="Esc")
        self._back.clicked.connect(self.back)
        row.addWidget(self._back)
        return row

    def _foot(self) -> QVBoxLayout:
        column = QVBoxLayout()
        _margins(self, column, 20, 10, 20, 12)
        self._state = label("", 13, 500, "stat")
        self._state.setWordWrap(True)
        column.addWidget(self._state)
        self.password = PasswordRow()
        column.addWidget(self.password)
        self._signer = label("", 12, 400, "text3", wrap=True)
        column.addWidget(self._signer)
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addStretch(1)
        self._preliminary = button("Preliminary")
        self._preliminary.setToolTip("Send as preliminary: the final report follows")
        self._preliminary.clicked.connect(lambda: self.sign.emit(True))
        row.addWidget(self._preliminary)
        self._final = button("Sign and send", icon="sign", kind="primary")
        self._final.clicked.connect(lambda: self.sign.emit(False))
        row.addWidget(self._final)
        self._key_cap = key_cap("Ctrl ↵")
        row.addWidget(self._key_cap)
        column.addLayout(row)
        return column

    def show_request(self, request: SignRequest) -> None:
        """Show what is about to be signed; warnings that were settled stay settled."""
        self._request = request
        self._name.setText(request.patient)
        self._fit()
        self._details.setText(request.details)
        self._study.setText(request.study)
        self._signer.setText(f"Signed by {request.signer}")
        self._title.setText(request.title)
        self._show_text()
        self._show_checks()
        self._show_destinations()
        self._update()

    def forget(self) -> None:
        """Another report: nothing is settled."""
        self._settled.clear()
        self._request = None
        self.password.leave()

    def set_busy(self, busy: bool, words: str = "") -> None:
        """While the report is being signed, or why it could not be."""
        self._busy = busy
        self._update(words)

    @property
    def open_findings(self) -> tuple[CheckFinding, ...]:
        """What still stands open."""
        found = self._request.findings if self._request else ()
        return tuple(each for each in found if self._key(each) not in self._settled)

    @staticmethod
    def _key(finding: CheckFinding) -> tuple[str, str]:
        return (finding.check, finding.series_instance_uid or finding.title)

    def _settle(self, finding: CheckFinding) -> None:
        at = next((n for n, f in enumerate(self.open_findings) if f == finding), 0)
        by_keys = self._checks.isAncestorOf(self.focusWidget() or self)
        self._settled.add(self._key(finding))
        self._show_checks()
        self._update()
        if by_keys:
            self._go_on(at)

    def _go_on(self, at: int) -> None:
        """The keyboard to the check that took the place of the one that is gone, else to what
        signs."""
        left = [each.buttons[-1] for each in self._cards if each.buttons]
        signs = self._final if self._final.isEnabled() else self._preliminary
        (left[min(at, len(left) - 1)] if left else signs).setFocus(Qt.FocusReason.TabFocusReason)

    def _show_checks(self) -> None:
        assert self._request is not None
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(*(theme.px(n) for n in (20, 10, 20, 10)))
        column.setSpacing(theme.px(8))
        head = QHBoxLayout()
        head.addWidget(label("Checks", 12, 600, "text3"), 1)
        made = self._request.checks_made
        passed = max(0, made - len({each.check for each in self.open_findings}))
        head.addWidget(label(f"{passed} of {made} passed", 12, 400, "text2"))
        column.addLayout(head)
        self._cards = []
        for finding in self.open_findings:
            card = CheckCard(finding)
            card.jump.connect(self.jump)
            card.settled.connect(self._settle)
            column.addWidget(card)
            self._cards.append(card)
        column.addStretch(1)
        self._checks.setWidget(body)
        follow(self._checks, body)
        self._sharing.start()

    def _show_destinations(self) -> None:
        assert self._request is not None
        fresh = QWidget()
        column = QVBoxLayout(fresh)
        column.setContentsMargins(*(theme.px(n) for n in (20, 10, 20, 10)))
        column.setSpacing(theme.px(6))
        column.addWidget(label("Will be sent", 12, 600, "text3"))
        for title, what, proof in self._request.destinations:
            row = QHBoxLayout()
            row.setSpacing(theme.px(10))
            row.addWidget(sign("service"), 0, Qt.AlignmentFlag.AlignTop)
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(label(title, 13, 500, wrap=True))
            words.addWidget(label(what, 12, 400, "text2", wrap=True))
            row.addLayout(words, 1)
            row.addWidget(label(proof, 12, 400, "text2"))
            column.addLayout(row)
        self._column.removeWidget(self._destinations)
        self._column.addWidget(fresh)
        self._destinations.hide()
        self._destinations.deleteLater()
        self._destinations = fresh
        self._sharing.start()

    def _update(self, words: str = "") -> None:
        blocking = [each for each in self.open_findings if each.severity is CheckSeverity.BLOCK]
        count = len(blocking)
        if not words and blocking:
            words = (
                "One check blocks signing. Settle it first, or send as preliminary."
                if count == 1
                else f"{count} checks block signing. Settle them first, or send as preliminary."
            )
        final_only = self._request is not None and self._request.final_only
        if final_only and blocking:
            words = words.replace(", or send as preliminary", "")
        not_final = self._request.not_final if self._request is not None else ""
        words = words or not_final
        self._state.setText(words)
        self._state.setVisible(bool(words))
        self._final.setEnabled(not blocking and not self._busy and not not_final)
        self._final.setToolTip(words if blocking or not_final else "Sign and send   Ctrl+Return")
        self._preliminary.setVisible(not final_only)
        self._preliminary.setEnabled(not self._busy)

    def changeEvent(self, event: QEvent) -> None:
        """Another text size: what was built for the one before is built anew."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_dressed"):
            # Soon, not now: Qt is walking over the widgets that would be deleted.
            self._dressed.start()

    def _build_anew(self) -> None:
        self._fit()
        if self._request is not None:
            self._show_text()
            self._show_checks()
            self._show_destinations()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back; Ctrl+Return signs when nothing blocks."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape and not self._busy:
            self.back.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control:
            self.try_sign()
        else:
            super().keyPressEvent(event)

    def try_sign(self) -> None:
        """Sign as final, if nothing blocks it."""
        if self._final.isEnabled():
            self.sign.emit(False)
