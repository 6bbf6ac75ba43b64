"""Puts the table of lesions into the report, with the sizes of the earlier study to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from workstation.domain.errors import ReaderError
from workstation.domain.reading_task import ReadingTask
from workstation.ui.job_bridge import JobBridge
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.open_case import OpenCase
from workstation.ui.report.tables import TableRows
from workstation.workflow.jobs import Lane
from workstation.workflow.lesion_table import THEN, PriorSizes, lesion_table, newest_of


class LesionTable(QObject):
    """`sizes` is asked on a job thread for what was measured on the earlier studies, the newest
    first."""

    message = Signal(str)

    def __init__(
        self, editor: ReportEditor, bridge: JobBridge, case: Callable[[], OpenCase | None]
    ) -> None:
        super().__init__(editor)
        self._editor, self._bridge, self._case = editor, bridge, case
        self.rows = TableRows(editor)
        self.sizes: Callable[[ReadingTask], Sequence[PriorSizes]] = lambda _: ()

    def insert(self) -> None:
        """At the cursor, once the sizes of then are read."""
        case = self._case()
        if case is None:
            return

        self.read_sizes(case, self._write)

    def read_sizes(
        self, case: OpenCase, then: Callable[[OpenCase, Sequence[PriorSizes]], None]
    ) -> None:
        """Read what was measured on the earlier studies; `then` is called if the case is open
        still."""

        def read(found: Sequence[PriorSizes]) -> None:
            now = self._case()
            # Another case may be open by now.
            if now is not None and now.report.identifier == case.report.identifier:
                then(now, found)

        def failed(error: BaseException) -> None:
            if not isinstance(error, ReaderError):
                raise error
            self.message.emit(error.sentence())

        self._bridge.submit(
            lambda _: self.sizes(case.task),
            lane=Lane.INTERACTION,
            on_done=read,
            on_failed=failed,
        )

    def _write(self, case: OpenCase, priors: Sequence[PriorSizes]) -> None:
        prior = newest_of(priors)
        lines = lesion_table(case.measuring.measurements(), prior)
        if not lines:
            self.message.emit("Nothing with a size in mm was measured: L measures a length.")
            return
        if prior is not None:
            self._editor.offer_too({THEN: prior.choices})
        self.rows.insert(lines)
