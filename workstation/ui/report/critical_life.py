"""Ties the bar of critical results to what owns them, for the case that is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from workstation.domain.clock import Clock
from workstation.domain.critical import CriticalCategory
from workstation.domain.errors import ReaderError, StateRefused
from workstation.domain.identity import Reader
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import Report
from workstation.ui.job_bridge import JobBridge
from workstation.ui.report.critical_bar import CriticalBar, Told
from workstation.workflow.critical import CriticalResults, proposals
from workstation.workflow.jobs import Lane

_MINUTE_MS = 60_000
_DAY = timedelta(days=1)


class CriticalLife(QObject):
    """The bar moves once a minute while something is open, and with what is typed."""

    #: results changed: the checks look again
    changed = Signal()

    def __init__(
        self,
        bar: CriticalBar,
        results: CriticalResults,
        bridge: JobBridge,
        clock: Clock,
        reader: Reader,
    ) -> None:
        super().__init__(bar)
        self._bar, self._results, self._bridge = bar, results, bridge
        self._clock, self._reader = clock, reader
        self._task: ReadingTask | None = None
        self._report: Report | None = None
        self._dismissed: set[tuple[str, str]] = set()
        self._minute = QTimer(self)
        self._minute.setInterval(_MINUTE_MS)
        self._minute.timeout.connect(self._show)
        bar.note_asked.connect(self._note)
        bar.dismissed.connect(self._dismiss)
        bar.told.connect(self._told)
        bar.withdraw_asked.connect(
            lambda identifier: self._do(lambda: results.withdraw(identifier))
        )
        self._end = results.listen(bridge.relay(lambda *_: self._came()))

    def close(self) -> None:
        """Listen no longer."""
        self._minute.stop()
        self._end()

    def show(self, task: ReadingTask, report: Report) -> None:
        """Another case; its results are read off the Qt thread first."""
        self._task, self._report = task, report
        self._minute.start()
        self._do(lambda: self._results.of(task.study_instance_uid))

    def look_at(self, report: Report) -> None:
        """The text has changed: what it asserts may be proposed."""
        self._report = report
        self._show()

    def clear(self) -> None:
        """The case is left."""
        self._task = self._report = None
        self._minute.stop()
        self._bar.clear()

    def ask(self) -> None:
        """F7: enter the call, or note a finding."""
        if self._task is not None:
            self._bar.ask()

    def _came(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        task, report = self._task, self._report
        if task is None or report is None:
            return
        study = task.study_instance_uid
        held = self._results.of(study)
        wanted = [
            each for each in proposals(report, held) if (study, each.name) not in self._dismissed
        ]
        self._bar.show_results(held, wanted, self._results.escalation(task.site), self._clock())

    def _note(self, finding: str, category: CriticalCategory, typed: str) -> None:
        task = self._task
        if task is None:
            return
        study = task.study_instance_uid

        def work() -> object:
            at = self._moment(typed) if typed else None
            return self._results.note(study, finding, category, at)

        self._do(work)

    def _dismiss(self, name: str) -> None:
        if self._task is not None:
            self._dismissed.add((self._task.study_instance_uid, name))
            self._show()

    def _told(self, told: Told) -> None:
        reader = self._reader.name.display

        def work() -> object:
            return self._results.told(
                told.identifier,
                told_by=reader,
                told_to=told.told_to,
                means=told.means,
                read_back=told.read_back,
                told_at=self._moment(told.time),
            )

        self._do(work)

    def _moment(self, typed: str) -> datetime:
        """The last time that the clock showed `typed`, in the reader's own zone."""
        try:
            clock = datetime.strptime(typed, "%H:%M")
        except ValueError as error:
            raise StateRefused(
                "The time cannot be read.",
                remedy="Enter it as hours and minutes, such as 03:19.",
            ) from error
        now = self._clock()
        local = now.astimezone().replace(hour=clock.hour, minute=clock.minute, second=0)
        if (local.hour, local.minute) == (now.astimezone().hour, now.astimezone().minute):
            return now
        # A quarter past midnight, ten to twelve is yesterday's.
        return local if local <= now else local - _DAY

    def _do(self, work: Callable[[], object]) -> None:
        def failed(error: BaseException) -> None:
            if not isinstance(error, ReaderError):
                raise error
            self._bar.say(error.sentence())

        self._bridge.submit(
            lambda _: work(),
            lane=Lane.INTERACTION,
            on_done=lambda _: self._show(),
            on_failed=failed,
        )
