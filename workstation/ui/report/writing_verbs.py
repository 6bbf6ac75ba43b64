"""What the commands of the report do to its text."""

from __future__ import annotations

from collections.abc import Callable

from workstation.ui.report.finding import FindSide
from workstation.ui.report.lesion_table import LesionTable
from workstation.ui.report.measured_side import MeasuredSide
from workstation.ui.report.panel_frame import PanelFrame
from workstation.ui.report.response_side import ResponseSide
from workstation.ui.report.spelling_side import SpellingSide


class WritingVerbs:
    """The target of `Place.REPORT`. `to_text` shows the text in place of what is signed."""

    def __init__(
        self,
        panel: PanelFrame,
        to_text: Callable[[], None],
        spelling: SpellingSide,
        finding: FindSide,
        table: LesionTable,
        response: ResponseSide,
        measured: MeasuredSide,
    ) -> None:
        self._panel, self._to_text, self._spelling = panel, to_text, spelling
        self._finding, self._table, self._response = finding, table, response
        self._measured = measured

    def next_misspelling(self) -> None:
        """Select the next word that is spelt wrong, and offer others."""
        self._spelling.next_misspelling()

    def suggest_spelling(self) -> None:
        """Offer what may have been meant by the word at the cursor."""
        self._spelling.suggest_here()

    def insert_table(self) -> None:
        """A table of what was measured, with the sizes of the newest earlier study."""
        self._table.insert()

    def judge_response(self) -> None:
        """Tumour response from the lesions that were measured, then and now."""
        self._response.fill()

    def to_note(self) -> None:
        """To the reason of the correction, or the class of the discrepancy."""
        self._show_text()
        if not self._panel.note.take_focus():
            self._panel.message.emit("Nothing is entered beside this report.")

    def show_measured(self) -> None:
        """The image of the measurement at the cursor, or of the next one."""
        self._show_text()
        self._measured.show_next()

    def turn(self, steps: int) -> None:
        """Report, prior reports, request, calculators."""
        if self._panel.signing_now:
            self._to_text()
        self._panel.turn(steps)

    def find_words(self) -> None:
        """Find words in the report, or in the reports on earlier studies where those are shown."""
        if self._panel.signing_now:
            self._to_text()
        if not self._panel.searched():
            self._panel.tabs.setCurrentIndex(0)
        self._finding.ask()

    def find_next(self, steps: int) -> None:
        """The next place, or the one before."""
        self._finding.step(steps)

    def replace_words(self) -> None:
        """Open the line of replacing; once it is open, replace the place that is selected."""
        self._show_text()
        self._finding.replace()

    def replace_all(self) -> None:
        """Replace every place that is a whole word."""
        self._show_text()
        self._finding.replace_all()

    def _show_text(self) -> None:
        """Only the report can be written in."""
        if self._panel.signing_now:
            self._to_text()
        self._panel.tabs.setCurrentIndex(0)
