"""The one crossing from background threads into the Qt thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from workstation.workflow.jobs import CancelToken, Job, Jobs, Lane

T = TypeVar("T")


class JobBridge(QObject):
    """Runs callables in the Qt thread in the order in which they were posted.

    Built in the Qt thread. After `close` nothing that is still queued runs: the widgets it would
    touch may be gone.
    """

    _posted = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._open = True
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Run `call` in the Qt thread soon; callable from any thread."""
        if self._open:
            self._posted.emit(call)

    def relay(self, call: Callable[..., None]) -> Callable[..., None]:
        """`call` wrapped so that calling it from any thread runs it in the Qt thread."""

        def relayed(*arguments: Any) -> None:
            self.post(lambda: call(*arguments))

        return relayed

    def submit(
        self,
        work: Callable[[CancelToken], T],
        *,
        lane: Lane = Lane.VISIBLE,
        on_done: Callable[[T], None] | None = None,
        on_failed: Callable[[BaseException], None] | None = None,
    ) -> Job[T]:
        """`Jobs.submit` with both callbacks in the Qt thread."""
        return self._jobs.submit(
            work,
            lane=lane,
            on_done=None if on_done is None else self.relay(on_done),
            on_failed=None if on_failed is None else self.relay(on_failed),
        )

    def close(self) -> None:
        """Drop what is queued."""
        self._open = False

    @Slot(object)
    def _run(self, call: Callable[[], None]) -> None:
        if self._open:
            call()
