"""Tumour response in the report: the lines of the calculator come from what was measured, and its
table takes the place of the one that stands in the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from workstation.ui.dictation.places import place
from workstation.ui.report.calculator_page import CalculatorPage
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.lesion_table import LesionTable
from workstation.ui.report.measured_side import MeasuredSide
from workstation.ui.report.open_case import OpenCase
from workstation.workflow.calculators.measured_lesions import LesionRow, fill, rows_in
from workstation.workflow.calculators.target_lesions import TargetTable, in_report, reported
from workstation.workflow.lesion_table import PriorSizes, measured_rows


class ResponseSide(QObject):
    """Fills the table of target lesions and puts it into the text. `show` brings the calculators
    into sight, `case` gives the case that is open, or None."""

    message = Signal(str)

    def __init__(
        self,
        page: CalculatorPage,
        editor: ReportEditor,
        table: LesionTable,
        measured: MeasuredSide,
        case: Callable[[], OpenCase | None],
        show: Callable[[], None],
    ) -> None:
        super().__init__(page)
        self._page, self._editor, self._table = page, editor, table
        self._measured, self._case, self._show = measured, case, show
        page.measured_asked.connect(self.fill)

    def fill(self) -> None:
        """Take the lesions of the table in the report, or else what was measured, with the sizes of
        the earlier studies and the table of the earlier report."""
        case = self._case()
        if case is not None:
            self._table.read_sizes(case, self._fill)

    def _fill(self, case: OpenCase, priors: Sequence[PriorSizes]) -> None:
        texts = [each.text for each in self._measured.words_now()]
        rows = [row for text in texts for row in rows_in(text)] or [
            LesionRow(name, size) for name, size in measured_rows(case.measuring.measurements())
        ]
        before = self._page.before
        if not rows and before is None:
            self.message.emit("Nothing with a size in mm was measured: L measures a length.")
            return
        self._show()
        table = self._page.show_lesions()
        organs = table.organs()
        for text in texts:
            organs |= _organs(in_report(text))
        table.fill(fill(self._page.today or "today", rows, priors, before, organs))

    def insert(self, words: str) -> None:
        """Write the table at the cursor, or over the one that the text holds, as one step."""
        for section in self._editor.sections():
            held = reported(section.text)
            if held is not None:
                document = self._editor.document()
                start, end = place(document, section.kind, held.start, held.end)
                self._editor.select(start, end)
                break
        self._editor.insert_words(words)


def _organs(table: TargetTable | None) -> dict[str, str]:
    return {} if table is None else {each.name: each.organ for each in table.lesions}
