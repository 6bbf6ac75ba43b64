"""Claiming, fetching and handing back, off the Qt thread; failures come back as sentences."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from workstation.domain.errors import ReaderError, ServiceUnreachable
from workstation.domain.reading_task import ReadingTask
from workstation.ui.job_bridge import JobBridge
from workstation.ui.ports import ShellWorkbench
from workstation.workflow.jobs import CancelToken, Lane


class TaskActions(QObject):
    """One action at a time for each task. `failed` carries the task and the `ReaderError`."""

    claimed = Signal(object)
    handed_back = Signal(object)
    failed = Signal(object, object)
    busy_changed = Signal()

    def __init__(self, workbench: ShellWorkbench, bridge: JobBridge) -> None:
        super().__init__()
        self._workbench, self._bridge = workbench, bridge
        self._busy: dict[str, str] = {}

    def doing(self, uid: str) -> str:
        """What is being done with a task, in a word; empty when nothing is."""
        return self._busy.get(uid, "")

    def claim(self, task: ReadingTask, *, urgent: bool, unlinked: bool = False) -> None:
        """Make a task ours and fetch its study. Claiming twice is claiming once.

        `unlinked`: its images are on this disk, so that it may be read without the link; the claim
        is on the disk too and reaches the service with the report at the latest.
        """

        def work(cancel: CancelToken) -> None:
            try:
                self._workbench.claiming.claim(task)
            except ServiceUnreachable:
                if not unlinked:
                    raise
            cancel.raise_if_cancelled()
            if task.study_instance_uid:
                self._workbench.retrieving.start(task.service_id, task.study_instance_uid, urgent)

        self._submit(task, "Claiming", work, lambda: self.claimed.emit(task))

    def hand_back(self, task: ReadingTask, reason: str) -> None:
        """Give a task back with a reason."""

        def work(_cancel: CancelToken) -> None:
            self._workbench.claiming.hand_back(task.workitem_uid, reason)

        self._submit(task, "Handing back", work, lambda: self.handed_back.emit(task))

    def refresh(self) -> None:
        """Ask all services again; what fails is seen in their state."""
        self._bridge.submit(self._workbench.worklist.refresh, on_failed=_defects_only)

    def _submit(
        self,
        task: ReadingTask,
        word: str,
        work: Callable[[CancelToken], None],
        done: Callable[[], None],
    ) -> None:
        if task.workitem_uid in self._busy:
            return
        self._busy[task.workitem_uid] = word

        def finish() -> None:
            self._busy.pop(task.workitem_uid, None)
            self.busy_changed.emit()

        def on_done(_result: None) -> None:
            finish()
            done()
            self.refresh()

        def on_failed(error: BaseException) -> None:
            finish()
            _defects_only(error)
            self.failed.emit(task, error)
            self.refresh()

        self.busy_changed.emit()
        self._bridge.submit(work, lane=Lane.INTERACTION, on_done=on_done, on_failed=on_failed)


def _defects_only(error: BaseException) -> None:
    """Anything that is no `ReaderError` is a defect, for the crash handler."""
    if not isinstance(error, ReaderError):
        raise error
