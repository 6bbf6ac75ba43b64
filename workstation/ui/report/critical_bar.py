"""The quiet bar of critical results: proposed, open with their clock, told.

It says minutes only and moves once a minute. Nothing here writes; it tells what was entered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.critical import CriticalCategory, CriticalResult, Means
from workstation.ui import theme
from workstation.ui.parts import (
    button,
    choice,
    empty_layout,
    field,
    label,
    section_heading,
    separator,
    sign,
)
from workstation.ui.parts.following import follow
from workstation.workflow.critical import Proposal

#: From then on an open result stands in red-orange (ACR categories of actionable findings).
_LATE = {
    CriticalCategory.MINUTES: timedelta(minutes=30),
    CriticalCategory.HOURS: timedelta(hours=6),
    CriticalCategory.DAYS: timedelta(days=2),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What was entered about a call; `time` as typed."""

    identifier: str
    told_to: str
    means: Means
    read_back: bool
    time: str


def passed_text(passed: timedelta) -> str:
    """`7 min`, `2 h 05`."""
    minutes = max(0, int(passed.total_seconds() // 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d}"


def waiting_text(result: CriticalResult, now: datetime) -> str:
    """`found 03:12, nobody told for 7 min`."""
    passed = result.waiting(now)
    found = f"found {result.found_at.astimezone():%H:%M}"
    if passed < timedelta(minutes=1):
        return f"{found}, nobody told yet"
    return f"{found}, nobody told for {passed_text(passed)}"


class CriticalBar(QWidget):
    """Hidden while there is nothing to say."""

    #: finding, category, and the time it was found as typed; empty for now
    note_asked = Signal(str, object, str)
    #: how long somebody has been waiting to be told, empty while nobody is
    waits = Signal(str)
    dismissed = Signal(str)
    told = Signal(object)
    withdraw_asked = Signal(str)
    #: the reader is done with a form: the keyboard goes back to the text
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(separator())
        inner = QVBoxLayout()
        inner.setContentsMargins(*(theme.px(n) for n in (16, 8, 12, 8)))
        inner.setSpacing(theme.px(6))
        head = QHBoxLayout()
        head.addWidget(section_heading("Critical results"))
        head.addStretch(1)
        self._another = button("Another …", kind="quiet", small=True)
        self._another.setToolTip("Note one more critical result")
        self._another.clicked.connect(lambda _=False: self.ask_new())
        head.addWidget(self._another)
        inner.addLayout(head)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.px(6))
        inner.addLayout(self._rows)
        outer.addLayout(inner)
        self._results: tuple[CriticalResult, ...] = ()
        self._proposals: tuple[Proposal, ...] = ()
        self._people: tuple[str, ...] = ()
        self._now = datetime.now().astimezone()
        #: identifier whose call is being entered, "" while a new finding is, None otherwise
        self._form: str | None = None
        self._problem = ""
        self._drawn: tuple[object, ...] = ()
        self.hide()

    def show_results(
        self,
        results: Sequence[CriticalResult],
        proposals: Sequence[Proposal],
        people: tuple[str, ...],
        now: datetime,
    ) -> None:
        """Show the state; a form that is being filled stays as it is."""
        self._results, self._proposals = tuple(results), tuple(proposals)
        self._people, self._now = people, now
        known = {each.identifier for each in results if each.open}
        if self._form and self._form not in known:
            self._form = None
        if self._form is None and self._told() != self._drawn:
            self._draw()

    def _told(self) -> tuple[object, ...]:
        """All that the rows say now: while it stays, nothing flickers beside the images."""
        words = [waiting_text(each, self._now) for each in self._results if each.open]
        return (self._form, self._problem, self._results, self._proposals, self._people, *words)

    def ask(self) -> None:
        """Enter the call of the oldest open result; asked again, of the next one; then, or where
        none is open, note one: what the text proposes first."""
        forms = [*(each.identifier for each in self._results if each.open), ""]
        at = forms.index(self._form) + 1 if self._form in forms else 0
        self._open_form(forms[at % len(forms)])

    def ask_new(self) -> None:
        """Note another finding."""
        self._open_form("")

    def say(self, words: str) -> None:
        """Why what was entered could not be taken."""
        self._problem = words
        self._draw()

    def clear(self) -> None:
        """Nothing of the last patient stays."""
        self._results, self._proposals, self._form = (), (), None
        self._problem = ""
        self._draw()

    # -- drawing -------------------------------------------------------------------------------

    def _open_form(self, identifier: str) -> None:
        self._form, self._problem = identifier, ""
        self._draw()

    def _close_form(self) -> None:
        self._form, self._problem = None, ""
        self._draw()
        self.left.emit()

    def _draw(self) -> None:
        self._drawn = self._told()
        empty_layout(self._rows)
        for result in self._results:
            if result.identifier == self._form:
                self._rows.addWidget(self._call_form(result))
            else:
                self._rows.addWidget(self._row(result))
        if self._form is None:
            for proposal in self._proposals:
                self._rows.addWidget(self._proposal(proposal))
        self._another.setVisible(self._form is None and bool(self._results))
        if self._form == "":
            self._rows.addWidget(self._new_form(next(iter(self._proposals), None)))
        if self._problem:
            self._rows.addWidget(label(self._problem, 13, 500, "stat", wrap=True))
        self.setVisible(bool(self._results or self._proposals or self._form is not None))
        waiting = [each.waiting(self._now) for each in self._results if each.open]
        self.waits.emit(passed_text(max(waiting)) if waiting else "")

    def _row(self, result: CriticalResult) -> QWidget:
        told = result.communication
        if told is not None:
            back = "read back" if told.read_back else "not read back"
            words = f"told {told.told_to} {told.told_at.astimezone():%H:%M}, {back}"
            return _line("here", "text2", result.finding, words, "text2", ())
        late = result.waiting(self._now) > _LATE[result.category]
        tone = "stat" if late else "urgent"
        tell = button("Told", "call", small=True)
        tell.setToolTip("Note who was told   F7")
        tell.clicked.connect(lambda: self._open_form(result.identifier))
        none = button("Withdraw", kind="quiet", small=True)
        none.clicked.connect(lambda: self.withdraw_asked.emit(result.identifier))
        none.clicked.connect(self.left)
        words = waiting_text(result, self._now)
        return _line("call", tone, result.finding, words, tone, (tell, none))

    def _proposal(self, proposal: Proposal) -> QWidget:
        yes = button("Note it", small=True)
        yes.clicked.connect(lambda: self.note_asked.emit(proposal.finding, proposal.category, ""))
        no = button("Not critical", kind="quiet", small=True)
        no.clicked.connect(lambda: self.dismissed.emit(proposal.name))
        # The button goes away: the keyboard must not go with it.
        yes.clicked.connect(self.left)
        no.clicked.connect(self.left)
        words = f"critical, {proposal.category.value}?"
        return _line("call", "text2", proposal.finding, words, "text2", (yes, no))

    def _call_form(self, result: CriticalResult) -> QWidget:
        form = _Form(self._close_form)
        words = waiting_text(result, self._now)
        form.column.addWidget(_line("call", "urgent", result.finding, words, "urgent", ()))
        people = choice(*self._people)
        people.setEditable(True)
        people.setCurrentText("")
        people.setAccessibleName("Told to")
        edit = people.lineEdit()
        assert edit is not None
        edit.setPlaceholderText("Told to: name and place")
        means = choice(*(each.value for each in Means))
        means.setAccessibleName("By what means")
        at = field("HH:MM", "Time told")
        at.setText(f"{self._now.astimezone():%H:%M}")
        follow(at, lambda: at.setFixedWidth(theme.px(64)))
        back = QCheckBox("Read back")
        lacks = label("", 13, 500, "urgent", wrap=True)
        lacks.hide()
        done = button("Done", small=True)
        keep = button("Not yet", kind="quiet", small=True)

        def finish() -> None:
            if not people.currentText().strip():
                lacks.setText("Enter who was told.")
                lacks.show()
                edit.setFocus()
                return
            self.told.emit(
                Told(
                    result.identifier,
                    people.currentText().strip(),
                    Means(means.currentText()),
                    back.isChecked(),
                    at.text().strip(),
                )
            )
            self._form, self._problem = None, ""
            self.left.emit()

        form.column.addWidget(people)
        form.column.addWidget(lacks)
        form.column.addLayout(_across(means, at, back))
        form.column.addLayout(_across(None, keep, done))
        done.clicked.connect(finish)
        edit.returnPressed.connect(finish)
        at.returnPressed.connect(finish)
        keep.clicked.connect(self._close_form)
        edit.setFocus()
        form.first = edit
        return form

    def _new_form(self, proposed: Proposal | None) -> QWidget:
        form = _Form(self._close_form)
        finding = field("Critical finding", "Critical finding")
        soon = choice(*(each.value for each in CriticalCategory))
        soon.setAccessibleName("How soon somebody has to know")
        none: list[QWidget] = []
        if proposed is not None:
            finding.setText(proposed.finding)
            finding.selectAll()
            soon.setCurrentText(proposed.category.value)
            refuse = button("Not critical", kind="quiet", small=True)
            refuse.clicked.connect(self._close_form)
            refuse.clicked.connect(lambda: self.dismissed.emit(proposed.name))
            none.append(refuse)
        at = field("HH:MM", "Time found")
        at.setText(f"{self._now.astimezone():%H:%M}")
        follow(at, lambda: at.setFixedWidth(theme.px(64)))
        add = button("Note it", small=True)
        leave = button("Cancel", kind="quiet", small=True)

        def finish() -> None:
            if finding.text().strip():
                self._form = None
                soon_told = CriticalCategory(soon.currentText())
                self.note_asked.emit(finding.text(), soon_told, at.text().strip())
                self.left.emit()

        form.column.addWidget(finding)
        form.column.addLayout(_across(soon, label("found", 13, color="text2"), at))
        form.column.addLayout(_across(*none, None, leave, add))
        add.clicked.connect(finish)
        finding.returnPressed.connect(finish)
        at.returnPressed.connect(finish)
        leave.clicked.connect(self._close_form)
        form.first = finding
        return form


class _Form(QWidget):
    """A few fields; Esc leaves them, and the first one takes the keyboard when it is shown."""

    def __init__(self, leave: object) -> None:
        super().__init__()
        self._leave = leave
        self.first: QWidget | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.px(6))

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        if self.first is not None:
            self.first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and callable(self._leave):
            self._leave()
        else:
            super().keyPressEvent(event)


def _across(*parts: QWidget | None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.px(8))
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part)
    return row


def _line(
    icon: str, tone: str, finding: str, words: str, word_tone: str, buttons: Sequence[QWidget]
) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.px(8))
    row.addWidget(sign(icon, tone, 16), 0, Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(label(finding, 13, 600, wrap=True))
    column.addWidget(label(words, 12, 400, word_tone, tabular=True, wrap=True))
    row.addLayout(column, 1)
    for each in buttons:
        row.addWidget(each, 0, Qt.AlignmentFlag.AlignTop)
    return made
