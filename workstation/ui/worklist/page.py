"""The worklist: the list, the case beside it, and what the keys do with them."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from workstation.commands.registry import Place
from workstation.domain.errors import ReaderError, TaskTaken
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import Version
from workstation.domain.study import RetrievalProgress
from workstation.ui import shortcuts, theme
from workstation.ui.job_bridge import JobBridge
from workstation.ui.parts import label
from workstation.ui.ports import ShellWorkbench
from workstation.ui.worklist import wording
from workstation.ui.worklist.model import Case, Column, arrange
from workstation.ui.worklist.rules import Allowed, allowed, is_readable
from workstation.ui.worklist.side_pane import SidePane
from workstation.ui.worklist.table import WorklistTable
from workstation.ui.worklist.task_actions import TaskActions
from workstation.workflow.worklist_rows import RowState, WorklistRow

#: Changes that come close together are shown as one.
_COALESCE_MS = 60
#: The two lists of rows; deliveries have a page of their own.
NIGHT_LIST, POOL = 0, 1

_UNREAD = frozenset({RowState.FREE, RowState.INCOMPLETE})
_FINISHED = frozenset({RowState.SIGNED, RowState.DELIVERED})


class WorklistPage(QWidget):
    """Shows `Worklist.rows()` and acts on the chosen one. Nothing here blocks."""

    open_asked = Signal(object)
    #: (task, version): the reader wants to add to a signed report, or to correct it
    amend_asked = Signal(object, object)
    filter_asked = Signal()
    tab_asked = Signal(int)
    counts_changed = Signal()

    def __init__(self, workbench: ShellWorkbench, bridge: JobBridge) -> None:
        super().__init__()
        self._workbench, self._bridge = workbench, bridge
        self.tasks = TaskActions(workbench, bridge)
        self.tasks.failed.connect(self._failed)
        self.tasks.handed_back.connect(lambda task: self._handed_back(task))
        self.tasks.busy_changed.connect(self._show_chosen)
        self._rows: dict[str, WorklistRow] = {}
        self._seen_new: set[str] = set()
        self._errors: dict[str, ReaderError] = {}
        self._needle, self._tab = "", NIGHT_LIST
        self._sort, self._descending = Column.DUE, False
        self._pane_wanted = False
        self._build()
        shortcuts.bind(self, Place.LIST, self)
        self._changes = QTimer(self)
        self._changes.setSingleShot(True)
        self._changes.setInterval(_COALESCE_MS)
        self._changes.timeout.connect(self.show_rows)
        self._minute = QTimer(self)
        self._minute.setSingleShot(True)
        self._minute.timeout.connect(self._show_entries)
        changed = bridge.relay(lambda *_about: self._schedule())
        self._ends = [workbench.worklist.listen(changed), workbench.retrieving.listen(changed)]
        self.show_rows()

    def _build(self) -> None:
        self.table = WorklistTable()
        self.table.current_changed.connect(lambda _uid: self._chosen())
        self.table.activated_case.connect(lambda _uid: self.open_selected())
        self.table.sort_asked.connect(self._sort_by)
        self.table.show_sort(self._sort, self._descending)
        self.pane = SidePane()
        self.pane.open_asked.connect(self.open_selected)
        self.pane.claim_asked.connect(self.claim_selected)
        self.pane.hand_back_asked.connect(self.hand_back_selected)
        self.pane.hand_back_confirmed.connect(self._hand_back)
        self.pane.hand_back_cancelled.connect(self._stop_asking)
        self._nothing = label("", 14, color="text3", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        left = QWidget()
        self._stack = QStackedLayout(left)
        empty = QWidget()
        QVBoxLayout(empty).addWidget(self._nothing)
        self._stack.addWidget(self.table)
        self._stack.addWidget(empty)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left, 1)
        row.addWidget(self.pane)

    def close_page(self) -> None:
        """Listen no longer."""
        self._changes.stop()
        self._minute.stop()
        for end in self._ends:
            end()
        self._ends = []

    # -- showing ------------------------------------------------------------------------------

    def _schedule(self) -> None:
        if self._ends and not self._changes.isActive():
            self._changes.start()

    def show_rows(self) -> None:
        """Take over what the worklist holds now."""
        rows = self._workbench.worklist.rows()
        self._rows = {row.task.workitem_uid: row for row in rows}
        self._show_entries()
        self.counts_changed.emit()

    def counts(self) -> tuple[int, int]:
        """Cases of the night list and of the pool."""
        night = sum(1 for row in self._rows.values() if row.state not in _FINISHED)
        return night, sum(1 for row in self._rows.values() if _in_pool(row))

    def news(self) -> list[WorklistRow]:
        """New STAT and URGENT cases that nobody has looked at yet."""
        fresh = [row for row in self._rows.values() if self._is_new(row) and row.task.priority < 2]
        return sorted(fresh, key=lambda row: row.task.reading_order)

    def _is_new(self, row: WorklistRow) -> bool:
        return row.new and row.state in _UNREAD and row.task.workitem_uid not in self._seen_new

    def _case(self, row: WorklistRow, now: datetime) -> Case:
        task = row.task
        due, tone = wording.due_text(task, now), wording.due_tone(task, now)
        if row.state in (RowState.TAKEN, RowState.WITHDRAWN) or row.state in _FINISHED:
            tone = "text3"
        return Case(row, due, tone, self._is_new(row), _midnight(now))

    def _show_entries(self) -> None:
        now = self._workbench.clock()
        shown = [
            self._case(row, now)
            for row in self._rows.values()
            if (row.state not in _FINISHED if self._tab == NIGHT_LIST else _in_pool(row))
            and wording.matches(row, self._needle)
        ]
        self.table.show_entries(arrange(shown, self._sort, self._descending, now))
        self._stack.setCurrentIndex(0 if shown else 1)
        if not shown:
            self._nothing.setText(self._why_nothing())
        self._show_chosen()
        self._plan(now)

    def _why_nothing(self) -> str:
        if self._needle:
            return f"No case matches “{self._needle}”. Esc clears the filter."
        services = self._workbench.worklist.service_states()
        if not services:
            return "No reading service is set up yet. Add one in the settings."
        if self._rows and self._tab == POOL:
            return "No case is free: every case in the list has a reader."
        if not any(service.reachable for service in services):
            return "No reading service answers, and no case is on this disk."
        return "Nothing waits to be read. New cases appear here by themselves."

    def _plan(self, now: datetime) -> None:
        """Wake up when the next due time reads otherwise, not sooner."""
        waits = [
            wait
            for row in self._rows.values()
            if (wait := wording.until_due_changes(row.task, now)) is not None
        ]
        if waits and self._ends:
            soonest = max(min(waits), timedelta(milliseconds=200))
            self._minute.start(int(soonest.total_seconds() * 1000) + 20)

    def chosen(self) -> WorklistRow | None:
        """The row under the bar."""
        uid = self.table.current_uid()
        return self._rows.get(uid) if uid else None

    def _chosen(self) -> None:
        if self.pane.asking:
            self.pane.stop_asking()
        self._show_chosen()

    def _show_chosen(self) -> None:
        row = self.chosen()
        if row is None or self._stack.currentIndex() == 1:
            self.pane.show_nothing("Choose a case in the list.")
            return
        uid = row.task.workitem_uid
        doing = self.tasks.doing(uid)
        self.pane.open_button.set_words(f"{doing} …" if doing else "Open")
        self.pane.show_row(row, self._workbench.clock(), self.allowed(row), self._here(row))
        error = self._errors.get(uid)
        if error is None:
            self.pane.clear_error()
        else:
            taken = isinstance(error, TaskTaken)
            self.pane.show_error(error, "Taken by another reader" if taken else "This did not work")

    def _here(self, row: WorklistRow) -> dict[str, RetrievalProgress]:
        progress = self._workbench.retrieving.progress
        known = {
            each.study_instance_uid: progress(each.study_instance_uid) for each in row.priors or ()
        }
        return {uid: each for uid, each in known.items() if each is not None}

    def allowed(self, row: WorklistRow) -> Allowed:
        """What may be done with a row now."""
        doing = self.tasks.doing(row.task.workitem_uid)
        if doing:
            return Allowed(f"{doing} …", f"{doing} …", f"{doing} …")
        return allowed(row, self._workbench.worklist.service_states())

    # -- what the keys do ---------------------------------------------------------------------

    def open_selected(self) -> None:
        """Claim where needed, fetch, and show the images."""
        row = self.chosen()
        if row is not None:
            self._open(row)

    def _open(self, row: WorklistRow) -> None:
        if self.allowed(row).open:
            return
        self._look_at(row)
        self.open_asked.emit(row.task)

    def write_addendum(self) -> None:
        """Add to the signed report of the chosen case."""
        self._amend(Version.ADDENDUM)

    def correct_report(self) -> None:
        """Correct the signed report of the chosen case."""
        self._amend(Version.CORRECTION)

    def _amend(self, version: Version) -> None:
        row = self.chosen()
        if row is not None and row.state in _FINISHED:
            self.amend_asked.emit(row.task, version)
        else:
            self.say("Only a signed report can be added to or corrected.")

    def claim_selected(self) -> None:
        """Claim and fetch, and stay in the list."""
        row = self.chosen()
        if row is not None and not self.allowed(row).claim:
            self._look_at(row)
            self.tasks.claim(row.task, urgent=False)

    def say(self, words: str) -> None:
        """A sentence of the program, in the pane."""
        self.pane.show_error(ReaderError(words), "Something went wrong")

    def hand_back_selected(self) -> None:
        """Ask for the reason in the pane."""
        row = self.chosen()
        if row is not None and not self.allowed(row).hand_back:
            self._pane_wanted = True
            self._fit()
            self.pane.ask_reason()

    def _hand_back(self, reason: str) -> None:
        row = self.chosen()
        if row is not None:
            self.tasks.hand_back(row.task, reason)
        self._stop_asking()

    def _stop_asking(self) -> None:
        self.pane.stop_asking()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_next(self) -> None:
        """The first case in reading order that is ours or free."""
        ready = sorted(
            (row for row in self._rows.values() if is_readable(row) and not self.allowed(row).open),
            key=lambda row: row.task.reading_order,
        )
        if ready:
            self.table.choose(ready[0].task.workitem_uid)
            self._open(ready[0])

    def focus_filter(self) -> None:
        """Write into the filter."""
        self.filter_asked.emit()

    def refresh(self) -> None:
        """Ask the services again."""
        self.tasks.refresh()

    def show_pane(self) -> None:
        """Show or hide the pane where the window has no room for it beside the list."""
        self._pane_wanted = not self._pane_wanted
        self._fit()

    def show_tab(self, index: int) -> None:
        """Another list, or the deliveries."""
        self.tab_asked.emit(index)

    # -- the rest -----------------------------------------------------------------------------

    @property
    def tab(self) -> int:
        """Which list is shown."""
        return self._tab

    def images_here(self, task: ReadingTask) -> int:
        """How many images of a task are on this disk."""
        row = self._rows.get(task.workitem_uid)
        return row.here if row is not None else 0

    def set_tab(self, index: int) -> None:
        """Night list or pool."""
        self._tab = index
        self._show_entries()

    def set_filter(self, needle: str) -> None:
        """Keep only what matches, as it is typed."""
        self._needle = needle.strip()
        self._show_entries()

    def take_focus(self) -> None:
        """The list has the focus and a row is chosen."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_failure(self, task: ReadingTask, error: ReaderError) -> None:
        """A failure that concerns a task, beside the list."""
        self._failed(task, error)

    def _failed(self, task: ReadingTask, error: ReaderError) -> None:
        self._errors[task.workitem_uid] = error
        self._pane_wanted = True
        self._fit()
        self.table.choose(task.workitem_uid)
        self._show_chosen()

    def _handed_back(self, task: ReadingTask) -> None:
        self._errors.pop(task.workitem_uid, None)

    def _look_at(self, row: WorklistRow) -> None:
        self._seen_new.add(row.task.workitem_uid)
        if row.new:
            self._workbench.worklist.acknowledge(row.task.workitem_uid)
        self._errors.pop(row.task.workitem_uid, None)
        self._schedule()

    def _sort_by(self, column: int) -> None:
        chosen = Column(column)
        self._descending = chosen is self._sort and not self._descending
        self._sort = chosen
        self.table.show_sort(self._sort, self._descending)
        self._show_entries()

    def _fit(self) -> None:
        room = self.width() / theme.scale()
        narrow = room < 1200
        self.pane.setFixedWidth(theme.px(456 if room >= 1500 else 360))
        self.pane.setVisible(self._pane_wanted if narrow else True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "pane"):
            self._fit()


def _in_pool(row: WorklistRow) -> bool:
    return row.state in _UNREAD and not row.owner


def _midnight(now: datetime) -> datetime:
    """The local day, so that cases compare equal within it."""
    return now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
