"""The case beside the list: when, who, what, why, and what can be done with it."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workstation.domain.errors import ReaderError
from workstation.domain.reading_task import PriorStudy
from workstation.domain.study import RetrievalProgress, RetrievalState
from workstation.ui import theme
from workstation.ui.parts import (
    MessageCard,
    PriorityLabel,
    badge,
    button,
    empty_layout,
    label,
    prose,
    section_heading,
    sign,
)
from workstation.ui.worklist import wording
from workstation.ui.worklist.hand_back import HandBackPane
from workstation.ui.worklist.rules import Allowed
from workstation.workflow.worklist_rows import WorklistRow


class SidePane(QFrame):
    """Shows one row; its buttons ask, the page acts."""

    open_asked = Signal()
    claim_asked = Signal()
    hand_back_asked = Signal()
    hand_back_confirmed = Signal(str)
    hand_back_cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sidepane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._facts_shown: object = None
        self._stack = QStackedWidget()
        self.hand_back = HandBackPane()
        self.hand_back.confirmed.connect(self.hand_back_confirmed)
        self.hand_back.cancelled.connect(self.hand_back_cancelled)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*(theme.px(n) for n in (20, 14, 0, 8)))
        outer.setSpacing(theme.px(18))
        self._head = QWidget()
        self._build_head(self._head)
        outer.addWidget(self._head)
        outer.addWidget(self._stack, 1)
        self._stack.addWidget(self._build_facts())
        asking = QWidget()
        row = QVBoxLayout(asking)
        row.setContentsMargins(0, theme.px(4), theme.px(20), 0)
        row.addWidget(self.hand_back)
        self._stack.addWidget(_scrolled(asking))
        self._empty = label("Choose a case in the list.", 13, color="text3", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        outer.addWidget(self._empty)
        self._show(False)

    # -- building -----------------------------------------------------------------------------

    def _build_head(self, head: QWidget) -> None:
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, theme.px(20), 0)
        column.setSpacing(theme.px(3))
        row = QHBoxLayout()
        row.setSpacing(theme.px(10))
        self._priority = PriorityLabel()
        self._due = label("", 20, 600, "stat", tabular=True)
        self._deadline = label("", 13, color="text2", tabular=True)
        row.addWidget(self._priority)
        row.addWidget(self._due)
        row.addWidget(self._deadline)
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(theme.px(6))
        self.name = label("", 20, 600, wrap=True)
        self.identity = label("", 13, color="text2", wrap=True)
        column.addWidget(self.name)
        column.addWidget(self.identity)
        column.addSpacing(theme.px(8))
        self._study = label("", 14, 500, wrap=True)
        self._when = label("", 13, color="text2", wrap=True)
        column.addWidget(self._study)
        column.addWidget(self._when)
        column.addSpacing(theme.px(10))
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(8))
        self.open_button = button("Open", "open", "primary", key="↵")
        self.claim_button = button("Claim only", key="C")
        self.hand_back_button = button("Hand back", key="H")
        for each, asked in (
            (self.open_button, self.open_asked),
            (self.claim_button, self.claim_asked),
            (self.hand_back_button, self.hand_back_asked),
        ):
            # A click leaves the focus in the list, so that its keys go on.
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            each.clicked.connect(asked)
            buttons.addWidget(each)
        buttons.addStretch(1)
        column.addLayout(buttons)

    def _build_facts(self) -> QScrollArea:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, theme.px(20), 0)
        column.setSpacing(theme.px(14))
        self.message = MessageCard(" ")
        self.message.hide()
        column.addWidget(self.message)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(theme.px(8))
        column.addLayout(self._facts)
        column.addStretch(1)
        return _scrolled(holder)

    # -- showing ------------------------------------------------------------------------------

    def _show(self, case: bool) -> None:
        self._head.setVisible(case)
        self._stack.setVisible(case)
        self._empty.setVisible(not case)

    def show_nothing(self, sentence: str) -> None:
        """No case is chosen."""
        self._facts_shown = None
        self._empty.setText(sentence)
        self._show(False)

    def show_row(
        self,
        row: WorklistRow,
        now: datetime,
        allowed: Allowed,
        here: dict[str, RetrievalProgress],
    ) -> None:
        """`here` holds the arrival of the priors that are known to this disk."""
        task = row.task
        self._priority.show_priority(task.priority)
        self.show_due(row, now)
        self.name.setText(task.patient.name.display)
        self.identity.setText(wording.identity_facts(task.patient, now.astimezone().date()))
        self._study.setText(task.procedure or f"{task.modality} study without a description")
        when = wording.moment_text(task.study_datetime) if task.study_datetime else ""
        accession = f"Accession {task.accession_number}" if task.accession_number else ""
        self._when.setText("   ".join(part for part in (when, accession) if part))
        self._when.setVisible(bool(self._when.text()))
        for each, reason in (
            (self.open_button, allowed.open),
            (self.claim_button, allowed.claim),
            (self.hand_back_button, allowed.hand_back),
        ):
            each.setEnabled(not reason)
            key = {self.open_button: "↵", self.claim_button: "C"}.get(each, "H")
            each.setToolTip(reason or f"{each.words}   {key}")
        shown = (row.task, row.priors, row.state, row.owner, tuple(here.items()))
        if shown != self._facts_shown:
            self._facts_shown = shown
            self._fill_facts(row, now, here)
        self._show(True)

    def show_due(self, row: WorklistRow, now: datetime) -> None:
        """The line that changes with the minute."""
        task = row.task
        self._due.setText(wording.due_text(task, now))
        self._due.set_tone(wording.due_tone(task, now))
        left = task.time_left(now)
        words = ""
        if task.deadline is not None and left is not None:
            prefix = "left, due" if left.total_seconds() >= 0 else "was due"
            words = f"{prefix} {wording.clock_text(task.deadline)}"
        self._deadline.setText(words)

    def show_error(self, error: ReaderError, title: str) -> None:
        """A failure that concerns this case."""
        self.message.clear_buttons()
        self.message.show_error(error, title=title)
        self.message.show()

    def clear_error(self) -> None:
        """Take the failure away."""
        self.message.hide()

    def ask_reason(self) -> None:
        """The form of handing back takes the place of the facts."""
        self._stack.setCurrentIndex(1)
        self.hand_back.ask()

    def stop_asking(self) -> None:
        """Back to the facts."""
        self._stack.setCurrentIndex(0)

    @property
    def asking(self) -> bool:
        """Whether the form of handing back stands open."""
        return self._stack.currentIndex() == 1

    # -- facts --------------------------------------------------------------------------------

    def _fill_facts(
        self, row: WorklistRow, now: datetime, here: dict[str, RetrievalProgress]
    ) -> None:
        empty_layout(self._facts)
        task = row.task
        if task.clinical_notes or task.reason:
            self._facts.addWidget(section_heading("Clinical notes"))
            self._facts.addWidget(_notes(task.clinical_notes, task.reason))
        facts = [
            ("Referrer", task.referrer.display if task.referrer.alphabetic else ""),
            ("Site", task.site),
            ("Body part", task.body_part.capitalize()),
            ("Worklist", wording.list_name(task.worklist_label)),
            ("Claimed by", row.owner),
            ("Images", wording.count_text(row.expected) if row.expected else ""),
        ]
        shown = [(name, value) for name, value in facts if value]
        if shown:
            self._facts.addWidget(_gap())
            self._facts.addWidget(section_heading("Requisition"))
            self._facts.addWidget(_fact_grid(shown))
        self._facts.addWidget(_gap())
        self._facts.addWidget(_priors_head(row, here))
        for prior in row.priors or ():
            self._facts.addWidget(_prior(prior, now, here.get(prior.study_instance_uid)))


def _scrolled(content: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    return area


def _gap() -> QWidget:
    made = QWidget()
    made.setFixedHeight(theme.px(4))
    return made


def _notes(notes: str, reason: str) -> QFrame:
    card = QFrame()
    card.setObjectName("card")
    card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    column = QVBoxLayout(card)
    column.setContentsMargins(*(theme.px(n) for n in (12, 10, 12, 12)))
    column.setSpacing(theme.px(10))
    if notes:
        text = prose(notes, 14)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(text)
    if reason:
        column.addWidget(prose(reason, 14, 600))
    return card


def _fact_grid(facts: list[tuple[str, str]]) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(theme.px(6))
    grid.setHorizontalSpacing(theme.px(16))
    grid.setColumnStretch(1, 1)
    for line, (name, value) in enumerate(facts):
        grid.addWidget(label(name, 12, color="text3"), line, 0, Qt.AlignmentFlag.AlignTop)
        text = label(value, 13, wrap=True)
        text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text, line, 1)
    return holder


def _priors_head(row: WorklistRow, here: dict[str, RetrievalProgress]) -> QWidget:
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(section_heading("Priors"))
    line.addStretch(1)
    if row.priors is None:
        words = "not asked yet"
    elif not row.priors:
        words = "none on the service"
    else:
        ready = sum(
            1
            for prior in row.priors
            if (progress := here.get(prior.study_instance_uid)) is not None
            and progress.state is RetrievalState.COMPLETE
        )
        words = f"{ready} of {len(row.priors)} here" if ready else f"{len(row.priors)} known"
    line.addWidget(label(words, 12, color="text2"))
    return holder


def _prior(prior: PriorStudy, now: datetime, progress: RetrievalProgress | None) -> QWidget:
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, theme.px(2), 0, theme.px(2))
    line.setSpacing(theme.px(10))
    modality = next(iter(wording.imaged_by(prior)), "")
    tag = badge(modality or "?")
    tag.setFixedWidth(max(theme.px(36), tag.sizeHint().width()))
    line.addWidget(tag, 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(theme.px(2))
    words.addWidget(label(prior.description or "Study without a description", 13, wrap=True))
    when = wording.day_text(prior.study_datetime.date()) if prior.study_datetime else "no date"
    age = wording.prior_age_text(prior, now)
    words.addWidget(label(f"{when}   {age}".rstrip(), 12, color="text2"))
    state = QHBoxLayout()
    state.setSpacing(theme.px(6))
    icon, text = "", f"{prior.instances} images on the service"
    if progress is not None and progress.state is RetrievalState.COMPLETE:
        icon, text = "here", "on this disk"
    elif progress is not None and progress.expected:
        icon, text = "fetch", f"{progress.received} / {progress.expected}"
    if icon:
        state.addWidget(sign(icon, "text2", 14))
    state.addWidget(label(text, 12, color="text2", tabular=True))
    state.addStretch(1)
    words.addLayout(state)
    line.addLayout(words, 1)
    return holder
